from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from metadata.problems import BadInputError
from server.database.connections import Connections
from server.secrets.keys import KeyRing
from server.secrets.vault import Cipher, DecryptionError, Place, Vault

OLD, NEW = "o" * 40, "n" * 40
PLACE = Place("customer", "id_card", "018f0000-0000-7000-8000-000000000001")


def cipher(tenant: str = "t1") -> Cipher:
    return Cipher(tenant, 1, {1: AESGCM(b"k" * 32)})


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_text_survives_and_two_ciphertexts_differ(text: str) -> None:
    first, second = cipher().encrypt(text, PLACE), cipher().encrypt(text, PLACE)
    assert cipher().decrypt(first, PLACE) == cipher().decrypt(second, PLACE) == text
    assert first != second
    assert first.startswith("v1.1.")


@pytest.mark.parametrize(
    "place",
    [
        Place("customer", "id_card", "018f0000-0000-7000-8000-000000000002"),
        Place("customer", "passport", PLACE.record_id),
        Place("guest", "id_card", PLACE.record_id),
        Place("customerid_card", "", PLACE.record_id),
    ],
)
def test_ciphertext_cannot_be_moved(place: Place) -> None:
    sealed = cipher().encrypt("secret", PLACE)
    with pytest.raises(DecryptionError):
        cipher().decrypt(sealed, place)
    with pytest.raises(DecryptionError):
        cipher("t2").decrypt(sealed, PLACE)
    assert cipher().decrypt(sealed, PLACE) == "secret"


@pytest.mark.parametrize(
    "alter",
    [
        lambda sealed: sealed[:-2] + ("AA" if sealed[-2:] != "AA" else "BB"),
        lambda sealed: sealed[: len(sealed) // 2],
        lambda sealed: sealed.replace("v1.1.", "v1.9."),
        lambda sealed: sealed.replace("v1.1.", "v2.1."),
        lambda sealed: "plain text",
        lambda sealed: "v1.1.",
        lambda sealed: "v1.1.é",
        lambda sealed: "",
    ],
)
def test_altered_ciphertext_is_refused(alter: Callable[[str], str]) -> None:
    with pytest.raises(DecryptionError):
        cipher().decrypt(alter(cipher().encrypt("secret", PLACE)), PLACE)


async def test_tenants_have_keys_of_their_own(connections: Connections) -> None:
    one, two = str(uuid.uuid4()), str(uuid.uuid4())
    vault = Vault(connections, KeyRing(OLD))
    sealed = await vault.encrypt(one, "secret", PLACE)
    assert await Vault(connections, KeyRing(OLD)).decrypt(one, sealed, PLACE) == "secret"
    with pytest.raises(DecryptionError):
        await vault.decrypt(two, sealed, PLACE)


async def test_first_uses_at_once_agree_on_one_key(connections: Connections) -> None:
    tenant = str(uuid.uuid4())
    vaults = [Vault(connections, KeyRing(OLD)) for _ in range(4)]
    sealed = await asyncio.gather(*(vault.encrypt(tenant, "secret", PLACE) for vault in vaults for _ in range(3)))
    assert {await vaults[0].decrypt(tenant, one, PLACE) for one in sealed} == {"secret"}
    async with connections.acquire() as connection:
        assert await connection.fetchval("select count(*) from tangram.tenant_key where tenant_id = $1", tenant) == 1


async def test_rotated_data_key_reads_old_values_in_every_process(connections: Connections) -> None:
    tenant = str(uuid.uuid4())
    vault, other = Vault(connections, KeyRing(OLD)), Vault(connections, KeyRing(OLD))
    old = await vault.encrypt(tenant, "before", PLACE)
    assert await other.decrypt(tenant, old, PLACE) == "before"
    assert await vault.rotate(tenant) == 2
    new = await vault.encrypt(tenant, "after", PLACE)
    assert new.startswith("v1.2.")
    assert await other.decrypt(tenant, new, PLACE) == "after"
    assert await vault.decrypt(tenant, old, PLACE) == "before"


async def test_secret_key_is_rotated_by_wrapping_anew(connections: Connections) -> None:
    tenant = str(uuid.uuid4())
    sealed = await Vault(connections, KeyRing(OLD)).encrypt(tenant, "secret", PLACE)
    with pytest.raises(DecryptionError) as lost:
        await Vault(connections, KeyRing(NEW)).decrypt(tenant, sealed, PLACE)
    assert lost.value.faults[0].reason == "secret_key_lost"
    both = Vault(connections, KeyRing(f"{NEW}|{OLD}"))
    assert await both.decrypt(tenant, sealed, PLACE) == "secret"
    assert await both.rewrap(tenant) == 1
    assert await both.rewrap(tenant) == 0
    assert await Vault(connections, KeyRing(NEW)).decrypt(tenant, sealed, PLACE) == "secret"


async def test_no_plain_text_or_key_is_stored_or_shown(connections: Connections) -> None:
    tenant = str(uuid.uuid4())
    vault = Vault(connections, KeyRing(OLD))
    sealed = await vault.encrypt(tenant, "secret-4711", PLACE)
    assert "4711" not in sealed
    assert OLD not in repr(KeyRing(OLD)) + repr(await vault.cipher(tenant)) + repr(KeyRing(OLD).derive("x"))


def test_purposes_have_different_keys() -> None:
    ring = KeyRing(OLD)
    assert ring.derive("a").current != ring.derive("b").current
    assert ring.derive("a").current == KeyRing(f"{OLD}|{NEW}").derive("a").current


@pytest.mark.parametrize("secret", ["", "short", f"{OLD}|short", "|"])
def test_weak_secrets_are_refused_without_being_shown(secret: str) -> None:
    with pytest.raises(BadInputError) as refusal:
        KeyRing(secret)
    assert OLD not in str(refusal.value)
