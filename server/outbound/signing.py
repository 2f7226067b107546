"""Secrets and signatures of Standard Webhooks (https://www.standardwebhooks.com), by its own library."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime

from standardwebhooks.webhooks import Webhook

__all__ = ["new_secret", "signed_headers"]

_SECRET_BYTES = 32


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
