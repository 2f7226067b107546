"""Events, and the work that follows from them, in order of the way an event takes.

rows         the tables: event log, jobs, marks, timers, webhooks
sql          every statement over them, by name
log          append an event in a transaction; a record's history
clock        the one clock, real or moved
wake         tells relays that something was written, at most once in 5 ms
handlers     what a handler is: a name, its interest, what it does
acting       how a handler acts in a tenant: as the system, once, by the newest model
relay        unhandled events → notices on the bus, job rows; per tenant in order
bus          notices of changes for subscriptions, across processes
jobs         job rows: enqueue, claim, finish, back off, dead letters
hindering    dead letters about records, for whoever closes something
dispatch     ready job rows → arq, a fair share for each tenant
running      one job run: claim, handler, outcome
timers       due timers → job rows
actions      what is offered about work that was given up: looking, trying again
upkeep       sweeps up after lost messages and dead workers; removes what is old
worker       a process of all of these, until it is told to stop
"""
