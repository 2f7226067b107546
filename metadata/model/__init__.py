"""What a tenant declares, as frozen values.

values     ObjectType, Field, UniqueConstraint, Index, ValidationRule, View: one class per kind of metadata
kinds      the descriptor of each kind: its name, its parent, its attributes with help and checks
settings   tenant-wide settings: time zone, currency, languages, limits
tenant     TenantModel: all of it at one version, with look-ups
identity   object types as keys of caches
"""
