"""Access seen from outside: why somebody may or may not, who can, what a change of policies would do.

actions     explainAccess for people at work
reviews     Reviews: why, who can, the permission map
questions   whether a question can be asked, and asked of one person
discretion  what somebody is told who may not configure policies
trials      Trials: a change of roles and policies tried out: who gains, who loses
exchange    policies as text, out and in
people      who holds which roles now
judges      conditions judged on records by SQL
"""
