"""Benefits as a tenant declares them, and what can be decided about them without a database.

values  benefits, the settings of each kind, levels
kinds   the kinds of benefits: one descriptor each
checks  what is wrong with a benefit
levels  which level is reached, and what is taken of which lot: pure
"""
