"""The static schema of `/metadata`: reading and changing what a tenant has declared.

endpoint        the ASGI application
schema          root types, put together from resolver functions; limits
guards          what resolvers get, and who may do what
dynamic         types and resolvers made at run time
kinds           types of the kinds of metadata, made from their descriptors
reading         tenant, objects, versions, dependents, export
outcomes        what planning and applying answer
changing        plan, apply and roll back documents and lists of changes
kind_mutations  create, update, remove and restore for every kind; relations
introspection   kinds, field types, functions and operators with their help
templates       install, upgrade and remove templates
founding        create tenants
accounts        accounts and API keys
webhooks        webhook endpoints and deliveries
"""
