"""What is done with the organisation besides writing its records.

actions    transferPost
transfers  posts, and records owned, handed over in one transaction
"""
