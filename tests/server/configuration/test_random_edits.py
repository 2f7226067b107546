"""Random edits of two tenants' metadata, against a simple in-memory model and the live PostgreSQL catalogue."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metadata.changes.catalogue import catalogue
from metadata.changes.requests import Change, Create, Remove, Rename, Restore, Update
from metadata.model.packed import pack
from metadata.problems import BadInputError
from server.configuration.configure import Configuration
from server.configuration.tenancy import create_tenant, drop_tenant
from server.database.connections import Connections
from server.tenants import Tenants
from tests.server.configuration.shops import (
    ANNA,
    ORGANISATION_TABLES,
    Shop,
    live_foreign_keys,
    live_indexes,
    live_tables,
)

COLUMNS = {
    "text": {"": "text"},
    "long_text": {"": "text"},
    "integer": {"": "bigint"},
    "date": {"": "date"},
    "money": {"": "numeric", "_currency": "text"},
    "multi_select": {"": "text[]"},
    "geo_point": {"_lat": "double precision", "_lng": "double precision"},
    "relation": {"": "uuid"},
    "links": {},
    "formula": {},
}
SYSTEM = {
    "id": ("uuid", False),
    "created_at": ("timestamp with time zone", False),
    "created_by": ("uuid", True),
    "updated_at": ("timestamp with time zone", False),
    "updated_by": ("uuid", True),
    "deleted_at": ("timestamp with time zone", True),
    "version": ("bigint", False),
    "owner_id": ("uuid", True),
    "department_id": ("uuid", True),
}
NAMES = ["alpha", "beta", "gamma", "delta", "work_order", "line_2"]


@dataclass
class AField:
    name: str
    type: str
    target: int = 0
    required: bool = False
    unique: bool = False
    live: bool = True
    removed_in: int = 0
    column: str = ""


@dataclass
class AnObject:
    number: int
    name: str
    fields: list[AField] = field(default_factory=list)
    live: bool = True
    removed_in: int = 0
    table: str = ""

    def living(self) -> list[AField]:
        return [one for one in self.fields if one.live]


@dataclass
class Expected:
    """What a tenant should look like; objects keep their number over renames."""

    objects: list[AnObject] = field(default_factory=list)
    rows: dict[int, int] = field(default_factory=dict)
    version: int = 1
    past: dict[int, list[AnObject]] = field(default_factory=dict)

    def living(self) -> list[AnObject]:
        return [one for one in self.objects if one.live]

    def needs(self, number: int, other: int) -> bool:
        """Whether a record of one object takes a record of another, or is one: `required` would run in a circle."""
        met, pending = set[int](), [number]
        while pending:
            here = pending.pop()
            if here in met:
                continue
            met.add(here)
            fields = next((one.living() for one in self.living() if one.number == here), [])
            pending += [one.target for one in fields if one.type == "relation" and one.required]
        return other in met

    def commit(self) -> None:
        self.version += 1
        self.past[self.version] = copy.deepcopy(self.objects)

    def leads_nowhere(self, one: AField) -> bool:
        return one.type in ("relation", "links") and not self.objects[one.target].live


@dataclass(frozen=True)
class Step:
    """A change, what it does to the expectation, and whether it must be refused."""

    change: Change | int
    effect: Callable[[], None]
    refused: bool = False


def possible_steps(draw: Choices, expected: Expected) -> Step:
    kinds = ["create_object"]
    if expected.living():
        kinds += ["create_field"] * 4 + ["remove_object", "rename_object", "rollback"]
    if any(one.living() for one in expected.living()):
        kinds += ["remove_field", "rename_field", "required", "unique", "retype"]
    if any(not one.live for one in expected.objects):
        kinds.append("restore_object")
    if any(not one.live for owner in expected.living() for one in owner.fields):
        kinds.append("restore_field")
    return STEPS[draw(kinds)](draw, expected)


def create_object(draw: Choices, expected: Expected) -> Step:
    name = draw(NAMES)
    number = len(expected.objects)
    refused = any(one.name == name for one in expected.living())
    change = Create(kind="object", name=name, body={"plural": f"plural_{number}_list"})
    return Step(change, lambda: expected.objects.append(AnObject(number, name)), refused)


def create_field(draw: Choices, expected: Expected) -> Step:
    owner = draw(expected.living())
    name = draw(NAMES)
    type_ = draw(sorted(COLUMNS))
    target = draw(expected.living())
    bodies: dict[str, dict[str, Any]] = {
        "relation": {"type": "relation", "settings": {"to": target.name, "inverse": _inverse(expected)}},
        "links": {"type": "relation", "settings": {"to": target.name, "many": True, "inverse": _inverse(expected)}},
        "formula": {"type": "formula", "settings": {"expression": "1 + version"}},
        "multi_select": {"type": "multi_select", "settings": {"options": [{"key": "a"}]}},
    }
    refused = any(one.name == name for one in owner.living())
    change = Create(kind="field", parent=owner.name, name=name, body=bodies.get(type_, {"type": type_}))
    return Step(change, lambda: owner.fields.append(AField(name, type_, target.number)), refused)


def _inverse(expected: Expected) -> str:
    return f"back_{sum(len(owner.fields) for owner in expected.objects)}"


def remove_object(draw: Choices, expected: Expected) -> Step:
    owner = draw(expected.living())

    def effect() -> None:
        owner.live, owner.removed_in = False, expected.version + 1
        for other in expected.objects:
            for one in other.living():
                leads_here = one.type in ("relation", "links") and one.target == owner.number
                if (other is owner or (other.live and leads_here)) and one.live:
                    one.live, one.removed_in = False, expected.version + 1

    return Step(Remove(kind="object", name=owner.name), effect)


def rename_object(draw: Choices, expected: Expected) -> Step:
    owner = draw(expected.living())
    name = draw(NAMES)
    refused = any(one.name == name and one is not owner for one in expected.living())
    return Step(Rename(kind="object", name=owner.name, to=name), lambda: setattr(owner, "name", name), refused)


def any_field(draw: Choices, expected: Expected) -> tuple[AnObject, AField]:
    owner = draw([one for one in expected.living() if one.living()])
    return owner, draw(owner.living())


def remove_field(draw: Choices, expected: Expected) -> Step:
    owner, one = any_field(draw, expected)

    def effect() -> None:
        one.live, one.removed_in = False, expected.version + 1

    return Step(Remove(kind="field", parent=owner.name, name=one.name), effect)


def rename_field(draw: Choices, expected: Expected) -> Step:
    owner, one = any_field(draw, expected)
    name = draw(NAMES)
    refused = any(other.name == name and other is not one for other in owner.living())
    change = Rename(kind="field", parent=owner.name, name=one.name, to=name)
    return Step(change, lambda: setattr(one, "name", name), refused)


def required(draw: Choices, expected: Expected) -> Step:
    owner, one = any_field(draw, expected)
    wanted = not one.required
    refused = one.type in ("links", "formula") or (wanted and expected.rows.get(owner.number, 0) > 0)
    refused = refused or (wanted and one.type == "relation" and expected.needs(one.target, owner.number))
    change = Update(kind="field", parent=owner.name, name=one.name, attributes={"required": wanted})
    return Step(change, lambda: setattr(one, "required", wanted), refused)


def unique(draw: Choices, expected: Expected) -> Step:
    owner, one = any_field(draw, expected)
    wanted = not one.unique
    refused = one.type not in ("text", "integer", "date", "relation")
    change = Update(kind="field", parent=owner.name, name=one.name, attributes={"unique": wanted})
    return Step(change, lambda: setattr(one, "unique", wanted), refused)


def retype(draw: Choices, expected: Expected) -> Step:
    owner, one = any_field(draw, expected)
    becomes = {"text": "integer", "integer": "text", "geo_point": "date"}.get(one.type, "geo_point")
    change = Update(kind="field", parent=owner.name, name=one.name, attributes={"type": becomes, "settings": None})
    return Step(change, lambda: setattr(one, "type", becomes), one.type not in ("text", "integer"))


def restore_object(draw: Choices, expected: Expected) -> Step:
    name = draw(sorted({one.name for one in expected.objects if not one.live}))
    owner = max((one for one in expected.objects if not one.live and one.name == name), key=lambda o: o.removed_in)
    taken = any(one.name == name for one in expected.living())
    back = [one for one in owner.fields if one.removed_in == owner.removed_in and not one.live]
    nowhere = any(expected.leads_nowhere(one) and one.target != owner.number for one in back)

    def effect() -> None:
        owner.live = True
        for one in back:
            one.live = True

    return Step(Restore(kind="object", name=name), effect, taken or nowhere)


def restore_field(draw: Choices, expected: Expected) -> Step:
    hidden = [(owner, one) for owner in expected.living() for one in owner.fields if not one.live]
    owner, name = draw([(owner, one.name) for owner, one in hidden])
    one = max((o for o in owner.fields if not o.live and o.name == name), key=lambda o: o.removed_in)
    taken = any(other.name == name for other in owner.living())
    empty = one.required and expected.rows.get(owner.number, 0) > 0
    change = Restore(kind="field", parent=owner.name, name=name)
    return Step(change, lambda: setattr(one, "live", True), taken or empty or expected.leads_nowhere(one))


def rollback(draw: Choices, expected: Expected) -> Step:
    version = draw(range(1, expected.version + 1))
    past = {one.number: one for one in copy.deepcopy(expected.past.get(version, []))}
    wanted: list[AnObject] = []
    for now in copy.deepcopy(expected.objects):
        then = past.get(now.number)
        if then is None or not then.live:
            now.live = False
            for one in now.fields:
                one.live = False
            wanted.append(now)
            continue
        then.table = now.table
        for place, one in enumerate(now.fields):
            if place >= len(then.fields):
                then.fields.append(one)
                one.live = False
            elif not then.fields[place].live:
                then.fields[place] = one
                one.live = False
            then.fields[place].column = one.column
        wanted.append(then)
    empty = any(
        one.required and expected.rows.get(owner.number, 0) > 0 and not _is_required_now(expected, owner.number, place)
        for owner in wanted
        if owner.live
        for place, one in enumerate(owner.fields)
        if one.live
    )

    def effect() -> None:
        for now, then in zip(expected.objects, wanted, strict=True):
            removed = expected.version + 1
            then.removed_in = removed if now.live and not then.live else now.removed_in
            for place, one in enumerate(then.fields):
                was = now.fields[place]
                one.removed_in = removed if was.live and not one.live else was.removed_in
        expected.objects[:] = wanted

    return Step(version, effect, empty)


def _is_required_now(expected: Expected, number: int, place: int) -> bool:
    owner = expected.objects[number]
    return owner.live and owner.fields[place].live and owner.fields[place].required


STEPS: dict[str, Callable[[Choices, Expected], Step]] = {
    "create_object": create_object,
    "create_field": create_field,
    "remove_object": remove_object,
    "rename_object": rename_object,
    "remove_field": remove_field,
    "rename_field": rename_field,
    "required": required,
    "unique": unique,
    "retype": retype,
    "restore_object": restore_object,
    "restore_field": restore_field,
    "rollback": rollback,
}


async def take(shop: Shop, expected: Expected, step: Step) -> None:
    before = await live_tables(shop.configuration.connections, shop.schema)
    try:
        if isinstance(step.change, int):
            applied = await shop.apply(rollback_to=step.change)
        else:
            applied = await shop.apply(step.change, cascade=True)
    except BadInputError as error:
        if not step.refused:
            raise AssertionError(f"{step.change} should have been possible") from error
        assert await live_tables(shop.configuration.connections, shop.schema) == before
        return
    assert not step.refused, step.change
    step.effect()
    if applied.version > expected.version:
        expected.commit()
    assert applied.version == expected.version
    for owner in expected.living():
        object_type = applied.model.object(owner.name)
        assert owner.table in ("", object_type.table)
        owner.table = object_type.table
        columns = {one.name: one.column for one in object_type.fields}
        for one in owner.living():
            assert one.column in ("", columns[one.name])
            one.column = columns[one.name]


async def add_row(shop: Shop, expected: Expected, owner: AnObject) -> None:
    if not any(one.required for one in owner.living()):
        await shop.add(owner.table)
        expected.rows[owner.number] = expected.rows.get(owner.number, 0) + 1


def expected_tables(expected: Expected) -> Iterator[tuple[str, dict[str, tuple[str, bool]]]]:
    for owner in expected.objects:
        columns = dict(SYSTEM)
        for one in owner.fields:
            if one.type == "links":
                yield one.column, {"source_id": ("uuid", False), "target_id": ("uuid", False)}
            for place, (suffix, sql_type) in enumerate(COLUMNS[one.type].items()):
                demanded = owner.live and one.live and one.required and place == 0
                columns[one.column + suffix] = (sql_type, not demanded)
        yield owner.table, columns


async def check(shop: Shop, expected: Expected) -> None:
    connections = shop.configuration.connections
    tables = await live_tables(connections, shop.schema)
    tables = {name: columns for name, columns in tables.items() if name not in ORGANISATION_TABLES}
    assert tables == dict(expected_tables(expected))
    indexes = await live_indexes(connections, shop.schema)
    for owner in expected.objects:
        for one in owner.fields:
            if one.column:
                is_unique = owner.live and one.live and one.unique
                assert (f"{owner.table}__{one.column}__key" in indexes) == is_unique
    await check_catalogue(shop, tables, indexes)


async def check_processes(shop: Shop, others: Tenants, beside: Configuration) -> None:
    """Every process comes to the same model: the one that changes, one that changes at times, one that only reads."""
    _, whole = await Configuration(shop.configuration.connections).state(shop.id)
    for _, model in (await shop.configuration.state(shop.id), await beside.state(shop.id)):
        assert list(model.objects.items()) == list(whole.objects.items())
        assert model.object_by_plural == whole.object_by_plural
    read = (await others.refresh(shop.id)).model
    assert [pack(found) for found in read] == [pack(found) for found in whole]
    assert (read.version, dict(read.object_by_plural)) == (whole.version, whole.object_by_plural)


async def check_catalogue(shop: Shop, tables: dict[str, Any], indexes: dict[str, str]) -> None:
    """What the declarations say should be there is what is there, also when they are read anew."""
    state, model = await Configuration(shop.configuration.connections).state(shop.id)
    wanted = catalogue(state, model).tables
    every = tuple(wanted.values())
    wanted = {name: table for name, table in wanted.items() if name not in ORGANISATION_TABLES}
    assert {name: set(table.columns) for name, table in wanted.items()} == {
        name: set(columns) for name, columns in tables.items()
    }
    assert {index for table in every for index in table.indexes} == set(indexes)
    keys = await live_foreign_keys(shop.configuration.connections, shop.schema)
    assert {key.name: key.on_delete.value for table in every for key in table.foreign_keys.values()} == keys


class Choices:
    """Chooses by numbers drawn beforehand: hypothesis cannot be asked from within a coroutine."""

    def __init__(self, numbers: list[int]) -> None:
        self._numbers = iter(numbers)

    def __call__(self, options: Sequence[Any]) -> Any:
        """One of some options; the first one when the numbers have run out."""
        return options[next(self._numbers, 0) % len(options)]


EXAMPLES = int(os.environ.get("TEST_RANDOM_EDITS", "8"))
"""Sequences of edits to try; more of them for a long run."""


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.integers(0, 10_000), min_size=20, max_size=140))
async def test_the_database_is_as_the_edits_say(connections: Connections, numbers: list[int]) -> None:
    draw = Choices(numbers)
    shops = []
    others, beside = Tenants(connections), Configuration(connections)
    for slug in ("first", "second"):
        made = await create_tenant(connections, slug=slug, name=slug, author=ANNA)
        shops.append((Shop(Configuration(connections), made), Expected()))
    try:
        for _ in range(len(numbers) // 6):
            shop, expected = draw(shops)
            await take(shop, expected, possible_steps(draw, expected))
            if expected.living() and draw(range(4)) == 0:
                await add_row(shop, expected, draw(expected.living()))
            await check(shop, expected)
            if draw(range(3)) == 0:
                await check_processes(shop, others, beside)
        for shop, expected in shops:
            await check(shop, expected)
            await check_processes(shop, others, beside)
    finally:
        for shop, _ in shops:
            await drop_tenant(connections, shop.id)
