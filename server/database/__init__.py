"""PostgreSQL from below: connections, names, functions.

sql            the one quoting function for identifiers, and literals where no parameter can stand
connections    the asyncpg pool: codecs, tenant affinity, fair shares, transactions
wall           the role that serves requests, its rights, and row-level security by tenant (wall.sql)
functions.sql  functions that composed statements call: search vectors, refusals, rounding
"""
