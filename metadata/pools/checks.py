"""What is wrong with a public pool."""

from __future__ import annotations

from collections.abc import Iterator

from metadata.fields.relations import RelationKind, relation_kind, relation_of, targets_of
from metadata.fields.times import read_duration
from metadata.flows.terms import Subject
from metadata.model.policies import BUILT_IN_ROLES
from metadata.model.tenant import TenantModel, field_of
from metadata.pools.values import Pool, PoolActivity
from metadata.problems import Fault, Path

__all__ = ["pool_faults"]

_CONDITIONS = ("when", "newcomers_when", "exempt", "approve", "holding_without")
_LENGTHS = (
    "first_contact",
    "extension",
    "maximum",
    "warning",
    "cooling",
    "claim_interval",
    "approval_within",
    "approval_extends",
)


def pool_faults(model: TenantModel, pool: Pool) -> Iterator[Fault]:
    """What is wrong with a pool; paths start at it."""
    found = model.objects.get(pool.object)
    if found is None or found.storage != "tenant":
        message = f"Pool '{pool.name}' is for '{pool.object}', which is no object type with records."
        yield Fault("unknown_object", message, ("object",), "Name an object type of the tenant's own.")
        return
    subject = Subject(model, pool.object, f"Pool '{pool.name}'")
    for name in _CONDITIONS:
        yield from subject.expression(getattr(pool, name), (name,))
    yield from subject.duration(pool.protection, ("protection",), required=True)
    for name in _LENGTHS:
        yield from subject.duration(getattr(pool, name), (name,))
    yield from subject.calendar(pool.calendar, ("calendar",))
    yield from _order(subject, pool.protection, pool.maximum, ())
    yield from _fields(model, subject, pool)
    seen: set[str] = set()
    for place, segment in enumerate(pool.segments):
        path: Path = ("segments", place)
        if segment.name in seen:
            yield Fault("duplicate_name", f"{subject.what} has two segments '{segment.name}'.", path, "Rename one.")
        seen.add(segment.name)
        yield from subject.expression(segment.when, (*path, "when"))
        yield from subject.duration(segment.protection, (*path, "protection"), required=True)
        yield from subject.duration(segment.extension, (*path, "extension"))
        yield from subject.duration(segment.maximum, (*path, "maximum"))
        yield from _order(subject, segment.protection, segment.maximum, path)
    for place, activity in enumerate(pool.activity):
        yield from _activity(model, pool, activity, ("activity", place))
    known = (*model.roles, *BUILT_IN_ROLES)
    for name in ("members", "managers", "newcomers"):
        for place, role in enumerate(getattr(pool, name)):
            if role not in known:
                message = f"{subject.what} names the role '{role}', which is not declared."
                yield Fault("unknown_role", message, (name, place), f"Known: {', '.join(sorted(known)[:30])}.")
    for name in ("claims_per_day", "holding", "views_per_day"):
        if getattr(pool, name) < 0:
            yield Fault("out_of_range", f"{subject.what}: `{name}` is {getattr(pool, name)}.", (name,), "0 for none.")
    if pool.flow and (pool.flow not in model.flows or model.flows[pool.flow].object != pool.object):
        message = f"{subject.what} starts '{pool.flow}', which is no flow of '{pool.object}'."
        yield Fault("unknown_flow", message, ("flow",), "Declare it in `flows`.")


def _fields(model: TenantModel, subject: Subject, pool: Pool) -> Iterator[Fault]:
    """What a pool hides, masks, shows and fills in."""
    object_type = model.object(pool.object)
    for name in ("hidden", "masked", "known_by", "known_shows"):
        for place, given in enumerate(getattr(pool, name)):
            found = field_of(object_type, given)
            if found is None or (name == "known_by" and not found.column):
                message = f"{subject.what} names '{given}', which is no field of '{pool.object}'."
                yield Fault("unknown_field", message, (name, place), "Name a field of its object type.")
    if (pool.hidden or pool.masked) and not model.policies:
        message = f"{subject.what} hides fields, and there are no policies, so that everybody reads everything."
        yield Fault("no_policies", message, ("hidden",), "Declare who may do what in `policies`.")
    former = field_of(object_type, pool.former) if pool.former else None
    if pool.former and (former is None or former.type != "user" or former.name == "owner"):
        message = f"{subject.what} keeps the owner before in '{pool.former}', which is no field of type user."
        yield Fault("unfit_field", message, ("former",), "Name a field of type user.")


def _order(subject: Subject, protection: str, maximum: str, path: Path) -> Iterator[Fault]:
    try:
        if maximum and read_duration(maximum) < read_duration(protection):
            message = f"{subject.what} protects longer ({protection}) than it lets anybody hold ({maximum})."
            yield Fault("out_of_range", message, (*path, "maximum"), "Make the maximum the longer one.")
    except ValueError:
        return  # told already


def _activity(model: TenantModel, pool: Pool, activity: PoolActivity, path: Path) -> Iterator[Fault]:
    what = f"Pool '{pool.name}'"
    found = model.objects.get(activity.object)
    if found is None or found.storage != "tenant":
        message = f"{what} counts '{activity.object}' as work, which is no object type with records."
        yield Fault("unknown_object", message, (*path, "object"), "Name an object type of the tenant's own.")
        return
    if activity.relation:
        field = field_of(found, activity.relation)
        leads = None if field is None else relation_of(field)
        if leads is None or relation_kind(leads) is RelationKind.MANY_TO_MANY or pool.object not in targets_of(leads):
            message = f"{what}: '{activity.relation}' of '{found.name}' does not lead to '{pool.object}'."
            yield Fault("not_a_relation", message, (*path, "relation"), "Name its to-one relation to the record.")
    elif activity.object != pool.object:
        message = f"{what} counts '{activity.object}' as work without saying on which record."
        yield Fault("missing", message, (*path, "relation"), f"Name its relation to '{pool.object}'.")
    yield from Subject(model, activity.object, what).expression(activity.when, (*path, "when"))
