"""The engine of prices: what an event comes to under a plan, and why.

values       what goes into a calculation and what comes out of it
definition   a published version of a plan, made ready to rate with
windows      the window that an instant is in
choosing     which rate of a component counts: pure
rating       what an event adds to a running total: pure
pricing      one event under one plan: stacked, guarded, shared: pure
facts        a record as an event
publishing   draft, checks, immutable versions, and which of them is in force
proposing    what is published by two people: tried over past days, asked for, decided
examples     orders that a plan would lose money on: pure
simulating   a plan over past records beside another
trying       the same set-based, in a scratch run
explaining   a calculation as data and in words
service      what people and programs ask
ledger       what is booked: entries, refunds, differences, hashes: pure
set_sql      the statement that rates all events at once
             `source_sql` has which events, `asked_sql` what is asked of their lines
setwise      a plan rated by it
record_sql   records as events, in SQL
run_sql      the statements of what is before a run of many sales, and what it comes to
             `post_sql` has what is booked of it, `tally_sql` the totals that it leaves
loading      what is before a run of many sales
beside       a second connection that rates a part of them
running      a run of them
storing      the ledger in PostgreSQL: locks, what is known, what is booked
rewinding    running totals as they were before some sales: pure
again        windows rated again, for late events and refunds
booking      sales, refunds and adjustments, booked at most once, in any order
shared       sales of several requests booked in one transaction
closing      what accounts come to, what is made up at the end of a month
months       what keeps a month open, how it is closed, and opened again by two people
telling      what the ledger says, as events
parting      the ledger by whom it belongs to
statements   pools, statements, attribution run again, payouts, platforms' statements
statement_records  statements as records, with their lines
settling     what is asked of the ledger
handlers     every night
verifying    whether the ledger is what was booked
figures      what was charged and paid out, by tier, payee and dimension
acting       records priced by rules and steps of flows, and what is written of it
actions      everything that GraphQL offers
             `statement_actions` has what is about whom it belongs to
sql          statements of the ledger and of running totals; `statement_sql` those by whom it belongs to,
             `closing_sql` those of closed months
rows         the tables
"""
