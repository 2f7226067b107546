"""Changing what a tenant has declared: everything that can be decided without a database.

state        declarations as flat items with ids that outlive renames
requests     small changes as callers ask for them
diff         what a document asks for, as small changes
edits        small changes applied to a state
references   where declarations name each other
paths        field paths of expressions rewritten
dependents   who uses what, and what becomes of them
modelling    state → TenantModel; physical names allocated
catalogue    what PostgreSQL should hold
steps        what leads from one catalogue to another
names        names of indexes and constraints
drafting     request → draft: new model, steps, questions about the data
facts        those questions and their answers
weighing     draft and facts → plan: risks, refusals, what a job finishes
plan         the two halves under one name
history      what a change did, item by item; undoing it
"""
