"""Each clause that the compiler of writes adds is needed: without any one of them, some write goes wrong."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from server.access.conditions import ALWAYS
from tests import servers
from tests.governed import field_rights
from tests.server.graphql.writing.office import Office, office_opened
from tests.server.graphql.writing.test_rights import CREATE, ONE, UPDATE

Patch = Callable[[pytest.MonkeyPatch], None]
RIGHTS = "server.records.writing.rights"
_NUMBERS = itertools.count(1_000)


@pytest.fixture(scope="module")
async def office(test_servers: servers.Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    async with office_opened(test_servers, tmp_path_factory.mktemp("files")) as opened:
        yield opened


def gives(path: str, value: Any) -> Patch:
    """Something that gives the same whatever it is asked."""
    return lambda monkeypatch: monkeypatch.setattr(path, lambda *_args, **_named: value)


async def _of_another(office: Office) -> bool:
    customer = await office.customer()
    return not await office.faults("peer", ONE["delete"], {"id": customer})


async def _seen_only(office: Office) -> bool:
    """Gold customers of nobody are seen, and may be claimed, by every seller."""
    customer = await office.customer(ownerId=None, level="GOLD")
    return not await office.faults("peer", ONE["delete"], {"id": customer})


async def _for_another(office: Office) -> bool:
    return not await office.faults("owner", CREATE, {"i": {"name": "n", "ownerId": office.people["peer"].id}})


async def _given_away(office: Office) -> bool:
    customer = await office.customer()
    return not await office.faults("owner", UPDATE, {"id": customer, "i": {"ownerId": office.people["peer"].id}})


async def _moved_away(office: Office) -> bool:
    """The manager may transfer, so it takes another policy to leave."""
    customer = await office.customer(level="GOLD")
    return not await office.faults("nobody", UPDATE, {"id": customer, "i": {"level": "NORMAL"}})


async def _field_of_another(office: Office) -> bool:
    customer = await office.customer(points=500)
    return not await office.faults("owner", UPDATE, {"id": customer, "i": {"points": 20}})


async def _answered_out_of_sight(office: Office) -> bool:
    customer = await office.customer(ownerId=office.people["peer"].id)
    away = {"ownerId": office.people["owner"].id, "departmentId": office.other_department}
    answer = await office.data("manager", UPDATE, {"id": customer, "i": away})
    return answer["updateCustomer"] is not None


async def _mask_stored(office: Office) -> bool:
    customer = await office.customer(name="王小明", ownerId=office.people["peer"].id)
    return not await office.faults("peer", UPDATE, {"id": customer, "i": {"name": "王*"}})


async def _hidden_key(office: Office) -> bool:
    phone = f"+861380000{next(_NUMBERS)}"
    await office.customer(ownerId=office.people["peer"].id, phone=phone)
    query = 'mutation ($p: String!) { createCustomer(input: {name: "n", referrer: {connect: {phone: $p}}}) { id } }'
    return not await office.faults("nobody", query, {"p": phone})


WRITES: dict[str, tuple[Callable[[Office], Any], Patch]] = {
    "the rows before": (_of_another, gives("server.records.writing.statements.reach", ["true"])),
    "the action's rows before": (_seen_only, gives(f"{RIGHTS}._reached", ALWAYS)),
    "the rows of a new record": (_for_another, gives(f"{RIGHTS}._creation", ())),
    "handing over": (_given_away, gives(f"{RIGHTS}._handing_over", ())),
    "the rows after": (_moved_away, gives(f"{RIGHTS}._leaving", ())),
    "rights on fields": (_field_of_another, gives(f"{RIGHTS}._fields", ())),
    "what is answered": (_answered_out_of_sight, gives("server.records.writing.statements.is_readable", "")),
    "masks that are sent": (_mask_stored, gives(f"{RIGHTS}._masks_sent", ())),
    "values that are looked for": (_hidden_key, gives("server.records.writing.lookups._known_values", [])),
}


async def _governed(office: Office) -> None:
    """Put the policies in force that these writes run into; a new version forgets what was compiled."""
    await office.govern()  # what was compiled for the last test is left behind
    clerk: dict[str, Any] = {"kind": "allow", "role": "clerk", "object": "customer"}
    await office.govern(
        {**clerk, "actions": ["read", "create"]},
        {**clerk, "actions": ["update"], "condition": 'level == "gold"'},
        field_rights("clerk", "customer", "phone", read="none", write=True, priority=2, condition="points == 0"),
        field_rights("seller", "customer", "points", write=False, priority=2, condition="points >= 100"),
        field_rights("seller", "customer", "name", read="masked", mask="name", write=True, priority=2),
    )


@pytest.mark.parametrize("clause", WRITES)
async def test_no_clause_can_be_left_out(office: Office, monkeypatch: pytest.MonkeyPatch, clause: str) -> None:
    goes_wrong, patch = WRITES[clause]
    await _governed(office)
    assert not await goes_wrong(office)
    await _governed(office)
    with monkeypatch.context() as patched:
        patch(patched)
        assert await goes_wrong(office)
