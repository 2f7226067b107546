"""A small tenant to change, and a look at what PostgreSQL really holds."""

from __future__ import annotations

from typing import Any

from metadata.changes.requests import Change
from metadata.model.document import Document
from metadata.model.reading import read_document_text
from server.configuration.configure import Configuration
from server.configuration.requests import Applied, Author, Planned, Request
from server.database.connections import Connections

ANNA = Author("01890000-0000-7000-8000-000000000001", "anna@example.com")
BEN = Author("01890000-0000-7000-8000-000000000002", "ben@example.com")

DOCUMENT = """
objects:
  - name: store
    plural: stores
    display: name
    fields:
      - {name: name, type: text, required: true}
      - {name: city, type: text}
  - name: customer
    plural: customers
    display: name
    search: [name, phone]
    fields:
      - {name: name, type: text, required: true}
      - {name: phone, type: phone, unique: true}
      - {name: note, type: text}
      - {name: level, type: select, settings: {options: [{key: normal}, {key: vip}]}}
      - {name: points, type: integer}
      - {name: balance, type: money}
      - {name: store, type: relation, settings: {to: store, inverse: customers}}
      - {name: favourites, type: relation, settings: {to: store, many: true, inverse: fans}}
      - {name: is_big, type: formula, settings: {expression: points > 100}}
    uniques:
      - {name: vip_note, fields: [note, store], where: 'level == "vip"'}
    indexes:
      - {name: level_newest, fields: [level, -created_at]}
    validations:
      - {name: vip_has_phone, rule: 'level != "vip" || phone != null', field: phone}
    views:
      - {name: vips, columns: [name, points, store.city], filter: 'level == "vip"', order: [-points]}
"""


def document(text: str = DOCUMENT) -> Document:
    """A document that has no faults."""
    read, faults = read_document_text(text)
    assert read is not None, list(faults)
    return read


ORGANISATION_TABLES = frozenset({"user", "department", "region", "team", "post", "team__members", "post__holders"})
"""Tables that every tenant has."""


class Shop:
    """One tenant, and what tests do with it."""

    def __init__(self, configuration: Configuration, made: Applied) -> None:
        self.configuration = configuration
        self.id = made.tenant_id
        self.schema = made.model.schema

    async def apply(self, *changes: Change, **arguments: Any) -> Applied:
        """Apply small changes."""
        author = arguments.pop("author", ANNA)
        expected = arguments.pop("expected_version", None)
        request = Request(changes=changes, **arguments)
        return await self.configuration.apply(self.id, request, author=author, expected_version=expected)

    async def plan(self, *changes: Change, **arguments: Any) -> Planned:
        """Plan small changes."""
        return await self.configuration.plan(self.id, Request(changes=changes, **arguments))

    async def add(self, table: str, **values: Any) -> str:
        """Insert a row; gives its id."""
        names = ", ".join(f'"{name}"' for name in values)
        places = "".join(f", ${number}" for number in range(1, len(values) + 1))
        async with self.configuration.connections.acquire() as connection:
            sql = f'insert into "{self.schema}"."{table}" (id{", " if names else ""}{names})'
            new_id: str = await connection.fetchval(
                f"{sql} values (gen_random_uuid(){places}) returning id", *values.values()
            )
            return new_id

    async def values(self, table: str, column: str) -> list[Any]:
        """All values of a column, in order of creation."""
        async with self.configuration.connections.acquire() as connection:
            rows = await connection.fetch(
                f'select "{column}" from "{self.schema}"."{table}" order by created_at, "{column}"'
            )
            return [row[0] for row in rows]

    async def columns(self, table: str) -> dict[str, tuple[str, bool]]:
        """Type and nullability of a table's columns."""
        return (await live_tables(self.configuration.connections, self.schema)).get(table, {})

    async def indexes(self) -> dict[str, str]:
        """Definitions of the indexes by name."""
        return await live_indexes(self.configuration.connections, self.schema)


async def live_tables(connections: Connections, schema: str) -> dict[str, dict[str, tuple[str, bool]]]:
    """Type and nullability of every column, by table and name."""
    async with connections.acquire() as connection:
        rows = await connection.fetch(
            """
            select table_name, column_name, is_nullable = 'YES' as nullable,
                case when data_type = 'ARRAY' then 'text[]' else data_type end as type
            from information_schema.columns where table_schema = $1 order by table_name, ordinal_position
            """,
            schema,
        )
    tables: dict[str, dict[str, tuple[str, bool]]] = {}
    for row in rows:
        tables.setdefault(row["table_name"], {})[row["column_name"]] = (row["type"], row["nullable"])
    return tables


async def live_indexes(connections: Connections, schema: str) -> dict[str, str]:
    """Definitions of all indexes but primary keys, by name."""
    async with connections.acquire() as connection:
        rows = await connection.fetch(
            "select indexname, indexdef from pg_catalog.pg_indexes where schemaname = $1 and indexname !~ '_pkey$'",
            schema,
        )
    return {row["indexname"]: row["indexdef"] for row in rows}


async def live_foreign_keys(connections: Connections, schema: str) -> dict[str, str]:
    """What is done on deletion, by name of the foreign key."""
    async with connections.acquire() as connection:
        rows = await connection.fetch(
            """
            select constraint_name, delete_rule from information_schema.referential_constraints
            where constraint_schema = $1
            """,
            schema,
        )
    return {row["constraint_name"]: row["delete_rule"] for row in rows}
