"""Metadata as rows of static tables, and how rows become values.

models     Tortoise models of the tables: tenants, items, versions, installed templates, pending work
loading    rows → State, in one query
"""
