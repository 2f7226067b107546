"""GraphQL: each tenant's schema, operation planning, and the metadata API.

members      GraphQL names of an object type's fields, and what stands behind each
schema       types of a tenant's schema, built when first asked for
operations   operation text → plan → SQL → bytes
endpoint     one tenant's schema as Strawberry's HTTP layer sees it
metadata_api the static schema of `/metadata`
"""
