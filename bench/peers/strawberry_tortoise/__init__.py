"""A plain Strawberry + Tortoise server, as a competent developer would write it for these tables.

app      the ASGI application: `uvicorn bench.peers.strawberry_tortoise.app:create_app --factory`
models   Tortoise models of the three tables
schema   Strawberry types, data loaders and resolvers
"""
