"""What somebody is told of the policies that concern them, who may not configure policies.

Rules about others are left out. A condition over fields that the person does not read is not shown, nor how it comes
out: else the explanation would tell what the record keeps back.
"""

from __future__ import annotations

from dataclasses import replace

from metadata.model.computed import fields_used
from metadata.model.policies import Policy
from metadata.model.policy_scopes import condition_expression
from server.access.deciders import Decider, decider_of
from server.access.explain import Explanation, Need, Reason, RuleNote, Verdict, outcome
from server.review.questions import Asked

__all__ = ["discreet"]


def discreet(asked: Asked, explanation: Explanation) -> Explanation:
    """What is left of an explanation for the person it is about."""
    discretion = _Discretion(asked)
    return replace(
        explanation,
        matched=tuple(map(discretion.note, explanation.matched)),
        unmatched=tuple(
            discretion.note(note) for note in explanation.unmatched if note.reason is not Reason.OTHER_SUBJECT
        ),
        needed=tuple(dict.fromkeys(map(discretion.need, explanation.needed))),
    )


class _Discretion:
    """Knows which conditions a person may be told."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._decider: Decider = decider_of(asked.snapshot, asked.person.roles, asked.person.id)
        rules = () if asked.snapshot is None else asked.snapshot.rules
        self._policies = {rule.policy.name: rule.policy for rule in rules}

    def note(self, note: RuleNote) -> RuleNote:
        policy = self._policies[note.policy]
        if self._may_be_told(policy):
            return replace(note, condition=policy.condition)
        judged = note.reason in (Reason.APPLIES, Reason.CONDITION_NOT_MET)
        return replace(note, condition="", reason=Reason.DEPENDS if judged else note.reason)

    def need(self, need: Need) -> Need:
        policy = self._policies.get(need.policy)
        if policy is None or need.kind not in ("record", "lifting"):
            return need
        told = self._may_be_told(policy)
        parts = ("" if policy.scope == "all" else policy.scope, policy.condition if told else "")
        return replace(need, detail=", ".join(filter(None, parts)))

    def _may_be_told(self, policy: Policy) -> bool:
        if not policy.condition:
            return True
        own = self._asked.question.object
        used = fields_used(self._asked.model, own, condition_expression(policy.condition))
        return all(self._reads(object_name, name, is_own=object_name == own) for object_name, name in used)

    def _reads(self, object_name: str, field_name: str, *, is_own: bool) -> bool:
        """Whether a field is read on every record; of related records, whether these are all read as well."""
        now = self._asked.now
        reachable = is_own or outcome(self._decider.rows(object_name, "read"), now) is Verdict.ALLOWED
        return reachable and outcome(self._decider.readable(object_name, field_name), now) is Verdict.ALLOWED
