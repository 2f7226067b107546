"""Promises about records, watched by the clock.

clocks     one metric of one record, pure: what starts, pauses and stops it, and when it is due
keeping    clocks in PostgreSQL: moved by events, with timers for what is due and for the steps of the ladder
handlers   events and timers → clocks, breaches, steps
actions    what is offered by name: clocks with what explains them, recomputing
rows       the tables
"""
