"""What people do with their messages: read them, say how they want to be told; and what authors of words do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson
import uuid_utils

from metadata.fields.inputs import shown
from metadata.messages.events import EVENTS
from metadata.model.policies import BUILT_IN_ROLES
from metadata.model.tenant import TenantModel
from metadata.model.values import ObjectType
from metadata.problems import BadInputError, Faults, ForbiddenError, NotFoundError
from server.access.plan import AccessPlan, Action
from server.actions import ActionRun
from server.events.log import append, draft_for
from server.notifications import sql
from server.notifications.channels.webhook import secret_place
from server.notifications.definitions import INBOX, Audience, Channels, Notice, Receiver
from server.notifications.hearing import SENT_KIND, SENT_OBJECT
from server.notifications.receiving import minutes_of, preference_of
from server.notifications.wording import Wording
from server.outbound.signing import new_secret
from server.outbound.urls import check_url
from server.records.reach import within_reach
from server.secrets.vault import Vault

__all__ = ["SEND", "Inbox", "may_send"]

SEND: Final = "send_message"
"""The right to send messages by template: `run:send_message`."""

Arguments = Mapping[str, Any]

_MOST = 100
_MAX_DIGEST = 60
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def may_send(access: AccessPlan) -> bool:
    """Whether somebody may send messages to others."""
    if access.may_configure_kind("message_template"):
        return True
    return access.rights is not None and access.may_run(SEND) is not None


@dataclass(frozen=True, slots=True)
class Inbox:
    """The engine of messages as people meet it.

    Attributes:
        wording: Finds the words of a preview.
        channels: Those of this server.
        vault: Encrypts the secret of somebody's URL.
        allow_private: Whether URLs may lead to private addresses.
    """

    wording: Wording
    channels: Channels
    vault: Vault
    allow_private: bool = False

    # ── the inbox ────────────────────────────────────────────────────────────────────────────────

    async def mine(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`myNotifications`: a page of one's own messages, newest first."""
        first = _page(given)
        after = _id(given.get("after"), "after")
        events = given.get("events")
        unread = bool(given.get("unread"))
        rows = await run.connection.fetch(
            sql.INBOX, run.tenant_id, run.user_id, run.instant, after, unread, events, first + 1
        )
        counts = await run.connection.fetchrow(sql.UNREAD, run.tenant_id, run.user_id, run.instant, events, unread)
        nodes = await self._seen(run, [_shown(row, run.context.model) for row in rows[:first]])
        return {
            "nodes": nodes,
            "edges": [{"cursor": node["id"], "node": node} for node in nodes],
            "pageInfo": {
                "hasNextPage": len(rows) > first,
                "hasPreviousPage": after is not None,
                "startCursor": nodes[0]["id"] if nodes else None,
                "endCursor": nodes[-1]["id"] if nodes else None,
            },
            "totalCount": counts["total"],
            "unreadCount": counts["unread"],
        }

    async def notified(self, run: ActionRun, given: Arguments) -> dict[str, Any] | None:
        """`notified`: the message that a notice tells of, as it is now."""
        row = await run.connection.fetchrow(sql.ONE, run.tenant_id, run.user_id, given["notice"], run.instant)
        return None if row is None else (await self._seen(run, [_shown(row, run.context.model)]))[0]

    async def _seen(self, run: ActionRun, nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Messages without the words about records that their receiver does not see any more."""
        model = run.context.model
        if run.context.access.rights is None:
            return nodes
        seen = set[str]()
        for name in {node["object"] for node in nodes if node["object"] is not None}:
            ids = [node["record"] for node in nodes if node["object"] == name]
            seen |= await within_reach(run, model.object(name), ids)
        return [
            _without_words(node) if node["record"] is not None and node["record"] not in seen else node
            for node in nodes
        ]

    async def mark_read(self, run: ActionRun, given: Arguments) -> int:
        """`markRead`: how many of one's own messages were not read before."""
        ids = [_id(one, "ids") for one in given["ids"]]
        rows = await run.connection.fetch(sql.MARK_READ, run.tenant_id, run.user_id, ids, run.instant)
        return len(rows)

    async def mark_all_read(self, run: ActionRun, given: Arguments) -> int:
        """`markAllRead`: the same of everything up to an instant."""
        before = given.get("before") or run.instant
        rows = await run.connection.fetch(sql.MARK_ALL_READ, run.tenant_id, run.user_id, before, run.instant)
        return len(rows)

    # ── how to be told ───────────────────────────────────────────────────────────────────────────

    async def preferences(self, run: ActionRun, _given: Arguments) -> dict[str, Any]:
        """`notificationPreferences`: one's own, the tenant's where nothing was said."""
        row = await run.connection.fetchrow(sql.PREFERENCE, run.tenant_id, run.user_id)
        return self._preference(run, row, None)

    async def set_preferences(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`setNotificationPreferences`: what is left out stays as it is.

        Raises:
            BadInputError: With every fault.
            ForbiddenError: `no_inbox_here`: a guest of the platform has no inbox here.
        """
        row = await run.connection.fetchrow(sql.PREFERENCE, run.tenant_id, run.user_id)
        if row is None and not await run.connection.fetchval(_IS_MEMBER, run.tenant_id, run.user_id):
            raise ForbiddenError.single("no_inbox_here", "Only accounts of this tenant have messages here.")
        before: dict[str, Any] = dict(row) if row is not None else dict(_NOTHING_SAID)
        wanted = before | {name: given[argument] for argument, name in _PREFERENCES.items() if argument in given}
        for name, absent in _NOTHING_SAID.items():
            if wanted[name] is None:
                wanted[name] = absent
        self._check(run.context.model, wanted)
        secret = await self._secret(run, before, wanted)
        await run.connection.execute(
            sql.SET_PREFERENCE,
            run.tenant_id,
            run.user_id,
            run.user_id,
            list(wanted["channels"]),
            wanted["unread_minutes"],
            wanted["quiet_from"],
            wanted["quiet_until"],
            wanted["timezone"],
            wanted["language"],
            list(wanted["muted"]),
            wanted["digest_minutes"],
            wanted["webhook_url"],
            wanted["webhook_secret"],
            run.instant,
        )
        return self._preference(run, await run.connection.fetchrow(sql.PREFERENCE, run.tenant_id, run.user_id), secret)

    async def _secret(self, run: ActionRun, before: Mapping[str, Any], wanted: dict[str, Any]) -> str | None:
        """A new secret for a new URL, told once."""
        if wanted["webhook_url"] == before["webhook_url"]:
            return None
        if not wanted["webhook_url"]:
            wanted["webhook_secret"] = ""
            return None
        secret = new_secret()
        cipher = await self.vault.cipher(run.tenant_id)
        wanted["webhook_secret"] = cipher.encrypt(secret, secret_place(run.user_id))
        return secret

    def _check(self, model: TenantModel, wanted: Mapping[str, Any]) -> None:
        faults = Faults()
        offered = model.settings.message_channels
        for place, name in enumerate(wanted["channels"]):
            if name not in offered or name in wanted["channels"][:place]:
                message = f"{shown(name)} is {'twice' if name in offered else 'no channel'} in the list."
                faults.add("unknown_channel", message, path=("channels", place), hint=f"Known: {', '.join(offered)}.")
        for place, name in enumerate(wanted["muted"]):
            if name not in EVENTS:
                message = f"{shown(name)} is nothing that messages are about."
                faults.add("unknown_value", message, path=("muted", place), hint=f"Known: {', '.join(EVENTS)}.")
        for argument, name in (("quietFrom", "quiet_from"), ("quietUntil", "quiet_until")):
            if wanted[name] and minutes_of(wanted[name]) is None:
                message = f"{shown(wanted[name])} is no time of day."
                faults.add("bad_time", message, path=(argument,), hint="Write one such as 22:00.")
        if bool(wanted["quiet_from"]) is not bool(wanted["quiet_until"]):
            faults.add("missing", "Quiet hours have a beginning and an end.", path=("quietFrom",), hint="Give both.")
        if wanted["timezone"] and not _is_zone(wanted["timezone"]):
            message = f"{shown(wanted['timezone'])} is not an IANA time zone."
            faults.add("unknown_timezone", message, path=("timezone",), hint="An example is Asia/Shanghai.")
        if wanted["language"] and not _LANGUAGE.fullmatch(wanted["language"]):
            message = f"{shown(wanted['language'])} is not a language."
            faults.add("unknown_language", message, path=("language",), hint="Use ISO 639 codes such as zh and en.")
        for argument, name, most in (
            ("unreadMinutes", "unread_minutes", 10_080),
            ("digestMinutes", "digest_minutes", _MAX_DIGEST),
        ):
            number = wanted[name]
            if number is not None and not (0 if name == "digest_minutes" else 1) <= number <= most:
                faults.add("out_of_range", f"{number} minutes.", path=(argument,), hint=f"Up to {most}.")
        if wanted["webhook_url"]:
            check_url(wanted["webhook_url"], faults, allow_private=self.allow_private)
        faults.raise_if_any()

    def _preference(self, run: ActionRun, row: Any, secret: str | None) -> dict[str, Any]:
        settings = run.context.model.settings
        found = preference_of(row, settings)
        said = dict(row) if row is not None else dict(_NOTHING_SAID)
        receiver = Receiver(run.user_id, run.context.actor.name, run.context.actor.name, found)
        return {
            "channels": list(found.channels),
            "unreadMinutes": found.unread_minutes,
            "quietFrom": said["quiet_from"] or None,
            "quietUntil": said["quiet_until"] or None,
            "timezone": found.zone.key,
            "language": found.language,
            "muted": sorted(found.muted),
            "digestMinutes": found.digest_minutes,
            "webhookUrl": found.webhook_url or None,
            "webhookSecret": secret,
            "offered": [self._offered(name, receiver) for name in settings.message_channels],
        }

    def _offered(self, name: str, receiver: Receiver) -> dict[str, Any]:
        if name == INBOX:
            return {"name": name, "help": "Messages in the application", "ready": True}
        channel = self.channels.get(name)
        ready = channel is not None and channel.is_ready and bool(channel.address(receiver))
        return {"name": name, "help": channel.help if channel else "Not known to this server", "ready": ready}

    # ── words ────────────────────────────────────────────────────────────────────────────────────

    async def preview(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`previewMessage`: what a template says of a record, as far as the one who asks may read it.

        Raises:
            NotFoundError: `unknown_message_template`, `unknown_record`.
        """
        model = run.context.model
        template = model.message_templates.get(given["template"])
        if template is None:
            raise _unknown_template(given["template"])
        record = _id(given.get("record"), "record")
        table = model.objects[template.object].table if template.object else ""
        row = await run.connection.fetchrow(sql.PREFERENCE, run.tenant_id, run.user_id)
        settings = model.settings
        preference = preference_of(row, settings)
        if given.get("language"):
            preference = replace(preference, language=given["language"])
        name = await run.connection.fetchval(_NAME, run.tenant_id, run.user_id) or run.context.actor.name
        receiver = Receiver(run.user_id, run.context.actor.name, name, preference)
        examples = {name: f"‹{name}›" for name in (EVENTS[template.event].names if template.event else ())}
        notice = Notice(
            template.event or "notice",
            Audience((run.user_id,)),
            table if record else "",
            record or "",
            {name: value for name, value in examples.items() if not name.endswith("_at")},
            template=template.name,
        )
        tenant_name = await run.connection.fetchval(sql.TENANT_NAME, run.tenant_id)
        words = await self.wording.words(
            run.connection, run.context, notice, receiver, instant=run.instant, tenant_name=tenant_name
        )
        if record and template.object and not words.sees_record:
            raise NotFoundError.single("unknown_record", "There is no such record.", path=("record",))
        return {
            "title": words.title,
            "body": words.body,
            "language": words.language,
            "urgent": words.urgent,
            "fault": words.fault or None,
        }

    async def send(self, run: ActionRun, given: Arguments) -> str:
        """`sendMessage`: tell people something by a template, in their own language and rights; answers its event.

        Raises:
            ForbiddenError: `send_not_allowed`.
            NotFoundError: `unknown_message_template`, `unknown_record`.
            BadInputError: `nobody_to_tell`, `unknown_role`, `unknown_object`.
        """
        model, context = run.context.model, run.context
        if not may_send(context.access):
            raise ForbiddenError.single(
                "send_not_allowed",
                "You may not send messages to others.",
                hint=f"It takes the action `run:{SEND}`; ask an administrator.",
            )
        template = model.message_templates.get(given["template"])
        if template is None:
            raise _unknown_template(given["template"])
        audience = _audience(model, given)
        object_type = model.objects.get(template.object) if template.object else None
        record = _id(given.get("record"), "record")
        if (object_type is None) is not (record is None):
            message = f"The template '{template.name}' is for {template.object or 'no record'}."
            raise BadInputError.single(
                "unknown_record", message, path=("record",), hint="Name a record of its object type."
            )
        if object_type is not None and record is not None:
            await self._require_visible(run, object_type, record)
        changes = {
            "template": template.name,
            "object": object_type.table if object_type else "",
            "record": record or "",
            "users": list(audience.users),
            "roles": list(audience.roles),
            "everybody": audience.everybody,
        }
        draft = draft_for(context, SENT_KIND, SENT_OBJECT, str(uuid_utils.uuid7()), changes)
        return str(await append(run.connection, draft))

    async def _require_visible(self, run: ActionRun, object_type: ObjectType, record: str) -> None:
        found = None
        if run.context.access.rows(object_type.name, Action.READ) is not None:
            found = await self.wording.reader.values(
                run.connection, run.context, object_type, record, ["id"], instant=run.instant
            )
        if found is None:
            raise NotFoundError.single("unknown_record", "There is no such record.", path=("record",))

    # ── deliveries ───────────────────────────────────────────────────────────────────────────────

    async def attempts(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`deliveryAttempts`: how a message of one's own went; of everybody's for those who manage templates."""
        manages = run.context.access.may_configure_kind("message_template")
        own = None if manages else run.user_id
        notification = _id(given.get("notification"), "notification")
        if notification is not None:
            rows = await run.connection.fetch(sql.DELIVERIES, run.tenant_id, notification, own)
        else:
            user = _id(given.get("user"), "user") if manages else run.user_id
            state = given.get("state")
            after = _id(given.get("after"), "after")
            rows = await run.connection.fetch(sql.DELIVERY_LOG, run.tenant_id, user, state, after, _page(given))
        return [_delivery(row) for row in rows]


_IS_MEMBER = "select exists (select from tangram.account where tenant_id = $1 and id = $2 and deleted_at is null)"
_NAME = "select name from tangram.account where tenant_id = $1 and id = $2"

_PREFERENCES: Mapping[str, str] = {
    "channels": "channels",
    "unreadMinutes": "unread_minutes",
    "quietFrom": "quiet_from",
    "quietUntil": "quiet_until",
    "timezone": "timezone",
    "language": "language",
    "muted": "muted",
    "digestMinutes": "digest_minutes",
    "webhookUrl": "webhook_url",
}
"""Columns by argument."""

_NOTHING_SAID: Mapping[str, Any] = {
    "channels": (),
    "unread_minutes": None,
    "quiet_from": "",
    "quiet_until": "",
    "timezone": "",
    "language": "",
    "muted": (),
    "digest_minutes": 0,
    "webhook_url": "",
    "webhook_secret": "",
}


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _audience(model: TenantModel, given: Arguments) -> Audience:
    users = tuple(_id(one, "users") or "" for one in given.get("users") or ())
    roles = tuple(given.get("roles") or ())
    for place, role in enumerate(roles):
        if role not in model.roles and role not in BUILT_IN_ROLES and model.roles:
            known = ", ".join((*model.roles, *BUILT_IN_ROLES))
            message = f"There is no role {shown(role)}."
            raise BadInputError.single("unknown_role", message, path=("roles", place), hint=f"Known: {known}.")
    if not users and not roles and not given.get("everybody"):
        raise BadInputError.single("nobody_to_tell", "Nobody is to be told.", hint="Name users, roles, or everybody.")
    return Audience(users, roles, bool(given.get("everybody")))


def _unknown_template(name: str) -> NotFoundError:
    return NotFoundError.single(
        "unknown_message_template", f"There is no message template {shown(name)}.", path=("template",)
    )


def _shown(row: Mapping[str, Any], model: TenantModel) -> dict[str, Any]:
    object_name = next((one.name for one in model if one.table == row["object"]), None)
    return {
        "id": row["id"],
        "event": row["event"],
        "template": row["template"] or None,
        "language": row["language"],
        "title": row["title"],
        "body": row["body"],
        "urgent": row["urgent"],
        "object": object_name,
        "record": row["record_id"],
        "detail": orjson.loads(row["detail"]),
        "fault": row["fault"] or None,
        "createdAt": row["created_at"],
        "readAt": row["read_at"],
        "expiresAt": row["expires_at"],
    }


def _without_words(node: Mapping[str, Any]) -> dict[str, Any]:
    titles = EVENTS["notice"].title
    title = titles.get(node["language"]) or titles["en"]
    return {**node, "title": title, "body": "", "object": None, "record": None, "detail": {}}


def _delivery(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "notification": row["notification_id"],
        "user": row["user_id"],
        "channel": row["channel"],
        "state": row["state"].upper(),
        "attempts": row["attempts"],
        "tries": orjson.loads(row["tries"]),
        "error": row["error"] or None,
        "dueAt": row["due_at"],
        "sentAt": row["sent_at"],
        "createdAt": row["created_at"],
    }


def _page(given: Arguments) -> int:
    first = given.get("first")
    if first is None:
        return 20
    if not 1 <= first <= _MOST:
        raise BadInputError.single("page_size", f"A page has 1 to {_MOST} entries.", path=("first",))
    return int(first)


def _id(text: Any, argument: str) -> str | None:
    if text is None:
        return None
    try:
        return str(uuid_utils.UUID(str(text)))
    except ValueError:
        raise BadInputError.single("bad_id", f"{shown(text)} is no id.", path=(argument,)) from None
