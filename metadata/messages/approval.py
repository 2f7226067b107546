"""Approved words: those that somebody has looked at, known by their fingerprint, so that no others pass for them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from metadata.messages.values import MessageTemplate
from metadata.problems import Fault

__all__ = ["approval_faults", "fingerprint", "is_approved"]

_LENGTH = 16


def fingerprint(template: MessageTemplate) -> str:
    """What stands for the words of a template in every language: 16 hexadecimal digits."""
    words = json.dumps([dict(template.title), dict(template.body)], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(words.encode()).hexdigest()[:_LENGTH]


def is_approved(template: MessageTemplate | None) -> bool:
    """Whether a template says just the words that were approved."""
    return template is not None and template.approved == fingerprint(template)


def approval_faults(template: MessageTemplate) -> Iterator[Fault]:
    """An approval that is of other words."""
    if template.approved and not is_approved(template):
        message = (
            f"Message template '{template.name}' says other words than those approved as '{template.approved[:40]}'."
        )
        hint = f"Have the words approved and say '{fingerprint(template)}', or leave `approved` out."
        yield Fault("words_not_approved", message, ("approved",), hint)
