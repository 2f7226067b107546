"""Keys and encryption at rest.

keys    every purpose's own key, derived from TANGRAM_SECRET_KEY, with ids for rotation
vault   encryption of values with a data key per tenant, bound to the place they are stored at
rows    the wrapped data keys
"""
