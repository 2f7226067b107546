from __future__ import annotations

import dataclasses

import pytest

from metadata.problems import BadInputError, UnavailableError
from server.app import open_services
from server.config import Config
from server.demo import DEMO_EMAIL, DEMO_SLUG, create_demo, missing_demo, prepare_demo
from server.identity.sign_in import Credentials

_PASSWORD = "a long enough password"


async def test_a_fresh_installation_gets_a_tenant_with_data_and_an_administrator(config: Config) -> None:
    demo = await prepare_demo(dataclasses.replace(config, demo=True))
    assert demo is not None
    assert (demo.tenant, demo.email, len(demo.password) >= 12) == (DEMO_SLUG, DEMO_EMAIL, True)
    assert demo.password not in repr(demo)
    async with open_services(config) as services, services.connections.acquire() as connection:
        assert await connection.fetchval('select count(*) from "t_demo"."customer"') >= 30
    assert await prepare_demo(dataclasses.replace(config, demo=True)) is None


async def test_people_of_four_roles_may_sign_in(config: Config) -> None:
    demo = await create_demo(config)
    assert [(login.shows, login.email) for login in demo.people] == [
        ("sales", "sales@example.com"),
        ("regional manager", "region@example.com"),
        ("finance", "finance@example.com"),
        ("headquarters", "hq@example.com"),
    ]
    async with open_services(config) as services:
        for login in demo.people:
            assert login.password not in repr(login)
            credentials = Credentials(DEMO_SLUG, login.email, login.password)
            await services.identity.sign_in.with_password(credentials, address="192.0.2.1")


async def test_sample_records_belong_to_their_store_and_those_of_one_guide_to_a_person(config: Config) -> None:
    await create_demo(config)
    async with open_services(config) as services, services.connections.acquire() as connection:
        homeless = await connection.fetchval('select count(*) from "t_demo"."order" where department_id is null')
        owned = await connection.fetchval('select count(*) from "t_demo"."order" where owner_id is not null')
        lines = await connection.fetchval(
            'select count(*) from "t_demo".order_line as line'
            ' join "t_demo"."order" as whole on whole.id = line.order_id'
            " where (line.owner_id, line.department_id) is distinct from (whole.owner_id, whole.department_id)"
        )
    assert (homeless, owned > 0, lines) == (0, True, 0)


async def test_a_password_from_the_settings_is_not_shown(config: Config) -> None:
    demo = await create_demo(dataclasses.replace(config, admin_password=_PASSWORD))
    assert {demo.password, *(login.password for login in demo.people)} == {""}


async def test_a_weak_password_is_refused_before_anything_is_created(config: Config) -> None:
    weak = dataclasses.replace(config, admin_password="1", demo=True)
    with pytest.raises(BadInputError):
        await create_demo(weak)
    with pytest.raises(UnavailableError, match="could not be created"):
        await prepare_demo(weak)
    assert await missing_demo(config.database_url)


async def test_an_installation_with_tenants_is_left_alone(config: Config) -> None:
    await create_demo(config)
    async with open_services(config) as services, services.connections.acquire() as connection:
        await connection.execute("update tangram.tenant set slug = 'mine'")
    assert not await missing_demo(config.database_url)


async def test_a_demo_that_was_left_without_its_administrator_is_completed(config: Config) -> None:
    await create_demo(config)
    async with open_services(config) as services, services.connections.acquire() as connection:
        await connection.execute("delete from tangram.account where email in ('admin@example.com', 'hq@example.com')")
    assert await missing_demo(config.database_url)
    again = await create_demo(config)
    assert len(again.people) == 4
    assert not await missing_demo(config.database_url)


async def test_the_demo_can_be_left_out(config: Config) -> None:
    assert await prepare_demo(dataclasses.replace(config, demo=False)) is None
    assert await missing_demo(config.database_url)
