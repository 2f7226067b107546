"""A tenant has so many seats, and an active account takes one."""

from __future__ import annotations

import asyncio

import pytest

from metadata.problems import ConflictError, NotFoundError
from server.context import Actor, ActorKind
from server.database.connections import Connections
from server.identity.accounts import AccountChange, NewAccount
from server.identity.seats import agree, agreed
from server.identity.service import Identity
from server.terms import Terms
from tests.server.identity.conftest import PASSWORD, Place

_OPERATOR = Actor("", ActorKind.SYSTEM, "command line", ())


def person(name: str) -> NewAccount:
    return NewAccount(email=f"{name}@example.com", name=name, password=PASSWORD)


async def add(identity: Identity, place: Place, *names: str) -> list[str]:
    """Ids of new people, one after the other."""
    return [(await identity.accounts.create(place.id, person(name), created_by=None))[0].id for name in names]


async def taken(connections: Connections, place: Place) -> int:
    async with connections.acquire(place.id) as connection:
        return (await agreed(connection, place.id)).taken


async def test_the_fifth_person_has_a_seat_and_the_sixth_is_told_that_none_is_left(
    identity: Identity, connections: Connections, acme: Place, globex: Place
) -> None:
    await agree(connections, acme.id, Terms(seats=5), by=_OPERATOR)
    await add(identity, acme, "three", "four", "five")

    with pytest.raises(ConflictError) as refused:
        await add(identity, acme, "six")

    (fault,) = refused.value.faults
    assert (fault.reason, fault.message) == ("no_seat_left", "All 5 seats of this tenant are taken.")
    assert "Disable an account" in fault.hint
    assert await taken(connections, acme) == 5
    await add(identity, globex, "three", "four", "five", "six")  # another tenant has as many as it likes


async def test_who_is_disabled_leaves_a_seat_and_takes_one_to_come_back(
    identity: Identity, connections: Connections, acme: Place
) -> None:
    await agree(connections, acme.id, Terms(seats=3), by=_OPERATOR)
    (third,) = await add(identity, acme, "three")

    await identity.accounts.update(acme.id, third, AccountChange(status="disabled"), updated_by=None)
    await add(identity, acme, "instead")
    with pytest.raises(ConflictError, match="All 3 seats"):
        await identity.accounts.update(acme.id, third, AccountChange(status="active"), updated_by=None)

    # who is active already takes no second one
    await identity.accounts.update(acme.id, acme.member.id, AccountChange(status="active"), updated_by=None)
    await agree(connections, acme.id, Terms(), by=_OPERATOR)
    await identity.accounts.update(acme.id, third, AccountChange(status="active"), updated_by=None)
    assert await taken(connections, acme) == 4


async def test_fewer_seats_than_people_turn_nobody_out_but_let_nobody_in(
    identity: Identity, connections: Connections, acme: Place
) -> None:
    await agree(connections, acme.id, Terms(seats=1), by=_OPERATOR)
    assert await taken(connections, acme) == 2
    with pytest.raises(ConflictError, match="All 1 seats"):
        await add(identity, acme, "three")


async def test_of_two_who_take_the_last_seat_at_once_one_has_it(
    identity: Identity, connections: Connections, acme: Place
) -> None:
    await agree(connections, acme.id, Terms(seats=3), by=_OPERATOR)
    prepared = [await identity.accounts.prepare(person(f"late{n}")) for n in range(4)]

    async def come(one: object) -> object:
        async with connections.acquire(acme.id) as connection:
            return await identity.accounts.insert(connection, acme.id, one, created_by=None)  # type: ignore[arg-type]

    came = await asyncio.gather(*(come(one) for one in prepared), return_exceptions=True)

    assert sum(isinstance(one, ConflictError) for one in came) == 3
    assert await taken(connections, acme) == 3


async def test_a_key_takes_no_seat(identity: Identity, connections: Connections, acme: Place) -> None:
    await agree(connections, acme.id, Terms(seats=2), by=_OPERATOR)
    await identity.api_keys.create(acme.id, acme.member.id, name="shop", roles=None, expires_at=None, created_by=None)
    assert await taken(connections, acme) == 2


async def test_terms_of_no_tenant_are_refused(connections: Connections) -> None:
    with pytest.raises(NotFoundError):
        await agree(connections, "00000000-0000-0000-0000-000000000001", Terms(seats=1), by=_OPERATOR)
