"""Faults of roles and policies: what they name, whether they go together, what nobody may be refused."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence

from metadata.expressions.check import ModelScope, check
from metadata.expressions.scope import POLICY_ROOTS
from metadata.expressions.types import BOOLEAN, Kind
from metadata.fields import FIELD_TYPES
from metadata.fields.inputs import shown
from metadata.fields.relations import relation_of
from metadata.model.computed import secrets_used
from metadata.model.names import SYSTEM_FIELD_NAMES
from metadata.model.policies import (
    ACTIONS,
    ADMINISTRATOR,
    ANY,
    BUILT_IN_ROLES,
    CONFIGURE,
    MEMBER,
    RUN,
    Policy,
    Role,
)
from metadata.model.policy_scopes import SCOPES, UNIVERSAL_SCOPES, condition_expression, instant_of
from metadata.model.reading import closest
from metadata.model.tenant import TenantModel, field_of
from metadata.problems import BadInputError, Fault, Path

__all__ = ["faults", "policy_faults", "role_circle", "role_faults"]

_READS = ("read",)
_TEXT_MASKS = frozenset({"phone", "name", "last_four"})
_BUCKETED = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.MONEY})


def faults(model: TenantModel) -> Iterator[Fault]:
    """What is wrong with the roles and policies of a model; paths start at the document."""
    settings = model.settings
    for collection, held, limit in (
        ("roles", model.roles, settings.max_roles),
        ("policies", model.policies, settings.max_policies),
    ):
        if len(held) > limit:
            message = f"There are {len(held)} {collection}; the tenant's limit is {limit}."
            yield Fault(f"too_many_{collection}", message, (collection,), "Remove some, or ask for a higher limit.")
            return
    for place, role in enumerate(model.roles.values()):
        for fault in role_faults(model.roles, role):
            yield fault.under("roles", place)
    seen: dict[str, tuple[Fault, ...]] = {}
    for place, policy in enumerate(model.policies):
        for fault in policy_faults(model, policy, seen):
            yield fault.under("policies", place)
    yield from _contradictions(model.policies)


def role_faults(roles: Mapping[str, Role], role: Role) -> Iterator[Fault]:
    """What is wrong with one role."""
    if role.name in BUILT_IN_ROLES:
        message = f"The role '{role.name}' is there in every tenant."
        yield Fault("reserved_name", message, ("name",), "Choose another name.")
    for place, name in enumerate(role.inherits):
        if name in (ADMINISTRATOR, *BUILT_IN_ROLES[2:]):
            message = f"Role '{role.name}' inherits '{name}', which is given to people by name only."
            yield Fault("reserved_role", message, ("inherits", place), "Give it the policies that it needs.")
        elif name not in roles and name != MEMBER:
            message = f"Role '{role.name}' inherits '{name}', which is no role."
            yield Fault("unknown_role", message, ("inherits", place), closest(name, roles))
    for place, name in enumerate(role.excludes):
        if name not in roles and name not in BUILT_IN_ROLES:
            message = f"Role '{role.name}' excludes '{name}', which is no role."
            yield Fault("unknown_role", message, ("excludes", place), closest(name, roles))
        elif name in ancestors_of(roles, role.name):
            message = f"Role '{role.name}' excludes '{name}', which it is itself or inherits."
            yield Fault("excluded_role", message, ("excludes", place), "Take it off `excludes` or `inherits`.")
    if role.export_rows < 0:
        message = f"`export_rows` of role '{role.name}' is 0 or more, got {role.export_rows}."
        yield Fault("bad_limit", message, ("exportRows",), "0 means the tenant's limit.")
    circle = role_circle(roles, role.name)
    if circle and min(circle) == role.name:  # told once, at the first of them
        trail = " → ".join((*circle, circle[0]))
        message = f"Roles inherit each other in a circle: {trail}."
        yield Fault("role_cycle", message, ("inherits",), "Take one of them off the other's `inherits`.")


def ancestors_of(roles: Mapping[str, Role], name: str) -> frozenset[str]:
    """A role and all that it inherits, at any depth."""
    found = {name}
    pending = [name]
    while pending:
        role = roles.get(pending.pop())
        for above in role.inherits if role is not None else ():
            if above not in found:
                found.add(above)
                pending.append(above)
    return frozenset(found)


def role_circle(roles: Mapping[str, Role], start: str) -> tuple[str, ...]:
    """Roles from `start` over what they inherit back to it; empty when there is no way."""
    came_from: dict[str, str] = {}
    pending = [start]
    while pending:
        name = pending.pop()
        for above in roles[name].inherits if name in roles else ():
            if above == start:
                trail = [name]
                while trail[-1] != start:
                    trail.append(came_from[trail[-1]])
                return tuple(reversed(trail))
            if above not in came_from:
                came_from[above] = name
                pending.append(above)
    return ()


def policy_faults(
    model: TenantModel, policy: Policy, seen: dict[str, tuple[Fault, ...]] | None = None
) -> Iterator[Fault]:
    """What is wrong with one policy.

    Args:
        model: What it speaks of.
        policy: As declared.
        seen: Faults of expressions that were checked before, by object type and text; many policies share theirs.
    """
    yield from _subject_faults(model, policy)
    if policy.object != ANY and policy.object not in model.objects:
        message = f"Policy '{policy.name}' is about '{policy.object}', which is no object type."
        yield Fault("unknown_object", message, ("object",), closest(policy.object, model.objects))
        return
    yield from _action_faults(policy)
    yield from _field_faults(model, policy)
    yield from _record_faults(model, policy, {} if seen is None else seen)
    yield from _time_faults(policy)


def _subject_faults(model: TenantModel, policy: Policy) -> Iterator[Fault]:
    what = f"Policy '{policy.name}'"
    if bool(policy.role) is bool(policy.user):
        message = f"{what} names {'both a role and a user' if policy.role else 'neither a role nor a user'}."
        yield Fault("bad_subject", message, ("role",), "Name one of them; `role: '*'` is everybody.")
    elif policy.user:
        try:
            uuid.UUID(policy.user)
        except ValueError:
            message = f"{what} concerns the user {shown(policy.user)}, which is no account id."
            yield Fault("bad_subject", message, ("user",), "Write the account's id, a UUID.")
    elif policy.role in (ADMINISTRATOR, *BUILT_IN_ROLES[2:]):
        message = f"{what} concerns '{policy.role}', whose rights are fixed, so that nobody locks the last one out."
        yield Fault("reserved_role", message, ("role",), "Give those people another role in its place.")
    elif policy.role not in (ANY, MEMBER) and policy.role not in model.roles:
        message = f"{what} concerns '{policy.role}', which is no role."
        yield Fault("unknown_role", message, ("role",), closest(policy.role, (*model.roles, MEMBER)))


def _action_faults(policy: Policy) -> Iterator[Fault]:
    what = f"Policy '{policy.name}'"
    if policy.kind in ("field", "mask"):
        if policy.actions:
            message = f"{what} is of kind {policy.kind} and names actions."
            yield Fault("not_applicable", message, ("actions",), "Leave them out: it is about reading and writing.")
        return
    if not policy.actions:
        message = f"{what} names no actions."
        yield Fault("missing", message, ("actions",), "Name some, or `*` for every action on records.")
    for place, action in enumerate(policy.actions):
        head, _, rest = action.partition(":")
        if action in (ANY, CONFIGURE) or action in ACTIONS or (head in (RUN, CONFIGURE) and rest):
            if head == CONFIGURE and (policy.object != ANY or policy.scope != "all" or policy.condition):
                message = f"{what} is about configuration, which belongs to no object type and no record."
                yield Fault(
                    "not_applicable", message, ("actions", place), "Give it a policy of its own, with object `*`."
                )
            continue
        message = f"{what} names the action {shown(action)}."
        known = (*ACTIONS, CONFIGURE, ANY)
        yield Fault("unknown_action", message, ("actions", place), closest(action, known))


def _field_faults(model: TenantModel, policy: Policy) -> Iterator[Fault]:
    what = f"Policy '{policy.name}'"
    if policy.kind in ("field", "mask") and not policy.fields:
        yield Fault("missing", f"{what} names no fields.", ("fields",), "Name at least one.")
    if policy.kind == "scope" and policy.fields:
        message = f"{what} narrows grants to some records and names fields."
        yield Fault("not_applicable", message, ("fields",), "Use a policy of kind field for them.")
    if policy.kind == "field" and not policy.read and policy.write is None:
        yield Fault("missing", f"{what} says neither `read` nor `write`.", ("read",), "Say one of them.")
    if policy.kind != "field" and (policy.read or policy.write is not None):
        attribute = "read" if policy.read else "write"
        message = f"{what} is of kind {policy.kind} and says `{attribute}`."
        yield Fault("not_applicable", message, (attribute,), "Use a policy of kind field.")
    if policy.kind == "mask" and not policy.mask:
        yield Fault("missing", f"{what} names no mask.", ("mask",), "Name one, such as phone.")
    if policy.mask and policy.kind != "mask" and policy.read != "masked":
        message = f"{what} names a mask and masks nothing."
        yield Fault("not_applicable", message, ("mask",), "Say `read: masked`, or leave it out.")
    for place, name in enumerate(policy.fields):
        yield from _one_field_faults(model, policy, name, what, ("fields", place))


def _one_field_faults(model: TenantModel, policy: Policy, name: str, what: str, path: Path) -> Iterator[Fault]:
    if policy.object == ANY:
        if name not in SYSTEM_FIELD_NAMES:
            message = f"{what} is about every object type, and not every one has a field '{name}'."
            yield Fault("unknown_field", message, path, "Name one object type.")
        return
    object_type = model.objects[policy.object]
    field = field_of(object_type, name)
    if field is None:
        message = f"{what} names '{name}', which is no field of '{policy.object}'."
        yield Fault("unknown_field", message, path, closest(name, [one.name for one in object_type.fields]))
        return
    if name == "id" and (policy.kind in ("field", "mask", "deny")):
        message = f"{what} is about `id`, which everybody sees of a record that they see."
        yield Fault("not_applicable", message, path, "Leave it out.")
    kind = FIELD_TYPES[field.type].value_type(field, model).kind
    is_text = kind is Kind.TEXT and relation_of(field) is None and not FIELD_TYPES[field.type].computed
    if (policy.mask in _TEXT_MASKS and not is_text) or (policy.mask == "bucket" and kind not in _BUCKETED):
        wanted = "a number" if policy.mask == "bucket" else "text"
        message = f"{what} masks '{name}' by {policy.mask}, which is for {wanted}; its type is {field.type}."
        yield Fault("bad_mask", message, path, "Use the mask stars, or another field.")


def _record_faults(model: TenantModel, policy: Policy, seen: dict[str, tuple[Fault, ...]]) -> Iterator[Fault]:
    what = f"Policy '{policy.name}'"
    if policy.kind == "scope" and policy.scope == "all" and not policy.condition:
        message = f"{what} narrows grants to every record."
        yield Fault("missing", message, ("scope",), "Name a scope, or write a condition.")
    if policy.object == ANY:
        if policy.condition:
            message = f"{what} has a condition and is about every object type."
            yield Fault("not_applicable", message, ("condition",), "Name the one that the condition is about.")
        if policy.scope not in UNIVERSAL_SCOPES:
            message = f"{what} has the scope {policy.scope}, which not every object type has the fields for."
            yield Fault("not_applicable", message, ("scope",), "Name one object type.")
        return
    for attribute, text in (("scope", SCOPES[policy.scope]), ("condition", policy.condition)):
        if not text:
            continue
        key = f"{policy.object}\n{text}"
        if key not in seen:
            seen[key] = _expression_faults(model, policy.object, text)
        for fault in seen[key]:
            yield Fault(fault.reason, f"{what}: {fault.message}", (attribute,), fault.hint)


def _expression_faults(model: TenantModel, object_name: str, text: str) -> tuple[Fault, ...]:
    try:
        tree = condition_expression(text)
        check(tree, ModelScope(model, object_name, POLICY_ROOTS), BOOLEAN)
    except BadInputError as error:
        return error.faults
    hint = "Leave it out."
    return tuple(
        Fault("encrypted", f"'{name}' is encrypted and cannot be used in an expression.", (), hint)
        for name in dict.fromkeys(secrets_used(model, object_name, tree))
    )


def _time_faults(policy: Policy) -> Iterator[Fault]:
    instants = []
    for attribute in ("valid_from", "valid_until"):
        text = getattr(policy, attribute)
        if not text:
            continue
        try:
            instants.append(instant_of(text))
        except ValueError:
            message = f"`{attribute}` of policy '{policy.name}' is {shown(text)}, which is no instant with a zone."
            yield Fault("bad_instant", message, (attribute,), "Write one such as 2026-12-31T18:00:00+08:00.")
    if len(instants) == 2 and instants[0] >= instants[1]:
        message = f"Policy '{policy.name}' ends before it begins."
        yield Fault("bad_instant", message, ("valid_until",), "Give a later instant.")


def _contradictions(policies: Sequence[Policy]) -> Iterator[Fault]:
    """Field policies of one subject, priority and scope that say different things of one field."""
    said: dict[tuple[object, ...], Policy] = {}
    for place, policy in enumerate(policies):
        if policy.kind not in ("field", "mask"):
            continue
        read = "masked" if policy.kind == "mask" else policy.read
        for name in policy.fields:
            about = (policy.role, policy.user, policy.object, name, policy.priority, policy.scope, policy.condition)
            times = (policy.valid_from, policy.valid_until)
            for part, value in (("read", read), ("write", policy.write), ("mask", policy.mask)):
                if value in ("", None):
                    continue
                first = said.setdefault((*about, *times, part), policy)
                held = "masked" if part == "read" and first.kind == "mask" else getattr(first, part)
                if held != value:
                    message = (
                        f"Policies '{first.name}' and '{policy.name}' contradict each other: one says {part} {held},"
                        f" the other {value}, of '{name}' with priority {policy.priority}."
                    )
                    yield Fault("contradictory_policies", message, ("policies", place), "Give one a greater priority.")
