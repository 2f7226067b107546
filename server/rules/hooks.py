"""What other systems send to rules: signed JSON about a record, taken once, its values saved before the rule is asked.

A message that comes again under its id is answered as taken and does nothing. What does not fit leaves nothing behind,
so that it may be sent again when it is cured.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from metadata.model.tenant import field_of
from metadata.problems import BadInputError, LimitError, NotFoundError, UnauthenticatedError
from metadata.rules.triggers import settings_of
from metadata.rules.values import WebhookTrigger
from server.access.counters import HourlyCounters, seconds_left
from server.access.plan import ADMINISTRATOR
from server.actions import ActionRun
from server.context import Actor, ActorKind, Context
from server.database.connections import Connections
from server.outbound.signing import is_signed, new_secret
from server.records.problems import StaleModelError, refusal_of
from server.records.writing.drafts import DraftReader, Lookup, new_id
from server.records.writing.lookups import find_records, key_lookup
from server.records.writing.running import WriteRun
from server.records.writing.saving import RecordWriter
from server.rules import sql
from server.rules.engine import Occasion, RuleEngine, Verdict
from server.rules.knowing import Moment
from server.rules.publishing import draft_of
from server.rules.ruleset import Published, RuleSets
from server.secrets.vault import Place, Vault
from server.tenants import LoadedTenant, Tenants

__all__ = ["Hooks", "Received", "RuleHooks", "hook_place"]

_OVERLAP = timedelta(days=1)
"""How long a secret that was replaced is taken too."""
_MAX_ID = 100
_ATTEMPTS = 3
_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


def hook_place(hook_id: str) -> Place:
    """Where a hook's secrets are stored; a replaced one keeps the place it was encrypted for."""
    return Place("rule_hook", "secret", hook_id)


@dataclass(eq=False)
class RuleHooks:
    """Secrets of rules that other systems send to.

    Attributes:
        base_url: Of this installation, as others reach it.
    """

    vault: Vault = field(repr=False)
    base_url: str = ""

    async def make(self, run: ActionRun, given: Mapping[str, Any]) -> dict[str, Any]:
        """`createRuleSecret`: a new secret, told once; the one before is taken for a day more."""
        model = run.context.model
        rule = draft_of(model, given["rule"])
        if rule.trigger != "webhook":
            raise BadInputError.single(
                "not_a_hook", f"Nothing is sent to the rule '{rule.name}'.", path=("rule",),
                hint="Give it the trigger `webhook`.",
            )  # fmt: skip
        known = await run.connection.fetchrow(sql.HOOK, run.tenant_id, rule.name)
        hook_id, secret = known["id"] if known else new_id(), new_secret()
        sealed = await self.vault.encrypt(run.tenant_id, secret, hook_place(hook_id))
        await run.connection.execute(
            sql.NEW_HOOK, hook_id, run.tenant_id, rule.name, sealed, run.instant, run.user_id or None,
            run.instant + _OVERLAP,
        )  # fmt: skip
        return {"url": f"{self.base_url}/hooks/{model.slug}/{rule.name}", "secret": secret}


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a message.

    Attributes:
        repeated: Whether it had been taken before.
        outcome: What became of the rule: `fired`, `not_met`, `skipped`, `deferred` or `failed`.
        record: The record that it was about.
    """

    repeated: bool
    outcome: str = ""
    record: str = ""


@dataclass(eq=False)
class Hooks:
    """Takes what other systems send.

    Attributes:
        nudges: Called after each message, to wake workers.
    """

    connections: Connections
    tenants: Tenants
    vault: Vault = field(repr=False)
    writer: RecordWriter
    engine: RuleEngine
    counters: HourlyCounters
    clock: Callable[[], datetime]
    nudges: tuple[Callable[[], None], ...] = ()
    sets: RuleSets = field(default_factory=RuleSets)

    async def receive(
        self, tenant: str, rule: str, headers: Mapping[str, str], body: str, read: Callable[[], Mapping[str, Any]]
    ) -> Received:
        """Take a message.

        Args:
            tenant: Slug of the tenant.
            rule: Name of the rule.
            headers: By their names in lower case.
            body: As it was received, which the signature is of.
            read: Reads the body, once it is known to be theirs.

        Raises:
            UnauthenticatedError: `bad_signature`, also where there is no such rule or tenant.
            ForbiddenError: `trial_over`.
            LimitError: `rate_limited`.
            BadInputError: What the message says does not fit.
            NotFoundError: `unknown_record`.
        """
        now = self.clock()
        loaded = await self._loaded(tenant)
        await self._require_signature(loaded.model.tenant_id, rule, headers, body, now)
        loaded.require_changes(now)
        said = read()
        for attempt in range(_ATTEMPTS):
            try:
                found = await self._take(loaded, rule, headers["webhook-id"], said, now)
            except StaleModelError:
                if attempt == _ATTEMPTS - 1:
                    raise
                loaded = await self.tenants.refresh(loaded.model.tenant_id)
            except asyncpg.PostgresError as error:
                raise refusal_of(error, loaded.model) or error from error
            else:
                break
        for nudge in self.nudges:
            nudge()
        return found

    async def _loaded(self, tenant: str) -> LoadedTenant:
        try:
            loaded = await self.tenants.get(tenant)
        except NotFoundError as error:
            raise _bad_signature() from error
        if loaded.status != "active":
            raise _bad_signature()
        return loaded

    async def _require_signature(
        self, tenant_id: str, rule: str, headers: Mapping[str, str], body: str, now: datetime
    ) -> None:
        async with self.connections.acquire(tenant_id) as connection:
            row = await connection.fetchrow(sql.HOOK, tenant_id, rule)
        if row is None:
            raise _bad_signature()
        stored = [row["secret"]]
        if row["previous_secret"] and row["previous_until"] > now:
            stored.append(row["previous_secret"])
        keys = [await self.vault.decrypt(tenant_id, one, hook_place(row["id"])) for one in stored]
        given = {name: headers.get(name, "") for name in _HEADERS}
        if len(given["webhook-id"]) > _MAX_ID or not is_signed(given, body, keys, now):
            raise _bad_signature()

    async def _take(
        self, loaded: LoadedTenant, rule: str, message_id: str, said: Mapping[str, Any], now: datetime
    ) -> Received:
        model, key = loaded.model, f"w:{message_id}"
        async with self.connections.transaction(model.tenant_id) as connection:
            one = (await self.sets.of(connection, model)).rules.get(rule)
            settings = None if one is None else settings_of(one.rule)
            if one is None or not isinstance(settings, WebhookTrigger):
                raise NotFoundError.single(
                    "unknown_rule", f"There is no published rule '{rule}' that takes messages.", hint="Publish it."
                )
            await connection.execute(sql.LOCK, f"hook:{model.tenant_id}:{rule}:{message_id}")
            if await connection.fetch(sql.DECIDED, model.tenant_id, [key], [rule]):
                return Received(repeated=True)
            if await self.counters.add(f"hooks:{model.tenant_id}:{rule}", 1, now) > settings.per_hour:
                raise LimitError.single(
                    "rate_limited", f"The rule '{rule}' takes {settings.per_hour} messages within an hour.",
                    hint="Send it again later.", retryAfter=seconds_left(now),
                )  # fmt: skip
            actor = Actor("", ActorKind.SYSTEM, f"webhook {rule}", ())
            context = Context(model, actor, ADMINISTRATOR, loaded.epoch)
            record = await self._save(connection, context, one, settings, said, now)
            occasion = Occasion(key, model.object(one.rule.object), record, Moment(now), now)
            verdicts: list[Verdict] = await self.engine.consider(connection, context, [one], occasion)
            return Received(repeated=False, outcome=verdicts[0].outcome if verdicts else "skipped", record=record)

    async def _save(
        self,
        connection: Any,
        context: Context,
        one: Published,
        settings: WebhookTrigger,
        said: Mapping[str, Any],
        now: datetime,
    ) -> str:
        """The record that a message is about, with what is written into it."""
        object_type, name = context.model.object(one.rule.object), settings.find.field
        wanted = _placed(said, settings.find.given)
        if not isinstance(wanted, str | int) or isinstance(wanted, bool):
            raise BadInputError.single(
                "missing_value", f"The message says nothing at '{settings.find.given}'.",
                path=tuple(settings.find.given.split(".")), hint=f"Send the {name} of the record there.",
            )  # fmt: skip
        values = {each.field: value for each in settings.save if (value := _placed(said, each.given)) is not None}
        run = WriteRun(context, now)
        await connection.execute(sql.LOCK, f"hooked:{context.model.tenant_id}:{object_type.name}:{wanted}")
        record = await self._find(connection, run, one, name, wanted)
        if record is None and not settings.create:
            raise NotFoundError.single(
                "unknown_record", f"There is no {object_type.name} whose {name} is that.",
                path=tuple(settings.find.given.split(".")),
            )  # fmt: skip
        if record is None:
            record = new_id()
            own = {} if name == "id" else {name: wanted}
            await self.writer.create(connection, run, object_type, [{**values, **own, "id": record}], "input")
        elif values:
            await self.writer.update(connection, run, object_type, record, values, None)
        return record

    async def _find(self, connection: Any, run: WriteRun, one: Published, name: str, wanted: str | int) -> str | None:
        object_type = run.context.model.object(one.rule.object)
        reader = DraftReader(run.context, run.now)
        lookup: Lookup = key_lookup(reader, object_type, [name], {name: wanted}, ("find",))
        reader.faults.raise_if_any()
        if field_of(object_type, name) is None or not lookup.columns:
            return None
        await find_records(connection, run, [lookup], required=False)
        return lookup.id or None


def _placed(said: Mapping[str, Any], place: str) -> Any:
    """A value at a place such as `device.sn`; None where there is none."""
    here: Any = said
    for name in place.split("."):
        if not isinstance(here, Mapping):
            return None
        here = here.get(name)
    return here


def _bad_signature() -> UnauthenticatedError:
    return UnauthenticatedError.single(
        "bad_signature",
        "The message is not signed with the secret of such a rule, or minutes ago.",
        hint="Sign it as Standard Webhooks says, with the secret that `createRuleSecret` gave.",
    )
