"""Rules and pools: finding the rules of an event, conditions in Python, a bulk write that fires, claims at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import uuid_utils
import yaml

from bench.installation import PASSWORD, Client, Installation, signed_in, tangram_processes
from metadata.expressions.check import ModelScope, read
from metadata.expressions.environment import Env
from metadata.expressions.evaluate import compile_python
from metadata.expressions.scope import FORMULA_ROOTS
from metadata.expressions.types import BOOLEAN
from metadata.model.reading import read_document
from metadata.model.resolve import resolve
from metadata.model.settings import TenantSettings
from metadata.model.tenant import TenantModel
from metadata.problems import TangramError
from server.access.plan import ADMINISTRATOR
from server.app import open_services
from server.context import Actor, ActorKind, Context
from server.events.log import Event
from server.identity.accounts import NewAccount
from server.pool.holdings import Standing
from server.pool.ownership import Ownership
from server.records.writing.saving import RecordWriter
from server.rules.ruleset import Published, RuleSet

__all__ = ["RuleFigures", "measure"]

_RULES = 1_000
_FIELDS = 50
_TERMS = 'n0 > 5 && n1 <= 90 && level == "gold" && n2 + n3 >= 10 && (n4 < 3 || n5 != 7)'
_BULK_RULES = 20
_PAGE = 500
_CLAIMANTS = 100
_DOCUMENT = """
objects:
  - name: item
    plural: items
    fields:
      - {name: title, type: text, required: true}
      - {name: part, type: integer, required: true}
      - {name: state, type: text}
      - {name: done, type: text}
"""
_POOL = {"name": "sea", "object": "item", "protection": "P10D", "claims_per_day": 100_000, "holding": 100_000}
"""Declared for the claims: records that are made under a pool are followed by it, which is not what is measured."""
_APPLY = "mutation($document: JSON!) { applyMetadata(document: $document) { version } }"
_MAKE = "mutation($inputs: [CreateItemInput!]!) { made: createItems(inputs: $inputs) { id } }"
_WRITE = 'mutation { updateItems(filter: {part: {gte: 0}}, input: {state: "ready"}) { count } }'


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """What one run found.

    Attributes:
        event_ms: Finding the rules of one event among 1,000 active ones of its object.
        condition_us: One condition of six terms in Python.
        rows: Rows of the bulk write.
        rows_per_s: Of them, how many were written and judged by all rules in a second.
        fired: Rows for which the rule that fits has fired.
        doubled: Rows for which more than one run fired.
        claims_per_s: Claims of 100 claimants at once.
        refused: Claims that came second, each told so.
        twice: Records that two claimants hold.
    """

    event_ms: float
    condition_us: float
    rows: int
    rows_per_s: float
    fired: int
    doubled: int
    claims_per_s: float
    refused: int
    twice: int

    def row(self) -> dict[str, Any]:
        """For the report."""
        return {
            f"event against {_RULES:,} rules, ms": f"{self.event_ms:.3f}",
            "six terms in Python, µs": f"{self.condition_us:.2f}",
            "bulk write, rows": f"{self.rows:,}",
            f"rows/s with {_BULK_RULES} rules": f"{self.rows_per_s:,.0f}",
            "fired once": f"{self.fired:,}",
            f"claims/s of {_CLAIMANTS} claimants": f"{self.claims_per_s:,.0f}",
            "told to be second": f"{self.refused:,}",
        }


async def measure(
    place: Installation, tenant: str, email: str, *, rows: int, say: Callable[[str], None]
) -> RuleFigures:
    """Measure on an empty tenant.

    Args:
        place: The installation.
        tenant: Its slug.
        email: Its administrator.
        rows: How many the bulk write changes.
        say: Told what is going on.
    """
    event_ms, condition_us = _finding(), _condition()
    say(f"writing {rows:,} rows under {_BULK_RULES} rules")
    with tangram_processes(place, background=True) as process:
        async with signed_in(process.url, tenant, email) as client:
            records = await _made(client, rows)
            took, fired, doubled = await _bulk(place, client, tenant, rows)
            await client.ask("/metadata", _APPLY, {"document": {"pools": [_POOL]}})
    say("claiming")
    claims_per_s, refused, twice = await _claims(place, tenant, records)
    return RuleFigures(event_ms, condition_us, rows, rows / took, fired, doubled, claims_per_s, refused, twice)


def _model() -> TenantModel:
    fields = [{"name": f"n{place}", "type": "integer"} for place in range(_FIELDS)]
    level = {"name": "level", "type": "select", "settings": {"options": [{"key": "gold"}, {"key": "silver"}]}}
    rules = [
        {
            "name": f"rule_{number}",
            "object": "item",
            "trigger": "field",
            "settings": {"field": f"n{number % _FIELDS}"},
            "when": f"n{number % _FIELDS} > {number}",
            "actions": [{"name": "set", "kind": "set", "settings": {"values": [{"field": "level", "value": "gold"}]}}],
        }
        for number in range(_RULES)
    ]
    document, faults = read_document(
        {"objects": [{"name": "item", "plural": "items", "fields": [*fields, level]}], "rules": rules}
    )
    assert document is not None, list(faults)
    tenant_id = "018f0000-0000-7000-8000-000000000000"
    return resolve(
        document.objects, tenant_id=tenant_id, slug="bench", version=1, settings=TenantSettings(), rules=document.rules
    )


def _finding() -> float:
    """Milliseconds in which the rules of an event of two fields are found, in order."""
    model = _model()
    rules = RuleSet(model, (Published(rule, 1) for rule in model.rules.values()))
    object_type = model.object("item")
    event = Event(
        1, model.tenant_id, datetime.now(UTC), "update", object_type.table, str(uuid_utils.uuid7()), None, "user", "",
        '{"n0": [1, 2], "n1": [3, 4]}', (), "", 1,
    )  # fmt: skip
    assert len(rules.of_event(event)) == 2 * _RULES // _FIELDS
    times, began = 200, time.perf_counter()
    for _ in range(times):
        rules.of_event(event)
    return (time.perf_counter() - began) / times * 1_000


def _condition() -> float:
    """Microseconds of one condition of six terms in Python, of which all have to be looked at."""
    judge = compile_python(read(_TERMS, ModelScope(_model(), "item", FORMULA_ROOTS), BOOLEAN))
    record: dict[str, Any] = {f"n{place}": 9 for place in range(_FIELDS)} | {"level": "gold"}
    env = Env(datetime.now(UTC), "Asia/Shanghai", old=record, actor={})
    assert judge(record, env) is True
    times, began = 50_000, time.perf_counter()
    for _ in range(times):
        judge(record, env)
    return (time.perf_counter() - began) / times * 1_000_000


async def _made(client: Client, rows: int) -> list[str]:
    await client.ask("/metadata", _APPLY, {"document": yaml.safe_load(_DOCUMENT)})
    records: list[str] = []
    for first in range(0, rows, _PAGE):
        inputs = [{"title": f"item {n}", "part": n % _BULK_RULES} for n in range(first, min(first + _PAGE, rows))]
        made = await client.ask("/graphql", _MAKE, {"inputs": inputs})
        records += [one["id"] for one in made["made"]]
    return records


async def _bulk(place: Installation, client: Client, tenant: str, rows: int) -> tuple[float, int, int]:
    """One bulk write; seconds until every rule has judged every row, rows for which one fired, and more than one."""
    rules = [
        {
            "name": f"part_{number}",
            "object": "item",
            "live": True,
            "trigger": "field",
            "settings": {"field": "state", "after": "ready"},
            "when": f"part == {number}",
            "log": "fired",
            "actions": [
                {"name": "set", "kind": "set", "settings": {"values": [{"field": "done", "value": "yes"}]}},
            ],
        }
        for number in range(_BULK_RULES)
    ]
    await client.ask("/metadata", _APPLY, {"document": {"rules": rules}})
    async with open_services(place.config) as services:
        tenant_id = (await services.tenants.get(tenant)).model.tenant_id
        began = time.perf_counter()
        await client.ask("/graphql", _WRITE)
        while True:
            await asyncio.sleep(0.1)
            async with services.connections.acquire(tenant_id) as connection:
                if await connection.fetchval(_RUNS, tenant_id) >= rows:
                    break
        took = time.perf_counter() - began
        async with services.connections.acquire(tenant_id) as connection:
            row = await connection.fetchrow(_FIRED, tenant_id)
        return took, row["fired"], row["doubled"]


_RUNS = "select count(*) from tangram.rule_run where tenant_id = $1 and outcome = 'fired'"
_FIRED = """
select count(*) as fired, count(*) filter (where times > 1) as doubled
from (
    select record_id, count(*) as times from tangram.rule_run
    where tenant_id = $1 and outcome = 'fired' group by record_id
) as each
"""


async def _claims(place: Installation, tenant: str, records: list[str]) -> tuple[float, int, int]:
    """100 claimants, each of whom claims records one after the other; claims a second, refusals, records held twice."""
    async with open_services(replace(place.config, pool_size=20)) as services:
        loaded = await services.tenants.get(tenant)
        model = loaded.model
        ownership = Ownership(RecordWriter(services.vault, services.connections))
        pool = model.pools["sea"]
        async with services.connections.transaction(model.tenant_id) as connection:
            await connection.execute(f'update "{model.schema}".item set owner_id = null')
            await connection.execute("delete from tangram.pool_holding where tenant_id = $1", model.tenant_id)
        accounts = [
            (
                await services.identity.accounts.create(
                    model.tenant_id,
                    NewAccount(email=f"claimant{n}@example.com", name="Claimant", roles=[], password=PASSWORD),
                    created_by=None,
                )
            )[0].id
            for n in range(_CLAIMANTS)
        ]
        won, refused = list[str](), 0
        shares = [records[place % 10 :: 10][: len(records) // _CLAIMANTS] for place in range(_CLAIMANTS)]

        async def claimant(account: str, wanted: list[str]) -> None:
            nonlocal refused
            actor = Actor(account, ActorKind.USER, "claimant", ())
            context = Context(model, actor, ADMINISTRATOR, loaded.epoch)
            for record in wanted:
                try:
                    async with services.connections.transaction(model.tenant_id) as connection:
                        await ownership.claim(Standing(connection, context, datetime.now(UTC)), pool, record)
                    won.append(record)
                except TangramError:
                    refused += 1

        began = time.perf_counter()
        await asyncio.gather(*(claimant(account, share) for account, share in zip(accounts, shares, strict=True)))
        took = time.perf_counter() - began
        return (len(won) + refused) / took, refused, len(won) - len(set(won))
