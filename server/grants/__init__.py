"""Rights on records for a time.

definitions  what is asked for, and its checks
sql          statements over `tangram.access_grant`
giving       the engine: give, ask for, decide, revoke, list
unmasking    the engine of masked fields shown plainly: ask, decide, view, break the glass
unmask_sql   its statements
rows         its table
closing      ends grants with what they end with
actions      what is offered to GraphQL
"""
