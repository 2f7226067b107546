"""Rights on records for a time.

definitions  what is asked for, and its checks
sql          statements over `tangram.access_grant`
giving       the engine: give, ask for, decide, revoke, list
closing      ends grants with what they end with
actions      what is offered to GraphQL
"""
