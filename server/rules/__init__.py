"""Automation rules: what happens by itself when something happens to a record, or when its time has come.

rows         the tables: versions, runs, what is remembered of a record
sql          every statement over them, by name
publishing   draft → lint, cases, conflicts → immutable version
ruleset      the current versions of a tenant, indexed by what makes them fire
matching     whether an event is what a rule listens to: pure
knowing      conditions and values of a record, at the moment of an event, in one statement
guarding     once, cool-down, caps, quiet hours, circles
acting       what the actions do
engine       one event or moment → rules considered in order, done, and logged
waiting      moments of records: dates, absences, schedules, windows
handlers     events and timers → the engine
hindering    incidents, for whoever closes something
trying       rules run on past events, and undone
service      what people and programs ask
actions      what is offered about rules, declared
"""
