"""Running plans: limits of time, errors told without detail, statements that are out of date."""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec
import orjson
import pytest

from server.access.plan import ADMINISTRATOR
from server.context import Actor, ActorKind, Context
from server.graphql.answers import body_of
from server.graphql.operations.actions import Actions
from server.graphql.operations.execution import Executor, RootAnswer
from server.graphql.operations.plans import OperationPlan, ReadRoot, RunValues, Take
from server.records.problems import StaleModelError
from tests.fixtures.tenants import Tenants

SLOW = "select convert_to('1', 'UTF8') as data, t.epoch from tangram.tenant as t cross join pg_sleep(5) where t.id = $1"
BROKEN = "select convert_to((1 / (t.epoch - t.epoch))::text, 'UTF8') as data, t.epoch from tangram.tenant as t"
QUICK = "select convert_to('1', 'UTF8') as data, t.epoch from tangram.tenant as t where t.id = $1"


async def _context(tenants: Tenants, *, timeout_ms: int = 10_000, epoch_off: int = 0) -> Context:
    loaded = await tenants.services.tenants.get("east")
    settings = msgspec.structs.replace(loaded.model.settings, statement_timeout_ms=timeout_ms)
    model = dataclasses.replace(loaded.model, settings=settings)
    actor = Actor("01900000-0000-7000-8000-000000000001", ActorKind.USER, "a@example.com", ("administrator",))
    return Context(model, actor, ADMINISTRATOR, loaded.epoch + epoch_off)


async def _run(tenants: Tenants, context: Context, *statements: str) -> list[RootAnswer]:
    services = tenants.services
    executor = Executor(services.connections, _no_writes(), _no_steps, Actions({}))
    roots = tuple(
        ReadRoot(
            f"f{place}",
            f'"f{place}":'.encode(),
            sql,
            _takes(sql),
            (),
            non_null=False,
        )
        for place, sql in enumerate(statements)
    )
    return await executor.query(
        OperationPlan("query", roots, (), 0), {}, RunValues(context, services.clock, services.salts.of)
    )


def _takes(sql: str) -> tuple[Take, ...]:
    return (lambda _values, run: run.context.model.tenant_id,) if "$1" in sql else ()


def _no_writes() -> Any:
    return None


async def _no_steps(data: bytes, *_: Any) -> bytes:
    return data


async def test_a_statement_that_takes_longer_than_the_tenant_allows_is_given_up_and_told(tenants: Tenants) -> None:
    (answer,) = await _run(tenants, await _context(tenants, timeout_ms=200), SLOW)

    fault = answer.error.faults[0]  # type: ignore[union-attr]
    assert (answer.error.code, fault.reason) == ("LIMIT_EXCEEDED", "statement_timeout")  # type: ignore[union-attr]
    assert "index" in fault.hint


async def test_the_connection_of_a_statement_that_was_given_up_can_be_used_again(tenants: Tenants) -> None:
    context = await _context(tenants, timeout_ms=200)

    answers = await _run(tenants, context, SLOW, QUICK)

    assert [answer.json for answer in answers] == [None, b"1"]


async def test_a_failed_root_field_does_not_touch_the_others(tenants: Tenants) -> None:
    answers = await _run(tenants, await _context(tenants), QUICK, BROKEN, QUICK)

    body = orjson.loads(body_of(answers, "request-1"))
    assert body["data"] == {"f0": 1, "f1": None, "f2": 1}
    assert [error["extensions"]["code"] for error in body["errors"]] == ["INTERNAL"]
    assert "division" not in str(body)


async def test_an_answer_of_another_epoch_is_not_given(tenants: Tenants) -> None:
    with pytest.raises(StaleModelError):
        await _run(tenants, await _context(tenants, epoch_off=-1), QUICK)
