"""What a tenant has declared. Knows nothing of HTTP, GraphQL or records in the database.

In order of control flow:

    problems     what is wrong with an input, all of it at once
    naming       every generated name: GraphQL types and fields, tables, columns
    model        frozen values: TenantModel, ObjectType, Field and the other kinds
    expressions  the one typed condition and formula language
    fields       one descriptor per field type: columns, scalar, operators, checks, conversions
    rows         the same things as database rows, and how rows become a TenantModel
    changes      compare two models, plan, apply, versions, rollback
    packages     export, import, clone and upgrade of templates
"""
