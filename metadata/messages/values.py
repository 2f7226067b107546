"""Message templates as a tenant declares them."""

from __future__ import annotations

from typing import Annotated

import msgspec

from metadata.model.values import About, Labels

__all__ = ["MessageTemplate"]


class MessageTemplate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Words for somebody: Jinja2 text by language over a record, as far as its receiver may read it."""

    name: Annotated[str, About("snake_case, unique within the tenant", identifies=True)]
    title: Annotated[Labels, About("One line, by language; `{{ record.name }}` stands for a value")]
    body: Annotated[Labels, About("Text, by language; in the same words")] = msgspec.field(default_factory=dict)
    object: Annotated[str, About("Object type whose records it speaks of; empty for none")] = ""
    event: Annotated[
        str, About("What it gives the words for by itself, such as `task_opened`; empty where it is named")
    ] = ""
    label: Annotated[Labels, About("Name shown to people, by language")] = msgspec.field(default_factory=dict)
    urgent: Annotated[bool, About("Also in quiet hours, not collected, and never muted")] = False
    expires: Annotated[str, About("How long it stays in the inbox: P7D; empty for 90 days")] = ""
    approved: Annotated[
        str, About("Fingerprint of the words as they were approved; lint tells it. Regulated flows send no others")
    ] = ""
    origin: Annotated[str, About("Template it came from", given=False)] = ""
