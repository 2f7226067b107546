"""The server: HTTP, GraphQL, access, records, events and the engines that act through them."""
