"""Tokens of links: which tenant and link, until when, signed with a key of the tenant's own.

    base64url( tenant, 16 bytes | link, 16 bytes | end, 4 bytes | MAC, 16 bytes )

Nothing of a token is stored; whether the link was revoked stands in its row.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from server.secrets.keys import KeyRing

__all__ = ["LinkTokens", "Token"]

_MAC_BYTES = 16
_BODY_BYTES = 36
_MAX_TENANTS = 1_000


@dataclass(frozen=True, slots=True)
class Token:
    """What a token that is right says."""

    tenant_id: str
    link_id: str
    expires_at: datetime


class LinkTokens:
    """Signs and verifies; keys are derived when a tenant is first met."""

    def __init__(self, keys: KeyRing, purpose: str = "progress links") -> None:
        self._keys, self._purpose = keys, purpose
        self._derived: OrderedDict[str, Sequence[bytes]] = OrderedDict()

    def sign(self, token: Token) -> str:
        """The text of a token."""
        end = int(token.expires_at.timestamp()).to_bytes(4, "big")
        body = UUID(token.tenant_id).bytes + UUID(token.link_id).bytes + end
        mac = _mac(self._of(token.tenant_id)[0], body)
        return base64.urlsafe_b64encode(body + mac).decode().rstrip("=")

    def verify(self, text: str) -> Token | None:
        """What a token says; None when it was not signed here, whatever is wrong with it."""
        if len(text) > 100:
            return None
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        if len(raw) != _BODY_BYTES + _MAC_BYTES:
            return None
        body, mac = raw[:_BODY_BYTES], raw[_BODY_BYTES:]
        tenant_id = str(UUID(bytes=body[:16]))
        if not any([hmac.compare_digest(_mac(key, body), mac) for key in self._of(tenant_id)]):
            return None
        end = int.from_bytes(body[32:], "big")
        return Token(tenant_id, str(UUID(bytes=body[16:32])), datetime.fromtimestamp(end, UTC))

    def _of(self, tenant_id: str) -> Sequence[bytes]:
        """The tenant's keys, the one that signs first."""
        found = self._derived.get(tenant_id)
        if found is None:
            derived = self._keys.derive(f"{self._purpose} of {tenant_id}")
            others = [key for key_id, key in derived.by_id.items() if key_id != derived.current_id]
            found = self._derived[tenant_id] = (derived.current, *others)
            if len(self._derived) > _MAX_TENANTS:
                self._derived.popitem(last=False)
        self._derived.move_to_end(tenant_id)
        return found


def _mac(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, body, hashlib.sha256)[:_MAC_BYTES]
