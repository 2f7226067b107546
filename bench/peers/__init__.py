"""What Tangram is compared with: raw (no GraphQL), postgraphile, strawberry_tortoise."""
