"""What masks show, as PostgreSQL computes it."""

from __future__ import annotations

import typing

import pytest

from metadata.model.policies import Policy
from metadata.problems import BadInputError
from server.access.masks import MASKS_SQL, mask_sql
from server.access.rights import MASKS
from server.database.connections import Connections

CASES = [
    ("phone", "+8613812341234", "138****1234"),
    ("phone", "13812341234", "138****1234"),
    ("phone", "+4915112345678", "49****78"),
    ("phone", "110", "****"),
    ("phone", "分机 13812341234", "****"),
    ("name", "王小明", "王*"),
    ("name", "王", "*"),
    ("name", "", "*"),
    ("last_four", "6222021234567890", "****7890"),
    ("last_four", "12345678", "****"),
    ("stars", "anything", "****"),
]
NUMBERS = [
    ("0", "0"),
    ("0.5", "0"),
    ("1", "1+"),
    ("9.99", "1+"),
    ("12345", "10000+"),
    ("-250", "-100+"),
    ("1e30", None),
]


@pytest.mark.parametrize(("mask", "value", "shown"), CASES)
async def test_mask_shows_of_a_text(connections: Connections, mask: str, value: str, shown: str) -> None:
    async with connections.acquire() as connection:
        assert (
            await connection.fetchval(f"select {mask_sql(mask, '$1::text', '$2::text')}, $2::text", value, "s") == shown
        )


@pytest.mark.parametrize(("value", "shown"), NUMBERS)
async def test_bucket_shows_of_a_number(connections: Connections, value: str, shown: str | None) -> None:
    async with connections.acquire() as connection:
        sql = f"select {mask_sql('bucket', '$1::numeric', 'null')}"
        assert await connection.fetchval(sql, value) == (shown or f"1{'0' * 30}+")


async def test_hash_is_equal_for_equal_values_of_one_tenant_only(connections: Connections) -> None:
    sql = f"select {mask_sql('hash', '$1::text', '$2::text')}"
    async with connections.acquire() as connection:
        first, again, other_value, other_tenant = [
            await connection.fetchval(sql, value, salt)
            for value, salt in (("13812341234", "a"), ("13812341234", "a"), ("13812341235", "a"), ("13812341234", "b"))
        ]
    assert first == again
    assert len({first, other_value, other_tenant}) == 3
    assert len(first) == 12


@pytest.mark.parametrize("mask", MASKS_SQL)
async def test_no_value_stays_no_value(connections: Connections, mask: str) -> None:
    cast = "::numeric" if mask == "bucket" else "::text"
    async with connections.acquire() as connection:
        assert await connection.fetchval(f"select {mask_sql(mask, 'null' + cast, chr(39) + chr(39))}") is None


def test_every_mask_of_a_policy_has_its_sql() -> None:
    declared = set(typing.get_args(typing.get_args(typing.get_type_hints(Policy, include_extras=True)["mask"])[0]))
    assert declared - {""} == set(MASKS_SQL) == set(MASKS)
    with pytest.raises(BadInputError):
        mask_sql("rot13", "x", "s")
