"""Every field type is read as it was written, by its own field and through lookups and formulas."""

from __future__ import annotations

import pytest

from tests.fixtures.tenants import FIELD_TYPE_NAMES
from tests.server.graphql.reading.conftest import World
from tests.server.graphql.reading.samples import SELECTIONS, field_name


@pytest.mark.parametrize("type_name", FIELD_TYPE_NAMES)
async def test_a_field_answers_what_was_written(world: World, type_name: str) -> None:
    name = field_name(type_name)
    query = f"{{ samples(orderBy: [{{id: ASC}}]) {{ nodes {{ id {name} {SELECTIONS.get(type_name, '')} }} }} }}"
    for seeded in (world.east, world.west):
        nodes = (await seeded.tenant.data(query))["samples"]["nodes"]
        assert [node["id"] for node in nodes] == seeded.samples
        assert [node[name] for node in nodes] == [answer[type_name] for answer in seeded.answers]


@pytest.mark.parametrize("type_name", FIELD_TYPE_NAMES)
async def test_one_record_answers_what_was_written(world: World, type_name: str) -> None:
    name, seeded = field_name(type_name), world.east
    query = f"query($id: ID!) {{ sample(id: $id) {{ {name} {SELECTIONS.get(type_name, '')} }} }}"
    for sample, answer in zip(seeded.samples, seeded.answers, strict=True):
        assert await seeded.tenant.data(query, {"id": sample}) == {"sample": {name: answer[type_name]}}


@pytest.mark.parametrize("type_name", FIELD_TYPE_NAMES)
async def test_a_related_record_answers_what_was_written(world: World, type_name: str) -> None:
    name, seeded = field_name(type_name), world.east
    inner = f"{name} {SELECTIONS.get(type_name, '')}"
    query = (
        f"{{ probes(orderBy: [{{id: ASC}}]) {{ nodes {{ sample {{ {inner} }} }} }}"
        f" shelves(orderBy: [{{id: ASC}}]) {{ nodes {{ samples {{ nodes {{ {inner} }} }} }} }} }}"
    )
    data = await seeded.tenant.data(query)
    expected = [answer[type_name] for answer in seeded.answers]
    assert [node["sample"][name] for node in data["probes"]["nodes"]] == expected
    assert [node["samples"]["nodes"][0][name] for node in data["shelves"]["nodes"]] == expected


_UNSEEN = {"encrypted_text", "geo_point", "relation", "user", "department"}
_PART_SEEN = {"money": "amount", "person_name": "full", "file": "id", "image": "id"}


@pytest.mark.parametrize("type_name", [name for name in FIELD_TYPE_NAMES if name not in _UNSEEN])
async def test_lookups_and_formulas_answer_what_they_look_at(world: World, type_name: str) -> None:
    seen, calculated, seeded = field_name(type_name, "seen"), field_name(type_name, "calc"), world.east
    query = f"{{ probes(orderBy: [{{id: ASC}}]) {{ nodes {{ {seen} {calculated} }} }} }}"
    nodes = (await seeded.tenant.data(query))["probes"]["nodes"]
    part = _PART_SEEN.get(type_name)
    expected = [
        answer[type_name][part] if part and answer[type_name] else answer[type_name] for answer in seeded.answers
    ]
    assert [node[seen] for node in nodes] == expected
    assert [node[calculated] for node in nodes] == expected
