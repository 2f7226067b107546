"""Sample data stored: one statement an object type, with the events of its records, within the installation.

The events say what was created, as for any record; they count as handled, so that no webhook, flow or rule starts
because somebody tries a template.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import asyncpg
import msgspec

from metadata.fields.relations import relation_of
from metadata.model.tenant import TenantModel, field_of
from metadata.packages.samples import LinkTable, SampleData, SampleTable
from metadata.problems import ConflictError
from server.configuration.requests import Author
from server.database.sql import quote_identifier
from server.packages import statements
from server.records.layout import Layout

__all__ = ["store_samples"]


async def store_samples(
    connection: Any, model: TenantModel, data: SampleData, *, author: Author, template: str
) -> None:
    """Store sample data in a transaction that is open.

    Args:
        connection: The transaction's.
        model: The tenant's model, as the transaction leaves it.
        data: Prepared for that model, without faults.
        author: Who installs the template.
        template: Its name, noted as the request of the events.

    Raises:
        ConflictError: `sample_clash`: a record of the tenant has a unique value of a sample record.
    """
    store = _Store(connection, model, author, template)
    try:
        await store.run(data)
    except asyncpg.IntegrityConstraintViolationError as error:
        raise ConflictError.single(
            "sample_clash",
            f"The sample data of '{template}' does not go together with records that are there: "
            f"{error.constraint_name or error.column_name} of '{error.table_name}' refuses it.",
            path=("options", "sample_data"),
            hint="Install the template without sample data, or into another tenant.",
        ) from error


class _Store:
    """One installation's statements."""

    def __init__(self, connection: Any, model: TenantModel, author: Author, template: str) -> None:
        self._connection = connection
        self._model = model
        self._layout = Layout(model)
        self._author = author
        self._template = template

    async def run(self, data: SampleData) -> None:
        for table in data.tables:
            await self._insert(table)
        for table in data.tables:
            await self._complete(table)
        for links in data.links:
            await self._link(links)
        for table in data.tables:
            await self._tell(table)
        await self._count(data)

    async def _insert(self, table: SampleTable) -> None:
        rows = [{"id": row.id, **_without(row.values, table.later.get(row.id, {}))} for row in table.rows]
        names = [quote_identifier(name) for name in table.columns]
        types = [f"{name} {sql_type}" for name, sql_type in zip(names, table.columns.values(), strict=True)]
        await self._connection.execute(
            f"""
            insert into {self._layout.table(table.object_name)}
                ({", ".join(["id", "created_by", "updated_by", *names])})
            select {", ".join(["sample.id", "$2::uuid", "$2::uuid", *(f"sample.{name}" for name in names)])}
            from jsonb_to_recordset($1::jsonb) as sample ({", ".join(["id uuid", *types])})
            """,
            _json(rows),
            self._author.id,
        )

    async def _complete(self, table: SampleTable) -> None:
        """Fill references to records that are stored only now."""
        columns = dict.fromkeys(name for values in table.later.values() for name in values)
        if not columns:
            return
        names = [quote_identifier(name) for name in columns]
        rows = [{"id": row_id, **values} for row_id, values in table.later.items()]
        await self._connection.execute(
            f"""
            update {self._layout.table(table.object_name)} as record
            set {", ".join(f"{name} = coalesce(sample.{name}, record.{name})" for name in names)}
            from jsonb_to_recordset($1::jsonb) as sample ({", ".join(["id uuid", *(f"{name} uuid" for name in names)])})
            where record.id = sample.id
            """,
            _json(rows),
        )

    async def _link(self, links: LinkTable) -> None:
        field = field_of(self._model.object(links.object_name), links.field_name)
        assert field is not None
        assert relation_of(field) is not None
        await self._connection.execute(
            f"""
            insert into {self._layout.join_table(field)} (source_id, target_id)
            select * from unnest($1::uuid[], $2::uuid[])
            """,
            [source for source, _ in links.pairs],
            [target for _, target in links.pairs],
        )

    async def _tell(self, table: SampleTable) -> None:
        rows = [{"id": row.id, "changes": row.values} for row in table.rows]
        await self._connection.execute(
            """
            insert into tangram.event
                (tenant_id, kind, object, record_id, actor_id, actor_kind, actor_name, changes, request_id, version)
            select $1, 'create', $2, sample.id, $3, 'system', $4, sample.changes, $5, $6
            from jsonb_to_recordset($7::jsonb) as sample (id uuid, changes jsonb)
            """,
            self._model.tenant_id,
            self._model.object(table.object_name).table,
            self._author.id,
            self._author.name,
            f"template:{self._template}"[:64],
            self._model.version,
            _json(rows),
        )

    async def _count(self, data: SampleData) -> None:
        counters = []
        for counter in data.counters:
            object_type = self._model.object(counter.object_name)
            field = field_of(object_type, counter.field_name)
            assert field is not None
            # The key of server.records.writing.numbers.
            key = f"{object_type.table}.{field.column}:{counter.period}"
            counters.append({"key": key, "value": counter.last})
        if counters:
            await self._connection.execute(statements.MOVE_COUNTERS, self._model.tenant_id, _json(counters))


def _without(values: Mapping[str, Any], later: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in later}


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
