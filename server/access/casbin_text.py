"""Policies in Casbin's form: the model, policy lines as CSV, and back.

A line is `p, role:seller, customer, read, allow, name, {detail}`. The first four columns are Casbin's own and say what
`MODEL` needs; `detail` is JSON with what else the policy says, in which commas, brackets and the like are written as
`%2C`, so that every reader of Casbin's CSV splits it rightly. Lines of plain Casbin files, without name and detail,
are read as well. `g` lines are inheritance of roles, and roles of users.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import msgspec

from metadata.model.document import Document
from metadata.model.kinds import KINDS
from metadata.model.policies import ANY, BUILT_IN_ROLES, Policy, Role
from metadata.model.reading import read_document
from metadata.model.writing import write_item
from metadata.problems import BadInputError, Faults
from server.access.casbin_model import AXES, PLAIN, CasbinModel
from server.access.snapshot import subject_of

__all__ = ["MODEL", "Imported", "export_lines", "import_lines", "policy_lines", "role_lines"]

MODEL = """\
[request_definition]
r = sub, obj, act

[policy_definition]
p = sub, obj, act, eft, name, detail

[role_definition]
g = _, _

[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

[matchers]
m = (p.sub == "role:*" || g(r.sub, p.sub)) && (p.obj == "*" || r.obj == p.obj) && (p.act == "*" || r.act == p.act)
"""
"""Allow and deny with roles that inherit: an explicit denial wins, and nothing said is refused."""

_ESCAPES = {ord(letter): f"%{ord(letter):02X}" for letter in '%,[]()#"\n\r'}
_COLUMNS = frozenset({"name", "kind", "role", "user", "object", "actions"})
_MAX_LINES = 200_000
_MAX_POLICIES = KINDS["policy"].max_items
_UNDECLARED = frozenset({ANY, *BUILT_IN_ROLES})
"""Subjects that no line declares as roles: everybody, and the roles of every tenant."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What Casbin lines say.

    Attributes:
        document: Roles and policies, to be planned and applied like any document.
        assignments: Account id and role of each `g` line of a user.
        lines: Number of the first line of each policy, by its name.
    """

    document: Document
    assignments: tuple[tuple[str, str], ...]
    lines: Mapping[str, int]


def policy_lines(policies: Iterable[Policy]) -> Iterator[tuple[str, ...]]:
    """The `p` lines as columns, without the `p`; a policy gives one for each of its actions."""
    for policy in policies:
        rest = {name: value for name, value in write_item(policy).items() if name not in _COLUMNS}
        detail = msgspec.json.encode(rest).decode().translate(_ESCAPES)
        for action in policy.actions or ("-",):
            yield subject_of(policy), policy.object, action, policy.kind, policy.name, detail


def role_lines(roles: Mapping[str, Role], assignments: Iterable[tuple[str, str]] = ()) -> Iterator[tuple[str, str]]:
    """The `g` lines as columns, without the `g`: who or what holds which role."""
    for role in roles.values():
        for above in role.inherits:
            yield f"role:{role.name}", f"role:{above}"
    for user, role_name in assignments:
        yield f"user:{user}", f"role:{role_name}"


def export_lines(
    roles: Mapping[str, Role], policies: Iterable[Policy], assignments: Iterable[tuple[str, str]] = ()
) -> str:
    """Roles and policies as the text of a Casbin policy file. Labels of roles are left out."""
    lines = [", ".join(("p", *columns)) for columns in policy_lines(policies)]
    lines += [", ".join(("g", *columns)) for columns in role_lines(roles, assignments)]
    return "".join(f"{line}\n" for line in lines)


def import_lines(text: str, model: CasbinModel = PLAIN) -> Imported:
    """Read a Casbin policy file.

    Args:
        text: The lines.
        model: What they mean, as `casbin_model.read_model` reads it.

    Raises:
        BadInputError: With every fault: `bad_casbin_line` at the line's number, also for lines that mean in that model
            what policies here do not say, and what is wrong with the policies.
    """
    reader = _Reader(model)
    lines = text.splitlines()
    if len(lines) > _MAX_LINES:
        message = f"The file has {len(lines)} lines; at most {_MAX_LINES} are read."
        raise BadInputError.single("too_many_items", message)
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.lstrip().startswith("#"):
            reader.line(number, [column.strip() for column in line.split(",")])
        if len(reader.policies) > _MAX_POLICIES:
            message = f"Line {number} holds one policy more than the {_MAX_POLICIES} that are read."
            raise BadInputError.single("too_many_items", message, path=("lines", number))
    reader.faults.raise_if_any()
    document, faults = read_document(
        {
            "roles": [
                {"name": name, **({"inherits": list(above)} if above else {})} for name, above in reader.roles.items()
            ],
            "policies": list(reader.policies.values()),
        }
    )
    faults.raise_if_any()
    assert document is not None
    return Imported(document, tuple(reader.assignments), reader.lines)


class _Reader:
    """Gathers lines: policies by name, roles with what they inherit, roles of users."""

    def __init__(self, model: CasbinModel) -> None:
        self.model = model
        self.faults = Faults()
        self.policies: dict[str, dict[str, Any]] = {}
        self.roles: dict[str, dict[str, None]] = {}
        self.assignments: list[tuple[str, str]] = []
        self.lines: dict[str, int] = {}

    def line(self, number: int, columns: Sequence[str]) -> None:
        """Take one line."""
        match columns:
            case ["p", *values]:
                self._policy(number, values)
            case ["g", *_] if not self.model.inherits:
                self._refuse(number, "gives a role, and the model asks for none")
            case ["g", member, role] if member and role:
                self._role(member, role)
            case _:
                self._refuse(number, "is no policy line (p) and no role line (g) of 3 columns")

    def _policy(self, number: int, values: Sequence[str]) -> None:
        names = self.model.columns
        said = dict(zip(names, values, strict=False))
        if len(values) > len(names) or not all(said.get(axis) for axis in AXES if axis in names):
            self._refuse(number, f"is no policy line of the columns {', '.join(names)}")
            return
        asked = [self._value(number, axis, said[axis]) if axis in names else ANY for axis in AXES]
        subject, object_name, action = asked
        kind, name, detail = said.get("eft", "allow"), said.get("name", f"imported_{number}"), said.get("detail", "{}")
        if kind == "deny" and not self.model.denies:
            self._refuse(number, "denies, which the model passes over; here a denial wins")
            return
        try:
            more = msgspec.json.decode(unquote(detail), type=dict[str, Any])
        except msgspec.DecodeError:
            self._refuse(number, "ends in no JSON object of details")
            return
        who, _, whom = subject.rpartition(":")
        body = {**more, "name": name, "kind": kind, "user" if who == "user" else "role": whom, "object": object_name}
        known = self.policies.get(name)
        self.lines.setdefault(name, number)
        if known is None:
            self.policies[name] = body | ({} if action == "-" else {"actions": [action]})
        elif {key: value for key, value in known.items() if key != "actions"} != body or action == "-":
            self._refuse(number, f"says otherwise of the policy '{name}' than a line before")
        else:
            known["actions"].append(action)
        if who != "user" and whom not in _UNDECLARED:
            self.roles.setdefault(whom, {})

    def _value(self, number: int, axis: str, value: str) -> str:
        """What a column says here: everything by one word, and a name by itself."""
        if value in self.model.everything[axis]:
            return ANY
        if value == ANY or (axis == "sub" and value.rpartition(":")[2] == ANY):
            self._refuse(number, f"has '{value}' as {axis}, which is a name in its model, and everything here")
        elif axis in self.model.patterns and ANY in value:
            self._refuse(number, f"has the pattern '{value[:60]}' as {axis}; policies here name one, or all by '*'")
        return value

    def _role(self, member: str, role: str) -> None:
        name = role.removeprefix("role:")
        if name not in _UNDECLARED:
            self.roles.setdefault(name, {})
        if member.startswith("user:"):
            self.assignments.append((member.removeprefix("user:"), name))
        else:
            self.roles.setdefault(member.removeprefix("role:"), {})[name] = None

    def _refuse(self, number: int, problem: str) -> None:
        self.faults.add("bad_casbin_line", f"Line {number} {problem}.", path=("lines", number))
