"""Where declarations name each other: found for dependents, and rewritten when something is renamed.

`MENTIONS` says for each kind which attributes name what, `SETTINGS_MENTIONS` the same for the settings of field types.
A new kind that names objects or fields adds its lines there.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from metadata.changes.paths import rewrite_paths
from metadata.changes.state import Item, State
from metadata.expressions.text import parse, unparse
from metadata.fields import FIELD_TYPES
from metadata.fields.computed import FormulaSettings, LookupSettings, RollupSettings
from metadata.fields.relations import RelationSettings, targets_of
from metadata.messages.language import read_text, renamed
from metadata.model.computed import fields_used
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import Field
from metadata.problems import TangramError

__all__ = ["MENTIONS", "Mention", "Shape", "Target", "mentions_of", "rename_references", "without"]


class Target(NamedTuple):
    """What is named: a field of an object type, the object type itself without a field, a role without an object."""

    object_name: str
    field_name: str = ""


class Shape(enum.Enum):
    """How an attribute names things."""

    OBJECT = "object"
    """An object type, or a list of them."""
    FIELD = "field"
    """A field, a list of them, dotted paths of them; `-` before one means descending."""
    ROLE = "role"
    """A role, or a list of them."""
    EXPRESSION = "expression"
    """Text of the expression language."""
    DEFAULT = "default"
    """Text of the expression language when it starts with `=`, else nothing."""
    MESSAGE = "message"
    """Text of the language of messages, by language."""


_UNPLACED = (Shape.OBJECT, Shape.ROLE)
"""Shapes whose names belong to the tenant itself."""


@dataclass(frozen=True, slots=True)
class Naming:
    """An attribute that names things.

    Attributes:
        attribute: Dotted from the body; `*` stands for every item of a list.
        shape: How.
        through: Attribute that holds the relation whose records are meant, instead of the item's own object.
        start: Attribute that holds the object type that the names belong to, of items that belong to none; with `..`
            before it, an attribute of the item above; with `|` between several, the first that is there.
        of: The object type that the names belong to, where it is always the same.
        essential: Whether the item makes no sense without what it names; otherwise the name is just left out.
        where: What other attributes of the item have to be for this one to name things: (attribute, value).
    """

    attribute: str
    shape: Shape
    through: str = ""
    essential: bool = True
    start: str = ""
    of: str = ""
    where: tuple[tuple[str, str], ...] = ()


MENTIONS: Mapping[str, tuple[Naming, ...]] = {
    "object": (
        Naming("display", Shape.FIELD, essential=False),
        Naming("search", Shape.FIELD, essential=False),
    ),
    "field": (Naming("default", Shape.DEFAULT, essential=False),),
    "unique": (Naming("fields", Shape.FIELD), Naming("where", Shape.EXPRESSION)),
    "index": (Naming("fields", Shape.FIELD), Naming("where", Shape.EXPRESSION)),
    "validation": (
        Naming("rule", Shape.EXPRESSION),
        Naming("field", Shape.FIELD, essential=False),
    ),
    "view": (
        Naming("columns", Shape.FIELD, essential=False),
        Naming("filter", Shape.EXPRESSION),
        Naming("order", Shape.FIELD, essential=False),
        Naming("group_by", Shape.FIELD, essential=False),
    ),
    "role": (
        Naming("inherits", Shape.ROLE, essential=False),
        Naming("excludes", Shape.ROLE, essential=False),
    ),
    "policy": (
        Naming("role", Shape.ROLE),
        Naming("object", Shape.OBJECT),
        Naming("fields", Shape.FIELD, start="object"),
        Naming("condition", Shape.EXPRESSION, start="object"),
    ),
    "flow": (
        Naming("object", Shape.OBJECT),
        Naming("journey.goal", Shape.EXPRESSION, start="object"),
        Naming("journey.exit", Shape.EXPRESSION, start="object"),
        Naming("progress.fields", Shape.FIELD, start="object", essential=False),
        Naming("progress.rating", Shape.FIELD, start="object", essential=False),
        Naming("progress.comment", Shape.FIELD, start="object", essential=False),
    ),
    "flow_node": (
        Naming("edges.*.when", Shape.EXPRESSION, start="..object"),
        Naming("settings.when", Shape.EXPRESSION, start="..object"),
        Naming("settings.until", Shape.EXPRESSION, start="..object"),
        Naming("settings.items", Shape.FIELD, start="..object"),
        Naming("settings.target", Shape.FIELD, start="..object"),
        Naming("settings.assign.*.when", Shape.EXPRESSION, start="..object"),
        Naming("settings.fields.*.field", Shape.FIELD, start="..object"),
        Naming("settings.fields.*.when", Shape.EXPRESSION, start="..object"),
        Naming("settings.object", Shape.OBJECT),
        Naming("settings.values.*.field", Shape.FIELD, start="settings.object", where=(("kind", "create"),)),
        Naming(
            "settings.values.*.field",
            Shape.FIELD,
            start="..object",
            where=(("kind", "update"), ("settings.target", "")),
        ),
        Naming(
            "settings.values.*.field",
            Shape.FIELD,
            start="..object",
            through="settings.target",
            where=(("kind", "update"),),
        ),
        Naming("settings.values.*.value", Shape.DEFAULT, start="..object"),
        Naming("settings.variables.*.value", Shape.DEFAULT, start="..object"),
        Naming("settings.value", Shape.EXPRESSION, start="..object", where=(("kind", "query"),)),
    ),
    "form": (
        Naming("object", Shape.OBJECT),
        Naming("public_role", Shape.ROLE),
        Naming("sections.*.when", Shape.EXPRESSION, start="object"),
        Naming("values.*.field", Shape.FIELD, start="object"),
        Naming("values.*.value", Shape.DEFAULT, start="object"),
    ),
    "form_field": (
        Naming("field", Shape.FIELD, start="..object"),
        Naming("default", Shape.DEFAULT, start="..object"),
        Naming("rules.*.when", Shape.EXPRESSION, start="..object"),
        Naming("rules.*.default", Shape.DEFAULT, start="..object"),
        Naming("settings.near", Shape.EXPRESSION, start="..object"),
        Naming("settings.equals", Shape.EXPRESSION, start="..object"),
        Naming("settings.by", Shape.FIELD, start="..object", through="field"),
        Naming("settings.field", Shape.FIELD, start="..object", through="field"),
        Naming("settings.fields.*.field", Shape.FIELD, start="..object", through="field"),
        Naming("settings.fields.*.default", Shape.DEFAULT, start="..object", through="field"),
        Naming("settings.fields.*.rules.*.when", Shape.EXPRESSION, start="..object", through="field"),
    ),
    "tag_group": (Naming("object", Shape.OBJECT), Naming("field", Shape.FIELD, start="object")),
    "benefit": (
        Naming("object", Shape.OBJECT),
        Naming("settings.balance", Shape.FIELD, start="object", essential=False),
        Naming("settings.level", Shape.FIELD, start="object"),
        Naming("settings.when", Shape.EXPRESSION, start="object"),
    ),
    "contact_channel": (
        Naming("object", Shape.OBJECT),
        Naming("address", Shape.EXPRESSION, start="object"),
        Naming("consent", Shape.EXPRESSION, start="object"),
        Naming("language", Shape.EXPRESSION, start="object"),
        Naming("unsubscribe.target", Shape.FIELD, start="object"),
        Naming("unsubscribe.values.*.field", Shape.FIELD, start="object", where=(("unsubscribe.target", ""),)),
        Naming("unsubscribe.values.*.field", Shape.FIELD, start="object", through="unsubscribe.target"),
        Naming("unsubscribe.values.*.value", Shape.DEFAULT, start="object"),
    ),
    "classifier": (
        Naming("object", Shape.OBJECT),
        Naming("field", Shape.FIELD, start="object"),
        Naming("when", Shape.EXPRESSION, start="object"),
        Naming("keep_class", Shape.FIELD, start="object", essential=False),
        Naming("keep_confidence", Shape.FIELD, start="object", essential=False),
    ),
    "segment": (Naming("object", Shape.OBJECT), Naming("when", Shape.EXPRESSION, start="object")),
    "pool": (
        Naming("object", Shape.OBJECT),
        Naming("when", Shape.EXPRESSION, start="object"),
        Naming("newcomers_when", Shape.EXPRESSION, start="object"),
        Naming("exempt", Shape.EXPRESSION, start="object"),
        Naming("approve", Shape.EXPRESSION, start="object"),
        Naming("holding_without", Shape.EXPRESSION, start="object"),
        Naming("segments.*.when", Shape.EXPRESSION, start="object"),
        Naming("members", Shape.ROLE),
        Naming("managers", Shape.ROLE),
        Naming("newcomers", Shape.ROLE),
    ),
    "stock": (
        Naming("object", Shape.OBJECT),
        Naming("on_hand", Shape.FIELD, start="object"),
        Naming("reserved", Shape.FIELD, start="object"),
        Naming("place", Shape.EXPRESSION, start="object"),
        Naming("match.*.held", Shape.FIELD, start="object"),
        Naming("lines", Shape.OBJECT),
        Naming("quantity", Shape.FIELD, start="lines"),
        Naming("match.*.line", Shape.FIELD, start="lines"),
        Naming("of", Shape.FIELD, start="lines"),
        Naming("when", Shape.EXPRESSION, start="lines"),
        Naming("movement", Shape.OBJECT),
        Naming("values.*.field", Shape.FIELD, start="movement"),
        Naming("values.*.value", Shape.DEFAULT, start="lines"),
    ),
    "rule": (
        Naming("object", Shape.OBJECT),
        Naming("when", Shape.EXPRESSION, start="object"),
        Naming("branches.*.when", Shape.EXPRESSION, start="object"),
        Naming("benefit.value", Shape.EXPRESSION, start="object"),
        Naming("benefit.price", Shape.EXPRESSION, start="object"),
        Naming("benefit.cost", Shape.EXPRESSION, start="object"),
        Naming("settings.field", Shape.FIELD, start="object"),
        Naming("settings.of", Shape.EXPRESSION, start="object"),
        Naming("settings.since", Shape.EXPRESSION, start="object"),
        Naming("settings.object", Shape.OBJECT),
        Naming("settings.relation", Shape.FIELD, start="settings.object"),
        Naming("settings.at", Shape.FIELD, start="settings.object"),
        Naming("settings.where", Shape.EXPRESSION, start="settings.object"),
    ),
    "rule_action": (
        Naming("settings.target", Shape.FIELD, start="..object"),
        Naming("settings.to", Shape.FIELD, start="..object"),
        Naming("settings.field", Shape.FIELD, start="..object", where=(("kind", "link"),)),
        Naming("settings.number", Shape.EXPRESSION, start="..object"),
        Naming("settings.begins", Shape.FIELD, start="..object", through="settings.field", where=(("kind", "link"),)),
        Naming("settings.ends", Shape.FIELD, start="..object", through="settings.field", where=(("kind", "link"),)),
        Naming("settings.chosen", Shape.EXPRESSION, start="..object"),
        Naming("settings.confidence", Shape.EXPRESSION, start="..object"),
        Naming("settings.roles", Shape.ROLE),
        Naming("settings.object", Shape.OBJECT),
        Naming("settings.values.*.field", Shape.FIELD, start="settings.object|..object"),
    ),
    "promotion": (
        Naming("role", Shape.ROLE),
        Naming("among", Shape.ROLE),
        Naming("object", Shape.OBJECT),
        Naming("condition", Shape.EXPRESSION, start="object"),
        Naming("field", Shape.FIELD, start="object"),
        Naming("user", Shape.FIELD, start="object"),
        Naming("date", Shape.FIELD, start="object"),
    ),
    "message_template": (
        Naming("object", Shape.OBJECT),
        Naming("title", Shape.MESSAGE, start="object"),
        Naming("body", Shape.MESSAGE, start="object"),
    ),
    "price_plan": (
        Naming("object", Shape.OBJECT),
        Naming("when", Shape.EXPRESSION, start="object"),
        Naming("party", Shape.EXPRESSION, start="object"),
        Naming("contract", Shape.EXPRESSION, start="object"),
        Naming("quantity", Shape.EXPRESSION, start="object"),
        Naming("cost", Shape.EXPRESSION, start="object"),
        Naming("bases.*.value", Shape.EXPRESSION, start="object"),
        Naming("clocks.*.value", Shape.EXPRESSION, start="object"),
        Naming("dimensions.*.value", Shape.EXPRESSION, start="object"),
        Naming("statements.*.object", Shape.OBJECT),
        Naming("statements.*.lines.object", Shape.OBJECT),
        Naming("tell", Shape.ROLE),
        Naming("attributions.*.rules.*.when", Shape.EXPRESSION, start="object"),
        Naming("attributions.*.rules.*.to.*.value", Shape.EXPRESSION, start="object"),
    ),
    "price_component": (
        Naming("when", Shape.EXPRESSION, start="..object"),
        Naming("shares.*.payee", Shape.EXPRESSION, start="..object"),
    ),
    "price_rate": (Naming("settings.amount", Shape.EXPRESSION, start="..object"),),
    "sla_policy": (
        Naming("object", Shape.OBJECT),
        Naming("when", Shape.EXPRESSION, start="object"),
        Naming("metrics.*.start", Shape.EXPRESSION, start="object"),
        Naming("metrics.*.stop", Shape.EXPRESSION, start="object"),
        Naming("metrics.*.pause", Shape.EXPRESSION, start="object"),
        Naming("metrics.*.targets.*.when", Shape.EXPRESSION, start="object"),
        Naming("metrics.*.steps.*.field", Shape.FIELD, start="object"),
    ),
    "queue": (
        Naming("object", Shape.OBJECT),
        Naming("members.*.role", Shape.ROLE),
        Naming("steps.*.role", Shape.ROLE),
        Naming("steps.*.field", Shape.FIELD, start="object"),
        Naming("steps.*.expression", Shape.EXPRESSION, start="object"),
        Naming("steps.*.when", Shape.EXPRESSION, start="object"),
        Naming("priority", Shape.EXPRESSION, start="object"),
        Naming("capacity", Shape.EXPRESSION, of="user"),
        Naming("assign_to", Shape.FIELD, start="object"),
        Naming("done_when", Shape.EXPRESSION, start="object"),
    ),
    "routing_rule": (
        Naming("object", Shape.OBJECT),
        Naming("when", Shape.EXPRESSION, start="object"),
    ),
}
"""Attributes that name objects or fields, by kind."""

SETTINGS_MENTIONS: Mapping[type, tuple[Naming, ...]] = {
    RelationSettings: (Naming("settings.to", Shape.OBJECT), Naming("settings.targets", Shape.OBJECT)),
    FormulaSettings: (Naming("settings.expression", Shape.EXPRESSION),),
    LookupSettings: (Naming("settings.path", Shape.FIELD),),
    RollupSettings: (
        Naming("settings.relation", Shape.FIELD),
        Naming("settings.field", Shape.FIELD, through="settings.relation"),
        Naming("settings.where", Shape.EXPRESSION, through="settings.relation"),
    ),
}
"""The same within the settings of field types."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where an item names something.

    Attributes:
        target: What it names.
        naming: Which attribute, and how.
    """

    target: Target
    naming: Naming


def mentions_of(state: State, model: TenantModel, item: Item) -> Iterator[Mention]:
    """Everything that an item names, over all its attributes; what the model does not know is left out.

    Args:
        state: Where the item stands.
        model: That state resolved.
        item: A living item.
    """
    for naming in _namings(item):
        start = _start(state, model, item, naming)
        value = _get(item.body, naming.attribute)
        if not value or (not start and naming.shape not in _UNPLACED):
            continue
        for target in _targets(model, start, naming.shape, value):
            yield Mention(target, naming)


SIBLINGS: Mapping[str, tuple[tuple[str, str], ...]] = {"price_component": (("price_rate", "component"),)}
"""Kinds that only items beside them name: (kind, attribute)."""


def rename_references(
    state: State, model: TenantModel, renamed: Item, new_name: str
) -> Iterator[tuple[Item, dict[str, Any]]]:
    """The bodies that change because an object or field gets another name, removed items included.

    Args:
        state: Before the renaming.
        model: That state resolved.
        renamed: The item.
        new_name: Its name to be.
    """
    if renamed.kind == "object":
        target = Target(renamed.name)
    elif renamed.kind == "field":
        target = Target(state.parent_path(renamed), renamed.name)
    elif renamed.kind == "role":
        target = Target("", renamed.name)
    else:
        yield from _renamed_siblings(state, renamed, new_name)
        return
    for item in state.items.values():
        body = item.body
        for naming in _namings(item):
            start = _start(state, model, item, naming)
            value = _get(item.body, naming.attribute)
            if value and (start or naming.shape in _UNPLACED):
                changed = _renamed(model, start, naming.shape, value, target, new_name)
                if changed != value:
                    body = _set(body, naming.attribute, changed)
        if body is not item.body:
            yield item, body


def _renamed_siblings(state: State, renamed: Item, new_name: str) -> Iterator[tuple[Item, dict[str, Any]]]:
    for kind, attribute in SIBLINGS.get(renamed.kind, ()):
        for item in state.items.values():
            beside = item.kind == kind and item.parent_id == renamed.parent_id
            if beside and _get(item.body, attribute) == renamed.name:
                yield item, _set(item.body, attribute, new_name)


def without(state: State, model: TenantModel, item: Item, gone: Callable[[Target], bool]) -> dict[str, Any]:
    """The body of an item without the names of what is gone, where it can do without them."""
    body = item.body
    for naming in _namings(item):
        value = _get(item.body, naming.attribute)
        if naming.essential or not value:
            continue
        start = _start(state, model, item, naming)
        texts = [value] if isinstance(value, str) else list(value)
        kept = [text for text in texts if not any(map(gone, _targets(model, start, naming.shape, text)))]
        if len(kept) < len(texts):
            body = _set(body, naming.attribute, "" if isinstance(value, str) else kept)
    return body


def _namings(item: Item) -> Iterator[Naming]:
    for naming in MENTIONS.get(item.kind, ()):
        if all((_get(item.body, attribute) or "") == value for attribute, value in naming.where):
            yield from _expanded(naming, item.body)
    field_type = FIELD_TYPES.get(item.body.get("type", "")) if item.kind == "field" else None
    if field_type is not None:
        for base, namings in SETTINGS_MENTIONS.items():
            if issubclass(field_type.settings, base):
                yield from namings


def _start(state: State, model: TenantModel, item: Item, naming: Naming) -> str:
    """The object type that an attribute's names start at."""
    if naming.of:
        return naming.of
    if naming.start:
        found = (_start_at(state, item, attribute) for attribute in naming.start.split("|"))
        own = next(filter(None, found), "")
    else:
        own = item.name if item.kind == "object" else state.parent_path(item).split(".")[0]
    if not naming.through:
        return own
    relation = _get(item.body, naming.through)
    targets = list(_walk(model, own, str(relation or "").split(".")))
    return targets[-1][1] if targets else ""


def _start_at(state: State, item: Item, attribute: str) -> str:
    if not attribute.startswith(".."):
        return str(_get(item.body, attribute) or "")
    above = state.items.get(item.parent_id)
    return "" if above is None else str(_get(above.body, attribute[2:]) or "")


def _targets(model: TenantModel, start: str, shape: Shape, value: Any) -> Iterator[Target]:
    match shape:
        case Shape.OBJECT:
            yield from map(Target, [value] if isinstance(value, str) else value)
        case Shape.ROLE:
            yield from (Target("", name) for name in ([value] if isinstance(value, str) else value))
        case Shape.FIELD:
            for text in [value] if isinstance(value, str) else value:
                for target, _ in _walk(model, start, text.removeprefix("-").split(".")):
                    yield target
        case Shape.MESSAGE:
            for text in value.values():
                for steps, _line in read_text(text).paths:
                    if steps[0] == "record":
                        yield from (target for target, _ in _walk(model, start, list(steps[1:])))
        case Shape.EXPRESSION | Shape.DEFAULT:
            text = _expression_text(shape, value)
            if text:
                yield from _expression_targets(model, start, text)


def _expression_targets(model: TenantModel, start: str, text: str) -> Iterator[Target]:
    try:
        tree = parse(text)
    except TangramError:
        return
    for object_name, field_name in dict.fromkeys(fields_used(model, start, tree)):
        yield Target(object_name, field_name)


def _expression_text(shape: Shape, value: Any) -> str:
    if shape is Shape.DEFAULT:
        return value[1:] if isinstance(value, str) and value.startswith("=") else ""
    return value if isinstance(value, str) else ""


def _walk(model: TenantModel, start: str, steps: list[str]) -> Iterator[tuple[Target, str]]:
    """Each field on a path, with the object type that it leads to (empty for plain values)."""
    here = start
    for step in steps:
        object_type = model.objects.get(here)
        field = None if object_type is None else field_of(object_type, step)
        if field is None:
            return
        targets = targets_of(field.settings) if isinstance(field.settings, RelationSettings) else ()
        following = targets[0] if len(targets) == 1 else ""
        yield Target(here, step), following
        here = following


def _renamed(model: TenantModel, start: str, shape: Shape, value: Any, target: Target, new_name: str) -> Any:
    if not isinstance(value, str) and shape in (Shape.OBJECT, Shape.FIELD, Shape.ROLE):
        return [_renamed(model, start, shape, part, target, new_name) for part in value]
    match shape:
        case Shape.OBJECT:
            return new_name if target == Target(value) else value
        case Shape.ROLE:
            return new_name if target == Target("", value) else value
        case Shape.MESSAGE:
            return {
                language: renamed(text, lambda steps: _renamed_steps(model, start, steps, target, new_name))
                for language, text in value.items()
            }
        case Shape.FIELD:
            return _renamed_path(model, start, value, target, new_name)
        case Shape.EXPRESSION | Shape.DEFAULT:
            text = _expression_text(shape, value)
            if not text or not target.field_name:
                return value
            return _renamed_expression(model, start, value, text, target, new_name)


def _renamed_path(model: TenantModel, start: str, path: str, target: Target, new_name: str) -> str:
    sign, steps = ("-", path[1:].split(".")) if path.startswith("-") else ("", path.split("."))
    return sign + ".".join(_renamed_steps(model, start, steps, target, new_name))


def _renamed_steps(model: TenantModel, start: str, steps: Sequence[str], target: Target, new_name: str) -> list[str]:
    changed = list(steps)
    for index, (found, _) in enumerate(_walk(model, start, list(steps))):
        if found == target:
            changed[index] = new_name
    return changed


def _renamed_expression(model: TenantModel, start: str, value: str, text: str, target: Target, new_name: str) -> str:
    def new_step(object_name: str, field: Field) -> str:
        return new_name if Target(object_name, field.name) == target else field.name

    try:
        tree = parse(text)
    except TangramError:
        return value
    changed = rewrite_paths(model, start, tree, new_step)
    return value if changed == tree else value[: len(value) - len(text)] + unparse(changed)


def _get(body: Mapping[str, Any], attribute: str) -> Any:
    value: Any = body
    for part in attribute.split("."):
        value = value[int(part)] if isinstance(value, list) else _member(value, part)
    return value


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None


def _expanded(naming: Naming, body: Mapping[str, Any]) -> Iterator[Naming]:
    """The same with `*` replaced by the place of each item that there is."""
    head, star, rest = naming.attribute.partition(".*.")
    if not star:
        yield naming
        return
    found = _get(body, head)
    for place in range(len(found) if isinstance(found, list) else 0):
        yield from _expanded(replace(naming, attribute=f"{head}.{place}.{rest}"), body)


def _set(body: dict[str, Any], attribute: str, value: Any) -> dict[str, Any]:
    """A copy with one attribute changed; left out when it is empty."""
    first, _, rest = attribute.partition(".")
    second, _, beyond = rest.partition(".")
    if second.isdecimal():
        items = list(body[first])
        items[int(second)] = _set(items[int(second)], beyond, value)
        return {**body, first: items}
    if rest:
        return {**body, first: _set(body.get(first) or {}, rest, value)}
    if value in ("", []):
        return {key: kept for key, kept in body.items() if key != first}
    return {**body, first: value}
