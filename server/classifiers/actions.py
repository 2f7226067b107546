"""What is offered about classifiers: what was found and why, trying, proofs, and what somebody knows better."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec

from metadata.classifiers.checks import classifier_faults
from metadata.classifiers.judging import Judgement, decided
from metadata.classifiers.kinds import judge_of, version_of
from metadata.classifiers.numbers import share_of
from metadata.classifiers.proving import proofs_of
from metadata.classifiers.values import UNCLEAR, Classifier
from metadata.model.reading import read_item
from metadata.model.tenant import TenantModel, named
from metadata.problems import BadInputError, ConflictError, ForbiddenError, NotFoundError
from server.access.plan import AccessPlan
from server.actions import Action, ActionRun, ActionSet, ActionType
from server.classifiers import sql
from server.classifiers.marking import Marked, Marking
from server.records.reach import require_within_reach, seen_object_type
from server.records.sight import Sight

__all__ = ["CLASSIFIER_ACTIONS", "Classifiers"]

Arguments = Mapping[str, Any]

_MAX_TRIED = 200
_LONGEST_VERSION = 40
_SURE = Decimal("1.0000")


def _configures(plan: AccessPlan) -> bool:
    return plan.may_configure_kind("classifier")


@dataclass(eq=False)
class Classifiers:
    """The engine of classifiers, as it is asked."""

    marking: Marking

    async def of_record(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`textClasses`: of a record that the actor sees; of texts that they read plainly in it."""
        object_type, record = seen_object_type(run.context, given["object"]), _uuid(given["record"])
        seen = await Sight(run.context, run.instant).fields(run.connection, object_type, record)
        if seen is None:
            raise NotFoundError.single("unknown_record", f"There is no {object_type.name} {record}.", path=("record",))
        known = run.context.model.classifiers
        rows = await run.connection.fetch(sql.OF_RECORD, run.tenant_id, object_type.table, record)
        return [
            {
                "classifier": row["classifier"],
                "class": row["key"],
                "likely": row["likely"] or None,
                "confidence": row["confidence"],
                "words": [_shown_word(one) for one in msgspec.json.decode(row["words"])],
                "version": row["version"],
                "toldBy": row["told_by"] or None,
                "judgedAt": row["judged_at"],
            }
            for row in rows
            if row["classifier"] in known and known[row["classifier"]].field in seen
        ]

    async def try_out(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`tryClassifier`: texts judged as it is declared, or as a draft of it says; nothing is kept."""
        classifier = _asked(run, given)
        texts = given["texts"]
        if len(texts) > _MAX_TRIED:
            message = f"{len(texts)} texts are more than can be tried at once."
            raise BadInputError.single("too_many_texts", message, path=("texts",), hint=f"{_MAX_TRIED} at most.")
        judge = judge_of(classifier)
        if judge is None:
            message = f"Texts of the classifier '{classifier.name}' are judged by a program outside."
            raise ConflictError.single("judged_outside", message, path=("classifier",), hint="Ask the program.")
        version, needed = version_of(classifier), Decimal(classifier.confidence)
        return [{"text": text, **_shown(decided(judge(text), needed)), "version": version} for text in texts]

    async def proofs(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`classifierProofs`: how well each class is found, by the proofs of the classifier or of a draft of it."""
        return [
            {
                "class": one.key,
                "proofs": one.proofs,
                "found": one.found,
                "right": one.right,
                "precision": None if one.precision is None else f"{one.precision:.4f}",
                "recall": None if one.recall is None else f"{one.recall:.4f}",
                "misses": [
                    {"text": miss.text, "is": miss.of, "found": miss.found, "confidence": str(miss.confidence)}
                    for miss in one.misses
                ],
            }
            for one in proofs_of(_asked(run, given))
        ]

    async def tell(self, run: ActionRun, given: Arguments) -> bool:
        """`tellClass`: what a program found, or somebody knows better; it stands until the text is another."""
        model, record = run.context.model, _uuid(given["record"])
        classifier = named(model.classifiers, given["classifier"], "classifier")
        object_type = model.object(classifier.object)
        rows = run.context.access.may_run(classifier.name, object_type.name)
        if rows is None:
            raise ForbiddenError.single(
                "action_not_allowed", f"You may not tell classes of the classifier '{classifier.name}'.",
                hint=f"Ask an administrator for the right run:{classifier.name}.",
            )  # fmt: skip
        await require_within_reach(run, object_type, record, also=rows)
        judgement, version = _told(classifier, given)
        asked = [classifier.field]
        known = await self.marking.facts.values(
            run.connection, run.context, object_type.name, record, asked, instant=run.instant
        )
        text = "" if known is None else known[classifier.field] or ""
        marked = Marked(judgement, text, version, run.context.actor.name)
        await self.marking.mark(run.connection, run.context, classifier, {record: marked}, run.instant)
        return True


def _asked(run: ActionRun, given: Arguments) -> Classifier:
    """The classifier that is named, or a draft of it.

    Raises:
        BadInputError: Everything that is wrong with the draft.
    """
    model: TenantModel = run.context.model
    if given.get("draft") is None:
        return named(model.classifiers, given["classifier"], "classifier")
    body = given["draft"]
    draft, faults = read_item("classifier", {"name": given["classifier"], **body} if isinstance(body, dict) else body)
    if draft is not None:
        faults.extend(classifier_faults(model, msgspec.structs.replace(draft, precision="")))
    faults.raise_if_any()
    assert isinstance(draft, Classifier)
    return draft


def _told(classifier: Classifier, given: Arguments) -> tuple[Judgement, str]:
    keys = [one.key for one in classifier.classes]
    key, version = given["class"], given.get("version") or ""
    if key not in (*keys, UNCLEAR):
        raise BadInputError.single(
            "unknown_class", f"The classifier '{classifier.name}' has no class '{key[:80]}'.", path=("class",),
            hint=f"Known: {', '.join([*keys, UNCLEAR])}.",
        )  # fmt: skip
    confidence = _SURE if given.get("confidence") is None else share_of(str(given["confidence"]))
    if confidence is None or len(version) > _LONGEST_VERSION:
        raise BadInputError.single(
            "bad_share", f"A confidence is {given.get('confidence')}, a version {version[:80]!r}.",
            path=("confidence",), hint=f"A number from 0 to 1; {_LONGEST_VERSION} characters at most.",
        )  # fmt: skip
    confidence = confidence.quantize(_SURE)
    is_sure = confidence >= Decimal(classifier.confidence)
    likely = "" if key == UNCLEAR else key
    return Judgement(key if is_sure else UNCLEAR, likely, confidence), version


def _shown(found: Judgement) -> dict[str, Any]:
    return {
        "class": found.key,
        "likely": found.likely or None,
        "confidence": str(found.confidence),
        "words": [_shown_word(msgspec.to_builtins(one)) for one in found.words],
    }


def _shown_word(one: Mapping[str, Any]) -> dict[str, Any]:
    return {**one, "class": one["of"] or None, "weight": str(one["weight"])}


def _uuid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise BadInputError.single("bad_id", "The id of a record is a UUID.", path=("record",)) from None


_JUDGED: Mapping[str, str] = {
    "class": "String!", "likely": "String", "confidence": "Decimal!", "words": "[DecidingWord!]!",
    "version": "String!",
}  # fmt: skip

CLASSIFIER_ACTIONS = ActionSet(
    (
        Action(
            "textClasses", "query", {"object": "String!", "record": "ID!"}, "[TextClass!]!",
            "What classifiers say of a record's texts, and the words that decided.", Classifiers,
            Classifiers.of_record,
        ),
        Action(
            "tryClassifier", "query", {"classifier": "String!", "texts": "[String!]!", "draft": "JSON"},
            "[TriedText!]!", "Texts judged by a classifier, or by a draft of it; nothing is kept.", Classifiers,
            Classifiers.try_out, _configures,
        ),
        Action(
            "classifierProofs", "query", {"classifier": "String!", "draft": "JSON"}, "[ClassProof!]!",
            "How well each class is found in the proofs of a classifier, or of a draft of it.", Classifiers,
            Classifiers.proofs, _configures,
        ),
        Action(
            "tellClass", "mutation",
            {"classifier": "String!", "record": "ID!", "class": "String!", "confidence": "Decimal",
             "version": "String"},
            "Boolean!", "What a program found, or somebody knows better.", Classifiers, Classifiers.tell,
        ),
    ),
    (
        ActionType(
            "TextClass", {"classifier": "String!", **_JUDGED, "toldBy": "String", "judgedAt": "DateTime!"},
            "What a classifier says of a record's text.",
        ),
        ActionType("TriedText", {"text": "String!", **_JUDGED}, "What a classifier would say of a text."),
        ActionType(
            "DecidingWord",
            {"text": "String!", "at": "Int!", "class": "String", "weight": "Decimal!", "denied": "Boolean!"},
            "A part of a text that spoke for a class.",
        ),
        ActionType(
            "ClassProof",
            {
                "class": "String!", "proofs": "Int!", "found": "Int!", "right": "Int!", "precision": "Decimal",
                "recall": "Decimal", "misses": "[ClassMiss!]!",
            },
            "How well a class is found.",
        ),
        ActionType(
            "ClassMiss", {"text": "String!", "is": "String!", "found": "String!", "confidence": "Decimal!"},
            "A proof that is found to be something else.",
        ),
    ),
)  # fmt: skip
