"""What somebody may be told of messages to a record: their words and reasons as far as they read what those name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from metadata.messages.checks import record_path
from metadata.messages.language import read_text
from metadata.model.tenant import TenantModel
from metadata.model.values import ObjectType
from server.access.plan import AccessPlan
from server.records.plain import reads_plainly

__all__ = ["tells_why", "tells_words"]


def tells_words(
    model: TenantModel, access: AccessPlan, object_type: ObjectType, row: Mapping[str, Any], own: frozenset[str]
) -> bool:
    """Whether everything that a message's template names may be read plainly.

    Args:
        model: The tenant's.
        access: Of who asks.
        object_type: Of the record that the message is to.
        row: The message.
        own: Fields of the record that they read plainly.
    """
    template = model.message_templates.get(row["template"])
    if template is None:
        return access.rights is None
    texts = [object_type.display or "id"]
    for text in template.title.values():
        texts += [
            record_path(model, object_type.name, steps[1:])
            for steps, _ in read_text(text).paths
            if steps[0] == "record" and len(steps) > 1
        ]
    return reads_plainly(model, access, object_type, texts, own)


def tells_why(
    model: TenantModel, access: AccessPlan, object_type: ObjectType, row: Mapping[str, Any], own: frozenset[str]
) -> bool:
    """Whether what its channels ask for, consent and address, may be read plainly; see `tells_words`."""
    channels = [model.contact_channels[name] for name in row["channels"] if name in model.contact_channels]
    texts = [text for one in channels for text in (one.consent, one.address) if text]
    return reads_plainly(model, access, object_type, texts, own) and tells_words(model, access, object_type, row, own)
