"""New keys for what is encrypted: values can be read all the time, and a killed rotation goes on."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from server.audit.verifying import Verifier
from server.configuration.tenancy import drop_tenant
from server.events.handlers import Run
from server.rotation import recrypting
from server.rotation.places import SealedColumn, sealed_columns
from server.rotation.recrypting import recrypt_batch
from server.rotation.rotating import HANDLER, Rotation
from server.secrets.keys import KeyRing
from server.secrets.vault import DecryptionError, Vault
from tests.fixtures.tenants import SECRET_KEY, Tenant, Tenants

CARDS = "{ customers(orderBy: [{name: ASC}], first: 50) { nodes { name idCard } } }"


class KilledError(Exception):
    """The worker is gone."""


async def fill(tenant: Tenant, count: int) -> None:
    inputs = [{"name": f"{number:03}", "idCard": f"card {number:03}"} for number in range(count)]
    await tenant.data(
        "mutation($inputs: [CreateCustomerInput!]!) { createCustomers(inputs: $inputs) { id } }", {"inputs": inputs}
    )


async def cards(tenant: Tenant) -> list[str]:
    nodes = (await tenant.data(CARDS))["customers"]["nodes"]
    assert all(node["idCard"] == f"card {node['name']}" for node in nodes), nodes
    return [node["idCard"] for node in nodes]


async def run_of(tenants: Tenants, tenant: Tenant, key: str, payload: Any = None) -> Run:
    services = tenants.services
    loaded = await services.tenants.get(tenant.id)
    return Run(1, HANDLER, key, tenant.id, (), payload, loaded.model, 1, False, services.connections, services.clock)


async def numbers(tenants: Tenants, tenant: Tenant) -> set[str]:
    """Key numbers that the stored values name."""
    async with tenants.services.connections.acquire() as connection:
        rows = await connection.fetch(f"select split_part(id_card, '.', 2) as number from {tenant.schema}.customer")
    return {row["number"] for row in rows}


async def columns_of(tenants: Tenants, tenant: Tenant) -> list[SealedColumn]:
    state, model = await tenants.services.configuration.state(tenant.id)
    return sealed_columns(state, model.schema)


@pytest.fixture
def rotation(tenants: Tenants) -> Rotation:
    return tenants.services.rotation


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recrypting, "BATCH", 3)


async def test_every_value_gets_the_new_key_and_the_former_one_is_retired(tenants: Tenants, rotation: Rotation) -> None:
    east = tenants.east
    await fill(east, 10)
    number = await rotation.begin(east.id)
    assert number == 2
    assert (await rotation.standing(east.id)).left == 10
    await rotation.carry_on(await run_of(tenants, east, "2"))
    assert await numbers(tenants, east) == {"2"}
    assert (await rotation.standing(east.id)).numbers == (1, 2)
    await rotation.carry_on(await run_of(tenants, east, "2 sweep@now", {"sweep": True}))
    assert (await rotation.standing(east.id)).numbers == (2,)
    assert len(await cards(east)) == 10


async def test_the_worker_carries_a_rotation_on_by_itself(tenants: Tenants, rotation: Rotation) -> None:
    from server.worker import work

    await fill(tenants.east, 5)
    stop = asyncio.Event()
    working = asyncio.create_task(work(tenants.services, stop))
    try:
        await rotation.begin(tenants.east.id)
        async with asyncio.timeout(60):
            while await numbers(tenants, tenants.east) != {"2"}:  # noqa: ASYNC110 - a job does it
                await asyncio.sleep(0.1)
    finally:
        stop.set()
        await working
    assert len(await cards(tenants.east)) == 5


async def test_a_rotation_killed_in_the_middle_loses_nothing_and_goes_on(
    tenants: Tenants, rotation: Rotation, small_batches: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    east = tenants.east
    await fill(east, 10)
    await rotation.begin(east.id)
    batches = 0

    async def dying(*arguments: Any, **more: Any) -> Any:
        nonlocal batches
        batches += 1
        if batches == 3:
            raise KilledError
        return await recrypt_batch(*arguments, **more)

    run = await run_of(tenants, east, "2")
    with monkeypatch.context() as patched:
        patched.setattr("server.rotation.rotating.recrypt_batch", dying)
        with pytest.raises(KilledError):
            await rotation.carry_on(run)
    assert await numbers(tenants, east) == {"1", "2"}
    assert len(await cards(east)) == 10
    await rotation.carry_on(await run_of(tenants, east, "2"))
    assert await numbers(tenants, east) == {"2"}
    assert len(await cards(east)) == 10


async def test_a_long_rotation_goes_on_in_the_next_job(
    tenants: Tenants, rotation: Rotation, small_batches: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    east = tenants.east
    await fill(east, 10)
    await rotation.begin(east.id)
    monkeypatch.setattr("server.rotation.rotating._BUDGET_S", -1.0)
    await rotation.carry_on(await run_of(tenants, east, "2"))
    async with tenants.services.connections.acquire() as connection:
        keys = await connection.fetch("select key from tangram.job where handler = $1 order by id", HANDLER)
    assert [row["key"] for row in keys] == ["2", "2/1"]


async def test_values_can_be_read_and_written_all_the_time(
    tenants: Tenants, rotation: Rotation, small_batches: None
) -> None:
    east = tenants.east
    await fill(east, 12)

    async def use() -> None:
        for turn in range(6):
            await cards(east)
            name = f"{900 + turn}"
            await east.create("Customer", name=name, idCard=f"card {name}")

    await rotation.begin(east.id)
    await asyncio.gather(use(), rotation.carry_on(await run_of(tenants, east, "2")))
    assert len(await cards(east)) == 18


async def test_a_process_that_has_not_heard_of_the_new_key_reads_and_its_writes_are_swept(
    tenants: Tenants, rotation: Rotation
) -> None:
    east, services = tenants.east, tenants.services
    await fill(east, 2)
    late = Vault(services.connections, services.keys)
    old = await late.cipher(east.id)
    await rotation.begin(east.id)
    await rotation.carry_on(await run_of(tenants, east, "2"))
    columns = await columns_of(tenants, east)
    card = next(column for column in columns if column.column == '"id_card"')
    async with services.connections.acquire(east.id) as connection:
        row = await connection.fetchrow(f"select id, name, id_card from {card.table} order by name limit 1")
        assert await late.decrypt(east.id, row["id_card"], card.place(row["id"])) == f"card {row['name']}"
        sealed = old.encrypt(f"card {row['name']}", card.place(row["id"]))
        await connection.execute(f"update {card.table} set id_card = $2 where id = $1", row["id"], sealed)
    await rotation.carry_on(await run_of(tenants, east, "2 sweep@now", {"sweep": True}))
    assert (await rotation.standing(east.id)).numbers == (2,)
    assert len(await cards(east)) == 2


async def test_values_that_no_key_reads_keep_the_former_keys(tenants: Tenants, rotation: Rotation) -> None:
    east = tenants.east
    await fill(east, 2)
    async with tenants.services.connections.acquire(east.id) as connection:
        await connection.execute(f"update {east.schema}.customer set id_card = 'v1.1.AAAA' where name = '000'")
    await rotation.begin(east.id)
    await rotation.carry_on(await run_of(tenants, east, "2"))
    await rotation.carry_on(await run_of(tenants, east, "2 sweep@now", {"sweep": True}))
    assert (await rotation.standing(east.id)).numbers == (1, 2)


async def test_fields_that_were_removed_and_secrets_of_webhooks_are_carried_along(
    tenants: Tenants, rotation: Rotation
) -> None:
    east = tenants.east
    await fill(east, 2)
    await east.data(
        'mutation { createWebhook(webhook: {url: "https://example.com/hook"}) { secret } }', path="/metadata"
    )
    await east.data('mutation { removeField(object: "customer", name: "id_card") { version } }', path="/metadata")
    await rotation.begin(east.id)
    await rotation.carry_on(await run_of(tenants, east, "2"))
    assert await numbers(tenants, east) == {"2"}
    async with tenants.services.connections.acquire() as connection:
        assert (await connection.fetchval("select secret from tangram.webhook_endpoint")).startswith("v1.2.")


async def test_a_new_secret_wraps_the_keys_and_signs_the_log_so_that_the_old_one_can_go(tenants: Tenants) -> None:
    east, services = tenants.east, tenants.services
    await fill(east, 2)
    await services.sealer.seal(east.id)
    new = "n" * 40
    both = KeyRing(f"{new}|{SECRET_KEY}")
    vault = Vault(services.connections, both)
    sealer = type(services.sealer)(services.connections, both, services.clock)
    rotation = Rotation(services.connections, vault, services.configuration, sealer, services.clock)
    assert await rotation.rewrap(east.id) == 1
    assert await rotation.rewrap(east.id) == 0
    alone = KeyRing(new)
    async with services.connections.acquire(east.id) as connection:
        row = await connection.fetchrow(f"select id, id_card from {east.schema}.customer where name = '000'")
    columns = await columns_of(tenants, east)
    place = next(column for column in columns if column.column == '"id_card"').place(row["id"])
    assert await Vault(services.connections, alone).decrypt(east.id, row["id_card"], place) == "card 000"
    await sealer.seal(east.id)
    assert (await Verifier(services.connections, alone).verify(east.id)).is_whole
    with pytest.raises(DecryptionError):
        await Vault(services.connections, KeyRing(SECRET_KEY)).cipher(east.id)


async def test_the_other_tenant_keeps_its_key(tenants: Tenants, rotation: Rotation) -> None:
    await fill(tenants.west, 1)
    await fill(tenants.east, 1)
    await rotation.begin(tenants.east.id)
    await rotation.carry_on(await run_of(tenants, tenants.east, "2"))
    assert await numbers(tenants, tenants.west) == {"1"}
    assert (await rotation.standing(tenants.west.id)).numbers == (1,)


async def test_destroying_a_tenant_destroys_its_keys(tenants: Tenants) -> None:
    await fill(tenants.east, 1)
    await drop_tenant(tenants.services.connections, tenants.east.id)
    async with tenants.services.connections.acquire() as connection:
        left = await connection.fetchval(
            "select count(*) from tangram.tenant_key where tenant_id = $1", tenants.east.id
        )
    assert left == 0


async def test_a_rotation_is_in_the_audit_log(tenants: Tenants, rotation: Rotation) -> None:
    await rotation.begin(tenants.east.id)
    data = await tenants.east.data("{ auditLog(filter: {kinds: [KEYS_ROTATED]}) { detail } }", path="/metadata")
    assert [entry["detail"]["step"] for entry in data["auditLog"]] == ["begun"]
