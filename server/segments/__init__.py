"""Segments: who meets a condition now, and events of those who come in and go out.

rows      the tables: members, and what they were worked out by
sql       every statement over them, by name
members   who is in and who is not any more: set by set, a batch in a transaction
handlers  writes, the clock and changed declarations → members
following changes of the configuration → a segment is worked out anew
actions   what is offered about segments
"""
