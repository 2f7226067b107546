from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metadata.changes.catalogue import Column, ForeignKey, Index, IndexColumn, OnDelete
from metadata.changes.steps import AddColumn, AddForeignKey, AlterType, CreateIndex, DropIndex, SchemaStep, SetNotNull
from server.database.connections import Connections
from server.records.ddl import constant, statements


def sql(*steps: SchemaStep) -> list[str]:
    return statements("t_a", steps, lambda index: "x > 1")


def test_neighbouring_steps_on_a_table_are_one_statement() -> None:
    assert sql(
        AddColumn("b", Column(name="c", sql_type="text")),
        AddColumn("b", Column(name="d", sql_type="bigint", not_null=True), 3),
        SetNotNull("b", "e"),
        SetNotNull("f", "g", checked=False),
    ) == [
        'ALTER TABLE "t_a"."b"\n'
        '    ADD COLUMN "c" text,\n'
        "    ADD COLUMN \"d\" bigint DEFAULT '3'::bigint NOT NULL,\n"
        '    ALTER COLUMN "e" SET NOT NULL',
        'ALTER TABLE "t_a"."b"\n    ALTER COLUMN "d" DROP DEFAULT',
        'ALTER TABLE "t_a"."f"\n    ADD CONSTRAINT "f__g__filled" CHECK ("g" IS NOT NULL) NOT VALID',
    ]


def test_a_conversion_names_its_column_wherever_it_says() -> None:
    step = AlterType("b", Column(name="c", sql_type="bigint"), "case when {0} ~ '^[0-9]{1,9}$' then {0}::bigint end")
    assert sql(step) == [
        'ALTER TABLE "t_a"."b"\n'
        '    ALTER COLUMN "c" TYPE bigint USING case when "c" ~ \'^[0-9]{1,9}$\' then "c"::bigint end'
    ]


def test_a_foreign_key_that_is_checked_later_is_not_valid_yet() -> None:
    key = ForeignKey(name="b__c__fkey", column="c", target="d", on_delete=OnDelete.CLEAR)
    assert sql(AddForeignKey("b", key, checked=False)) == [
        'ALTER TABLE "t_a"."b"\n    ADD CONSTRAINT "b__c__fkey" FOREIGN KEY ("c") '
        'REFERENCES "t_a"."d" (id) ON DELETE SET NULL NOT VALID'
    ]


def test_a_partial_index_says_all_its_conditions() -> None:
    columns = (IndexColumn("c", True), IndexColumn("id"))
    index = Index(name="i", columns=columns, unique=True, where="x > 1", filled=True)
    assert sql(CreateIndex("b", index), DropIndex("j")) == [
        'CREATE UNIQUE INDEX "i" ON "t_a"."b" ("c" DESC, "id") '
        'WHERE deleted_at IS NULL AND "c" IS NOT NULL AND (x > 1)',
        'DROP INDEX IF EXISTS "t_a"."j"',
    ]


def test_names_are_quoted() -> None:
    with pytest.raises(ValueError, match="not a PostgreSQL name"):
        sql(DropIndex("x" * 64))
    assert sql(DropIndex('a"; drop table b')) == ['DROP INDEX IF EXISTS "t_a"."a""; drop table b"']


TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TEXTS, max_size=4), TEXTS, st.integers(-(2**63), 2**63 - 1))
async def test_constants_come_back_as_they_were(
    connections: Connections, items: list[str], text: str, number: int
) -> None:
    async with connections.acquire() as connection:
        row = await connection.fetchrow(
            f"select {constant(text, 'text')}, {constant(items, 'text[]')}, {constant(number, 'bigint')}, "
            f"{constant(True, 'boolean')}, {constant({'a': text}, 'jsonb')} ->> 'a'"
        )
    assert tuple(row) == (text, items, number, True, text)
