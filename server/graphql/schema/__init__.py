"""The GraphQL schema of a tenant, narrowed to what one access plan allows.

scalars   scalars and the enums and objects that every tenant shares
names     which named types an object type brings, and whose a type name is
types     builds a named type when it is first asked for
lazy      a GraphQLSchema over those, for validation; and the full one for introspection
"""
