"""The secret that a tenant's masks by hash are salted with, so that hashes of guessed values cannot be compared."""

from __future__ import annotations

import hmac

from server.secrets.keys import KeyRing

__all__ = ["MaskSalts"]


class MaskSalts:
    """Salts by tenant; they change with TANGRAM_SECRET_KEY, and hashes with them."""

    __slots__ = ("_key",)

    def __init__(self, keys: KeyRing) -> None:
        self._key = keys.derive("masks").current

    def of(self, tenant_id: str) -> str:
        """A tenant's salt."""
        return hmac.digest(self._key, tenant_id.encode(), "sha256").hex()
