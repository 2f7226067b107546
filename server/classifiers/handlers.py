"""Written texts → judgements, those of a batch of events together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from metadata.classifiers.kinds import CLASSIFIER_KINDS
from metadata.classifiers.values import Classifier
from metadata.model.tenant import TenantModel, field_of
from server.classifiers.marking import Marking
from server.context import Context
from server.events.acting import Acting
from server.events.handlers import Handler, Run
from server.events.log import Event

__all__ = ["classifier_handlers"]

_MAX_CAUSES = 40
_TENANTS_KEPT = 500


class _Interest:
    """Which classifiers judge texts of which tables and columns; of the tenants used last."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, int], dict[str, list[tuple[str, Classifier]]]] = {}

    def of(self, event: Event, model: TenantModel) -> list[Classifier]:
        """Classifiers whose text an event wrote."""
        listening = self._listening(model).get(event.object, ())
        return [
            one
            for column, one in listening
            if event.kind in ("create", "restore") or (event.kind in ("update", "merge") and column in event.pairs)
        ]

    def is_wanted(self, event: Event, model: TenantModel) -> bool:
        """Whether any does."""
        return bool(model.classifiers) and len(event.cause) <= _MAX_CAUSES and bool(self.of(event, model))

    def _listening(self, model: TenantModel) -> dict[str, list[tuple[str, Classifier]]]:
        key = (model.tenant_id, model.version)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _TENANTS_KEPT:
                self._kept.clear()
            found = self._kept[key] = {}
            for one in model.classifiers.values():
                object_type = model.objects[one.object]
                judged = field_of(object_type, one.field)
                if judged is not None and CLASSIFIER_KINDS[one.kind].judge is not None:
                    found.setdefault(object_type.table, []).append((judged.column, one))
        return found


def classifier_handlers(marking: Marking, acting: Acting) -> Sequence[Handler]:
    """The handler of classifiers."""
    interest = _Interest()

    async def judge(run: Run) -> None:
        async def look(connection: Any, context: Context) -> None:
            asked: dict[str, dict[str, tuple[int, ...]]] = {}
            for event in run.events:
                for one in interest.of(event, context.model):
                    asked.setdefault(one.name, {})[event.record_id] = (*event.cause, event.id)
            for name in sorted(asked):
                classifier = context.model.classifiers[name]
                await marking.judge(connection, context, classifier, asked[name], run.clock.now())

        await acting.once(run, look, name="classifiers")

    return [
        Handler(
            "classifiers.events", judge, interest=interest.is_wanted, stream=lambda _event: "classifiers",
            batched=True, atomic=True,
        )
    ]  # fmt: skip
