"""Roles earned by figures: the rules that a tenant declares, evaluated.

periods      finished periods of a length, in the tenant's zone
deciding     what becomes of one user: pure
measuring    figures by user, as one statement a period
evaluating   the engine: evaluate a rule, try it, evaluate all of them from time to time
actions      what is offered to GraphQL
rows         the table of figures that were found
sql          fixed statements
"""
