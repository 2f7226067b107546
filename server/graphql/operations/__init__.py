"""From an operation's text to bytes.

documents    parse, limits, validate: a checked operation, kept by its text
coercion     variables → values ready to travel to PostgreSQL, all faults together; their shape
arguments    argument nodes and variables → values with places that each request fills
filters      filter inputs → expressions
reads        selections of records → read plans
figures      aggregates → aggregate plans
writes       mutation fields → write requests
plans        an operation's compiled plan: statements, slots, response keys
execution    run a plan: connection, epoch check, answer
"""
