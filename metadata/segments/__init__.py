"""Segments as a tenant declares them, and what can be decided about them without a database.

values    segments
checks    what is wrong with a segment
watching  which writes may move records in or out: pure
"""
