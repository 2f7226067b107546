"""Changing a tenant's metadata in a running server: pure plans of `metadata.changes`, applied to PostgreSQL.

requests    what a caller asks for, who asks, what came of it
configure   Configuration: plan, apply, roll back, in one transaction each
tenancy     create and drop tenants
provisioning  what every tenant has, made in tenants of an earlier release
questions   a plan's questions about the data, answered
writing     items, versions, pending work and schema steps, written
history     versions, what changed since, dependents, export
upkeep      pending indexes built, checks validated, removed things purged
statements  the fixed SQL
"""
