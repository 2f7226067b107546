"""Benchmarks: `python -m bench`. Every figure is a ratio to peers measured in the same run.

__main__        what is measured, in order
data            the rows: 200 stores, 100,000 customers, 300,000 work orders
model.yaml      the same objects as metadata
questions       Q1 to Q8: variables that rotate, the documents of each server, answers compared
installation    a scratch Tangram: databases, tenant, server processes, a small client
peers           what it is compared with: raw, postgraphile, strawberry_tortoise
servers         starting, asking and stopping one server under test
statements      the SQL that Tangram runs, as PostgreSQL's log shows it: for raw and pgbench
wrk, pgbench    one short round of load
rounds          the interleaved run of all rounds, and their medians
live_changes    a field added and used by the next request, on two processes
flows           tasks, automatic nodes and due dates, beside pgbench
pricing         prices asked through GraphQL
timers          timers due at once while workers are killed
schemas         time and memory of a tenant's model and schema
many_tenants    500 tenants of one template
plan_hit        Python time of a plan cache hit
report          bars, tables, files
"""
