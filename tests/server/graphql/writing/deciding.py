"""What policies say of one write, worked out in Python over the record before and after."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from metadata.expressions.check import check
from metadata.expressions.environment import Env
from metadata.expressions.evaluate import compile_python
from metadata.expressions.scope import POLICY_ROOTS, ModelScope
from metadata.expressions.tree import Expression
from metadata.expressions.types import BOOLEAN
from metadata.model.tenant import TenantModel
from server.access.plan import AccessPlan, Action

__all__ = ["Decisions", "Verdict"]

_HANDING = (Action.CLAIM, Action.ASSIGN, Action.TRANSFER)


class Verdict(enum.Enum):
    """What becomes of a write."""

    DONE = "done"
    UNSEEN = "unseen"
    """The record is none, for whoever writes."""
    REFUSED = "refused"


@dataclass(frozen=True)
class Decisions:
    """What one actor may do to customers; records are mappings by field name, `owner` an account id."""

    model: TenantModel
    access: AccessPlan
    actor_id: str

    def create(self, record: Mapping[str, Any], given: Mapping[str, Any]) -> Verdict:
        """Of a new record, with the values that were given for it."""
        if any(self.access.write_condition("customer", name, Action.CREATE) is None for name in given):
            return Verdict.REFUSED
        sent = [name for name, value in given.items() if value is not None]
        fields = all(self._writes(name, Action.CREATE, record) for name in sent)
        return Verdict.DONE if self._may(Action.CREATE, record) and fields else Verdict.REFUSED

    def update(self, before: Mapping[str, Any], given: Mapping[str, Any]) -> Verdict:
        """Of setting values in a record."""
        settable = all(self._may_set(name) for name in given)
        hands_over = "owner" in given
        only = set(given) == {"owner"}
        actions = (Action.UPDATE, *_HANDING) if only else (Action.UPDATE,)
        if not settable or all(self.access.rows("customer", action) is None for action in actions):
            return Verdict.REFUSED
        if not self._may(Action.READ, before):
            return Verdict.UNSEEN
        after = {**before, **given}
        changes_owner = hands_over and before["owner"] != given["owner"]
        stays = self._may(Action.UPDATE, after) or self._may(Action.TRANSFER, before) or changes_owner
        allowed = [any(self._may(action, before) for action in actions), only or stays]
        if changes_owner:
            allowed.append(self._hands_over(before, given["owner"]))
        waived = self._may(Action.TRANSFER, before) or changes_owner
        for name in set(given) - {"owner"}:
            allowed.append(self._writes(name, Action.UPDATE, before))
            allowed.append(waived or self._writes(name, Action.UPDATE, after))
        return Verdict.DONE if all(allowed) else Verdict.REFUSED

    def reaches(self, before: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
        """Whether a change of many records that match a filter is about a record."""
        actions = (Action.UPDATE, *(_HANDING if set(given) == {"owner"} else ()))
        return self._may(Action.READ, before) and any(self._may(action, before) for action in actions)

    def remove(self, before: Mapping[str, Any], action: Action) -> Verdict:
        """Of deleting or restoring a record."""
        if self.access.rows("customer", action) is None:
            return Verdict.REFUSED
        if not self._may(Action.READ, before):
            return Verdict.UNSEEN
        return Verdict.DONE if self._may(action, before) else Verdict.REFUSED

    def _hands_over(self, before: Mapping[str, Any], owner: str | None) -> bool:
        def right(action: Action) -> bool:
            return self._may(action, before) and self._writes("owner", action, before)

        if before["owner"] is not None:
            return right(Action.TRANSFER)
        return right(Action.ASSIGN) or (owner == self.actor_id and right(Action.CLAIM))

    def _may_set(self, name: str) -> bool:
        actions = (Action.UPDATE, *(_HANDING if name == "owner" else ()))
        return any(self.access.write_condition("customer", name, action) is not None for action in actions)

    def _may(self, action: Action, record: Mapping[str, Any]) -> bool:
        return self._holds(self.access.rows("customer", action), record)

    def _writes(self, name: str, action: Action, record: Mapping[str, Any]) -> bool:
        return self._holds(self.access.write_condition("customer", name, action), record)

    def _holds(self, condition: Expression | None, record: Mapping[str, Any]) -> bool:
        if condition is None:
            return False
        checked = check(condition, ModelScope(self.model, "customer", POLICY_ROOTS), BOOLEAN)
        owner = None if record["owner"] is None else {"id": record["owner"]}
        names = [field.name for field in self.model.object("customer").fields]
        values = {**dict.fromkeys(names), **record, "owner": owner}
        return compile_python(checked)(values, Env(datetime.now(UTC), "UTC", actor={"id": self.actor_id})) is True
