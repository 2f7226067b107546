"""Metadata as rows of static tables, and how rows become values.

models     Tortoise models of the tables: tenants, items, versions, installed templates, pending work
items      one row as a frozen Item, a tenant's rows as a State
loading    rows → State → TenantModel, in one query
"""
