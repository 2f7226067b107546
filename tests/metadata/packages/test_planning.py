from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metadata.changes.edits import edit
from metadata.changes.modelling import model_of
from metadata.changes.plan import prepare
from metadata.changes.requests import Change, Create, Remove, Rename, Update
from metadata.changes.state import Key, State
from metadata.model.reading import read_document_text
from metadata.model.writing import write_document
from metadata.packages.joining import shipped_keys
from metadata.packages.library import Library, Package, industries_folder
from metadata.packages.merging import ABSENT, Conflict
from metadata.packages.planning import (
    PackagePlan,
    plan_installation,
    plan_removal,
    plan_upgrade,
    removal_candidates,
)
from metadata.packages.removing import Holdings

EMPTY = State("00000000-0000-0000-0000-000000000001", "acme", 0, {})
TEMPLATES = ("education", "equipment_service", "retail_chain")

SHOP = """
template: {name: shop, version: 1.0.0}
objects:
  - name: store
    plural: stores
    label: {en: Store}
    display: name
    fields:
      - {name: name, type: text, label: {en: Name}}
      - {name: city, type: text, label: {en: City}}
  - name: customer
    plural: customers
    label: {en: Customer}
    display: name
    fields:
      - {name: name, type: text, label: {en: Name}}
      - {name: phone, type: phone, label: {en: Phone}}
      - {name: store, type: relation, label: {en: Store}, settings: {to: store, inverse: customers}}
      - name: level
        type: select
        label: {en: Level}
        settings: {options: [{key: normal, label: {en: Normal}}, {key: vip, label: {en: VIP}}]}
    validations:
      - {name: vip_has_phone, rule: 'level != "vip" || phone != null', field: phone}
"""


@pytest.fixture(scope="module")
def library() -> Library:
    return Library(industries_folder())


def package_of(text: str) -> Package:
    document, faults = read_document_text(text)
    assert document is not None, list(faults)
    assert document.template is not None
    return Package(document.template, document, {})


def applied(state: State, changes: Iterable[Change]) -> State:
    draft = prepare(state, model_of(state), changes)
    assert draft.faults == ()
    return State(draft.new.tenant_id, draft.new.slug, state.version + 1, draft.new.items)


def installed(package: Package, state: State = EMPTY) -> State:
    plan = plan_installation(state, package)
    assert plan.faults == ()
    return applied(state, plan.changes)


def upgraded(
    state: State, old: Package, new: Package, first_names: Mapping[str, str] | None = None, **choices: Any
) -> tuple[State, PackagePlan]:
    plan = plan_upgrade(state, new, first_names=first_names or {}, shipped=shipped_keys(old), **choices)
    assert plan.faults == ()
    return applied(state, plan.changes), plan


def first_names(before: State, after: State) -> dict[str, str]:
    return {id_: item.name for id_, item in before.items.items() if after.items[id_].name != item.name}


def body(state: State, kind: str, parent: str, name: str) -> dict[str, Any]:
    item = state.find(Key(kind, parent, name))
    assert item is not None
    return item.body


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_fresh_installation_declares_exactly_the_template(library: Library, name: str) -> None:
    package = library.package(name)
    state = installed(package)
    declared, given = write_document(model_of(state))["objects"], write_document(package.document)["objects"]
    assert [one for one in declared if one["name"] != "user"] == [one for one in given if one["name"] != "user"]
    assert [one["fields"] for one in declared if one["name"] == "user"] == [
        one["fields"] for one in given if one["name"] == "user"
    ]  # what the platform says of its own object types is its own


@pytest.mark.parametrize("name", TEMPLATES)
def test_what_is_noted_as_shipped_is_what_is_installed(library: Library, name: str) -> None:
    package = library.package(name)
    assert shipped_keys(package) == frozenset(installed(package).keys())


def test_all_templates_fit_into_one_tenant(library: Library) -> None:
    state = EMPTY
    for name in TEMPLATES:
        state = installed(library.package(name), state)
    objects = {item.name for item in state.children(kind="object")}
    assert objects == {one.name for name in TEMPLATES for one in library.package(name).document.objects}
    assert len(list(state.children(kind="message_template"))) >= 20
    shared = state.find(Key("field", "customer", "name"))
    assert shared is not None
    assert shared.origin == "equipment_service"


@pytest.mark.parametrize("name", TEMPLATES)
def test_upgrading_to_the_same_version_changes_nothing(library: Library, name: str) -> None:
    package = library.package(name)
    assert upgraded(installed(package), package, package)[1] == PackagePlan()


def test_a_clash_of_meanings_is_refused_with_its_cure() -> None:
    mine = Create(
        kind="object",
        name="customer",
        body={"plural": "customers", "fields": [{"name": "level", "type": "integer"}]},
    )
    plan = plan_installation(applied(EMPTY, [mine]), package_of(SHOP))
    (fault,) = plan.faults
    assert (fault.reason, fault.path) == ("name_clash", ("customer", "fields", "level"))
    assert fault.hint == "Rename the field 'level' of this tenant first, or remove it."


def test_a_tenants_own_object_takes_up_what_the_template_adds() -> None:
    mine = Create(
        kind="object",
        name="customer",
        body={
            "plural": "clients",
            "label": {"en": "Client"},
            "fields": [
                {"name": "name", "type": "text"},
                {"name": "level", "type": "select", "settings": {"options": [{"key": "gold"}]}},
            ],
        },
    )
    state = installed(package_of(SHOP), applied(EMPTY, [mine]))
    assert body(state, "object", "", "customer")["label"] == {"en": "Client"}
    options = body(state, "field", "customer", "level")["settings"]["options"]
    assert [option["key"] for option in options] == ["gold", "normal", "vip"]
    assert state.find(Key("field", "customer", "phone")) is not None


def test_an_upgrade_keeps_what_the_tenant_changed_and_brings_what_is_new() -> None:
    old, new = package_of(SHOP), package_of(SHOP.replace("{en: City}", "{en: Town}").replace("VIP", "Very important"))
    state = applied(
        installed(old),
        [Update(kind="field", parent="customer", name="level", attributes={"label": {"en": "Tier"}})],
    )
    after, plan = upgraded(state, old, new)
    assert body(after, "field", "store", "city")["label"] == {"en": "Town"}
    assert body(after, "field", "customer", "level")["label"] == {"en": "Tier"}
    options = body(after, "field", "customer", "level")["settings"]["options"]
    assert options[1]["label"] == {"en": "Very important"}
    assert plan.conflicts == ()


def test_a_conflict_keeps_the_tenants_value_unless_the_templates_is_chosen() -> None:
    old, new = package_of(SHOP), package_of(SHOP.replace("{en: City}", "{en: Town}"))
    mine = Update(kind="field", parent="store", name="city", attributes={"label": {"en": "Place"}})
    state = applied(installed(old), [mine])
    path = ("store", "fields", "city", "label", "en")
    kept, plan = upgraded(state, old, new)
    assert plan.conflicts == (Conflict(path, "City", "Place", "Town"),)
    assert body(kept, "field", "store", "city")["label"] == {"en": "Place"}
    taken, plan = upgraded(state, old, new, take_theirs=[path])
    assert plan.conflicts == ()
    assert body(taken, "field", "store", "city")["label"] == {"en": "Town"}


def test_upgrading_twice_does_nothing_the_second_time() -> None:
    old, new = package_of(SHOP), package_of(SHOP.replace("{en: City}", "{en: Town}"))
    mine = Update(kind="field", parent="store", name="city", attributes={"label": {"en": "Place"}})
    once, _ = upgraded(applied(installed(old), [mine]), old, new)
    assert upgraded(once, new, new)[1] == PackagePlan()


def test_what_the_tenant_removed_stays_removed() -> None:
    old, new = package_of(SHOP), package_of(SHOP.replace("{en: City}", "{en: Town}"))
    state = applied(installed(old), [Remove(kind="field", parent="store", name="city")])
    after, plan = upgraded(state, old, new)
    assert after.find(Key("field", "store", "city")) is None
    assert [kept.reason for kept in plan.kept] == ["removed_by_tenant"]
    purged = state.with_items({id_: item for id_, item in state.items.items() if item.is_live})
    assert upgraded(purged, old, new)[0].find(Key("field", "store", "city")) is None


def test_a_renamed_field_is_still_the_templates_and_new_mentions_follow_the_name() -> None:
    old = package_of(SHOP)
    new = package_of(
        SHOP.replace("{en: Phone}", "{en: Mobile}")
        + "      - {name: phone_is_long, rule: 'length(phone) > 5', field: phone}\n"
    )
    before = installed(old)
    state = applied(before, [Rename(kind="field", parent="customer", name="phone", to="mobile")])
    after, plan = upgraded(state, old, new, first_names(before, state))
    assert body(after, "field", "customer", "mobile")["label"] == {"en": "Mobile"}
    assert body(after, "validation", "customer", "phone_is_long")["rule"] == "length(mobile) > 5"
    assert "mobile" in body(after, "validation", "customer", "vip_has_phone")["rule"]
    assert after.find(Key("field", "customer", "phone")) is None
    assert plan.conflicts == ()


def test_a_new_item_that_takes_the_tenants_name_for_another_is_refused() -> None:
    old = package_of(SHOP)
    new = package_of(
        SHOP.replace("    validations:", "      - {name: mobile, type: phone, label: {en: Mobile}}\n    validations:")
    )
    before = installed(old)
    state = applied(before, [Rename(kind="field", parent="customer", name="phone", to="mobile")])
    plan = plan_upgrade(state, new, first_names=first_names(before, state), shipped=shipped_keys(old))
    assert [fault.reason for fault in plan.faults] == ["name_taken"]


def test_what_the_template_dropped_goes_when_nobody_shaped_or_uses_it() -> None:
    old, new = package_of(SHOP), package_of(SHOP.replace("      - {name: city, type: text, label: {en: City}}\n", ""))
    city = Key("field", "store", "city")
    assert upgraded(installed(old), old, new)[0].find(city) is None

    shaped = Update(kind="field", parent="store", name="city", attributes={"required": True})
    after, plan = upgraded(applied(installed(old), [shaped]), old, new)
    assert after.find(city) is not None
    assert [(conflict.path, conflict.theirs) for conflict in plan.conflicts] == [(("store", "fields", "city"), ABSENT)]

    user = Create(kind="view", parent="store", name="by_city", body={"columns": ["city"], "filter": 'city != "x"'})
    after, plan = upgraded(applied(installed(old), [user]), old, new)
    assert after.find(city) is not None
    assert [kept.reason for kept in plan.kept] == ["in_use"]


def test_removal_takes_everything_from_an_empty_tenant() -> None:
    state = installed(package_of(SHOP))
    removal = plan_removal(state, model_of(state), "shop", Holdings({}, {}))
    assert removal.kept == ()
    assert list(applied(state, removal.changes).live()) == []


def test_removal_keeps_what_holds_data_and_what_that_needs() -> None:
    state = installed(package_of(SHOP))
    holdings = Holdings({"customer": 3}, {("customer", "name"): 3, ("customer", "store"): 2})
    removal = plan_removal(state, model_of(state), "shop", holdings)
    after = applied(state, removal.changes)
    assert {(kept.key.name, kept.reason) for kept in removal.kept} == {
        ("customer", "holds_data"),
        ("name", "holds_data"),
        ("store", "holds_data"),
        ("store", "in_use"),
        ("phone", "in_use"),
        ("level", "in_use"),
        ("name", "in_use"),
    }
    assert after.find(Key("field", "store", "city")) is None
    assert after.find(Key("validation", "customer", "vip_has_phone")) is not None


def test_removal_leaves_a_tenants_own_field_and_its_object() -> None:
    mine = Create(kind="field", parent="store", name="floor", body={"type": "integer"})
    state = applied(installed(package_of(SHOP)), [mine])
    removal = plan_removal(state, model_of(state), "shop", Holdings({}, {}))
    after = applied(state, removal.changes)
    assert {item.name for item in after.children(kind="object")} == {"store"}
    assert ("object", "holds_others") in {(kept.key.kind, kept.reason) for kept in removal.kept}
    assert after.find(Key("field", "store", "floor")) is not None


EDITS = st.lists(
    st.tuples(st.sampled_from(["label", "rename", "remove"]), st.integers(0, 60), st.sampled_from(["甲", "乙", "丙"])),
    max_size=6,
)


@settings(max_examples=40)
@given(edits=EDITS)
def test_no_edit_of_a_tenant_is_lost_by_an_upgrade(edits: list[tuple[str, int, str]]) -> None:
    old = package_of(SHOP)
    new = package_of(SHOP.replace("{en: Name}", "{en: Full name}").replace("{en: Customer}", "{en: Client}"))
    fresh = state = installed(old)
    for kind, place, text in edits:
        state = _edited(state, kind, place, text)
    names = {
        id_: fresh.items[id_].name
        for id_, item in state.items.items()
        if id_ in fresh.items and fresh.items[id_].name != item.name
    }
    plan = plan_upgrade(state, new, first_names=names, shipped=shipped_keys(old))
    after = edit(state, plan.changes, model_of)
    assert after.faults == ()
    assert plan.faults == ()
    for id_, item in fresh.items.items():
        mine, now = state.items[id_], after.state.items[id_]
        assert (now.name, now.is_live) == (mine.name, mine.is_live)
        if mine.is_live and mine.body.get("label") != item.body.get("label"):
            assert now.body.get("label") == mine.body.get("label")
    again = plan_upgrade(after.state, new, first_names=names, shipped=shipped_keys(new))
    assert (again.changes, again.conflicts) == ((), ())


def _edited(state: State, kind: str, place: int, text: str) -> State:
    items = [item for item in state.live() if item.kind in ("object", "field")]
    if not items:
        return state
    item = items[place % len(items)]
    key = state.key(item)
    change: Change
    match kind:
        case "label":
            change = Update(kind=key.kind, parent=key.parent, name=key.name, attributes={"label": {"en": text}})
        case "rename":
            change = Rename(kind=key.kind, parent=key.parent, name=key.name, to=f"{key.name}_x"[:40])
        case _:
            change = Remove(kind=key.kind, parent=key.parent, name=key.name)
    draft = prepare(state, model_of(state), [change])
    return state if draft.faults else State(state.tenant_id, state.slug, state.version + 1, draft.new.items)


def test_every_item_remembers_its_template() -> None:
    state = installed(package_of(SHOP))
    assert removal_candidates(state, "shop") == tuple(state.live())
    assert all(item.origin_body == item.body for item in state.live())
