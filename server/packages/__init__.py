"""Templates in a running server: installed, upgraded and removed through the one way of changing metadata.

service     Packages: what callers ask for, each in one transaction
samples     sample data, stored set by set with its events
holdings    how much data the parts of a template hold
statements  the fixed SQL
"""
