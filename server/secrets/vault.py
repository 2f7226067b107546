"""Envelope encryption: a data key per tenant, wrapped by a master key, encrypts single values.

A ciphertext reads `v1.<key number>.<base64url of nonce, ciphertext and tag>`. It is bound to its place (tenant,
table, column, record id) as associated data: copied to another row or tenant, it does not decrypt.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import os
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import uuid_utils
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from metadata.problems import TangramError
from server.database.connections import Connections
from server.secrets.keys import DerivedKeys, KeyRing

__all__ = ["Cipher", "DecryptionError", "Place", "Vault"]

_NONCE_BYTES = 12
_LONGEST_CACHED_S = 600.0
_MASTER_PURPOSE = "vault master key"

_SELECT_KEYS = """
select number, master_key_id, wrapped
from tangram.tenant_key
where tenant_id = $1
order by number
"""

_LAST_KEY = "select coalesce(max(number), 0) from tangram.tenant_key where tenant_id = $1"

_REMOVE_KEYS = "delete from tangram.tenant_key where tenant_id = $1 and number < $2"

_INSERT_KEY = """
insert into tangram.tenant_key (id, tenant_id, number, master_key_id, wrapped, created_at)
values ($1, $2, $3, $4, $5, now())
on conflict (tenant_id, number) do nothing
"""


class DecryptionError(TangramError):
    """A ciphertext cannot be read: made with a key that is gone, moved from its place, or altered."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ciphertext is stored; part of what is authenticated.

    Attributes:
        table: Physical table name.
        column: Physical column name.
        record_id: Id of the row.
    """

    table: str
    column: str
    record_id: str

    def bound_to(self, tenant_id: str) -> bytes:
        """The associated data: lengths keep `a|bc` and `ab|c` apart."""
        parts = (tenant_id, self.table, self.column, self.record_id)
        return b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)


@dataclass(frozen=True, slots=True)
class Cipher:
    """Encrypts and decrypts for one tenant, without I/O. Get one from `Vault.cipher`."""

    tenant_id: str
    current: int
    keys: Mapping[int, AESGCM] = field(repr=False)

    def encrypt(self, text: str, place: Place) -> str:
        """A ciphertext of `text` that can only be read at `place`; two of the same text differ."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self.keys[self.current].encrypt(nonce, text.encode(), place.bound_to(self.tenant_id))
        return f"v1.{self.current}.{base64.urlsafe_b64encode(nonce + sealed).decode().rstrip('=')}"

    def decrypt(self, ciphertext: str, place: Place) -> str:
        """The text inside.

        Raises:
            DecryptionError: Not a ciphertext, its key is unknown, or it was not made for this place.
        """
        version, _, rest = ciphertext.partition(".")
        number, _, body = rest.partition(".")
        key = self.keys.get(int(number)) if version == "v1" and number.isdecimal() else None
        if key is None:
            raise _unreadable()
        try:
            sealed = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
            plain = key.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place.bound_to(self.tenant_id))
        except (InvalidTag, binascii.Error, ValueError):
            raise _unreadable() from None
        return plain.decode()


class Vault:
    """Hands out ciphers; data keys are created on first use and kept for a bounded number of tenants."""

    def __init__(self, connections: Connections, keys: KeyRing, *, max_tenants: int = 2_000) -> None:
        self._connections = connections
        self._masters: DerivedKeys = keys.derive(_MASTER_PURPOSE)
        self._max_tenants = max_tenants
        self._ciphers: OrderedDict[str, tuple[Cipher, float]] = OrderedDict()
        self._loading: dict[str, asyncio.Lock] = {}

    async def cipher(self, tenant_id: str) -> Cipher:
        """The tenant's cipher, from memory or from its wrapped keys.

        One from memory is minutes old at most, so that a new key is used everywhere soon, whatever was told or missed.

        Raises:
            DecryptionError: A data key was wrapped by a secret that TANGRAM_SECRET_KEY no longer holds.
        """
        cached = self._cached(tenant_id)
        if cached is not None:
            return cached
        lock = self._loading.setdefault(tenant_id, asyncio.Lock())
        async with lock:
            cached = self._cached(tenant_id)
            if cached is None:
                cached = await self._load(tenant_id)
                self._keep(cached)
        self._loading.pop(tenant_id, None)
        return cached

    async def fresh(self, tenant_id: str) -> Cipher:
        """The tenant's cipher with the keys as they are now."""
        self.forget(tenant_id)
        return await self.cipher(tenant_id)

    def forget(self, tenant_id: str) -> None:
        """Have the tenant's keys read anew when they are needed."""
        self._ciphers.pop(tenant_id, None)

    async def keys_of(self, tenant_id: str) -> dict[int, str]:
        """The id of the secret that wraps each data key of a tenant, by the key's number."""
        async with self._connections.acquire(tenant_id) as connection:
            rows = await connection.fetch(_SELECT_KEYS, tenant_id)
        return {row["number"]: row["master_key_id"] for row in rows}

    async def add_key(self, connection: Any, tenant_id: str) -> int:
        """Give the tenant a new data key, in the connection's transaction; returns its number."""
        number: int = await connection.fetchval(_LAST_KEY, tenant_id) + 1
        await self._create(connection, tenant_id, number)
        return number

    async def remove_keys_below(self, connection: Any, tenant_id: str, number: int) -> int:
        """Destroy former data keys, in the connection's transaction: what they encrypted cannot be read any more."""
        removed = await connection.execute(_REMOVE_KEYS, tenant_id, number)
        return int(removed.rpartition(" ")[2])

    async def encrypt(self, tenant_id: str, text: str, place: Place) -> str:
        """See `Cipher.encrypt`."""
        return (await self.cipher(tenant_id)).encrypt(text, place)

    async def decrypt(self, tenant_id: str, ciphertext: str, place: Place) -> str:
        """See `Cipher.decrypt`; a data key added by another process since is fetched."""
        cipher = await self.cipher(tenant_id)
        try:
            return cipher.decrypt(ciphertext, place)
        except DecryptionError:
            fresh = await self.fresh(tenant_id)
            if fresh.keys.keys() == cipher.keys.keys():
                raise
            return fresh.decrypt(ciphertext, place)

    async def rotate(self, tenant_id: str) -> int:
        """Give the tenant a new data key for what is encrypted from now on; returns its number."""
        await self.cipher(tenant_id)
        async with self._connections.acquire(tenant_id) as connection:
            number = await self.add_key(connection, tenant_id)
        self.forget(tenant_id)
        return number

    async def rewrap(self, tenant_id: str) -> int:
        """Wrap the tenant's data keys with the current secret, so that an older one can be dropped.

        Returns:
            How many keys were wrapped anew.
        """
        changed = 0
        async with self._connections.transaction(tenant_id) as connection:
            for row in await connection.fetch(_SELECT_KEYS + " for update", tenant_id):
                if row["master_key_id"] == self._masters.current_id:
                    continue
                data_key = self._unwrap(tenant_id, row["number"], row["master_key_id"], row["wrapped"])
                await connection.execute(
                    "update tangram.tenant_key set master_key_id = $3, wrapped = $4"
                    " where tenant_id = $1 and number = $2",
                    tenant_id,
                    row["number"],
                    self._masters.current_id,
                    self._wrap(tenant_id, row["number"], data_key),
                )
                changed += 1
        return changed

    async def _load(self, tenant_id: str) -> Cipher:
        # Whoever encrypts or decrypts may hold a connection of the pool already.
        async with self._connections.apart() as connection:
            rows = await connection.fetch(_SELECT_KEYS, tenant_id)
            if not rows:
                await self._create(connection, tenant_id, 1)
                rows = await connection.fetch(_SELECT_KEYS, tenant_id)
        keys = {
            row["number"]: AESGCM(self._unwrap(tenant_id, row["number"], row["master_key_id"], row["wrapped"]))
            for row in rows
        }
        return Cipher(tenant_id, max(keys), keys)

    async def _create(self, connection: Any, tenant_id: str, number: int) -> None:
        wrapped = self._wrap(tenant_id, number, AESGCM.generate_key(256))
        await connection.execute(
            _INSERT_KEY, str(uuid_utils.uuid7()), tenant_id, number, self._masters.current_id, wrapped
        )

    def _wrap(self, tenant_id: str, number: int, data_key: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self._masters.current).encrypt(nonce, data_key, _key_place(tenant_id, number))

    def _unwrap(self, tenant_id: str, number: int, master_key_id: str, wrapped: bytes) -> bytes:
        master = self._masters.by_id.get(master_key_id)
        if master is None:
            raise DecryptionError.single(
                "secret_key_lost",
                "Encrypted values of this tenant were made with another TANGRAM_SECRET_KEY.",
                hint="Add the former secret to TANGRAM_SECRET_KEY, after a `|`.",
            )
        try:
            return AESGCM(master).decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], _key_place(tenant_id, number))
        except InvalidTag:
            raise _unreadable() from None

    def _cached(self, tenant_id: str) -> Cipher | None:
        cipher, at = self._ciphers.get(tenant_id, (None, 0.0))
        if cipher is None or time.monotonic() - at > _LONGEST_CACHED_S:
            return None
        self._ciphers.move_to_end(tenant_id)
        return cipher

    def _keep(self, cipher: Cipher) -> None:
        self._ciphers[cipher.tenant_id] = (cipher, time.monotonic())
        while len(self._ciphers) > self._max_tenants:
            self._ciphers.popitem(last=False)


def _key_place(tenant_id: str, number: int) -> bytes:
    return f"{tenant_id}:{number}".encode()


def _unreadable() -> DecryptionError:
    return DecryptionError.single(
        "cannot_decrypt",
        "An encrypted value cannot be read.",
        hint="It was altered or copied from another record; save it again.",
    )
