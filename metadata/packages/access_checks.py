"""What is wrong with the role pack of a template, beyond what any tenant's roles and policies must meet.

A pack lets everybody find their place: roles with texts for people in the three layers, each with something to do, and
every object type of the template within the reach of those who work with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from metadata.model.policies import ANY, Policy, Role
from metadata.model.tenant import TenantModel
from metadata.model.writing import declared_objects
from metadata.packages.label_checks import label_faults
from metadata.problems import Fault

__all__ = ["LAYERS", "access_faults"]

LAYERS = ("operate", "manage", "decide")
"""Who works, who leads, who decides."""


def access_faults(model: TenantModel, languages: Iterable[str]) -> Iterator[Fault]:
    """What is wrong with roles and policies; nothing for a template without any.

    Args:
        model: Of a tenant with this template and nothing else.
        languages: Those that the template claims to speak.
    """
    roles, policies = tuple(model.roles.values()), tuple(model.policies)
    if not roles and not policies:
        return
    for place, role in enumerate(roles):
        yield from _role_faults(model, role, place, languages)
    held = {role.layer for role in roles}
    for layer in LAYERS:
        if layer not in held:
            text = f"No role belongs to the layer '{layer}'."
            yield Fault("missing_layer", text, ("roles",), f"Give one `layer: {layer}`.")
    within_reach = {policy.object for policy in policies if policy.kind == "allow" and _reads(policy)}
    for object_type in declared_objects(model):
        if object_type.name not in within_reach:
            text = f"No policy lets anybody read '{object_type.name}' who does not read everything."
            yield Fault("out_of_reach", text, ("policies",), "Grant it to a role, or remove the object.")


def _role_faults(model: TenantModel, role: Role, place: int, languages: Iterable[str]) -> Iterator[Fault]:
    path = ("roles", place)
    yield from label_faults(role.label, languages, (*path, "label"))
    yield from label_faults(role.description, languages, (*path, "description"))
    if not role.layer:
        text = f"The role '{role.name}' belongs to no layer."
        yield Fault("no_layer", text, (*path, "layer"), f"Say one of {', '.join(LAYERS)}.")
    if not any(policy.role == role.name and policy.kind == "allow" for policy in model.policies):
        text = f"No policy grants the role '{role.name}' anything."
        yield Fault("idle_role", text, path, "Write its policies, or remove it.")


def _reads(policy: Policy) -> bool:
    return "read" in policy.actions or ANY in policy.actions
