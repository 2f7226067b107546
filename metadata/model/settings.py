"""Settings of a whole tenant: where it is, what it counts in, how much it may declare."""

from __future__ import annotations

from typing import Annotated

import msgspec

from metadata.model.values import About

__all__ = ["TenantSettings"]


class TenantSettings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row per tenant; every attribute can be changed through `updateSettings`."""

    timezone: Annotated[str, About("IANA zone that days, months and due dates are computed in")] = "Asia/Shanghai"
    currency: Annotated[str, About("ISO 4217 code used where a money value names none")] = "CNY"
    languages: Annotated[tuple[str, ...], About("Languages of labels, first is the default")] = ("zh", "en")
    country: Annotated[str, About("ISO 3166 region that national phone numbers belong to")] = "CN"
    max_objects: Annotated[int, About("Object types a tenant may declare")] = 300
    max_fields: Annotated[int, About("Fields an object type may have")] = 300
    max_indexes: Annotated[int, About("Indexes an object type may have")] = 32
    max_roles: Annotated[int, About("Roles a tenant may declare")] = 500
    max_policies: Annotated[int, About("Policies a tenant may declare")] = 20_000
    max_page: Annotated[int, About("Rows a page may hold")] = 200
    max_depth: Annotated[int, About("Levels a GraphQL selection may nest")] = 12
    max_cost: Annotated[int, About("Estimated rows an operation may touch")] = 50_000
    max_export_rows: Annotated[int, About("Rows that one export may hold; a role may allow fewer")] = 100_000
    sensitive_reads_per_hour: Annotated[
        int, About("Records with masked or sensitive fields that somebody without the right to export may read an hour")
    ] = 2_000
    message_channels: Annotated[
        tuple[str, ...], About("Channels of messages that people may have, in the order they are tried")
    ] = ("inbox", "email")
    message_unread_minutes: Annotated[
        int, About("Minutes a message may stay unread before the next channel is tried")
    ] = 15
    messages_per_hour: Annotated[
        int, About("Messages that one channel sends somebody an hour; what is beyond is sent together afterwards")
    ] = 20
    statement_timeout_ms: Annotated[int, About("Milliseconds one statement may run")] = 10_000
