"""Files obey the rights on the field that holds them, whenever their link is followed."""

from __future__ import annotations

from typing import Any

from server.identity.accounts import AccountChange
from tests.fixtures.tenants import Person, Tenant, Tenants
from tests.governed import allow, field_rights, govern, hire
from tests.server.graphql.test_uploads import upload

READ = "query ($id: ID!) { sample(id: $id) { fileField { id url } } }"
CREATE = "mutation ($i: CreateSampleInput!) { createSample(input: $i) { id fileField { url } } }"
UPDATE = "mutation ($id: ID!, $i: UpdateSampleInput!) { updateSample(id: $id, input: $i) { fileField { url } } }"
OWN = allow("seller", "sample", "read", "create", "update", "transfer", scope="own")
CLERK = allow("clerk", "region")


async def status(tenant: Tenant, url: str) -> int:
    code: int = (await tenant.client.get(url)).status_code
    return code


async def seller_with_file(tenant: Tenant) -> tuple[Person, str, str, str]:
    """A seller, a sample of theirs, the file that it holds, and their link to it."""
    await govern(tenant, roles=["seller", "clerk"], policies=[OWN, CLERK])
    seller = await hire(tenant, "Li", "seller")
    file = await upload(tenant)
    sample = await tenant.create("Sample", fileField=file["id"], ownerId=seller.id)
    found = (await tenant.data(READ, {"id": sample}, person=seller))["sample"]["fileField"]
    return seller, sample, found["id"], found["url"]


async def test_a_link_ends_with_the_right_to_read_what_holds_the_file(tenants: Tenants) -> None:
    east = tenants.east
    seller, sample, _file, url = await seller_with_file(east)
    admins = (await east.data(READ, {"id": sample}))["sample"]["fileField"]["url"]
    assert await status(east, url) == 200
    await govern(east, policies=[OWN, CLERK, field_rights("seller", "sample", "file_field", read="none")])
    assert await status(east, url) == 404
    await govern(east, policies=[OWN, CLERK, field_rights("seller", "sample", "file_field", read="full")])
    assert await status(east, url) == 200
    await east.data(UPDATE, {"id": sample, "i": {"ownerId": east.admin.id}})  # out of sight
    assert await status(east, url) == 404
    await east.data(UPDATE, {"id": sample, "i": {"ownerId": seller.id}})
    assert await status(east, url) == 200
    accounts = tenants.services.identity.accounts
    await accounts.update(east.id, seller.id, AccountChange(roles=["clerk"]), updated_by=None)
    assert await status(east, url) == 404
    assert await status(east, admins) == 200


async def test_a_link_ends_when_the_record_lets_go_of_the_file(tenants: Tenants) -> None:
    east = tenants.east
    _seller, sample, _file, url = await seller_with_file(east)
    await east.data(UPDATE, {"id": sample, "i": {"fileField": None}})
    assert await status(east, url) == 404
    other = await east.create("Sample", fileField=(await upload(east))["id"])
    url = (await east.data(READ, {"id": other}))["sample"]["fileField"]["url"]
    await east.data("mutation ($id: ID!) { deleteSample(id: $id) { id } }", {"id": other})
    assert await status(east, url) == 404


async def test_a_link_holds_for_one_record_field_and_actor(tenants: Tenants) -> None:
    east = tenants.east
    seller, sample, _file, url = await seller_with_file(east)
    for changed in (
        url.replace(sample, seller.id),
        url.replace("file_field", "image_field"),
        url.replace("object=sample", "object=customer"),
        url.replace(seller.id, east.admin.id),
        url.split("&object=")[0],
    ):
        assert await status(east, changed) == 403, changed


async def test_whoever_knows_the_id_of_a_file_cannot_take_it(tenants: Tenants) -> None:
    east = tenants.east
    seller, sample, file, _url = await seller_with_file(east)
    taken: Any = {"i": {"fileField": file}}
    refused = [("BAD_USER_INPUT", "unknown_file", ("input", "fileField"))]
    assert await east.faults(CREATE, taken, person=seller) == refused
    assert await east.data(UPDATE, {"id": sample, **taken}, person=seller)  # it is there already
    own = await upload(east, b"own", person=seller)
    assert await status(east, own["url"]) == 200
    made = await east.data(CREATE, {"i": {"fileField": own["id"]}}, person=seller)
    assert (await east.client.get(made["createSample"]["fileField"]["url"])).content == b"own"
