"""The audit log: who did, saw and was refused what, in a chain that shows every later change.

    entries    what an entry says: its kind, who, where from, about what
    log        append an entry in a transaction; page through entries
    repeats    what can be caused at will, written once and then counted: refusals, failed sign-ins
    chain      pure: the canonical text of an entry, hashes, signed checkpoints
    sealing    chains what was appended, tenant by tenant, and signs the head
    verifying  walks a tenant's chain and names what was changed, removed, inserted or moved
    booked     walks what engines book, each piece of which stands in the log with its hash
    upkeep     removes entries past their time, leaving a signed checkpoint in their place
    sql        the statements
    rows       the tables

`docs/audit.md` says what is logged; `docs/decisions/0019` why it is chained afterwards.
"""
