from __future__ import annotations

import pytest

from metadata.problems import BadInputError, ConflictError, ForbiddenError, LimitError, NotFoundError
from server.webhooks.definitions import EndpointChanges, EndpointInput, EventFilter, WebhookPolicy
from tests.server.events.conftest import OTHER_TENANT, new_id
from tests.server.webhooks.conftest import Setting, context, with_policy

GOOD = EndpointInput(url="https://example.com/hook", events=(EventFilter(object="customer", kinds=("create",)),))


async def test_created_endpoint_can_be_read(setting: Setting) -> None:
    created = await setting.webhooks.create(context(), GOOD)

    assert await setting.webhooks.endpoints(context()) == [created.endpoint]
    assert created.endpoint.events == GOOD.events
    assert created.secret.startswith("whsec_")


async def test_endpoint_of_another_tenant_is_not_found(setting: Setting) -> None:
    created = await setting.webhooks.create(context(OTHER_TENANT), GOOD)
    endpoint_id = created.endpoint.id
    for act in (
        setting.webhooks.endpoint(context(), endpoint_id),
        setting.webhooks.update(context(), endpoint_id, EndpointChanges(enabled=False)),
        setting.webhooks.remove(context(), endpoint_id),
        setting.webhooks.rotate_secret(context(), endpoint_id),
        setting.webhooks.test(context(), endpoint_id),
        setting.webhooks.endpoint(context(), "no id"),
        setting.webhooks.delivery(context(), new_id()),
    ):
        with pytest.raises(NotFoundError):
            await act
    assert await setting.webhooks.endpoints(context()) == []
    assert await setting.webhooks.endpoints(context(OTHER_TENANT)) == [created.endpoint]


async def test_members_are_refused(setting: Setting) -> None:
    member = context(administrator=False)
    for act in (
        setting.webhooks.create(member, GOOD),
        setting.webhooks.endpoints(member),
        setting.webhooks.deliveries(member),
    ):
        with pytest.raises(ForbiddenError):
            await act


async def test_change_leaves_the_rest_and_counts_the_version(setting: Setting) -> None:
    created = await setting.webhooks.create(context(), GOOD)
    changed = await setting.webhooks.update(
        context(), created.endpoint.id, EndpointChanges(description="orders"), expected_version=1
    )

    assert (changed.description, changed.url, changed.events, changed.version) == ("orders", GOOD.url, GOOD.events, 2)
    with pytest.raises(ConflictError, match="version 2, not 1"):
        await setting.webhooks.update(
            context(), created.endpoint.id, EndpointChanges(enabled=False), expected_version=1
        )


async def test_all_faults_are_reported_together(setting: Setting) -> None:
    bad = EndpointInput(
        url="ftp://example.com",
        description="x" * 501,
        events=(
            EventFilter(object="custmer"),
            EventFilter(object="customer", kinds=("explode",), condition="levl == 1"),
            EventFilter(object="customer", condition='store.name == "a"'),
        ),
    )
    with pytest.raises(BadInputError) as caught:
        await setting.webhooks.create(context(), bad)

    assert [(fault.reason, fault.path[:2]) for fault in caught.value.faults] == [
        ("bad_webhook_url", ("url",)),
        ("too_long", ("description",)),
        ("unknown_object", ("events", 0)),
        ("unknown_kind", ("events", 1)),
        ("unknown_field", ("events", 1)),
        ("condition_out_of_reach", ("events", 2)),
    ]


class TestStrictPolicy:
    @pytest.fixture
    async def policy(self) -> WebhookPolicy:
        return with_policy(allow_private=False, max_endpoints=1)

    @pytest.mark.parametrize(
        "url",
        [
            "http://example.com/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://localhost/",
            "https://metadata.internal/",
            "https://user:password@example.com/",
            "https://example.com/#part",
            "https://",
            "nonsense",
            "https://example.com/" + "x" * 2_048,
        ],
    )
    async def test_bad_urls_are_refused(self, setting: Setting, url: str) -> None:
        with pytest.raises(BadInputError) as caught:
            await setting.webhooks.create(context(), EndpointInput(url=url))
        assert [fault.reason for fault in caught.value.faults] == ["bad_webhook_url"]

    async def test_number_of_endpoints_is_limited_per_tenant(self, setting: Setting) -> None:
        await setting.webhooks.create(context(), GOOD)
        with pytest.raises(LimitError, match="1 webhook"):
            await setting.webhooks.create(context(), GOOD)
        await setting.webhooks.create(context(OTHER_TENANT), GOOD)
