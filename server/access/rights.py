"""What the rules of a snapshot give to one set of subjects: decisions by look-up, conditions for SQL.

How rules work together:

    rows     (any grant of a subject, within the limits of that subject) of any subject
             and every limit of everybody and of the user, and no denial
    fields   each grant gives its fields on its own rows: the subject's field rules first, then the fields that the
             grant names, then everybody's field rules, else all; a row gets the best of the grants that reach it

Answers are kept, since an actor's request asks the same again; there are as many as object types, actions and fields.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from typing import NamedTuple

from metadata.expressions.tree import Expression
from metadata.model.organisation import ORGANISATION
from metadata.model.policies import ANY, CONFIGURE
from server.access.conditions import ALWAYS, NEVER, both, choose, either, negated
from server.access.snapshot import Cell, Place, Rule, Snapshot

__all__ = ["MASKS", "Rights"]

MASKS = ("phone", "last_four", "name", "bucket", "hash", "stars")
"""Masks from the one that shows most to the one that shows nothing; a row gets the first that it may have."""

_EVERYBODY = f"role:{ANY}"
_NO_RULES: tuple[Rule, ...] = ()


class _Chain(NamedTuple):
    """What one grant says of a field.

    Attributes:
        rows: The grant's rows.
        rules: Field rules in the order they are asked.
        otherwise: What holds where none of them fits.
        names: Whether the grant lists its fields.
    """

    rows: Expression
    rules: tuple[Rule, ...]
    otherwise: Expression
    names: bool


class Rights:
    """What one set of subjects may do. Immutable but for what it remembers of its own answers."""

    __slots__ = ("_fields", "_masks", "_rows", "fingerprint", "snapshot", "subjects")

    def __init__(self, snapshot: Snapshot, subjects: tuple[str, ...]) -> None:
        """Take the rules of subjects.

        Args:
            snapshot: The tenant's policies.
            subjects: As `Snapshot.subjects` gives them.
        """
        self.snapshot = snapshot
        self.subjects = subjects
        named = "\n".join((snapshot.digest, *subjects)).encode()
        self.fingerprint = f"policies:{blake2b(named, digest_size=12).hexdigest()}"
        self._rows: dict[Place, Expression] = {}
        self._fields: dict[tuple[str, str, str], Expression] = {}
        self._masks: dict[Place, tuple[tuple[Expression, str], ...]] = {}

    def narrowed(self, object_name: str, action: str, condition: Expression) -> Rights:
        """The same, but for an action that only reaches records which also meet a condition."""
        found = Rights(self.snapshot, self.subjects)
        named = "\n".join((self.fingerprint, object_name, action, repr(condition))).encode()
        found.fingerprint = f"narrowed:{blake2b(named, digest_size=12).hexdigest()}"
        found._rows[object_name, action] = both((self.rows(object_name, action), condition))
        return found

    # ── actions on records ───────────────────────────────────────────────────────────────────────

    def rows(self, object_name: str, action: str) -> Expression:
        """Records of an object type that an action may be done to: ALWAYS, NEVER, or a condition."""
        key = (object_name, action)
        found = self._rows.get(key)
        if found is None:
            found = self._rows[key] = self._decide(object_name, action)
        return found

    def cells(self, object_name: str, action: str) -> list[tuple[str, Cell]]:
        """The rules about an object type and action, by subject."""
        places = _places(object_name, action)
        by_name = object_name in ORGANISATION and action != "read"  # who stands where decides what they may do
        found = []
        for subject in self.subjects:
            by_place = self.snapshot.cells.get(subject)
            if by_place is not None:
                for place in places:
                    cell = by_place.get(place)
                    if cell is not None:
                        found.append((subject, cell._replace(grants=()) if by_name and place[0] == ANY else cell))
        return found

    def _decide(self, object_name: str, action: str) -> Expression:
        found = self.cells(object_name, action)
        granted = [self._granted(found, subject, cell) for subject, cell in found if cell.grants]
        if not granted:
            return NEVER
        denied = [rule.condition for _, cell in found for rule in cell.denies if not rule.fields]
        return both([either(granted), *self._shared_limits(found), *map(negated, denied)])

    def _granted(self, found: Sequence[tuple[str, Cell]], subject: str, cell: Cell) -> Expression:
        """What the grants of one cell reach together, within the limits of their subject."""
        reached = either([rule.condition for rule in cell.grants])
        return reached if _is_shared(subject) else both([reached, *self._limits(found, subject)])

    def _grants(self, found: Sequence[tuple[str, Cell]]) -> Iterator[tuple[Expression, str, Rule]]:
        """Each grant on its rows: within the limits of its own subject."""
        for subject, cell in found:
            for rule in cell.grants:
                limits = [] if _is_shared(subject) else self._limits(found, subject)
                yield both((rule.condition, *limits)), subject, rule

    def _limits(self, found: Sequence[tuple[str, Cell]], subject: str) -> list[Expression]:
        return [rule.condition for owner, cell in found if owner == subject for rule in cell.limits]

    def _shared_limits(self, found: Sequence[tuple[str, Cell]]) -> list[Expression]:
        return [rule.condition for owner, cell in found if _is_shared(owner) for rule in cell.limits]

    # ── fields ───────────────────────────────────────────────────────────────────────────────────

    def readable(self, object_name: str, field_name: str) -> Expression:
        """Where, among the records that may be read, a field may be read plainly."""
        return self._field(object_name, field_name, "full")

    def named(self, object_name: str, field_name: str) -> Expression:
        """Where it may be read plainly because a rule names it, and not only with all others."""
        return self._field(object_name, field_name, "named")

    def shown(self, object_name: str, field_name: str) -> Expression:
        """Where it may be read at least masked."""
        return self._field(object_name, field_name, "shown")

    def writable(self, object_name: str, field_name: str, action: str) -> Expression:
        """Where, among the records that may be updated (or created), a field may be set."""
        return self._field(object_name, field_name, action)

    def masks(self, object_name: str, field_name: str) -> tuple[tuple[Expression, str], ...]:
        """Masks of a field with where they apply, to be tried in this order where it cannot be read plainly."""
        key = (object_name, field_name)
        found = self._masks.get(key)
        if found is None:
            found = self._masks[key] = tuple(self._find_masks(object_name, field_name))
        return found

    def _find_masks(self, object_name: str, field_name: str) -> Iterator[tuple[Expression, str]]:
        chains = self._chains(object_name, field_name, "read")
        for mask in MASKS:

            def gives(rule: Rule, wanted: str = mask) -> bool | None:
                read = _reads(rule)
                return None if not read else read == "masked" and (rule.policy.mask or "stars") == wanted

            parts = [both((one.rows, _folded(one.rules, gives, NEVER))) for one in chains]
            condition = both((either(parts), *self._field_denials(object_name, field_name, "read")))
            if condition != NEVER:
                yield condition, mask

    def _field(self, object_name: str, field_name: str, level: str) -> Expression:
        key = (object_name, field_name, level)
        found = self._fields.get(key)
        if found is None:
            found = self._fields[key] = self._field_condition(object_name, field_name, level)
        return found

    def _field_condition(self, object_name: str, field_name: str, level: str) -> Expression:
        action = "read" if level in _LEVELS else level
        if field_name == "id" and action == "read":
            return ALWAYS
        gives = _LEVELS.get(level) or (_creates if level == "create" else _writes)
        parts = []
        rights = []
        for chain in self._chains(object_name, field_name, action):
            unsaid = chain.otherwise if chain.names or level != "named" else NEVER
            right = _folded(chain.rules, gives, unsaid)
            rights.append(right)
            parts.append(both((chain.rows, right)))
        given = ALWAYS if rights and all(right == ALWAYS for right in rights) else either(parts)
        return both((given, *self._field_denials(object_name, field_name, action)))

    def _chains(self, object_name: str, field_name: str, action: str) -> list[_Chain]:
        found = self.cells(object_name, action)
        everybody = self._field_rules(_EVERYBODY, object_name, field_name)
        chains = []
        for rows, subject, rule in self._grants(found):
            own = self._field_rules(subject, object_name, field_name) if subject != _EVERYBODY else _NO_RULES
            if rule.fields:
                named = ALWAYS if field_name in rule.fields else NEVER
                chains.append(_Chain(rows, own if subject != _EVERYBODY else everybody, named, names=True))
            else:
                chains.append(_Chain(rows, (*own, *everybody), ALWAYS, names=False))
        return chains

    def _field_rules(self, subject: str, object_name: str, field_name: str) -> tuple[Rule, ...]:
        by_place = self.snapshot.fields.get(subject)
        if by_place is None:
            return _NO_RULES
        return (*by_place.get((object_name, field_name), ()), *by_place.get((ANY, field_name), ()))

    def _field_denials(self, object_name: str, field_name: str, action: str) -> list[Expression]:
        return [
            negated(rule.condition)
            for _, cell in self.cells(object_name, action)
            for rule in cell.denies
            if field_name in rule.fields
        ]

    # ── configuration ────────────────────────────────────────────────────────────────────────────

    def may_configure(self, kind: str = "") -> bool:
        """Whether metadata of a kind may be changed, or of every kind. Only unconditional rights count."""
        everything = self.rows(ANY, CONFIGURE) == ALWAYS
        if not kind:
            return everything
        particular = self.rows(ANY, f"{CONFIGURE}:{kind}")
        denied = any(cell.denies for _, cell in self.cells(ANY, f"{CONFIGURE}:{kind}"))
        return particular == ALWAYS or (everything and not denied)


def _places(object_name: str, action: str) -> tuple[Place, ...]:
    """The places where rules about an object type and action may stand."""
    is_record_action = ":" not in action and action != CONFIGURE
    if object_name == ANY:
        return ((ANY, action), (ANY, ANY)) if is_record_action else ((ANY, action),)
    if is_record_action:
        return (object_name, action), (ANY, action), (object_name, ANY), (ANY, ANY)
    return (object_name, action), (ANY, action)


def _is_shared(subject: str) -> bool:
    """Whether the subject's limits hold for grants of every subject."""
    return subject == _EVERYBODY or subject.startswith("user:")


def _folded(chain: Sequence[Rule], gives: Callable[[Rule], bool | None], by_default: Expression) -> Expression:
    """Where the first rule that fits a row, and has something to say, gives the right."""
    found = by_default
    for rule in reversed(chain):
        given = gives(rule)
        if given is not None:
            found = choose(rule.condition, ALWAYS if given else NEVER, found)
    return found


def _reads(rule: Rule) -> str:
    return "masked" if rule.policy.kind == "mask" else rule.policy.read


def _gives_full(rule: Rule) -> bool | None:
    read = _reads(rule)
    return None if not read else read == "full"


def _gives_some(rule: Rule) -> bool | None:
    read = _reads(rule)
    return None if not read else read != "none"


def _writes(rule: Rule) -> bool | None:
    """What says nothing of writing refuses it where it hides the value: a mask must not be written back."""
    if rule.policy.write is not None:
        return rule.policy.write
    return False if _reads(rule) in ("none", "masked") else None


def _creates(rule: Rule) -> bool | None:
    """A new record has no value that a mask could be written back over: who may enter it sees it masked afterwards."""
    return None if rule.policy.write is None and _reads(rule) == "masked" else _writes(rule)


_LEVELS: dict[str, Callable[[Rule], bool | None]] = {
    "full": _gives_full,
    "named": _gives_full,
    "shown": _gives_some,
}
