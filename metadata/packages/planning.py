"""Installing, upgrading and removing a template, as changes that go the way of every other change.

    plan_installation   new items are created; what is there already is shared where it agrees, else a fault says why
    plan_upgrade        three-way merge with what the template shipped before; the tenant's changes win
    plan_removal        what holds no data and nothing else uses goes; the rest is listed with its reason

Pure: the tenant's state goes in, changes come out, `metadata.changes.plan` makes a plan of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from metadata.changes.edits import edit
from metadata.changes.modelling import model_of
from metadata.changes.requests import Change, Create, Update
from metadata.changes.state import Item, Key, State
from metadata.model.kinds import KINDS
from metadata.model.tenant import TenantModel
from metadata.packages.joining import Joined, Shipped, join
from metadata.packages.library import Package
from metadata.packages.merging import ABSENT, Conflict, MergePath, merge, never
from metadata.packages.removing import Holdings, Kept, Removal, removable
from metadata.problems import Fault, Faults

__all__ = ["PackagePlan", "path_of", "plan_installation", "plan_removal", "plan_upgrade", "removal_candidates"]

_NO_DATA = Holdings({}, {})
_MAY_DIFFER = frozenset(
    {
        "plural",
        "label",
        "plural_label",
        "description",
        "icon",
        "message",
        "display",
        "search",
        "history",
        "columns",
        "order",
        "default",
        "required",
        "unique",
        "indexed",
        "sensitive",
    }
)
"""Attributes in which two templates may differ about one item: nothing that others build on hangs on them."""

_SETTINGS_MAY_DIFFER = frozenset(
    {
        "options",
        "inverse_label",
        "on_delete",
        "max_length",
        "min_length",
        "min",
        "max",
        "region",
        "strict",
        "max_size_bytes",
        "content_types",
        "symbology",
    }
)
"""The same within the settings of fields; options are united."""


@dataclass(frozen=True, slots=True)
class PackagePlan:
    """What a template would do to a tenant's declarations.

    Attributes:
        changes: For `metadata.changes.plan.prepare`; empty when nothing is to do.
        conflicts: What both sides changed, or what the template wants back that the tenant shaped; the tenant's stays.
        shared: Items that were there already and serve the template as well.
        kept: Items that stay, or stay removed, against the template, and why.
        faults: Why it cannot be done; empty when it can.
    """

    changes: tuple[Change, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    shared: tuple[Key, ...] = ()
    kept: tuple[Kept, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(slots=True)
class _Outcome:
    """A plan while it grows."""

    changes: list[Change] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    shared: list[Key] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)

    def plan(self) -> PackagePlan:
        return PackagePlan(
            tuple(self.changes), tuple(self.conflicts), tuple(self.shared), tuple(self.kept), tuple(self.faults)
        )


def plan_installation(state: State, package: Package, first_names: Mapping[str, str] | None = None) -> PackagePlan:
    """Plan to install a template in a tenant that may have objects of its own, or of other templates.

    Args:
        state: The tenant's declarations.
        package: The template.
        first_names: Name of each renamed item before its first renaming, by its id; matters where parts of the
            template are left from an earlier installation.
    """
    joined = join(state, package, first_names or {})
    outcome = _Outcome()
    outcome.faults.extend(joined.faults)
    _place(state, package, joined, outcome, gone=frozenset(), is_upgrade=False)
    return outcome.plan()


def plan_upgrade(
    state: State,
    package: Package,
    *,
    first_names: Mapping[str, str],
    shipped: Collection[Key],
    take_theirs: Collection[MergePath] = (),
) -> PackagePlan:
    """Plan to bring a tenant to another version of a template that it has installed.

    Args:
        state: The tenant's declarations.
        package: The template as it is to be.
        first_names: Name of each renamed item before its first renaming, by its id.
        shipped: What the installed version shipped, in the template's words; what of it is gone without a trace
            was removed by the tenant, and purged.
        take_theirs: Paths of conflicts that are decided for the template.
    """
    joined = join(state, package, first_names)
    outcome = _Outcome()
    outcome.faults.extend(joined.faults)
    chosen = frozenset(take_theirs)
    _merge_known(state, package, joined, outcome, chosen)
    _place(state, package, joined, outcome, gone=frozenset(shipped), is_upgrade=True)
    _drop(state, joined, outcome, chosen)
    return outcome.plan()


def removal_candidates(state: State, template: str) -> tuple[Item, ...]:
    """The living items that came from a template, parents first."""
    return tuple(item for item in state.live() if item.origin == template and not KINDS[item.kind].single)


def plan_removal(state: State, model: TenantModel, template: str, holdings: Holdings) -> Removal:
    """Plan to remove what a template brought, as far as nobody would miss it."""
    return removable(state, model, removal_candidates(state, template), holdings)


def path_of(key: Key) -> MergePath:
    """Where an item stands in a document: `("customer", "fields", "level")`."""
    collection = KINDS[key.kind].collection
    if key.parent:
        return (*key.parent.split("."), collection, key.name)
    return (key.name,) if key.kind == "object" else (collection, key.name)


def _merge_known(
    state: State, package: Package, joined: Joined, outcome: _Outcome, chosen: frozenset[MergePath]
) -> None:
    """Merge what both sides have."""
    for one in joined.shipped:
        mine = one.mine
        if mine is None or not mine.is_live:
            continue
        base = ABSENT if one.base is None else one.base
        key = state.key(mine)
        merged = merge(base, mine.body, one.item.body, path_of(key), chosen.__contains__ if chosen else never)
        outcome.conflicts.extend(merged.conflicts)
        if merged.value != mine.body or one.body != mine.origin_body:
            outcome.changes.append(_update(key, merged.value, package, one.body))


def _place(
    state: State, package: Package, joined: Joined, outcome: _Outcome, *, gone: frozenset[Key], is_upgrade: bool
) -> None:
    """Create what the tenant does not have; share what is there under the same name."""
    absent: set[str] = set()
    created: set[str] = set()
    items = {one.item.id: one.item for one in joined.shipped}
    children = _children(joined)
    for one in joined.shipped:
        mine = one.mine
        if one.item.parent_id in created:
            created.add(one.item.id)
            continue
        if mine is not None and mine.is_live:
            if not is_upgrade:
                outcome.shared.append(state.key(mine))
                if one.body != mine.origin_body:
                    base = ABSENT if one.base is None else one.base
                    merged = merge(base, mine.body, one.item.body, path_of(state.key(mine)))
                    outcome.conflicts.extend(merged.conflicts)
                    outcome.changes.append(_update(state.key(mine), merged.value, package, one.body))
            continue
        if is_upgrade and (one.item.parent_id in absent or mine is not None or one.key in gone):
            absent.add(one.item.id)
            if one.item.parent_id not in absent:
                text = f"The {one.key} was removed in this tenant and stays removed."
                outcome.kept.append(Kept(one.key, "removed_by_tenant", text))
            continue
        place = _place_of(items, one.item)
        existing = state.find(place)
        if existing is None:
            created.add(one.item.id)
            body = _with_children(one.item, children)
            origin = package.template.name
            outcome.changes.append(
                Create(kind=place.kind, parent=place.parent, name=place.name, body=body, origin=origin)
            )
        else:
            _share(state, existing, one, outcome, is_upgrade=is_upgrade)


def _place_of(items: Mapping[str, Item], item: Item) -> Key:
    """The name of a shipped item in the tenant's words."""
    names: list[str] = []
    parent = items.get(item.parent_id)
    while parent is not None:
        names.append(parent.name)
        parent = items.get(parent.parent_id)
    return Key(item.kind, ".".join(reversed(names)), item.name)


def _children(joined: Joined) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for one in joined.shipped:
        found.setdefault(one.item.parent_id, []).append(one.item)
    return found


def _with_children(item: Item, children: Mapping[str, list[Item]]) -> dict[str, Any]:
    """A body with everything below it, as a document has it."""
    body: dict[str, Any] = dict(item.body)
    for child in children.get(item.id, ()):
        body.setdefault(KINDS[child.kind].collection, []).append(
            {"name": child.name, **_with_children(child, children)}
        )
    return body


def _share(state: State, existing: Item, one: Shipped, outcome: _Outcome, *, is_upgrade: bool) -> None:
    """Let an item that is there serve the template as well, if it can."""
    key = state.key(existing)
    differing = list(_differing(existing.body, one.item.body))
    if not differing:
        outcome.shared.append(key)
        united = _united_options(existing.body, one.item.body)
        if united is not None:
            outcome.changes.append(Update(kind=key.kind, parent=key.parent, name=key.name, attributes=united))
        return
    if is_upgrade:
        outcome.conflicts.append(Conflict(path_of(key), ABSENT, existing.body, one.item.body))
        return
    owner = f"the template '{existing.origin}'" if existing.origin else "this tenant"
    text = f"The {key} of {owner} is not what the template means: they differ in {', '.join(differing)}."
    cure = f"Rename the {existing.kind} '{existing.name}' of this tenant first, or remove it."
    outcome.faults.add("name_clash", text, path=path_of(key), hint=cure)


def _differing(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[str]:
    """Attributes that two meanings of one name disagree in."""
    for name in dict.fromkeys((*ours, *theirs)):
        if name == "settings":
            left, right = ours.get(name) or {}, theirs.get(name) or {}
            for part in dict.fromkeys((*left, *right)):
                if part not in _SETTINGS_MAY_DIFFER and left.get(part) != right.get(part):
                    yield f"settings.{part}"
        elif name not in _MAY_DIFFER and ours.get(name) != theirs.get(name):
            yield name


def _united_options(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any] | None:
    """The settings with the options of both sides, or None if nothing is to add."""
    mine, others = (side.get("settings") or {} for side in (ours, theirs))
    known = {option["key"] for option in mine.get("options", ())}
    added = [option for option in others.get("options", ()) if option["key"] not in known]
    return {"settings": {**mine, "options": [*mine["options"], *added]}} if added and known else None


def _drop(state: State, joined: Joined, outcome: _Outcome, chosen: frozenset[MergePath]) -> None:
    """Remove what the template does not ship any more, unless the tenant shaped it or something uses it."""
    candidates: list[Item] = []
    for item, base in joined.dropped:
        path = path_of(state.key(item))
        if item.body == base or path in chosen:
            candidates.append(item)
        else:
            outcome.conflicts.append(Conflict(path, base, item.body, ABSENT))
    if not candidates:
        return
    # What the merge changed decides who still uses what is to go.
    merged = edit(state, outcome.changes, model_of).state
    living = [merged.items[item.id] for item in candidates]
    removal = removable(merged, model_of(merged), living, _NO_DATA)
    outcome.changes.extend(removal.changes)
    outcome.kept.extend(removal.kept)


def _update(key: Key, attributes: Mapping[str, Any], package: Package, body: Mapping[str, Any]) -> Update:
    return Update(
        kind=key.kind,
        parent=key.parent,
        name=key.name,
        attributes=dict(attributes),
        whole=True,
        origin=package.template.name,
        origin_body=dict(body),
    )
