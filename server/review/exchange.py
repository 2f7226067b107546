"""Roles and policies as text: exported, and read back as a change of the metadata with the roles that people get.

yaml     a document of `roles` and `policies`, as `applyMetadata` reads it
casbin   Casbin's policy lines; `g` lines of users are their roles
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from metadata.changes.plan import Plan
from metadata.changes.requests import Change, Remove
from metadata.model.document import Document
from metadata.model.policies import ADMINISTRATOR, Role
from metadata.model.reading import read_document_text
from metadata.model.tenant import TenantModel
from metadata.model.writing import write_document
from metadata.model.yaml_text import dump_yaml
from metadata.problems import BadInputError, Fault, Faults
from server.access.assignments import NewAssignment, assign_role
from server.access.casbin_model import PLAIN, read_model
from server.access.casbin_text import MODEL, export_lines, import_lines
from server.configuration.requests import Request, Within
from server.review.people import people

__all__ = ["PolicyFormat", "ReadPolicies", "assigning", "import_request", "policies_text", "read_policies"]

_COLLECTIONS = ("roles", "policies")


class PolicyFormat(enum.Enum):
    """How policies are written."""

    YAML = "yaml"
    """A document."""
    CASBIN = "casbin"
    """Casbin's policy lines."""
    CASBIN_MODEL = "casbin_model"
    """Casbin's model of these lines; the same for every tenant."""


@dataclass(frozen=True, slots=True)
class ReadPolicies:
    """What a text says.

    Attributes:
        document: Roles and policies.
        assignments: Account id and role of people.
        lines: Line of each policy, by its name, where the text has a line for each.
        is_partial: Whether the text cannot say all of a role: labels, layers, what it excludes.
    """

    document: Document
    assignments: tuple[tuple[str, str], ...] = ()
    lines: tuple[tuple[str, int], ...] = ()
    is_partial: bool = False

    def placed(self, faults: Iterable[Fault]) -> tuple[Fault, ...]:
        """Faults of the document at the lines of the text."""
        lines = dict(self.lines)
        found = []
        for fault in faults:
            match fault.path:
                case ("policies", int() | str() as place, *rest) if self._name(place) in lines:
                    line = lines[self._name(place)]
                    found.append(
                        Fault(fault.reason, f"Line {line}: {fault.message}", ("lines", line, *rest), fault.hint)
                    )
                case _:
                    found.append(fault)
        return tuple(found)

    def _name(self, place: int | str) -> str:
        """Of the policy at a place of the document; faults of plans name it already."""
        policies = self.document.policies
        return place if isinstance(place, str) else policies[place].name if place < len(policies) else ""


def policies_text(model: TenantModel, assignments: Iterable[tuple[str, str]], format: PolicyFormat) -> str:
    """A tenant's roles and policies as text.

    Args:
        model: The tenant's model.
        assignments: Account id and role of people, for formats that tell them.
        format: How to write.
    """
    if format is PolicyFormat.CASBIN_MODEL:
        return MODEL
    if format is PolicyFormat.CASBIN:
        return export_lines(model.roles, model.policies, assignments)
    document = write_document(model)
    return dump_yaml({name: document[name] for name in _COLLECTIONS if name in document})


def read_policies(text: str, format: PolicyFormat, model: str | None = None) -> ReadPolicies:
    """What a text says.

    Args:
        text: In that format.
        format: How it is written.
        model: Casbin's model of the lines, where it comes with them.

    Raises:
        BadInputError: With every fault, each at its line or place; `policies_only` where it declares something else.
    """
    if format is PolicyFormat.CASBIN_MODEL:
        message = "A model says what lines mean, and holds no policies."
        raise BadInputError.single(
            "not_applicable", message, path=("format",), hint="Import the lines as CASBIN, and give it as `model`."
        )
    if format is PolicyFormat.CASBIN:
        imported = import_lines(text, PLAIN if model is None else read_model(model))
        return ReadPolicies(imported.document, imported.assignments, tuple(imported.lines.items()), is_partial=True)
    if model is not None:
        raise BadInputError.single("not_applicable", "Only Casbin's lines have a model.", path=("model",))
    document, faults = read_document_text(text)
    faults.raise_if_any()
    assert document is not None
    if document.objects or document.settings or document.template is not None:
        message = "The text declares more than roles and policies."
        raise BadInputError.single("policies_only", message, path=("text",), hint="Apply it with applyMetadata.")
    return ReadPolicies(document)


def import_request(read: ReadPolicies, model: TenantModel, *, replace: bool) -> Request:
    """The change that makes a tenant say what a text says.

    Casbin's lines know no labels: roles that are there keep what the lines cannot say, and what they inherit is
    added to unless the text replaces all.

    Args:
        read: What the text says.
        model: The tenant's model.
        replace: Whether roles and policies that the text does not hold are removed.
    """
    document = read.document
    if read.is_partial:
        roles = tuple(_kept(model.roles.get(role.name), role, replace=replace) for role in document.roles)
        document = msgspec.structs.replace(document, roles=roles)
    removals: tuple[Change, ...] = ()
    if replace:
        policies, names = {one.name for one in document.policies}, {one.name for one in document.roles}
        removals = (
            *(Remove(kind="policy", name=one.name) for one in model.policies if one.name not in policies),
            *(Remove(kind="role", name=name) for name in model.roles if name not in names),
        )
    return Request(document=document, changes=removals)


def _kept(known: Role | None, role: Role, *, replace: bool) -> Role:
    if known is None:
        return role
    inherits = role.inherits if replace else tuple(dict.fromkeys((*known.inherits, *role.inherits)))
    return msgspec.structs.replace(known, inherits=inherits)


def assigning(tenant_id: str, assignments: Iterable[tuple[str, str]], *, by: str | None) -> Within:
    """Gives people their roles in the transaction of the change, those that they do not hold already.

    What it raises undoes the change: `unknown_account`, `unknown_role`, `reserved_role`, each with all at fault.
    """
    wanted = tuple(dict.fromkeys((account.lower(), role) for account, role in assignments))

    async def within(connection: Any, plan: Plan) -> None:
        ids = sorted({account for account, _ in wanted})
        held = {one.id: one.roles for one in await people(connection, tenant_id, ids=ids, first=len(ids))}
        _check(wanted, held, plan)
        for account, role in wanted:
            if role not in held[account]:
                new = NewAssignment(account, role, reason="Imported with policies.")
                await assign_role(connection, tenant_id, new, by=by)

    return within


def _check(wanted: Iterable[tuple[str, str]], held: dict[str, tuple[str, ...]], plan: Plan) -> None:
    faults = Faults()
    for account, role in wanted:
        if account not in held:
            faults.add("unknown_account", f"There is no account '{account[:60]}'.", path=("text",))
        elif role in held[account]:
            continue
        elif role == ADMINISTRATOR:
            message = f"The role '{role}' is not given by an import."
            faults.add("reserved_role", message, path=("text",), hint="Give it with updateAccount.")
        elif role not in plan.model.roles:
            faults.add("unknown_role", f"There is no role '{role[:60]}'.", path=("text",))
    if faults:
        raise BadInputError.of(faults)
