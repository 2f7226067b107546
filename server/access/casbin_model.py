"""Casbin's `model.conf`, read: which column of a policy line says what, and what a value of it matches.

Policies have one meaning here, that of `casbin_text.MODEL`. A model that says the same, in other words or with fewer
columns, is read; one that says anything else is refused at its line, with why: its lines, read by another meaning,
would give rights that nobody meant to give.

    text ─ sections ─ columns, roles, effect ─ matcher: terms joined by &&, one an axis ─ CasbinModel
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from metadata.problems import BadInputError, Faults

__all__ = ["AXES", "PLAIN", "CasbinModel", "read_model"]

AXES = ("sub", "obj", "act")
"""What a request names: who, on what, does what."""

_SECTIONS = {
    "request_definition": "r",
    "policy_definition": "p",
    "role_definition": "g",
    "policy_effect": "e",
    "matchers": "m",
}
_OPTIONAL = frozenset({"role_definition"})
_COLUMNS = (*AXES, "eft", "name", "detail")
_MAX_CHARACTERS = 20_000
_EFFECTS = {
    "some(where(p.eft==allow))": False,
    "some(where(p.eft==allow))&&!some(where(p.eft==deny))": True,
}
"""Policy effects that are read, without blanks: whether denials count in them."""

_EVERYTHING: Mapping[str, frozenset[str]] = MappingProxyType(
    {"sub": frozenset({"*", "role:*"}), "obj": frozenset({"*"}), "act": frozenset({"*"})}
)


@dataclass(frozen=True, slots=True)
class CasbinModel:
    """What a model says of policy lines.

    Attributes:
        columns: Names of the columns after the `p`, in their order: axes, `eft`, `name`, `detail`.
        everything: By axis, the values that match whatever a request names.
        patterns: Axes in whose values `*` stands for any end, as Casbin's `keyMatch` has it.
        inherits: Whether `g` lines count.
        denies: Whether lines that deny count.
    """

    columns: tuple[str, ...] = _COLUMNS
    everything: Mapping[str, frozenset[str]] = field(default_factory=lambda: _EVERYTHING)
    patterns: frozenset[str] = frozenset()
    inherits: bool = True
    denies: bool = True


PLAIN = CasbinModel()
"""Of lines that come without a model: ours, and `*` is everybody too."""


def read_model(text: str) -> CasbinModel:
    """Read a `model.conf`.

    Raises:
        BadInputError: With every fault at its line: `bad_casbin_model` where it cannot be read, `other_casbin_model`
            where it says what policies here do not.
    """
    if len(text) > _MAX_CHARACTERS:
        message = f"The model has {len(text)} characters; at most {_MAX_CHARACTERS} are read."
        raise BadInputError.single("bad_casbin_model", message, path=("model",))
    reader = _ModelReader(Faults())
    definitions = reader.definitions(text)
    reader.faults.raise_if_any()
    model = reader.model(definitions)
    reader.faults.raise_if_any()
    return model


@dataclass(frozen=True, slots=True)
class _Definition:
    """The right side of one line of a section, and the line's number."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class _Atom:
    """One comparison: `r.x == p.x`, `p.x == "…"`, or a function of both."""

    function: str
    axis: str = ""
    literal: str = ""
    problem: str = ""


class _ModelReader:
    """Reads the sections, and gathers what is wrong with them."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults

    def definitions(self, text: str) -> dict[str, _Definition]:
        """The one definition of each section, by section."""
        section, found = "", dict[str, _Definition]()
        for number, line in _joined(text):
            if line.startswith("[") and line.endswith("]"):
                section = line[1:-1].strip()
                if section not in _SECTIONS:
                    self._bad(number, f"has a section '{section[:40]}', which Casbin does not know")
                continue
            name, equals, value = (part.strip() for part in line.partition("="))
            if not equals or not value or section not in _SECTIONS:
                self._bad(number, "is no definition within a section")
            elif name != _SECTIONS[section]:
                why = "groups of objects or actions" if section == "role_definition" else "a second kind of it"
                self._otherwise(number, f"defines '{name[:40]}': {why}, which policies here do not have")
            elif section in found:
                self._bad(number, f"defines '{name}' a second time")
            else:
                found[section] = _Definition(value, number)
        for missing in (name for name in _SECTIONS if name not in found and name not in _OPTIONAL):
            self.faults.add("bad_casbin_model", f"The model has no section '{missing}'.", path=("model",))
        return found

    def model(self, definitions: Mapping[str, _Definition]) -> CasbinModel:
        """What the definitions say."""
        axes = self._columns(definitions["request_definition"], AXES)
        columns = self._columns(definitions["policy_definition"], _COLUMNS)
        for axis in AXES:
            if (axis in axes) != (axis in columns):
                self._otherwise(
                    definitions["policy_definition"].line,
                    f"and the request do not both have '{axis}': what one names, the other has to ask",
                )
        roles = definitions.get("role_definition")
        if roles is not None and re.sub(r"\s", "", roles.text) != "_,_":
            self._otherwise(roles.line, "gives roles a domain or a condition: each tenant is a domain of its own here")
        effect = definitions["policy_effect"]
        denies = _EFFECTS.get(re.sub(r"\s", "", effect.text))
        if denies is None:
            self._otherwise(
                effect.line,
                "decides otherwise than policies here, where something must allow, and a denial always wins",
            )
        matcher = definitions["matchers"]
        terms = self._terms(matcher, [axis for axis in AXES if axis in columns])
        everything = {
            axis: frozenset(
                one.literal if one.function == "==" else "*" for one in terms.get(axis, ()) if one.literal or _wild(one)
            )
            for axis in AXES
        }
        return CasbinModel(
            columns,
            everything,
            frozenset(axis for axis, atoms in terms.items() if any(map(_wild, atoms))),
            inherits=roles is not None and any(one.function == "g" for one in terms.get("sub", ())),
            denies=bool(denies),
        )

    def _columns(self, definition: _Definition, known: Sequence[str]) -> tuple[str, ...]:
        names = tuple(name.strip() for name in definition.text.split(","))
        for name in names:
            if name not in known:
                self._otherwise(definition.line, f"has a column '{name[:40]}'; what is read here is {', '.join(known)}")
        if len(set(names)) < len(names):
            self._bad(definition.line, "names a column twice")
        return names

    def _terms(self, matcher: _Definition, axes: Sequence[str]) -> dict[str, tuple[_Atom, ...]]:
        """By axis, the comparisons of which one has to hold."""
        found: dict[str, tuple[_Atom, ...]] = {}
        try:
            terms = _parsed(matcher.text)
        except _UnreadableError as error:
            self._bad(matcher.line, str(error))
            return found
        for atoms in terms:
            problems = dict.fromkeys(atom.problem for atom in atoms if atom.problem)
            for problem in problems:
                self._otherwise(matcher.line, problem)
            about = {atom.axis for atom in atoms}
            if problems:
                found.update((axis, ()) for axis in about)
            elif len(about) > 1:
                self._otherwise(matcher.line, "joins different columns by ||, which policies here do not")
            elif about & found.keys():
                self._otherwise(matcher.line, f"asks twice of '{min(about)}'")
            elif not any(atom.function != "==" or not atom.literal for atom in atoms):
                self._otherwise(matcher.line, f"compares '{min(about)}' with no request")
            else:
                found[min(about)] = tuple(atoms)
        for axis in axes:
            if not self.faults and axis not in found:
                self._otherwise(matcher.line, f"does not ask of '{axis}'")
        return found

    def _bad(self, line: int, problem: str) -> None:
        self.faults.add("bad_casbin_model", f"Line {line} of the model {problem}.", path=("model", line))

    def _otherwise(self, line: int, problem: str) -> None:
        self.faults.add(
            "other_casbin_model",
            f"Line {line} of the model {problem}.",
            path=("model", line),
            hint="exportPolicies gives the model that policies here follow, as CASBIN_MODEL.",
        )


def _wild(atom: _Atom) -> bool:
    return atom.function == "keyMatch"


def _joined(text: str) -> Iterator[tuple[int, str]]:
    """Lines with something on them, with their numbers; those that end in a backslash go on in the next."""
    begun, start = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if not begun and (not stripped or stripped[0] in "#;"):
            continue
        start = start if begun else number
        if stripped.endswith("\\"):
            begun += f"{stripped[:-1].strip()} "
            continue
        yield start, begun + stripped
        begun = ""
    if begun:
        yield start, begun.strip()


class _UnreadableError(Exception):
    """The matcher is no expression."""


_TOKEN = re.compile(r"""\s*(?:(?P<name>[A-Za-z_][\w.]*)|(?P<text>"[^"]*"|'[^']*')|(?P<sign>&&|\|\||==|[(),]|\S))""")


def _parsed(text: str) -> list[list[_Atom]]:
    """A matcher as a conjunction of disjunctions."""
    tokens = [match.group().strip() for match in _TOKEN.finditer(text.strip())]
    terms, rest = _conjunction(tokens)
    if rest:
        raise _UnreadableError(f"goes on with '{rest[0][:40]}' where it should end")
    return terms


def _conjunction(tokens: list[str]) -> tuple[list[list[_Atom]], list[str]]:
    """Terms joined by `&&`; those joined by `||` are one term, whatever it is about."""
    terms, rest = _primary(tokens)
    alternatives: list[list[list[_Atom]]] = [terms]
    while rest and rest[0] in ("&&", "||"):
        more, after = _primary(rest[1:])
        if rest[0] == "&&":
            alternatives[-1] = [*alternatives[-1], *more]
        else:
            alternatives.append(more)
        rest = after
    if len(alternatives) == 1:
        return alternatives[0], rest
    if any(len(one) > 1 for one in alternatives):
        return [[_Atom("", problem="joins by || what is joined by &&, which policies here do not")]], rest
    return [[atom for one in alternatives for term in one for atom in term]], rest


def _primary(tokens: list[str]) -> tuple[list[list[_Atom]], list[str]]:
    match tokens:
        case ["(", *inner]:
            terms, rest = _conjunction(inner)
            if rest[:1] != [")"]:
                raise _UnreadableError("closes no bracket")
            return terms, rest[1:]
        case [str(function), "(", *_] if _is_name(function):
            depth, end = 0, 0
            for place, token in enumerate(tokens):
                depth += (token == "(") - (token == ")")
                if token == ")" and not depth:
                    end = place
                    break
            if not end:
                raise _UnreadableError("closes no bracket")
            arguments = [token for token in tokens[2:end] if token != ","]
            return [[_call(function, arguments)]], tokens[end + 1 :]
        case [left, "==", right, *rest]:
            return [[_equal(left, right)]], rest
        case [first, *_]:
            problem = f"asks by '{first[:40]}', which policies here do not"
            return [[_Atom("", problem=problem)]], _after_comparison(tokens)
        case _:
            raise _UnreadableError("ends where something should be asked")


def _after_comparison(tokens: list[str]) -> list[str]:
    for place, token in enumerate(tokens):
        if token in ("&&", "||", ")"):
            return tokens[place:]
    return []


def _is_name(token: str) -> bool:
    return token[:1].isalpha() or token[:1] == "_"


def _call(function: str, arguments: Sequence[str]) -> _Atom:
    asked = _axis(arguments)
    if function == "g" and asked == "sub":
        return _Atom("g", asked)
    if function == "keyMatch" and asked in ("obj", "act"):
        return _Atom("keyMatch", asked)
    shown = f"{function}({', '.join(arguments)})"[:60]
    return _Atom("", asked, problem=f"asks {shown}, which policies here do not")


def _equal(left: str, right: str) -> _Atom:
    asked = _axis((left, right)) or _axis((right, left))
    if asked:
        return _Atom("==", asked)
    column, text = (left, right) if right[:1] in ('"', "'") else (right, left)
    scope, _, axis = column.partition(".")
    if text[:1] in ('"', "'") and axis in AXES and scope == "p":
        return _Atom("==", axis, text[1:-1])
    shown = f"{left} == {right}"[:60]
    if text[:1] in ('"', "'") and scope == "r":
        return _Atom("", axis, problem=f"lets some by through {shown}; here the role administrator does, given by hand")
    return _Atom("", axis, problem=f"asks {shown}, which policies here do not")


def _axis(arguments: Sequence[str]) -> str:
    """The axis that a request's value and a line's value are compared in; empty where they are not."""
    match [one.partition(".") for one in arguments]:
        case [("r", _, asked), ("p", _, said)] if asked == said and asked in AXES:
            return asked
        case _:
            return ""
