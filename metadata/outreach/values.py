"""Contact channels: how customers are reached, whether they want it, and how much of it."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from metadata.flows.values import UpdateSettings
from metadata.model.values import About, Labels

__all__ = ["ContactChannel"]


class ContactChannel(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A way to reach the records of an object type."""

    name: Annotated[str, About("snake_case, unique within the tenant", identifies=True)]
    object: Annotated[str, About("Object type of those who are reached")]
    via: Annotated[Literal["email", "webhook"], About("By the server's mail, or by a signed POST to `url`")]
    address: Annotated[str, About("Expression over the record: where it is reached; empty there, it cannot be")]
    consent: Annotated[str, About("Expression over the record: whether it wants to be; asked when a message leaves")]
    unsubscribe: Annotated[
        UpdateSettings | None,
        About("What is written when somebody follows the link to unsubscribe: consent is withdrawn; none for no link"),
    ] = None
    url: Annotated[str, About("Of `webhook`: who takes the message on, such as a gateway for short messages")] = ""
    label: Annotated[Labels, About("Name shown to people, by language")] = msgspec.field(default_factory=dict)
    language: Annotated[
        str, About("Expression over the record: language of the words; empty for the tenant's first")
    ] = ""
    quiet_begins: Annotated[str, About("Quiet hours, in which messages wait: begin, 21:00")] = ""
    quiet_ends: Annotated[str, About("Their end: 09:00; what waited leaves then")] = ""
    cap: Annotated[
        int, About("Messages that one record gets in `cap_within`; 0 for no limit; what is beyond waits")
    ] = 0
    cap_within: Annotated[str, About("P1D, P7D")] = "P1D"
    origin: Annotated[str, About("Template it came from", given=False)] = ""
