"""Casbin decides like the snapshot, and policies go to its form and back without loss."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from importlib.metadata import distributions
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metadata.model.policies import Policy, Role
from metadata.problems import BadInputError
from server.access.casbin_enforcer import Enforcer, PolicyRows, opened_enforcer
from server.access.casbin_text import export_lines, import_lines
from server.access.conditions import ALWAYS
from server.access.plan import plan_of
from server.access.rights import Rights
from server.access.snapshot import compile_policies

ROLES = ("a", "b", "c", "d", "e")
OBJECTS = ("customer", "order", "store")
ACTIONS = ("read", "update", "delete", "export")
USER = "0190a0a0-0000-7000-8000-000000000000"


@st.composite
def policies(draw: st.DrawFn) -> tuple[Policy, ...]:
    count = draw(st.integers(0, 8))
    found = []
    for place in range(count):
        is_own = draw(st.integers(0, 9)) == 0
        found.append(
            Policy(
                name=f"p_{place}",
                kind=draw(st.sampled_from(["allow", "allow", "deny"])),
                role="" if is_own else draw(st.sampled_from([*ROLES, "*"])),
                user=USER if is_own else "",
                object=draw(st.sampled_from([*OBJECTS, "*"])),
                actions=tuple(draw(st.lists(st.sampled_from([*ACTIONS, "*"]), min_size=1, max_size=2, unique=True))),
            )
        )
    return tuple(found)


@st.composite
def role_trees(draw: st.DrawFn) -> dict[str, Role]:
    """Each role inherits some of those before it, so that there is no circle."""
    return {
        name: Role(name=name, inherits=tuple(draw(st.lists(st.sampled_from(ROLES[:place]), unique=True, max_size=2))))
        if place
        else Role(name=name)
        for place, name in enumerate(ROLES)
    }


async def enforcer_of(roles: dict[str, Role], rows: Sequence[Policy], held: Sequence[str]) -> Enforcer:
    async def load() -> PolicyRows:
        return PolicyRows(roles, rows, tuple((USER, role) for role in held))

    return await opened_enforcer(load)


@settings(max_examples=150)
@given(role_trees(), policies(), st.lists(st.sampled_from(ROLES), unique=True, max_size=3))
async def test_snapshot_decides_as_casbin(roles: dict[str, Role], rows: tuple[Policy, ...], held: list[str]) -> None:
    enforcer = await enforcer_of(roles, rows, held)
    snapshot = compile_policies(roles, rows)
    rights = Rights(snapshot, snapshot.subjects(held, USER))
    for object_name in OBJECTS:
        for action in ACTIONS:
            ours = rights.rows(object_name, action) == ALWAYS
            assert ours == enforcer.allows(f"user:{USER}", object_name, action), (object_name, action)


async def test_chain_of_fifty_roles_reaches_its_end() -> None:
    names = [f"r_{place}" for place in range(50)]
    roles = {
        name: Role(name=name, inherits=(names[place + 1],) if place < 49 else ()) for place, name in enumerate(names)
    }
    rows = (Policy(name="p", kind="allow", role="r_49", object="customer", actions=("read",)),)
    enforcer = await enforcer_of(roles, rows, ["r_0"])
    assert enforcer.why(f"user:{USER}", "customer", "read")[0]
    assert plan_of(compile_policies(roles, rows), ("r_0",)).rights is not None
    snapshot = compile_policies(roles, rows)
    assert Rights(snapshot, snapshot.subjects(["r_0"])).rows("customer", "read") == ALWAYS


EVERYTHING = (
    Policy(
        name="own",
        kind="allow",
        role="seller",
        object="customer",
        actions=("read", "update"),
        scope="own",
        condition='level in ["vip", "a,b"] && name != "张 (三) #1 100% [x]"',
        valid_from="2026-01-01T00:00:00+08:00",
        reason='said "so", twice\nand again',
    ),
    Policy(name="phone", kind="mask", role="*", object="customer", fields=("phone", "name"), mask="phone"),
    Policy(
        name="fees", kind="field", user=USER, object="order", fields=("fee",), read="none", write=False, priority=-3
    ),
    Policy(name="no_export", kind="deny", role="manager", actions=("export",)),
)


def test_policies_come_back_from_casbin_lines_as_they_were() -> None:
    roles = {"manager": Role(name="manager", inherits=("seller",)), "seller": Role(name="seller")}
    text = export_lines(roles, EVERYTHING, [(USER, "seller")])
    imported = import_lines(text)
    assert imported.document.policies == EVERYTHING
    assert {role.name: role for role in imported.document.roles} == roles
    assert imported.assignments == ((USER, "seller"),)


def test_casbin_reads_the_exported_file_by_itself(tmp_path: Path) -> None:
    import casbin

    from server.access.casbin_text import MODEL

    roles = {"manager": Role(name="manager", inherits=("seller",)), "seller": Role(name="seller")}
    (tmp_path / "model.conf").write_text(MODEL)
    (tmp_path / "policy.csv").write_text(export_lines(roles, EVERYTHING, [(USER, "manager")]))
    enforcer = casbin.Enforcer(str(tmp_path / "model.conf"), str(tmp_path / "policy.csv"))
    assert enforcer.enforce(f"user:{USER}", "customer", "update")
    assert not enforcer.enforce(f"user:{USER}", "customer", "export")


def test_plain_casbin_file_is_read() -> None:
    imported = import_lines(
        "# a comment\np, seller, customer, read\np, user:" + USER + ", order, *, deny\ng, boss, seller\n"
    )
    first, second = imported.document.policies
    assert (first.kind, first.role, first.actions) == ("allow", "seller", ("read",))
    assert (second.kind, second.user, second.actions) == ("deny", USER, ("*",))
    assert [(role.name, role.inherits) for role in imported.document.roles] == [("seller", ()), ("boss", ("seller",))]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("p, seller, customer\n", 1),
        ("\np, seller, customer, read\ng, seller\n", 3),
        ("p, seller, customer, read, allow, x, {\n", 1),
        ("p, seller, customer, read, allow, x\np, boss, customer, update, allow, x\n", 2),
        ("p, , customer, read\n", 1),
    ],
)
def test_line_that_says_nothing_is_refused_by_its_number(text: str, line: int) -> None:
    with pytest.raises(BadInputError) as caught:
        import_lines(text)
    assert [(fault.reason, fault.path) for fault in caught.value.faults] == [("bad_casbin_line", ("lines", line))]


async def test_casbin_does_not_save_policies() -> None:
    enforcer = await enforcer_of({}, (), [])
    with pytest.raises(BadInputError, match="not saved through this enforcer"):
        await enforcer._enforcer.save_policy()


def test_packages_that_break_policies_are_not_installed() -> None:
    """`casbin` is the frozen old name of pycasbin; casbin-tortoise-adapter brings it along and loses policy rows."""
    installed = {(found.metadata["Name"] or "").lower().replace("_", "-"): found.version for found in distributions()}
    assert not {"casbin", "casbin-tortoise-adapter"} & installed.keys()
    assert tuple(map(int, installed["pycasbin"].split(".")[:2])) >= (2, 8)
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(one for group in project["optional-dependencies"].values() for one in group)]
    assert not [one for one in wanted if one.startswith(("casbin", "casbin-tortoise-adapter"))]
