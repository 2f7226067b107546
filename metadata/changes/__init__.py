"""Changing what a tenant has declared: everything that can be decided without a database.

names        names of indexes, constraints and join tables derived from tables and columns
"""
