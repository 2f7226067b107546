"""The GraphQL schema of a tenant, narrowed to what one access plan allows.

scalars         scalars and the enums and objects that every tenant shares
filters         which operators a filter input offers
scope           what the builders of types share: the model, and what may be seen of it
record_types    what reads answer: records, their pages and changes
filter_types    which records, and in which order
figure_types    figures over records
input_types     data of writes
types           finds a type by its name, built when it is first asked for
roots           the root fields: what each is called, takes, gives and does
lazy            a GraphQLSchema over those, for validation; and the full one for introspection
"""
