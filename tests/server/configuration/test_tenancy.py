from __future__ import annotations

import asyncio

import pytest

from metadata.problems import BadInputError, ConflictError, NotFoundError
from server.configuration.configure import Configuration
from server.configuration.tenancy import create_tenant, drop_tenant
from tests.server.configuration.shops import ANNA, ORGANISATION_TABLES, Shop, document, live_tables


@pytest.mark.parametrize(
    "slug", ["", "a", "A-b", "1shop", "shop_1", "a--b", "shop-", "x" * 40, "山", "admin", "graphql"]
)
async def test_a_slug_that_could_not_stand_in_a_url_is_refused(configuration: Configuration, slug: str) -> None:
    with pytest.raises(BadInputError) as refused:
        await create_tenant(configuration.connections, slug=slug, name="Shop", author=ANNA)
    assert refused.value.faults[0].path == ("slug",)


async def test_a_taken_slug_is_a_conflict_and_leaves_the_first_alone(shop: Shop) -> None:
    with pytest.raises(ConflictError) as refused:
        await create_tenant(shop.configuration.connections, slug="east", name="Other", author=ANNA)
    assert refused.value.faults[0].reason == "slug_taken"
    assert (await shop.configuration.state(shop.id))[0].version == 1


async def test_of_two_tenants_made_at_once_with_one_slug_one_is_made(configuration: Configuration) -> None:
    results = await asyncio.gather(
        *(
            create_tenant(configuration.connections, slug="north", name=name, author=ANNA, document=document())
            for name in ("One", "Two")
        ),
        return_exceptions=True,
    )
    assert [isinstance(result, ConflictError) for result in results].count(True) == 1


async def test_a_faulty_document_makes_no_tenant(configuration: Configuration) -> None:
    faulty = document("objects: [{name: a, plural: as, fields: [{name: b, type: relation, settings: {to: nothing}}]}]")
    with pytest.raises(BadInputError) as refused:
        await create_tenant(configuration.connections, slug="north", name="North", author=ANNA, document=faulty)
    assert refused.value.faults[0].path == ("objects", "a", "fields", "b", "settings", "to")
    async with configuration.connections.acquire() as connection:
        assert await connection.fetchval("select count(*) from tangram.tenant") == 0


async def test_a_tenant_without_a_document_has_the_system_objects(configuration: Configuration) -> None:
    made = await create_tenant(configuration.connections, slug="north", name="北方", author=ANNA)
    assert list(made.model.objects) == ["user", "department", "region", "team", "post"]
    assert set(await live_tables(configuration.connections, "t_north")) == ORGANISATION_TABLES


async def test_a_dropped_tenant_leaves_nothing_and_the_other_everything(shop: Shop, other_shop: Shop) -> None:
    connections = shop.configuration.connections
    tables = await live_tables(connections, other_shop.schema)

    await drop_tenant(connections, shop.id)

    assert await live_tables(connections, shop.schema) == {}
    assert await live_tables(connections, other_shop.schema) == tables
    async with connections.acquire() as connection:
        left = await connection.fetchval("select count(*) from tangram.metadata_item where tenant_id = $1", shop.id)
        others = await connection.fetchval(
            "select count(*) from tangram.metadata_item where tenant_id = $1", other_shop.id
        )
    assert left == 0
    assert others > 0
    with pytest.raises(NotFoundError):
        await drop_tenant(connections, shop.id)
    again = await create_tenant(connections, slug="east", name="East", author=ANNA, document=document())
    assert again.tenant_id != shop.id
