"""Mutations for every kind of metadata, made from its descriptor: create, update, remove, restore; and relations.

`createField(object: "customer", field: {…})` is a `Create` of the kind `field` in `customer`, and so on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from metadata.changes.requests import Change, Create, Remove, Rename, Restore, Update
from metadata.fields.relations import RelationSettings
from metadata.model.kinds import KINDS, Kind, attributes_of
from metadata.problems import Path
from server.configuration.requests import Request
from server.graphql.metadata_api.changing import Applying
from server.graphql.metadata_api.dynamic import Argument, argument, resolver
from server.graphql.metadata_api.guards import Info
from server.graphql.metadata_api.kinds import KindTypes, body_of_input, input_type
from server.graphql.metadata_api.outcomes import camel_parts

__all__ = ["kind_mutations"]

_RELATION_ATTRIBUTES = ("name", "label", "description", "required", "unique", "indexed")

_Changes = Callable[[str, Mapping[str, Any]], tuple[list[Change], str]]
"""From the parent's name and the arguments to changes, and the item's name afterwards."""


def kind_mutations(types: KindTypes, applying: Applying) -> Iterator[Callable[..., Any]]:
    """All of them, kind by kind."""
    for kind in KINDS.values():
        maker = _Maker(kind, types, applying)
        yield from (maker.update_single(),) if kind.single else maker.all()
    yield _create_relation(types, applying)


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes the mutations of one kind."""

    kind: Kind
    types: KindTypes
    applying: Applying

    def all(self) -> Iterator[Callable[..., Any]]:
        yield from (self.create(), self.update(), self.remove(), self.restore())

    def create(self) -> Callable[..., Any]:
        kind = self.kind

        def changes(parent: str, given: Mapping[str, Any]) -> tuple[list[Change], str]:
            body = body_of_input(given[kind.name])
            name = body.pop(kind.identifier)
            return [Create(kind=kind.name, parent=parent, name=name, body=body)], name

        item = argument(kind.name, self.types.inputs[kind.value.__name__])
        return self._mutation("create", f"Create this: {_lower(kind.help)}.", [item], changes)

    def update(self) -> Callable[..., Any]:
        kind = self.kind

        def changes(parent: str, given: Mapping[str, Any]) -> tuple[list[Change], str]:
            attributes = body_of_input(given[kind.name])
            name = attributes.pop(kind.identifier, None) or given["name"]
            found: list[Change] = []
            if name != given["name"]:
                found.append(Rename(kind=kind.name, parent=parent, name=given["name"], to=name))
            if attributes or not found:
                found.append(Update(kind=kind.name, parent=parent, name=name, attributes=attributes))
            return found, name

        item = argument(kind.name, self.types.changes[kind.value.__name__])
        help_text = f"Change this: {_lower(kind.help)}. Another name renames it, also wherever it is mentioned."
        return self._mutation("update", help_text, [argument("name", str), item, _CASCADE], changes)

    def remove(self) -> Callable[..., Any]:
        def changes(parent: str, given: Mapping[str, Any]) -> tuple[list[Change], str]:
            return [Remove(kind=self.kind.name, parent=parent, name=given["name"])], given["name"]

        help_text = f"Hide this: {_lower(self.kind.help)}. Data is kept for a while; `cascade` takes dependents along."
        return self._mutation("remove", help_text, [argument("name", str), _CASCADE], changes)

    def restore(self) -> Callable[..., Any]:
        def changes(parent: str, given: Mapping[str, Any]) -> tuple[list[Change], str]:
            return [Restore(kind=self.kind.name, parent=parent, name=given["name"])], given["name"]

        help_text = f"Bring this back with its data, after it was removed: {_lower(self.kind.help)}."
        return self._mutation("restore", help_text, [argument("name", str)], changes)

    def update_single(self) -> Callable[..., Any]:
        kind = self.kind

        def changes(_parent: str, given: Mapping[str, Any]) -> tuple[list[Change], str]:
            return [Update(kind=kind.name, attributes=body_of_input(given[kind.name]))], ""

        item = argument(kind.name, self.types.changes[kind.value.__name__])
        return self._mutation("update", f"Change the {_lower(kind.help)}.", [item], changes)

    def _mutation(self, act: str, help_text: str, arguments: list[Argument], changes: _Changes) -> Callable[..., Any]:
        kind, applying = self.kind, self.applying

        async def run(info: Info, given: Mapping[str, Any]) -> Any:
            parent = given[kind.parent] if kind.parent else ""
            asked, name = changes(parent, given)
            request = Request(changes=tuple(asked), cascade=given.get("cascade", False))
            return await applying.apply(
                info, request, given, object_name=parent or name, place=lambda path: _placed(path, kind, kind.name)
            )

        parents = [argument(kind.parent, str)] if kind.parent else []
        ordered = sorted([*parents, *arguments, *applying.arguments], key=lambda one: one.default is not one.empty)
        return resolver(f"{act}_{kind.name}", help_text, ordered, applying.result, run)


_CASCADE = argument("cascade", bool, False)


def _create_relation(types: KindTypes, applying: Applying) -> Callable[..., Any]:
    field = KINDS["field"]

    async def run(info: Info, given: Mapping[str, Any]) -> Any:
        settings = body_of_input(given["relation"])
        own = {name: settings.pop(name) for name in _RELATION_ATTRIBUTES if name in settings}
        change = Create(
            kind="field",
            parent=given["object"],
            name=own.pop("name"),
            body={**own, "type": "relation", "settings": settings},
        )
        return await applying.apply(
            info,
            Request(changes=(change,)),
            given,
            object_name=given["object"],
            place=lambda path: tuple(part for part in _placed(path, field, "relation") if part != "settings"),
        )

    attributes = [field.attributes[name] for name in _RELATION_ATTRIBUTES]
    attributes += [one for one in attributes_of(RelationSettings).values() if one.given]
    relation = input_type(
        "RelationInput",
        attributes,
        types.inputs,
        types.field_type,
        optional=False,
        help_text="A field that leads to records, to be created",
    )
    return resolver(
        "create_relation",
        "Create a field that leads to records, and the field on their side.",
        (argument("object", str), argument("relation", relation), *applying.arguments),
        applying.result,
        run,
    )


def _placed(path: Path, kind: Kind, item: str) -> Path:
    """Where in the mutation's input a fault of its change is; paths into the model stay as they are."""
    if path[:1] != ("changes",) or len(path) < 3:
        return path
    part, rest = path[2], path[3:]
    if part in ("body", "attributes"):
        return (item, *camel_parts(rest))
    if part == "parent":
        return (kind.parent, *rest)
    return (item, "name") if part == "to" else (str(part), *rest)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
