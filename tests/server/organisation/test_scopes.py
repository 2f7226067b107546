"""Scopes in SQL reach what a plain computation over the organisation says, on random organisations of two tenants."""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from metadata.model.policy_scopes import SCOPES, scope_expression
from server.access.plan import ADMINISTRATOR
from server.database.sql import qualified
from server.identity.accounts import NewAccount
from server.records.compiler import Compiler
from server.records.statements import Statement
from tests.fixtures.tenants import PASSWORD, Tenant, Tenants

RECORD = """
objects:
  - name: lead
    plural: leads
    fields:
      - {name: region, type: relation, settings: {to: region}}
      - {name: collaborators, type: relation, settings: {to: user, many: true, inverse: joined_leads}}
"""


@dataclass
class Organisation:
    """Who stands where, by ids; trees as the id above of each."""

    users: list[str] = field(default_factory=list)
    superior: dict[str, str | None] = field(default_factory=dict)
    home: dict[str, str | None] = field(default_factory=dict)
    territory: dict[str, str | None] = field(default_factory=dict)
    departments: dict[str, str | None] = field(default_factory=dict)
    managers: dict[str, str | None] = field(default_factory=dict)
    regions: dict[str, str | None] = field(default_factory=dict)
    teams: dict[str, tuple[str | None, set[str]]] = field(default_factory=dict)
    leads: dict[str, dict[str, Any]] = field(default_factory=dict)


def drawn(seed: int, users: list[str]) -> Organisation:
    """A random organisation of some accounts."""
    draw = random.Random(seed)
    made = Organisation(users)
    made.departments, made.regions = tree(draw, 12), tree(draw, 8)
    made.managers = {one: draw.choice([None, *users]) for one in made.departments}
    for place, user in enumerate(users):
        made.superior[user] = draw.choice([None, *users[:place]])
        made.home[user] = draw.choice([None, *made.departments])
        made.territory[user] = draw.choice([None, *made.regions])
    for _ in range(4):
        members = set(draw.sample(users, draw.randint(0, 3)))
        made.teams[new_id(draw)] = (draw.choice([None, *users]), members)
    for _ in range(60):
        made.leads[new_id(draw)] = {
            "owner": draw.choice([None, *users]),
            "department": draw.choice([None, *made.departments]),
            "region": draw.choice([None, *made.regions]),
            "collaborators": set(draw.sample(users, draw.randint(0, 2))),
        }
    return made


def tree(draw: random.Random, size: int) -> dict[str, str | None]:
    above: dict[str, str | None] = {}
    for _ in range(size):
        above[new_id(draw)] = draw.choice([None, *above])
    return above


def new_id(draw: random.Random) -> str:
    return str(uuid.UUID(int=draw.getrandbits(128), version=4))


def chain(above: Mapping[str, str | None], start: str | None) -> set[str]:
    """A record of a tree and all above it."""
    found: set[str] = set()
    while start is not None:
        found.add(start)
        start = above[start]
    return found


def reached(made: Organisation, scope: str, actor: str, lead: Mapping[str, Any]) -> bool:
    """What a scope means, in plain words."""
    owner, department, region = lead["owner"], lead["department"], lead["region"]
    teams = [{*members, *([leader] if leader else [])} for leader, members in made.teams.values()]
    mates = {actor}.union(*(team for team in teams if actor in team))
    match scope:
        case "all":
            return True
        case "own":
            return bool(owner == actor)
        case "team":
            return owner in mates or (department is not None and made.managers[department] == actor)
        case "subordinates":
            return owner is not None and actor in chain(made.superior, owner)
        case "department":
            return department is not None and department == made.home[actor]
        case "department_subtree":
            return department is not None and made.home[actor] in chain(made.departments, department)
        case "region":
            return region is not None and region == made.territory[actor]
        case "region_subtree":
            return region is not None and made.territory[actor] in chain(made.regions, region)
        case "collaborators":
            return owner == actor or actor in lead["collaborators"]
    return False


async def stored(tenant: Tenant, made: Organisation, other: Organisation | None = None) -> None:
    """Write an organisation as SQL finds it."""
    tables: dict[str, list[dict[str, Any]]] = {
        "department": [
            {"id": one, "name": one, "parent_id": above, "manager_id": made.managers[one]}
            for one, above in made.departments.items()
        ],
        "region": [{"id": one, "name": one, "parent_id": above} for one, above in made.regions.items()],
        "team": [{"id": one, "name": one, "leader_id": leader} for one, (leader, _) in made.teams.items()],
        "team__members": [
            {"source_id": one, "target_id": member} for one, (_, members) in made.teams.items() for member in members
        ],
        "lead": [
            {"id": one, "owner_id": lead["owner"], "department_id": lead["department"], "region_id": lead["region"]}
            for one, lead in made.leads.items()
        ],
        "lead__collaborators": [
            {"source_id": one, "target_id": member}
            for one, lead in made.leads.items()
            for member in lead["collaborators"]
        ],
    }
    async with tenant.services.connections.transaction() as connection:
        for name, rows in tables.items():
            columns = ", ".join(rows[0])
            places = ", ".join(f"${place}" for place in range(1, len(rows[0]) + 1))
            sql = f"insert into {qualified(tenant.schema, name)} ({columns}) values ({places})"
            await connection.executemany(sql, [tuple(row.values()) for row in rows])
        for user in made.users:
            await connection.execute(
                f"update {qualified(tenant.schema, 'user')}"
                " set superior_id = $2, department_id = $3, region_id = $4 where id = $1",
                user,
                made.superior[user],
                made.home[user],
                made.territory[user],
            )


async def found(tenant: Tenant, scope: str, actor: str) -> set[str]:
    model = (await tenant.services.tenants.refresh(tenant.id)).model
    compiler = Compiler(model, ADMINISTRATOR)
    lead = compiler.open(model.object("lead"))
    expression = scope_expression(scope)
    where = f" where {compiler.expression(expression, lead)}" if expression is not None else ""
    sql = f"select {lead.alias}.id {lead.from_clause}{where}"
    values = {"actor.id": actor, "tenant.id": tenant.id}
    arguments = Statement(sql, compiler.parameters.names()).arguments(values.__getitem__)
    async with tenant.services.connections.acquire() as connection:
        return {row["id"] for row in await connection.fetch(sql, *arguments)}


async def accounts(tenant: Tenant, count: int) -> list[str]:
    made = []
    for place in range(count):
        new = NewAccount(email=f"p{place}@example.com", name=f"p{place}", password=PASSWORD)
        account, _ = await tenant.services.identity.accounts.create(tenant.id, new, created_by=None)
        made.append(account.id)
    return made


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_each_scope_reaches_what_the_organisation_says(tenants: Tenants, seed: int) -> None:
    organisations: dict[str, Organisation] = {}
    for tenant in tenants.both:
        await tenant.data(
            "mutation($text: JSON!) { applyMetadata(document: $text) { version } }",
            {"text": RECORD},
            path="/metadata",
        )
        organisations[tenant.slug] = drawn(seed + len(organisations) * 100, await accounts(tenant, 6))
        await stored(tenant, organisations[tenant.slug])
    for tenant in tenants.both:
        made = organisations[tenant.slug]
        for scope in SCOPES.keys() - {"granted"}:
            for actor in made.users:
                expected = {one for one, lead in made.leads.items() if reached(made, scope, actor, lead)}
                assert await found(tenant, scope, actor) == expected, (scope, actor)
