"""Who asks: accounts, sign-in, tokens, API keys, and the session behind a request.

rows        tables of accounts, refresh tokens and API keys
sql         the statements over them
passwords   argon2id hashing off the event loop, and the password policy
attempts    brute-force limits per account and per address
tokens      access tokens: signed, short-lived, with key ids
sign_in     password and refresh grants, rotation with reuse detection, sign-out
standing    who an account is now, for what acts in its name
sessions    token → actor, tenant and epoch, cached per process for the hot path
bearer      the token of a request, and its session
rates       a token bucket per actor
accounts    administrators manage accounts, people manage their own password
seats       how many accounts may be active, by what was agreed with the tenant
usage       what a tenant has used in a month, for who charges it
api_keys    keys for programs
changes     the events of accounts and keys, without their secrets
service     all of it put together for one process
"""
