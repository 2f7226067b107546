"""Routing: work that waits in queues, and the people who are found for it.

choosing     who gets a piece of work, pure: steps narrow down, ties have one answer, everything is explained
people       who works a queue, and who is there now: members, hours, shifts, presence, capacity
telling      what steps ask of pieces of work and agents, in few statements
levels       backlogs that are too deep or too old: pure, with what ends them
assigning    the one transaction that hands work out: locks, choices, records, decisions, events
ruling       which routing rule each of some events fits
intake       events of records → work put into queues, done, or gone
acting       what agents do with their work: accept, decline, claim, complete, hand over
roster       shifts and presence
looking      my work, the state of queues, explanations, simulations
upkeep       a look at everything that waits, from time to time
handlers     events and timers → intake and assigning
actions      what is offered by name
rows, sql    the tables, and every statement over them
"""
