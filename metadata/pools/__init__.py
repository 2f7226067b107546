"""Public pools as a tenant declares them, and what can be decided about them without a database.

values   pools and their segments
checks   what is wrong with a pool
hiding   fields that are hidden while nobody holds a record, as policies
clocks   protection, extension, maximum: pure
"""
