"""Judgements kept: with the record, in the fields that the classifier names, and as events that rules listen to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

import asyncpg
import msgspec
import structlog

from metadata.classifiers.judging import Judgement, decided
from metadata.classifiers.kinds import judge_of, version_of
from metadata.classifiers.values import UNCLEAR, Classifier
from metadata.model.tenant import field_of
from metadata.model.values import ObjectType
from metadata.problems import TangramError, UnavailableError
from server.classifiers import sql
from server.context import Actor, ActorKind, Context
from server.events.log import append_all, draft_for
from server.records.facts import Facts
from server.records.problems import StaleModelError, refusal_of
from server.records.writing.running import WriteRun
from server.records.writing.saving import RecordWriter

__all__ = ["CLASS_OBJECT", "Marked", "Marking", "digest_of"]

CLASS_OBJECT = "text__class"
"""What events of classifiers are about."""

_ENCODER = msgspec.json.Encoder(decimal_format="string")
_log = structlog.get_logger("tangram.classifiers")


def digest_of(text: str) -> str:
    """Names a text, so that it is judged once."""
    return sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Marked:
    """A judgement of a record's text.

    Attributes:
        text: The text.
        version: Of the classifier, or of the program that told it.
        told_by: Person or program; empty where the server judged.
        chain: Events that led to it.
    """

    judgement: Judgement
    text: str
    version: str
    told_by: str = ""
    chain: tuple[int, ...] = ()


@dataclass(eq=False)
class Marking:
    """Judges and keeps; holds nothing of the records."""

    writer: RecordWriter
    facts: Facts = field(default_factory=Facts)

    async def judge(
        self,
        connection: Any,
        context: Context,
        classifier: Classifier,
        chains: Mapping[str, tuple[int, ...]],
        now: datetime,
    ) -> int:
        """Judge the texts of some records, as they are now, that this version has not judged.

        Args:
            connection: In a transaction.
            context: The tenant.
            classifier: One that judges here; of others nothing is done.
            chains: Events that led to it, by the record's id.
            now: The instant.

        Returns:
            How many were judged.
        """
        judge = judge_of(classifier)
        if judge is None:
            return 0
        asked = [classifier.field, classifier.when or "true"]
        known = await self.facts.many(connection, context, classifier.object, list(chains), asked, instant=now)
        texts = {
            record: values[asked[0]]
            for record, values in known.items()
            if values[asked[0]] and values[asked[1]] is True
        }
        version, needed = version_of(classifier), Decimal(classifier.confidence)
        digests = [digest_of(text) for text in texts.values()]
        rows = await connection.fetch(
            sql.JUDGED, context.model.tenant_id, classifier.name, list(texts), digests, version
        )
        done = {row["record_id"] for row in rows}
        found = {
            record: Marked(decided(judge(text), needed), text, version, chain=chains[record])
            for record, text in texts.items()
            if record not in done
        }
        await self.mark(connection, context, classifier, found, now)
        return len(found)

    async def mark(
        self, connection: Any, context: Context, classifier: Classifier, found: Mapping[str, Marked], now: datetime
    ) -> None:
        """Keep judgements that are of one version and of one teller, and tell them."""
        if not found:
            return
        object_type = context.model.object(classifier.object)
        first, judged = next(iter(found.values())), [one.judgement for one in found.values()]
        await connection.execute(
            sql.KEEP, context.model.tenant_id, classifier.name, object_type.table, first.version, first.told_by, now,
            list(found), [one.key for one in judged], [one.likely for one in judged],
            [one.confidence for one in judged], [_ENCODER.encode(one.words).decode() for one in judged],
            [digest_of(one.text) for one in found.values()],
        )  # fmt: skip
        actor = Actor("", ActorKind.SYSTEM, f"classifier {classifier.name}", ())
        own = context if first.told_by else replace(context, actor=actor)
        await self._keep(connection, own, classifier, object_type, found, now)
        drafts = []
        for record, one in found.items():
            chain = one.chain or context.cause.chain
            changes = {
                "classifier": classifier.name, "object": object_type.table, "record": record,
                "class": one.judgement.key, "likely": one.judgement.likely,
                "confidence": str(one.judgement.confidence), "version": one.version,
            }  # fmt: skip
            told = replace(own, cause=replace(own.cause, chain=chain))
            drafts.append(draft_for(told, one.judgement.key, CLASS_OBJECT, record, changes))
        await append_all(connection, drafts)

    async def _keep(
        self,
        connection: Any,
        context: Context,
        classifier: Classifier,
        object_type: ObjectType,
        found: Mapping[str, Marked],
        now: datetime,
    ) -> None:
        """Write classes into the records; where that is refused for all, one by one, so that one alone is left out."""
        if not classifier.keep_class and not classifier.keep_confidence:
            return
        try:
            async with connection.transaction():
                given = {record: _kept(classifier, object_type, one.judgement) for record, one in found.items()}
                causes = {record: one.chain or context.cause.chain for record, one in found.items()}
                await self.writer.update_each(connection, WriteRun(context, now), object_type, given, causes)
        except (StaleModelError, UnavailableError):
            raise
        except (TangramError, asyncpg.PostgresError) as error:
            refusal = error if isinstance(error, TangramError) else refusal_of(error, context.model)
            if refusal is None:
                raise
            if len(found) == 1:
                why = {"tenant": context.model.tenant_id, "classifier": classifier.name, "why": refusal.message}
                _log.warning("a class cannot be written into its record", record=next(iter(found)), **why)
                return
            for record, one in found.items():
                await self._keep(connection, context, classifier, object_type, {record: one}, now)


def _kept(classifier: Classifier, object_type: ObjectType, judgement: Judgement) -> dict[str, Any]:
    """What the record's fields hold of a judgement; a field without an option for `unclear` is empty then."""
    given: dict[str, Any] = {}
    if classifier.keep_class:
        kept = field_of(object_type, classifier.keep_class)
        options = [option.key for option in getattr(kept.settings, "options", ())] if kept is not None else []
        is_held = judgement.key != UNCLEAR or not options or UNCLEAR in options
        given[classifier.keep_class] = judgement.key if is_held else None
    if classifier.keep_confidence:
        given[classifier.keep_confidence] = judgement.confidence
    return given
