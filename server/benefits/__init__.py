"""Benefits: what records are given, use and lose, once each, within a budget, in a ledger that is only added to.

rows       the tables: lines of the ledger, accounts, lots, coupons, budgets
sql        every statement over them, by name
lines      a line of the ledger: two sides, a key, a hash in the audit log
counted    points and stored value: balances that are never below zero, lots that lapse, levels
coupons    coupons: issued, reserved, used, lapsed, taken back
giving     what is given by whichever kind it is, within its budget; what rules can do
handlers   what lapses
verifying  whether all of it is what was booked
service    what people and programs ask
actions    what is offered about benefits
"""
