"""What an actor may do: policies as rows, compiled for look-up.

rows         the table of roles held for a time
assignments  giving, ending and reading them
plan         AccessPlan: operations, rows and fields of one actor, read by the compilers of reads and writes
snapshots    the snapshots and plans of one process, compiled on a thread and kept
snapshot     all policies of a tenant, compiled into look-ups
rights       what the rules of a snapshot give to one set of subjects
sensitivity  which fields are sensitive
masks        what is shown in place of a masked value, as SQL
conditions   conditions put together, with `always` and `never` folded away
explain      why somebody may or may not; the permission map; who can
casbin_model  Casbin's model.conf, as far as it says what policies here say
casbin_text  policies in Casbin's form, and back
casbin_enforcer  Casbin's enforce() over our policies: the oracle of a differential test
"""
