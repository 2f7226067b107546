"""Price plans: what is charged and shared, as data. What can be decided about a plan without a database.

values    what a plan, its components, rate tables, tiers, stack groups and guards are
numbers   exact numbers of a plan: decimal text, amounts in minor units
models    the models of rate tables: one descriptor each
scopes    which of two rates comes first, and which pairs could tie
lint      every fault of a plan at once, before it is published
"""
