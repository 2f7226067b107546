"""Writes: what a request gives becomes drafts, drafts become statements, each with its events.

drafts       input → drafts: column values, records to connect, nested records; all faults together
numbers      auto numbers
statements   drafts of one kind → one statement that writes, logs, checks and answers
running      statements of one write, run, and what it means when they find nothing
lookups      records that an input names by unique values
lists        changes of to-many relations
rights       what policies ask of a write: rows before and after, fields
shared       writes of several requests in one statement
saving       create, update, upsert, with nested records
removal      delete, restore, destroy, with what hangs on the records
merging      merge records into one
"""
