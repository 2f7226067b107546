"""The static schema of `/metadata`: reading and changing what a tenant has declared.

endpoint       the ASGI application
schema         root types, put together from resolver functions; limits
guards         what resolvers get, and who may do what
kinds          types of the kinds of metadata, made from their descriptors
introspection  kinds, field types, functions and operators with their help
accounts       accounts and API keys
"""
