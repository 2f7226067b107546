"""The audit chain: what is sealed stays as it is, and every change of it is found and named."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.audit.chain import GENESIS, canonical, link_hash
from server.audit.entries import MAX_RECORDS, AuditEntry, AuditKind, NewEntry
from server.audit.log import AuditFilter, append, page
from server.audit.sealing import Sealer
from server.audit.upkeep import purge_entries
from server.audit.verifying import Problem, Report, Verifier
from server.context import Actor, ActorKind
from server.database.connections import Connections
from server.events.clock import SystemClock
from server.secrets.keys import KeyRing

ONE, TWO = str(UUID(int=1)), str(UUID(int=2))
KEYS = KeyRing("a key for tests, 32 characters or more")
WANG = Actor(str(UUID(int=7)), ActorKind.USER, "wang@example.com", ("sales",))


def entry(tenant_id: str = ONE, **more: Any) -> NewEntry:
    return NewEntry(tenant_id=tenant_id, kind=AuditKind.SIGNED_IN, actor=WANG, **more)


async def appended(connections: Connections, count: int, tenant_id: str = ONE) -> None:
    async with connections.acquire() as connection:
        for number in range(count):
            await append(connection, entry(tenant_id, detail={"number": number}))


async def sealed(connections: Connections, count: int, tenant_id: str = ONE) -> None:
    await appended(connections, count, tenant_id)
    assert await Sealer(connections, KEYS, SystemClock()).seal_all() == count


async def verified(connections: Connections, tenant_id: str = ONE, keys: KeyRing = KEYS) -> Report:
    return await Verifier(connections, keys).verify(tenant_id)


async def found(connections: Connections) -> list[tuple[Problem, int | None]]:
    return [(finding.problem, finding.seq) for finding in (await verified(connections)).findings]


async def test_entries_are_numbered_without_gaps_within_their_tenant(connections: Connections) -> None:
    for _ in range(3):
        await appended(connections, 2, ONE)
        await sealed_all(connections)
        await appended(connections, 1, TWO)
        await sealed_all(connections)
    async with connections.acquire() as connection:
        ones = await page(connection, ONE, AuditFilter())
        twos = await page(connection, TWO, AuditFilter())
    assert [one.seq for one in ones] == [6, 5, 4, 3, 2, 1]
    assert [two.seq for two in twos] == [3, 2, 1]
    assert (await verified(connections, ONE)).is_whole
    assert (await verified(connections, TWO)).is_whole


async def sealed_all(connections: Connections) -> None:
    await Sealer(connections, KEYS, SystemClock()).seal_all()


async def test_sealers_at_once_and_appenders_beside_them_make_one_chain(connections: Connections) -> None:
    async def seal_often() -> None:
        for _ in range(5):
            await sealed_all(connections)

    await asyncio.gather(*(appended(connections, 10) for _ in range(4)), seal_often(), seal_often())
    await sealed_all(connections)
    report = await verified(connections)
    assert (report.entries, report.waiting, report.findings) == (40, 0, ())


async def test_an_entry_that_was_rolled_back_leaves_no_gap(connections: Connections) -> None:
    async with connections.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await append(connection, entry())
        await transaction.rollback()
    await sealed(connections, 2)
    assert (await verified(connections)).head.seq == 2


async def test_what_is_not_sealed_yet_is_no_problem(connections: Connections) -> None:
    await sealed(connections, 2)
    await appended(connections, 3)
    report = await verified(connections)
    assert (report.entries, report.waiting, report.is_whole) == (2, 3, True)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("update tangram.audit_entry set actor_name = 'li' where id = $2", [(Problem.CHANGED, 3)]),
        ("update tangram.audit_entry set detail = '{\"number\": 9}' where id = $2", [(Problem.CHANGED, 3)]),
        ("update tangram.audit_entry set at = at + interval '1 us' where id = $2", [(Problem.CHANGED, 3)]),
        ("delete from tangram.audit_entry where id = $2", [(Problem.REMOVED, 3)]),
        ("delete from tangram.audit_link where entry_id = $2", [(Problem.REMOVED, 3), (Problem.INSERTED, None)]),
        (
            "with gone as (delete from tangram.audit_link where entry_id = $2)"
            " delete from tangram.audit_entry where id = $2",
            [(Problem.REMOVED, 3)],
        ),
        (
            "update tangram.audit_link set entry_id = -entry_id where entry_id in ($2, $2 + 1);",
            [(Problem.REMOVED, 3), (Problem.REMOVED, 4), (Problem.INSERTED, None), (Problem.INSERTED, None)],
        ),
    ],
    ids=["actor", "detail", "time", "entry gone", "link gone", "both gone", "links moved away"],
)
async def test_a_change_behind_the_servers_back_is_found(
    connections: Connections, change: str, expected: list[tuple[Problem, int | None]]
) -> None:
    await sealed(connections, 5)
    async with connections.acquire() as connection:
        third = await connection.fetchval(
            "select entry_id from tangram.audit_link where tenant_id = $1 and seq = 3", ONE
        )
        await connection.execute(change.replace("$2", str(third)))
    assert await found(connections) == expected


async def test_links_that_changed_places_are_found(connections: Connections) -> None:
    await sealed(connections, 5)
    async with connections.acquire() as connection:
        for old, new in ((2, 99), (3, 2), (99, 3)):
            await connection.execute("update tangram.audit_link set seq = $2 where seq = $1", old, new)
    assert (Problem.REORDERED, 2) in await found(connections)


async def test_an_entry_that_came_in_by_another_door_is_found(connections: Connections) -> None:
    await sealed(connections, 2)
    async with connections.acquire() as connection:
        await connection.execute("insert into tangram.audit_entry (tenant_id, kind) values ($1, 'sign_in.failed')", ONE)
    assert await found(connections) == [(Problem.INSERTED, None)]


async def test_an_entry_removed_before_it_was_sealed_is_found(connections: Connections) -> None:
    await appended(connections, 1)
    async with connections.acquire() as connection:
        await connection.execute("delete from tangram.audit_entry")
    assert await found(connections) == [(Problem.REMOVED, None)]


async def test_a_chain_computed_anew_lacks_our_signature(connections: Connections) -> None:
    await sealed(connections, 4)
    async with connections.acquire() as connection:
        await connection.execute("update tangram.audit_entry set actor_name = 'li'")
        rows = await connection.fetch("select * from tangram.audit_entry order by id")
        before = GENESIS
        for seq, row in enumerate(rows, 1):
            after = link_hash(AuditEntry.from_row(row), seq, before)
            await connection.execute(
                "update tangram.audit_link set previous = $2, hash = $3 where seq = $1", seq, before, after
            )
            before = after
    assert await found(connections) == [(Problem.FORGED, 4)]


async def test_links_appended_without_signature_are_found(connections: Connections) -> None:
    await sealed(connections, 2)
    await sealed(connections, 1)
    async with connections.acquire() as connection:
        await connection.execute("delete from tangram.audit_checkpoint where seq = 3")
    assert await found(connections) == [(Problem.INSERTED, 3)]


async def test_a_chain_cut_short_contradicts_its_last_checkpoint(connections: Connections) -> None:
    await sealed(connections, 3)
    async with connections.acquire() as connection:
        await connection.execute(
            "delete from tangram.audit_entry where id in (select max(id) from tangram.audit_entry)"
        )
        await connection.execute("delete from tangram.audit_link where seq = 3")
    assert await found(connections) == [(Problem.REMOVED, 3)]


async def test_a_checkpoint_verifies_with_a_former_secret_and_says_when_it_is_gone(connections: Connections) -> None:
    await sealed(connections, 1)
    new, former = "n" * 40, "a key for tests, 32 characters or more"
    assert (await verified(connections, keys=KeyRing(f"{new}|{former}"))).is_whole
    (finding,) = (await verified(connections, keys=KeyRing(new))).findings
    assert (finding.problem, finding.seq) == (Problem.UNVERIFIABLE, 1)


async def test_a_checkpoint_that_was_altered_is_found(connections: Connections) -> None:
    await sealed(connections, 1)
    async with connections.acquire() as connection:
        await connection.execute("update tangram.audit_checkpoint set at = at + interval '1 s'")
    assert (Problem.FORGED, 1) in await found(connections)


async def test_old_entries_are_removed_and_the_rest_still_verifies(connections: Connections) -> None:
    clock = SystemClock()
    await sealed(connections, 3)
    await asyncio.sleep(0.01)
    border = clock.now()
    await sealed(connections, 2)
    assert await purge_entries(connections, KEYS, clock, before=border) == 3
    report = await verified(connections)
    assert (report.entries, report.removed_before, report.findings) == (2, 3, ())
    await sealed(connections, 1)
    assert (await verified(connections)).head.seq == 6


async def test_a_log_of_old_entries_only_goes_on_where_it_ended(connections: Connections) -> None:
    clock = SystemClock()
    await sealed(connections, 3)
    assert await purge_entries(connections, KEYS, clock, before=clock.now() + timedelta(seconds=1)) == 3
    await sealed(connections, 1)
    report = await verified(connections)
    assert (report.head.seq, report.findings) == (4, ())


async def test_a_removed_beginning_without_signed_checkpoint_is_found(connections: Connections) -> None:
    await sealed(connections, 3)
    async with connections.acquire() as connection:
        await connection.execute("delete from tangram.audit_link where seq = 1")
        await connection.execute(
            "delete from tangram.audit_entry where id in (select min(id) from tangram.audit_entry)"
        )
    assert await found(connections) == [(Problem.REMOVED, 1)]


async def test_entries_are_found_by_actor_object_record_and_field(connections: Connections) -> None:
    async with connections.acquire() as connection:
        await append(connection, entry(object="customer", records=["a", "b"], fields=["phone"]))
        await append(connection, entry(object="lead", records=["c"]))
        customers = await page(connection, ONE, AuditFilter(object="customer"))
        of_b = await page(connection, ONE, AuditFilter(record="b", field="phone"))
        by_wang = await page(connection, ONE, AuditFilter(actor_id=WANG.id), first=1)
        others = await page(connection, TWO, AuditFilter())
    assert [one.records for one in customers] == [("a", "b")] == [one.records for one in of_b]
    assert [one.object for one in by_wang] == ["lead"]
    assert others == []


async def test_an_entry_is_bounded(connections: Connections) -> None:
    async with connections.acquire() as connection:
        await append(connection, entry(detail={"text": "x" * 100_000}))
        (kept,) = await page(connection, ONE, AuditFilter())
        assert "omittedBytes" in json.loads(kept.detail_json)
        with pytest.raises(ValueError, match="at most"):
            await append(connection, entry(records=["r"] * (MAX_RECORDS + 1)))


_ENTRY = AuditEntry(1, ONE, datetime(2026, 1, 1, tzinfo=UTC), "k", None, "", "", "", (), (), "", "", "", "{}")
_TEXTS = st.text(max_size=10)


@given(_TEXTS, _TEXTS, st.lists(_TEXTS), st.lists(_TEXTS))
def test_two_different_entries_have_different_texts(a: str, b: str, records: list[str], fields: list[str]) -> None:
    one = dataclasses.replace(_ENTRY, actor_name=a, object=b, records=tuple(records), fields=tuple(fields))
    other = dataclasses.replace(_ENTRY, actor_name=b, object=a, records=tuple(fields), fields=tuple(records))
    assert (one == other) == (canonical(one, 1) == canonical(other, 1))
    assert canonical(one, 1) != canonical(one, 2)


def test_the_order_of_keys_does_not_matter() -> None:
    first = dataclasses.replace(_ENTRY, detail_json='{"a": 1.50, "b": [2]}')
    second = dataclasses.replace(_ENTRY, detail_json='{"b":[2],"a":1.50}')
    assert canonical(first, 1) == canonical(second, 1)
