"""PostgreSQL from below: connections, names, functions.

sql            the one quoting function for identifiers, and literals where no parameter can stand
connections    the asyncpg pool: codecs, tenant affinity, fair shares, transactions
together       work of several requests in one transaction, while that before it is under way
wall           the role that serves requests, its rights, and row-level security by tenant (wall.sql)
serving_role   what is wrong with that role, for `tangram doctor`
functions.sql  functions that composed statements call: search vectors, refusals, rounding
roles.sql      who holds which role: what posts give, separation of duties, and the log of both
"""
