"""Secrets and signatures of Standard Webhooks (https://www.standardwebhooks.com), by its own library."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from standardwebhooks.webhooks import Webhook

__all__ = ["is_signed", "new_secret", "signed_headers"]

_SECRET_BYTES = 32
_LONGEST_STAMP = 10
_TOLERANCE_S = 300
"""How far the clocks of sender and receiver may be apart."""


def new_secret() -> str:
    """A new secret: `whsec_` and 32 random bytes."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()}"


def signed_headers(message_id: str, at: datetime, body: str, keys: Iterable[str]) -> Mapping[str, str]:
    """The three headers that say who sent a message and when.

    Args:
        message_id: The same for every attempt at one message, so that receivers can drop repeats.
        at: Time of the attempt, in UTC; receivers refuse what is minutes off.
        body: Exactly what is sent.
        keys: Secrets to sign with, the newest first: two while one replaces the other.
    """
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(key).sign(message_id, at, body) for key in keys),
    }


def is_signed(headers: Mapping[str, str], body: str, keys: Iterable[str], now: datetime) -> bool:
    """Whether a message that was received is signed with one of the keys, not minutes ago.

    Args:
        headers: The three headers, by their names in lower case.
        body: Exactly what was received.
        keys: Secrets that count: two while one replaces the other.
        now: The instant of receipt.
    """
    message_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or not stamp.isascii() or not stamp.isdecimal() or len(stamp) > _LONGEST_STAMP:
        return False
    at = datetime.fromtimestamp(int(stamp), UTC)
    if abs((now - at).total_seconds()) > _TOLERANCE_S:
        return False
    given = [one.encode() for one in headers.get("webhook-signature", "").split(" ")]
    wanted = [Webhook(key).sign(message_id, at, body).encode() for key in keys]
    return any([hmac.compare_digest(one, signature) for one in given for signature in wanted])
