"""Whether a resolved model holds together: every fault at once, placed as in the document that declared it.

What one item says wrongly by itself was found when it was read; here is what needs the others: targets, expressions,
names that meet, circles, limits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from metadata import naming
from metadata.benefits.checks import benefit_faults
from metadata.calendars.checks import calendar_faults
from metadata.calendars.checks import policy_faults as sla_faults
from metadata.classifiers.checks import classifier_faults
from metadata.fields import FIELD_TYPES
from metadata.fields.base import Output
from metadata.fields.relations import RelationKind, RelationSettings, relation_kind, relation_of, targets_of
from metadata.flows.lint import lint, object_faults
from metadata.forms import lint as forms
from metadata.messages.checks import templates_faults
from metadata.model import field_checks, item_checks, policy_checks, settings_checks
from metadata.model.computed import cycles
from metadata.model.names import RESERVED_OBJECTS
from metadata.model.organisation import SYSTEM_OBJECTS
from metadata.model.promotion_checks import promotion_faults
from metadata.model.tenant import TenantModel
from metadata.model.values import Field, ObjectType
from metadata.model.writing import is_declared
from metadata.outreach.checks import channel_faults
from metadata.pools.checks import pool_faults
from metadata.pricing.lint import lint as price_faults
from metadata.pricing.lint import object_faults as plan_object_faults
from metadata.problems import Fault, Faults, Path
from metadata.routing.checks import queue_faults, routing_rule_faults
from metadata.rules.lint import lint as lint_rule
from metadata.rules.lint import object_faults as rule_object_faults
from metadata.segments.checks import segment_faults
from metadata.stocks.checks import stock_faults
from metadata.tags.checks import tag_group_faults

__all__ = ["GENERATED_TYPES", "check_model"]

GENERATED_TYPES = (
    "Aggregate",
    "AggregateAvg",
    "AggregateKey",
    "AggregateMax",
    "AggregateMin",
    "AggregateOrderBy",
    "AggregateSum",
    "Change",
    "Connection",
    "Edge",
    "FieldName",
    "FigureAvgOrderBy",
    "FigureMaxOrderBy",
    "FigureMinOrderBy",
    "FigureSumOrderBy",
    "Filter",
    "GroupBy",
    "Having",
    "HavingAvg",
    "HavingMax",
    "HavingMin",
    "HavingSum",
    "InSegment",
    "ListFilter",
    "OrderBy",
    "ToManyInput",
    "ToOneInput",
    "UniqueKey",
    "Where",
)
"""Ends of the names of GraphQL types that are generated for each object type."""


def check_model(model: TenantModel, only: Iterable[str] | None = None) -> Faults:
    """Find every fault of a model.

    Args:
        model: Resolved.
        only: Object types whose own items are checked, when the others are known to be as they were and to refer to
            nothing that changed; None for all. What concerns several objects is always checked.

    Returns:
        The faults; paths start at the document: `("objects", 0, "fields", 3, "settings", "to")`.
    """
    faults = Faults()
    chosen = None if only is None else frozenset(only)
    faults.extend(settings_checks.faults(model.settings), "settings")
    places = {found.name: ("objects", place) for place, found in enumerate(o for o in model if o.is_declared)}
    faults.extend(_count_faults(model, places))
    faults.extend(_name_faults(model, places))
    faults.extend(_type_name_faults(model, places))
    for found in model:
        if not found.is_declared or (chosen is not None and found.name not in chosen):
            continue
        fields = field_places(found)
        faults.extend(_extension_faults(found, fields), *places[found.name])
        faults.extend(_field_name_faults(found, fields), *places[found.name])
        for field in filter(is_declared, found.fields):
            faults.extend(field_checks.faults(model, found, field), *places[found.name], *fields[field.name])
        faults.extend(item_checks.faults(model, found), *places[found.name])
    faults.extend(_circle_faults(model, places))
    faults.extend(policy_checks.faults(model))
    for place, calendar in enumerate(model.calendars.values()):
        faults.extend(calendar_faults(calendar, model.settings.timezone), "calendars", place)
    for place, policy in enumerate(model.sla_policies.values()):
        faults.extend(sla_faults(model, policy), "sla_policies", place)
    for place, promotion in enumerate(model.promotions.values()):
        faults.extend(promotion_faults(model, promotion), "promotions", place)
    for place, queue in enumerate(model.queues.values()):
        faults.extend(queue_faults(model, queue), "queues", place)
    for place, rule in enumerate(model.routing_rules.values()):
        faults.extend(routing_rule_faults(model, rule), "routing_rules", place)
    faults.extend(templates_faults(model))
    for place, group in enumerate(model.tag_groups.values()):
        faults.extend(tag_group_faults(model, group), "tag_groups", place)
    for place, benefit in enumerate(model.benefits.values()):
        faults.extend(benefit_faults(model, benefit), "benefits", place)
    for place, channel in enumerate(model.contact_channels.values()):
        faults.extend(channel_faults(model, channel), "contact_channels", place)
    for place, segment in enumerate(model.segments.values()):
        faults.extend(segment_faults(model, segment), "segments", place)
    for place, classifier in enumerate(model.classifiers.values()):
        faults.extend(classifier_faults(model, classifier), "classifiers", place)
    for place, pool in enumerate(model.pools.values()):
        faults.extend(pool_faults(model, pool), "pools", place)
    for place, stock in enumerate(model.stocks.values()):
        faults.extend(stock_faults(model, stock), "stocks", place)
    for place, own in enumerate(model.rules.values()):
        faults.extend(lint_rule(model, own) if own.live else rule_object_faults(model, own), "rules", place)
    for place, flow in enumerate(model.flows.values()):
        faults.extend(lint(model, flow) if flow.live else object_faults(model, flow), "flows", place)
    for place, form in enumerate(model.forms.values()):
        faults.extend(forms.lint(model, form) if form.live else forms.object_faults(model, form), "forms", place)
    for place, plan in enumerate(model.price_plans.values()):
        faults.extend(price_faults(model, plan) if plan.live else plan_object_faults(model, plan), "price_plans", place)
    return faults


def field_places(found: ObjectType) -> Mapping[str, Path]:
    """Where each declared field stands in its object's document."""
    declared = [field.name for field in found.fields if is_declared(field)]
    return {name: ("fields", place) for place, name in enumerate(declared)}


# ── limits ───────────────────────────────────────────────────────────────────────────────────────────


def _count_faults(model: TenantModel, places: Mapping[str, Path]) -> Iterator[Fault]:
    settings = model.settings
    if len(places) > settings.max_objects:
        message = f"There are {len(places)} object types; the tenant's limit is {settings.max_objects}."
        yield Fault("too_many_objects", message, ("objects",), "Remove some, or ask for a higher limit.")
    for name, place in places.items():
        found = model.objects[name]
        if len(found.fields) > settings.max_fields:
            message = (
                f"Object type '{name}' has {len(found.fields)} fields; the tenant's limit is {settings.max_fields}."
            )
            yield Fault("too_many_fields", message, (*place, "fields"), "Remove some, or ask for a higher limit.")
        indexes = len(found.indexes) + len(found.uniques)
        indexes += sum([field.unique or field.indexed for field in found.fields if not field.system])
        if indexes > settings.max_indexes:
            message = f"Object type '{name}' has {indexes} indexes; the tenant's limit is {settings.max_indexes}."
            yield Fault("too_many_indexes", message, (*place, "indexes"), "Remove some, or ask for a higher limit.")


# ── names ────────────────────────────────────────────────────────────────────────────────────────────


def _name_faults(model: TenantModel, places: Mapping[str, Path]) -> Iterator[Fault]:
    """Singular and plural names share one space: both become fields of `Query`."""
    owners: dict[str, str] = {}
    for found in sorted(model, key=lambda one: not one.system):  # what comes with every tenant has its names first
        place = places.get(found.name)
        for attribute, name in (("name", found.name), ("plural", found.plural)):
            owner = owners.setdefault(name, found.name)
            if place is not None and (owner != found.name or (attribute == "plural" and name == found.name)):
                yield _taken(name, owner, found, (*place, attribute))


def _taken(name: str, owner: str, found: ObjectType, path: Path) -> Fault:
    if owner == found.name:
        message = f"Object type '{name}' has the plural '{name}'; singular and plural name different fields."
        return Fault("duplicate_name", message, path, f"Use a plural such as `{name}_list`.")
    message = f"'{name}' of object type '{found.name}' names object type '{owner}' already."
    return Fault("duplicate_name", message, path, "Singular and plural names of all object types differ: rename one.")


def _type_name_faults(model: TenantModel, places: Mapping[str, Path]) -> Iterator[Fault]:
    """Object types, the types generated for them, and those of single fields share one space of GraphQL names."""
    owners = {naming.pascal(name): "every tenant" for name in RESERVED_OBJECTS}
    owners |= {
        f"{naming.pascal(name)}{end}": f"object type '{name}'" for name in model.objects for end in GENERATED_TYPES
    }
    for found in model:
        type_name = naming.pascal(found.name)
        if found.name in places and type_name in owners:
            yield _type_taken(
                f"Object type '{found.name}'", type_name, owners[type_name], (*places[found.name], "name")
            )
        owners.setdefault(type_name, f"object type '{found.name}'")
    for found in model:
        for field in found.fields:
            names = _field_types(found, field)
            if not names:
                continue
            what = f"field '{field.name}' of '{found.name}'"
            taken = {name: owners[name] for name in names if name in owners}
            owners |= dict.fromkeys(names, what)
            if taken and found.name in places:
                path = (*places[found.name], *field_places(found).get(field.name, ()), "name")
                yield _type_taken(what.capitalize(), *next(iter(taken.items())), path)


_WITH_OPTIONS = frozenset(key for key, one in FIELD_TYPES.items() if one.output in (Output.OPTION, Output.OPTIONS))


def _field_types(found: ObjectType, field: Field) -> tuple[str, ...]:
    """GraphQL types that belong to one field: the enum of its options, the union of its targets."""
    if field.type in _WITH_OPTIONS:
        name = naming.pascal(found.name) + naming.pascal(field.name)
        return (name, f"{name}Filter")
    settings = field.settings
    if isinstance(settings, RelationSettings) and relation_kind(settings) is RelationKind.POLYMORPHIC:
        return (f"{naming.pascal(found.name)}{naming.pascal(field.name)}Target",)
    return ()


def _type_taken(what: str, type_name: str, owner: str, path: Path) -> Fault:
    message = f"{what} would need the GraphQL type '{type_name}', which {owner} has already."
    return Fault("graphql_name_taken", message, path, "Choose another name.")


_PROVIDED = {found.name: found for found in SYSTEM_OBJECTS}


def _extension_faults(found: ObjectType, places: Mapping[str, Path]) -> Iterator[Fault]:
    """What a tenant says of an object type that every tenant has, and which cannot be."""
    system = _PROVIDED.get(found.name)
    if system is None:
        return
    if found.plural != system.plural:
        message = f"The plural of '{found.name}', which comes with every tenant, is '{system.plural}'."
        yield Fault("provided_object", message, ("plural",), f"Write `plural: {system.plural}`.")
    own = {field.name: field for field in system.fields}
    for field in found.fields:
        provided = own.get(field.name)
        if provided is None or field.name not in places:
            continue
        was, becomes = relation_of(provided), relation_of(field)
        leads_elsewhere = was is not None and becomes is not None and targets_of(was) != targets_of(becomes)
        if provided.type != field.type or leads_elsewhere:
            message = (
                f"Field '{field.name}' of '{found.name}' comes with every tenant, with the type {provided.type}"
                f"{' to ' + was.to if was is not None else ''}; it cannot be declared otherwise."
            )
            yield Fault("provided_field", message, (*places[field.name], "type"), "Give your field another name.")


def _field_name_faults(found: ObjectType, places: Mapping[str, Path]) -> Iterator[Fault]:
    """Two fields of one name, and columns of one field that are another's."""
    seen: dict[str, Field] = {}
    columns: dict[str, Field] = {}
    for field in found.fields:
        relation = relation_of(field)
        if relation is not None and relation.reversed:
            continue  # noted at the relation that brings it along
        if seen.setdefault(field.name, field) is not field:
            message = f"Object type '{found.name}' has two fields named '{field.name}'."
            yield Fault("duplicate_name", message, places.get(field.name, ("fields",)), "Rename or remove one.")
            continue
        for column in _columns(field):
            holder = columns.setdefault(column, field)
            if holder is not field and not field.system:
                message = (
                    f"Field '{field.name}' would be stored in column '{column}', which belongs to '{holder.name}'."
                )
                place = places.get(field.name, ("fields",))
                yield Fault("column_taken", message, (*place, "name"), "Rename one of the two fields.")


def _columns(field: Field) -> Iterator[str]:
    if field.column:
        for column in FIELD_TYPES[field.type].columns(field):
            yield f"{field.column}_{column.suffix}" if column.suffix else field.column


# ── circles ──────────────────────────────────────────────────────────────────────────────────────────


def _circle_faults(model: TenantModel, places: Mapping[str, Path]) -> Iterator[Fault]:
    for circle in cycles(model):
        object_name, field_name = circle[0]
        trail = " → ".join(f"{owner}.{name}" for owner, name in (*circle, circle[0]))
        path = (*places.get(object_name, ()), *field_places(model.objects[object_name]).get(field_name, ()))
        message = f"Computed fields depend on each other in a circle: {trail}."
        yield Fault("formula_cycle", message, (*path, "settings"), "Let one of them take its value from elsewhere.")
    yield from _relation_circles(model, places, "on_delete", "cascade_cycle")
    yield from _relation_circles(model, places, "required", "required_cycle")


_CIRCLES = {
    "cascade_cycle": (
        "Deleting would run in a circle over {trail}.",
        "Use on_delete restrict or clear for one of them.",
    ),
    "required_cycle": (
        "No first record could be made: {trail} each need a record of the next.",
        "Drop `required` of one of them.",
    ),
}


def _relation_circles(model: TenantModel, places: Mapping[str, Path], attribute: str, reason: str) -> Iterator[Fault]:
    """Circles of to-one relations that all cascade, or are all required.

    A tree may cascade along itself, and a polymorphic relation may always lead elsewhere.
    """
    edges: dict[str, list[tuple[str, Field]]] = {}
    for found in model:
        for field in found.fields:
            relation = field.settings
            if not isinstance(relation, RelationSettings) or field.system:
                continue
            itself = relation.to == found.name
            counts = field.required if reason == "required_cycle" else relation.on_delete == "cascade" and not itself
            if counts and relation_kind(relation) is RelationKind.TO_ONE and targets_of(relation):
                edges.setdefault(found.name, []).append((relation.to, field))
    message, hint = _CIRCLES[reason]
    for circle in _circles(edges):
        object_name, field = circle[0]
        trail = " → ".join(f"{owner}.{step.name}" for owner, step in circle)
        place = (*places.get(object_name, ()), *field_places(model.objects[object_name]).get(field.name, ()))
        path = (*place, attribute) if attribute == "required" else (*place, "settings", attribute)
        yield Fault(reason, message.format(trail=trail), path, hint)


def _circles(edges: Mapping[str, list[tuple[str, Field]]]) -> list[list[tuple[str, Field]]]:
    """One circle through each group of objects that lead back to themselves."""
    found: list[list[tuple[str, Field]]] = []
    done: set[str] = set()
    for start in edges:
        if start in done:
            continue
        trail: list[tuple[str, Field]] = []
        on_trail = [start]
        pending = [iter(edges[start])]
        while pending:
            step = next(pending[-1], None)
            if step is None:
                pending.pop()
                done.add(on_trail.pop())
                if trail:
                    trail.pop()
                continue
            target, field = step
            if target in on_trail:
                first = on_trail.index(target)
                found.append([*trail[first:], (on_trail[-1], field)])
            elif target not in done and target in edges:
                trail.append((on_trail[-1], field))
                on_trail.append(target)
                pending.append(iter(edges[target]))
    return found
