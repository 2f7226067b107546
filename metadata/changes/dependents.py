"""Who uses what: the items that name an object type or a field, and what becomes of them when it goes."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from metadata.changes.references import Mention, Target, mentions_of, without
from metadata.changes.requests import Remove, Update
from metadata.changes.state import Item, Key, State
from metadata.model.tenant import TenantModel
from metadata.problems import NotFoundError

__all__ = ["Cure", "Dependent", "cascade", "dependents", "dependents_of", "targets_gone"]


class Cure(enum.Enum):
    """What a cascading removal does to a dependent."""

    REMOVE = "remove"
    """It makes no sense without what it names, and is removed as well."""
    EDIT = "edit"
    """It only leaves the name out."""

    @property
    def past(self) -> str:
        """What will have been done to it, for messages."""
        return "removed" if self is Cure.REMOVE else "edited"


@dataclass(frozen=True, slots=True)
class Dependent:
    """An item that names something.

    Attributes:
        item_id: The item.
        key: How people name it.
        attribute: Attribute that names it, dotted: `settings.expression`.
        target: What is named.
        cure: What a cascading removal does to it.
    """

    item_id: str
    key: Key
    attribute: str
    target: Target
    cure: Cure

    def __str__(self) -> str:
        return f"{self.key} ({self.attribute})"


def dependents(state: State, model: TenantModel, targets: Collection[Target]) -> tuple[Dependent, ...]:
    """The items that name any of `targets`, each once per attribute, in order of display.

    Args:
        state: The declarations.
        model: The same, resolved.
        targets: Fields, and object types; naming a field of an object type does not count as naming the object type.
    """
    found: dict[tuple[str, str, Target], Dependent] = {}
    for item in state.live():
        for mention in mentions_of(state, model, item):
            if mention.target in targets and not _is_itself(state, item, mention):
                place = (item.id, mention.naming.attribute, mention.target)
                found.setdefault(place, _dependent(state, item, mention))
    return tuple(found.values())


def dependents_of(state: State, model: TenantModel, object_name: str, field_name: str = "") -> tuple[Dependent, ...]:
    """Who uses an object type (with any of its fields), or one field.

    Raises:
        NotFoundError: There is no such object type or field.
    """
    object_type = model.object(object_name)
    fields = {Target(object_name, field.name) for field in object_type.fields}
    target = Target(object_name, field_name)
    if field_name and target not in fields:
        known = ", ".join(field.name for field in object_type.fields)
        raise NotFoundError.single(
            "unknown_field", f"Object type '{object_name}' has no field '{field_name}'.", hint=f"Known fields: {known}."
        )
    if field_name:
        return dependents(state, model, {target})
    found = dependents(state, model, {target, *fields})
    inside = {item.id for item in _inside(state, object_name)}
    return tuple(dependent for dependent in found if dependent.item_id not in inside)


def targets_gone(old: State, old_model: TenantModel, new: State, new_model: TenantModel) -> frozenset[Target]:
    """What the old model had and the new one has not; a renamed object or field is not gone."""
    object_names, field_names = _new_names(old, new)
    gone: set[Target] = set()
    for object_type in old_model:
        name = object_names.get(object_type.name, object_type.name)
        follower = new_model.objects.get(name)
        if follower is None:
            gone.add(Target(object_type.name))
            gone.update(Target(object_type.name, field.name) for field in object_type.fields)
            continue
        known = {field.name for field in follower.fields}
        for field in object_type.fields:
            target = Target(object_type.name, field.name)
            if field_names.get(target, field.name) not in known:
                gone.add(target)
    living = {item.id for item in new.children(kind="role")}
    gone.update(Target("", item.name) for item in old.children(kind="role") if item.id not in living)
    return frozenset(gone)


def cascade(
    old: State, model: TenantModel, new: State, found: Iterable[Dependent], gone: Collection[Target]
) -> list[Update | Remove]:
    """The changes to `new` that free dependents of what they name.

    Args:
        old: State in which everything was still there.
        model: That state resolved.
        new: State in which the dependents are to be changed.
        found: The dependents.
        gone: What they name.
    """
    cures: dict[str, Cure] = {}
    for dependent in found:
        if cures.get(dependent.item_id) is not Cure.REMOVE:
            cures[dependent.item_id] = dependent.cure
    changes: list[Update | Remove] = []
    for item_id, cure in cures.items():
        key = new.key(new.items[item_id])
        if cure is Cure.REMOVE:
            changes.append(Remove(kind=key.kind, parent=key.parent, name=key.name))
        else:
            body = without(old, model, old.items[item_id], lambda target: target in gone)
            changes.append(Update(kind=key.kind, parent=key.parent, name=key.name, attributes=body, whole=True))
    return changes


def _dependent(state: State, item: Item, mention: Mention) -> Dependent:
    cure = Cure.REMOVE if mention.naming.essential else Cure.EDIT
    return Dependent(item.id, state.key(item), mention.naming.attribute, mention.target, cure)


def _is_itself(state: State, item: Item, mention: Mention) -> bool:
    """A relation names its own object when it leads back to it, which keeps nobody from removing it."""
    return item.kind == "field" and Target(state.parent_path(item), item.name) == mention.target


def _inside(state: State, object_name: str) -> Iterable[Item]:
    for item in state.children(kind="object"):
        if item.name == object_name:
            yield item
            yield from state.descendants(item.id)


def _new_names(old: State, new: State) -> tuple[dict[str, str], dict[Target, str]]:
    """New names of the objects and fields that live on, by their old names."""
    objects: dict[str, str] = {}
    fields: dict[Target, str] = {}
    for item in old.live():
        follower = new.items.get(item.id)
        if follower is None or not follower.is_live:
            continue
        if item.kind == "object":
            objects[item.name] = follower.name
        elif item.kind == "field":
            fields[Target(old.parent_path(item), item.name)] = follower.name
    return objects, fields
