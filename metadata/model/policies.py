"""Roles and policies: who may do what, as a tenant, a template or an administrator declares it.

A policy is one row: whom it concerns (a role, a user, everybody), what it is about (an object type and actions, or
fields), on which records, and what follows. `docs/access.md` says how rows work together.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from metadata.model.values import About, Labels

__all__ = [
    "ACTIONS",
    "ADMINISTRATOR",
    "ANY",
    "BUILT_IN_ROLES",
    "CONFIGURE",
    "MEMBER",
    "PLATFORM_ADMINISTRATOR",
    "RUN",
    "Policy",
    "Role",
]

ANY = "*"
"""Everybody as a role, every object type, every action."""

ADMINISTRATOR = "administrator"
"""Holds every right in a tenant, whatever the policies say, so that nobody can lock the last one out."""

MEMBER = "member"
"""Known without being declared; works with records while a tenant has no policies, and then has what they give."""

PLATFORM_ADMINISTRATOR = "platform_administrator"
"""Held by whom runs the platform; never given by a tenant."""

BUILT_IN_ROLES = (ADMINISTRATOR, MEMBER, PLATFORM_ADMINISTRATOR)

CONFIGURE = "configure"
"""Change the metadata; `configure:<kind>` is one kind of it."""

RUN = "run"
"""`run:<action>` runs what an engine offers, by its name."""

ACTIONS = (
    "read",
    "create",
    "update",
    "delete",
    "destroy",
    "restore",
    "merge",
    "assign",
    "transfer",
    "claim",
    "import",
    "export",
    "print",
    "approve",
    "unmask",
)
"""What can be done to records; besides, `run:<action>`, `configure` and `configure:<kind>`."""


class Role(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What people are in the organisation, as far as rights go by it."""

    name: Annotated[str, About("snake_case, unique within the tenant", identifies=True)]
    label: Annotated[Labels, About("Name shown to people, by language")] = msgspec.field(default_factory=dict)
    description: Annotated[Labels, About("What it is for, by language")] = msgspec.field(default_factory=dict)
    inherits: Annotated[tuple[str, ...], About("Roles whose policies hold for this one as well")] = ()
    layer: Annotated[
        Literal["", "operate", "manage", "decide"], About("Preset layer it belongs to: who works, leads or decides")
    ] = ""
    excludes: Annotated[tuple[str, ...], About("Roles that nobody may hold together with this one")] = ()
    export_rows: Annotated[int, About("Rows that one export of its holders may have; 0 for the tenant's limit")] = 0
    origin: Annotated[str, About("Template it came from", given=False)] = ""


class Policy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row of who may do what."""

    name: Annotated[str, About("snake_case, unique within the tenant", identifies=True)]
    kind: Annotated[
        Literal["allow", "deny", "scope", "field", "mask"],
        About("Grants actions, refuses them, narrows grants to some records, gives field rights, or masks fields"),
    ]
    role: Annotated[str, About("Role it concerns; `*` for everybody but administrators")] = ""
    user: Annotated[str, About("Account id it concerns, in place of a role")] = ""
    object: Annotated[str, About("Object type it is about; `*` for every one")] = ANY
    actions: Annotated[tuple[str, ...], About("Actions it is about; `*` for every one on records")] = ()
    scope: Annotated[
        Literal[
            "all",
            "own",
            "team",
            "subordinates",
            "department",
            "department_subtree",
            "region",
            "region_subtree",
            "collaborators",
            "granted",
        ],
        About("Records it is about, by how the actor stands to them"),
    ] = "all"
    condition: Annotated[str, About("Expression that records it is about meet, besides the scope")] = ""
    fields: Annotated[tuple[str, ...], About("Fields it is about; of an allow, the only ones that it gives")] = ()
    read: Annotated[Literal["", "none", "masked", "full"], About("Of a field policy: how much may be read")] = ""
    write: Annotated[bool | None, About("Of a field policy: whether the fields may be set")] = None
    mask: Annotated[
        Literal["", "stars", "phone", "name", "bucket", "hash", "last_four"],
        About("Of a mask or a masked field: what is shown in place of the value"),
    ] = ""
    priority: Annotated[int, About("Of field policies about one field, the greater one is asked first")] = 0
    valid_from: Annotated[str, About("Instant it begins to hold, with its zone; empty for always")] = ""
    valid_until: Annotated[str, About("Instant it ends to hold, with its zone; empty for never")] = ""
    source: Annotated[
        Literal["admin", "template", "rule", "post"], About("Who made it: a person, a template, a rule, a post")
    ] = "admin"
    reason: Annotated[str, About("Why it is so, in words")] = ""
    origin: Annotated[str, About("Template it came from", given=False)] = ""
