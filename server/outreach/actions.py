"""What is offered about messages to customers: those of a record, figures of every step, the gateways' secret."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from metadata.problems import BadInputError, ForbiddenError, NotFoundError
from server.access.plan import AccessPlan
from server.actions import Action, ActionEnum, ActionRun, ActionSet, ActionType
from server.outreach import sql
from server.outreach.calendar import planned
from server.outreach.telling import tells_why, tells_words
from server.outreach.tracking import MessageLinks
from server.records.reach import seen_object_type
from server.records.sight import Sight

__all__ = ["OUTREACH_ACTIONS", "Outreach"]

Arguments = Mapping[str, Any]
_MAX_PAGE = 200


def _configures(plan: AccessPlan) -> bool:
    return plan.may_configure_kind("contact_channel")


def _plans(plan: AccessPlan) -> bool:
    """The calendar tells of rules and flows as well, and counts everybody's records."""
    return all(plan.may_configure_kind(kind) for kind in ("contact_channel", "rule", "flow"))


def _require_configurer(run: ActionRun) -> None:
    if not _configures(run.context.access):
        raise ForbiddenError.single(
            "not_administrator", "Only those who may configure contact channels do this.", hint="Ask an administrator."
        )


@dataclass(frozen=True, slots=True)
class Outreach:
    """The engine of messages to customers, as it is asked."""

    links: MessageLinks

    async def of_record(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`sentMessages`: to a record that the actor sees, newest first; without address and body.

        Title and reason are told to who reads the fields that they are made of.
        """
        try:
            record = str(uuid.UUID(given["record"]))
        except ValueError:
            raise BadInputError.single("bad_id", "The id of a record is a UUID.", path=("record",)) from None
        model, access = run.context.model, run.context.access
        object_type = seen_object_type(run.context, given["object"])
        own = await Sight(run.context, run.instant).fields(run.connection, object_type, record)
        if own is None:
            raise NotFoundError.single("unknown_record", f"There is no {object_type.name} {record}.", path=("record",))
        first = min(max(given.get("first") or 50, 1), _MAX_PAGE)
        rows = await run.connection.fetch(sql.OF_RECORD, run.tenant_id, object_type.table, record, first)
        return [
            {
                "id": row["id"], "template": row["template"], "channel": row["channel"] or None,
                "title": (row["title"] or None) if tells_words(model, access, object_type, row, own) else None,
                "source": row["source"], "step": row["node"] or None,
                "state": row["state"].upper(), "queuedAt": row["queued_at"],
                "sentAt": row["sent_at"], "deliveredAt": row["delivered_at"], "openedAt": row["opened_at"],
                "why": (row["why"] or None) if tells_why(model, access, object_type, row, own) else None,
                "clickedAt": row["clicked_at"], "convertedAt": row["converted_at"],
                "unsubscribedAt": row["unsubscribed_at"],
            }
            for row in rows
        ]  # fmt: skip

    async def figures(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`messageFigures`: of each step of a flow, or action of a rule, by version, template and channel."""
        _require_configurer(run)
        rows = await run.connection.fetch(
            sql.FIGURES, run.tenant_id, given.get("source"), given.get("since"), given.get("until")
        )
        return [
            {
                **dict(row), "version": row["version"] or None, "step": row["node"] or None,
                "channel": row["channel"] or None,
            }
            for row in rows
        ]  # fmt: skip

    async def calendar(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`messageCalendar`: what is to be sent by day, and what goes to the same records on one."""
        if not _plans(run.context.access):
            raise ForbiddenError.single(
                "not_administrator", "Only those who may configure contact channels, rules and flows ask for this.",
                hint="Ask an administrator.",
            )  # fmt: skip
        days = given.get("days")
        return await planned(run, 31 if days is None else days)

    async def secret(self, run: ActionRun, _given: Arguments) -> str:
        """`contactChannelSecret`: what gateways verify messages with."""
        _require_configurer(run)
        return self.links.secret_of(run.tenant_id)


OUTREACH_ACTIONS = ActionSet(
    (
        Action(
            "sentMessages", "query", {"object": "String!", "record": "ID!", "first": "Int"}, "[SentMessage!]!",
            "Messages to a customer and what has become of them, newest first.", Outreach, Outreach.of_record,
        ),
        Action(
            "messageFigures", "query", {"source": "String", "since": "DateTime", "until": "DateTime"},
            "[MessageFigure!]!", "Sent, delivered, opened, clicked, converted: by version, step, template and channel.",
            Outreach, Outreach.figures, _configures,
        ),
        Action(
            "messageCalendar", "query", {"days": "Int"}, "[MessageDay!]!",
            "What is planned to be sent from now on, by day, and what goes to the same records on one; 31 days.",
            Outreach, Outreach.calendar, _plans,
        ),
        Action(
            "contactChannelSecret", "query", {}, "String!",
            "The secret by which gateways verify that a message is the tenant's.", Outreach, Outreach.secret,
            _configures,
        ),
    ),
    (
        ActionEnum(
            "SentMessageState",
            {
                "QUEUED": "It waits for its time; `why` says for which.", "SENT": "The channel took it.",
                "DELIVERED": "It arrived.", "OPENED": "It was looked at.", "CLICKED": "A link in it was followed.",
                "FAILED": "It did not arrive.", "SKIPPED": "It was not sent: no consent, no address, or too late.",
            },
            "What has become of a message.",
        ),
        ActionType(
            "SentMessage",
            {
                "id": "ID!", "template": "String!", "channel": "String", "title": "String", "source": "String!",
                "step": "String", "state": "SentMessageState!", "why": "String", "queuedAt": "DateTime!",
                "sentAt": "DateTime", "deliveredAt": "DateTime", "openedAt": "DateTime", "clickedAt": "DateTime",
                "convertedAt": "DateTime", "unsubscribedAt": "DateTime",
            },
            "A message to a customer.",
        ),
        ActionType(
            "MessageFigure",
            {
                "source": "String!", "version": "Int", "step": "String", "template": "String!",
                "channel": "String", "queued": "Int!",
                "sent": "Int!", "delivered": "Int!", "opened": "Int!", "clicked": "Int!", "converted": "Int!",
                "failed": "Int!", "skipped": "Int!", "unsubscribed": "Int!",
            },
            "What has become of the messages of a step, as a version of its flow or rule sent them.",
        ),
        ActionEnum(
            "PlannedMessageKind",
            {
                "RULE": "A rule by the clock will send them.",
                "JOURNEY": "A step that a journey waits before may send them, by the way that it takes then.",
                "MESSAGE": "They are put down already, and wait for their time.",
            },
            "Where a planned message comes from.",
        ),
        ActionType(
            "PlannedMessages",
            {
                "kind": "PlannedMessageKind!", "source": "String!", "step": "String", "template": "String!",
                "object": "String!", "at": "DateTime!", "records": "Int!",
            },
            "Messages of one template that are to be sent on a day, the first at `at`, to so many as is known now.",
        ),
        ActionType(
            "MessageCollision",
            {"first": "PlannedMessages!", "second": "PlannedMessages!", "records": "Int!"},
            "So many records get both on one day.",
        ),
        ActionType(
            "MessageDay",
            {"day": "Date!", "sends": "[PlannedMessages!]!", "collisions": "[MessageCollision!]!"},
            "A day of the tenant's, and what is to be sent on it.",
        ),
    ),
)  # fmt: skip
