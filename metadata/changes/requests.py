"""Small changes as callers ask for them: one frozen value each, also as JSON by their `op`.

{"op": "create", "kind": "field", "parent": "customer", "name": "birthday", "body": {"type": "date"}}
{"op": "update", "kind": "field", "parent": "customer", "name": "birthday", "attributes": {"required": true}}
{"op": "rename", "kind": "field", "parent": "customer", "name": "birthday", "to": "born_on"}
{"op": "remove", "kind": "field", "parent": "customer", "name": "born_on"}
{"op": "restore", "kind": "field", "parent": "customer", "name": "born_on"}
{"op": "arrange", "kind": "field", "parent": "customer", "names": ["name", "phone"]}
"""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

from metadata.changes.state import Key
from metadata.problems import BadInputError, Faults

__all__ = ["Arrange", "Change", "Create", "Remove", "Rename", "Restore", "Update", "read_changes"]


class _Named(msgspec.Struct, frozen=True, kw_only=True, tag_field="op", forbid_unknown_fields=True):
    """What all of them say: which item.

    Attributes:
        kind: `object`, `field`, …
        name: Its name within the parent.
        parent: Name of the item it belongs to; empty for none.
    """

    kind: str
    name: str = ""
    parent: str = ""

    @property
    def key(self) -> Key:
        """How people name the item."""
        return Key(self.kind, self.parent, self.name)


class Create(_Named, frozen=True, tag="create"):
    """Declare an item.

    Attributes:
        body: Its attributes, with its children as in a document.
        origin: Template it comes from; its body is then kept for later merges.
    """

    body: dict[str, Any] = {}
    origin: str = ""


class Update(_Named, frozen=True, tag="update"):
    """Change attributes of an item.

    Attributes:
        attributes: New values; null puts an attribute back to its default.
        whole: The attributes are all of them: what is not named goes back to its default.
        origin: Template that now ships it so; None leaves what is known of its origin.
        origin_body: Body as the template ships it, where that differs from the attributes.
    """

    attributes: dict[str, Any] = {}
    whole: bool = False
    origin: str | None = None
    origin_body: dict[str, Any] | None = None


class Rename(_Named, frozen=True, tag="rename"):
    """Give an item another name, here and wherever it is mentioned. Tables and columns keep theirs."""

    to: str


class Remove(_Named, frozen=True, tag="remove"):
    """Hide an item with everything that belongs to it; its data is kept until it is purged."""


class Restore(_Named, frozen=True, tag="restore"):
    """Bring back the item of that name that was removed last, with what was removed with it and its data."""


class Arrange(_Named, frozen=True, tag="arrange"):
    """Put siblings into this order; those not named stay where they are.

    Attributes:
        names: Names of the siblings in order of display.
    """

    names: tuple[str, ...]


Change: TypeAlias = Create | Update | Rename | Remove | Restore | Arrange


def read_changes(data: list[Any]) -> tuple[Change, ...]:
    """Read changes from JSON values.

    Raises:
        BadInputError: With every change that cannot be read.
    """
    faults = Faults()
    changes: list[Change] = []
    for index, value in enumerate(data):
        try:
            changes.append(msgspec.convert(value, Change))
        except msgspec.ValidationError as error:
            faults.add("bad_change", f"Change {index} cannot be read: {error}.", path=("changes", index))
    if faults:
        raise BadInputError.of(faults)
    return tuple(changes)
