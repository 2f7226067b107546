"""Customers follow their matter."""
