"""Flows at work: published definitions, instances of them, and the tasks that people do.

In order of control flow:

    actions     what is offered by name: start, act, tasks, instances, history, publish
    service     those actions on instances and tasks: who may, which instance, which event
    designing   those on definitions: lint, publish, versions, graph, BPMN, figures, simulate
    showing     who sees which instance, and how instances and tasks are answered
    auditing    the required steps of many runs, for who audits them
    evidence    which of them were taken, in which order, and what is missing: pure
    hindering   what is at no end yet
    management  many runs at once: other versions, suspension, incidents, leavers; `management_actions` offers it
    asking      who can act, and why somebody cannot
    proxies     standing in for somebody for a time
    publishing  draft → lint → immutable version; versions, diff, rollback
    engine      one transition in one transaction: lock, decide, answer what the decision asks, store
    deciding    the decision, pure: (definition, state, event, now) → (state, effects), by families:
    moving      tokens through nodes, splits and joins
    tasking     nodes where people act: asked, counted, rejected
    signing     who has a task: claims, transfers, signers, acts taken back
    timing      timers, what happened, other flows that ended
    working     a decision under way, which all of these change
    decisions   what happened and what is to be done: the values of a decision
    approvals   votes, pure
    migration   moving an instance to another version, pure
    state       instances, tokens and tasks as frozen values
    answering   what a decision asks of the world: conditions, people, times, actions on records
    people      rules → accounts
    facts       expressions over the record, by one statement
    storing     instances in PostgreSQL: read with a lock, written by one statement
    filling     a task's form: what its node and its form ask to be filled in
    handlers    timers and events → transitions
    watching    which related records the conditions that runs wait for look at
    definition  a published version, made ready
    rows        the tables
"""
