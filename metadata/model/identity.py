"""Keys that compare object types by identity, for caches of what is worked out from one.

Object types are frozen and shared, so the same object stands for the same content; hashing one would read all of it.
"""

from __future__ import annotations

from metadata.model.values import ObjectType

__all__ = ["ByIdentity"]


class ByIdentity:
    """An object type as a key; keeps it alive, so that its identity is not given to another."""

    __slots__ = ("object_type",)

    def __init__(self, object_type: ObjectType) -> None:
        self.object_type = object_type

    def __hash__(self) -> int:
        return id(self.object_type)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ByIdentity) and other.object_type is self.object_type
