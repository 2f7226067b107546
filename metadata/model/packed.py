"""Object types kept as bytes, unpacked when first asked for, and shared between tenants by content.

Two bounded stores stand behind every tenant's mapping of objects:

    packed   one MessagePack text per distinct object type, alive as long as a tenant holds it
    hot      the object types unpacked last, up to a number of bytes

System fields, which every object has, are not packed: they are the same values everywhere.
"""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from types import MappingProxyType
from typing import TypeVar, overload
from weakref import WeakValueDictionary

import msgspec

from metadata.benefits.values import Benefit
from metadata.calendars.values import Calendar, SlaPolicy
from metadata.classifiers.values import Classifier
from metadata.fields import FIELD_TYPES
from metadata.fields.base import NoSettings
from metadata.flows.values import Flow
from metadata.forms.values import Form
from metadata.messages.values import MessageTemplate
from metadata.model.policies import Policy
from metadata.model.promotions import Promotion
from metadata.model.system import SYSTEM_FIELDS
from metadata.model.tenant import TenantModel
from metadata.model.values import Field, ObjectType
from metadata.outreach.values import ContactChannel
from metadata.pools.values import Pool
from metadata.pricing.values import PricePlan
from metadata.routing.values import Queue, RoutingRule
from metadata.rules.values import Rule
from metadata.segments.values import Segment
from metadata.stocks.values import Stock
from metadata.tags.values import TagGroup

__all__ = ["ObjectLibrary", "PackedItems", "PackedObjects", "PackedPolicies", "pack", "unpack"]

UNPACKED_FACTOR = 7
"""Bytes of Python values for each packed byte, as measured on templates; for the bound on the hot store."""

_DEFAULT_HOT_BYTES = 64 * 1024 * 1024
_NO_SETTINGS = NoSettings()
_NO_LABELS: dict[str, str] = {}

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(ObjectType)
_policy_decoder = msgspec.msgpack.Decoder(tuple[Policy, ...])


def pack(object_type: ObjectType) -> bytes:
    """An object type as bytes; equal ones give equal bytes."""
    own = tuple(field for field in object_type.fields if not field.system)
    return _encoder.encode(msgspec.structs.replace(object_type, fields=own))


def unpack(packed: bytes) -> ObjectType:
    """Undo `pack`; texts that repeat (names, types, languages) are held once in memory."""
    found = _decoder.decode(packed)
    identifier, *others = SYSTEM_FIELDS
    fields = (identifier, *(_slim(field) for field in found.fields), *others)
    return msgspec.structs.replace(
        found,
        name=sys.intern(found.name),
        plural=sys.intern(found.plural),
        table=sys.intern(found.table),
        label=_slim_labels(found.label),
        plural_label=_slim_labels(found.plural_label),
        description=_slim_labels(found.description),
        fields=fields,
    )


def _slim(field: Field) -> Field:
    settings_class = FIELD_TYPES[field.type].settings
    settings = _NO_SETTINGS if settings_class is NoSettings else msgspec.convert(field.settings or {}, settings_class)
    return msgspec.structs.replace(
        field,
        name=sys.intern(field.name),
        type=FIELD_TYPES[field.type].key,
        label=_slim_labels(field.label),
        description=_slim_labels(field.description),
        settings=settings,
        column=sys.intern(field.column),
        origin=sys.intern(field.origin),
    )


def _slim_labels(labels: dict[str, str]) -> dict[str, str]:
    return {sys.intern(language): text for language, text in labels.items()} if labels else _NO_LABELS


class _Packed:
    """The bytes of one object type; weakly referenced by the library, strongly by the tenants that have it."""

    __slots__ = ("__weakref__", "data", "digest")

    def __init__(self, digest: bytes, data: bytes) -> None:
        self.digest = digest
        self.data = data


class ObjectLibrary:
    """Holds the object types of many tenants. Owned by whatever holds their models; not thread-safe."""

    def __init__(self, max_hot_bytes: int = _DEFAULT_HOT_BYTES) -> None:
        """Make an empty library.

        Args:
            max_hot_bytes: Memory for unpacked object types, by estimate; the one asked for last always stays.
        """
        self._max_hot_bytes = max_hot_bytes
        self._hot_bytes = 0
        self._packed: WeakValueDictionary[bytes, _Packed] = WeakValueDictionary()
        self._hot: OrderedDict[bytes, tuple[ObjectType, int]] = OrderedDict()

    @property
    def hot_bytes(self) -> int:
        """Memory that unpacked object types take, by estimate."""
        return self._hot_bytes

    def __len__(self) -> int:
        """Number of distinct object types."""
        return len(self._packed)

    def share(self, model: TenantModel) -> TenantModel:
        """The same model with its objects held here, packed."""
        objects = {sys.intern(found.name): self._store(found) for found in model}
        return replace(
            model,
            objects=PackedObjects(self, objects),
            object_by_type=MappingProxyType(
                {sys.intern(key): sys.intern(name) for key, name in model.object_by_type.items()}
            ),
            object_by_plural=MappingProxyType(
                {sys.intern(key): sys.intern(name) for key, name in model.object_by_plural.items()}
            ),
            policies=PackedPolicies(model.policies) if model.policies else (),
            calendars=PackedItems(model.calendars, Calendar),
            flows=PackedItems(model.flows, Flow),
            forms=PackedItems(model.forms, Form),
            sla_policies=PackedItems(model.sla_policies, SlaPolicy),
            promotions=PackedItems(model.promotions, Promotion),
            queues=PackedItems(model.queues, Queue),
            routing_rules=PackedItems(model.routing_rules, RoutingRule),
            message_templates=PackedItems(model.message_templates, MessageTemplate),
            price_plans=PackedItems(model.price_plans, PricePlan),
            pools=PackedItems(model.pools, Pool),
            stocks=PackedItems(model.stocks, Stock),
            tag_groups=PackedItems(model.tag_groups, TagGroup),
            benefits=PackedItems(model.benefits, Benefit),
            contact_channels=PackedItems(model.contact_channels, ContactChannel),
            segments=PackedItems(model.segments, Segment),
            classifiers=PackedItems(model.classifiers, Classifier),
            rules=PackedItems(model.rules, Rule),
        )

    def share_changed(self, before: TenantModel, changed: Mapping[str, ObjectType], version: int) -> TenantModel:
        """A model held here with some object types in place of those of the same names."""
        objects = before.objects
        assert isinstance(objects, PackedObjects)
        stored = {name: self._store(found) for name, found in changed.items()}
        plurals = {name: plural for plural, name in before.object_by_plural.items()}
        plurals |= {name: sys.intern(found.plural) for name, found in changed.items()}
        return replace(
            before,
            version=version,
            objects=objects.with_packed(stored),
            object_by_plural=MappingProxyType({plural: name for name, plural in plurals.items()}),
        )

    def _store(self, found: ObjectType) -> _Packed:
        data = pack(found)
        digest = blake2b(data, digest_size=16).digest()
        packed = self._packed.get(digest)
        if packed is None:
            packed = self._packed[digest] = _Packed(digest, data)
        return packed

    def unpack(self, packed: _Packed) -> ObjectType:
        """An object type, from the hot store or from its bytes."""
        held = self._hot.get(packed.digest)
        if held is not None:
            self._hot.move_to_end(packed.digest)
            return held[0]
        found = unpack(packed.data)
        size = len(packed.data) * UNPACKED_FACTOR
        self._hot[packed.digest] = (found, size)
        self._hot_bytes += size
        while self._hot_bytes > self._max_hot_bytes and len(self._hot) > 1:
            _, (_, freed) = self._hot.popitem(last=False)
            self._hot_bytes -= freed
        return found


class PackedPolicies(Sequence[Policy]):
    """One tenant's policies, read only to compile them and to show them; a walk unpacks them all."""

    __slots__ = ("_data", "_length")

    def __init__(self, policies: Sequence[Policy]) -> None:
        """Pack them."""
        self._data = _encoder.encode(tuple(policies))
        self._length = len(policies)

    def __iter__(self) -> Iterator[Policy]:
        return iter(_policy_decoder.decode(self._data))

    @overload
    def __getitem__(self, place: int) -> Policy: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Policy, ...]: ...
    def __getitem__(self, place: int | slice) -> Policy | tuple[Policy, ...]:
        return _policy_decoder.decode(self._data)[place]

    def __len__(self) -> int:
        return self._length

    @property
    def packed_bytes(self) -> int:
        """Bytes of the packed form."""
        return len(self._data)


_Item = TypeVar("_Item", bound=msgspec.Struct)


class PackedItems(Mapping[str, _Item]):
    """One tenant's items of a kind by name, in order of display; each is unpacked when it is asked for."""

    __slots__ = ("_decoder", "_packed")

    def __init__(self, items: Mapping[str, _Item], value_class: type[_Item]) -> None:
        """Pack them."""
        self._packed = {sys.intern(name): _encoder.encode(item) for name, item in items.items()}
        self._decoder = msgspec.msgpack.Decoder(value_class)

    def __getitem__(self, name: str) -> _Item:
        return self._decoder.decode(self._packed[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)

    def __contains__(self, name: object) -> bool:
        return name in self._packed

    @property
    def packed_bytes(self) -> int:
        """Bytes of the packed forms."""
        return sum(map(len, self._packed.values()))


class PackedObjects(Mapping[str, ObjectType]):
    """One tenant's object types by name, in order of display."""

    __slots__ = ("_library", "_packed")

    def __init__(self, library: ObjectLibrary, packed: dict[str, _Packed]) -> None:
        """Made by `ObjectLibrary.share`."""
        self._library = library
        self._packed = packed

    def __getitem__(self, name: str) -> ObjectType:
        return self._library.unpack(self._packed[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)

    def __contains__(self, name: object) -> bool:
        return name in self._packed

    def with_packed(self, packed: Mapping[str, _Packed]) -> PackedObjects:
        """The same with other packed forms under some of the names."""
        return PackedObjects(self._library, {**self._packed, **packed})

    @property
    def packed_bytes(self) -> int:
        """Bytes of the packed forms, shared ones included."""
        return sum(len(packed.data) for packed in self._packed.values())
