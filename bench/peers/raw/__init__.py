"""The raw ceiling: the statements that Tangram runs, with asyncpg behind a bare ASGI function and no GraphQL."""
