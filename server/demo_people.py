"""The organisation of the demo tenant, and people of four roles who see different things by the same query.

    departments   headquarters, below it finance and a department for every region and store of the template
    people        a shopping guide, a regional manager, an accountant and somebody of headquarters
    placing       sample records are given to the department of their store; those of one guide are that person's

It is done by a few statements over all records, as part of making the demo: no event tells of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import uuid_utils

from metadata.fields.relations import RelationKind, relation_of
from metadata.model.tenant import TenantModel, field_of
from metadata.problems import ConflictError
from server.database.sql import quote_identifier
from server.identity.accounts import Account, AccountChange, Accounts, NewAccount
from server.records.layout import Layout

__all__ = ["DEMO_PEOPLE", "DemoPerson", "Login", "make_people"]

_HEADQUARTERS, _FINANCE = "HQ", "FIN"
_REGION, _STORE = "R-", "S-"

_BY_STORE = (
    ("guide", ""),
    ("customer", "guide"),
    ("order", "guide"),
    ("interaction", "guide"),
    ("ticket", "assignee"),
    ("stock", ""),
)
"""Object types whose records name a store, and the field that names the guide who works on them."""

_BY_RECORD = (
    ("order_line", "order"),
    ("payment", "order"),
    ("refund", "order"),
    ("identity", "customer"),
    ("coupon", "customer"),
    ("stored_value_entry", "customer"),
    ("review", "customer"),
)
"""Object types whose records belong to whom another record belongs to."""


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody to sign in as.

    Attributes:
        email: Address.
        name: For people.
        role: Of the template.
        department: Code of the department.
        shows: What the announcement calls the person.
    """

    email: str
    name: str
    role: str
    department: str
    shows: str


DEMO_PEOPLE = (
    DemoPerson("sales@example.com", "张小曼 Sales", "guide", "S-S006", "sales"),
    DemoPerson("region@example.com", "周建国 Regional manager", "regional_manager", "R-HB", "regional manager"),
    DemoPerson("finance@example.com", "吴敏 Finance", "accountant", _FINANCE, "finance"),
    DemoPerson("hq@example.com", "陈卫东 Headquarters", "headquarters", _HEADQUARTERS, "headquarters"),
)
"""The four; the first is a guide of the template, at a store in the region of the second."""

_SALES_GUIDE = "G0028"


@dataclass(frozen=True, slots=True, repr=False)
class Login:
    """A way in.

    Attributes:
        shows: What the announcement calls the person.
        email: Address.
        password: Generated; empty when the settings gave it.
    """

    shows: str
    email: str
    password: str


async def make_people(connections: Any, accounts: Accounts, model: TenantModel, *, password: str) -> tuple[Login, ...]:
    """Make what is missing of the organisation and its people; a run that was killed in between is completed.

    Args:
        connections: The pool.
        accounts: To make people.
        model: Of the demo tenant.
        password: Of all people; empty to make one for each.
    """
    async with connections.transaction(model.tenant_id) as connection:
        departments = await _departments(connection, model)
    logins = []
    ids: dict[str, str] = {}
    for person in DEMO_PEOPLE:
        account, login = await _account(accounts, model.tenant_id, person, password)
        change = AccountChange(department_id=departments[person.department])
        await accounts.update(model.tenant_id, account.id, change, updated_by=None, by_platform=True)
        ids[person.role] = account.id
        logins.append(login)
    async with connections.transaction(model.tenant_id) as connection:
        await _place(connection, model, ids["guide"])
    return tuple(logins)


async def _account(accounts: Accounts, tenant_id: str, person: DemoPerson, password: str) -> tuple[Account, Login]:
    chosen = password or secrets.token_urlsafe(9)
    new = NewAccount(email=person.email, name=person.name, roles=[person.role], password=chosen)
    try:
        account, _ = await accounts.create(tenant_id, new, created_by=None)
    except ConflictError:
        (known,) = await accounts.list(tenant_id, search=person.email, first=1)
        account, chosen = await accounts.reset_password(tenant_id, known.id, updated_by=None, by_platform=True)
        return account, Login(person.shows, person.email, chosen)
    return account, Login(person.shows, person.email, "" if password else chosen)


async def _departments(connection: Any, model: TenantModel) -> Mapping[str, str]:
    """Departments by their code."""
    tables = _Tables(model)
    department = tables.table("department")
    name, code, parent = (tables.column("department", field) for field in ("name", "code", "parent"))
    wanted = {_HEADQUARTERS: ("总部 Headquarters", ""), _FINANCE: ("财务部 Finance", _HEADQUARTERS)}
    async for key, found, above in _units(connection, tables):
        wanted[key] = (found, above or _HEADQUARTERS)
    known = {
        row["code"]: str(row["id"]) for row in await connection.fetch(f"select id, {code} as code from {department}")
    }
    ids = {key: known.get(key) or str(uuid_utils.uuid7()) for key in wanted}
    missing = [key for key in wanted if key not in known]
    await connection.execute(
        f"insert into {department} (id, {code}, {name}, {parent})"
        " select * from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[])",
        [ids[key] for key in missing],
        missing,
        [wanted[key][0] for key in missing],
        [ids.get(wanted[key][1]) for key in missing],
    )
    return ids


async def _units(connection: Any, tables: _Tables) -> Any:
    """Code, name and code of the one above, of the department of every region and store."""
    region, store = tables.table("region"), tables.table("store")
    above, of_store = tables.column("region", tables.up("region")), tables.column("store", "region")
    for row in await connection.fetch(
        f"select unit.code, unit.name, upper.code as above from {region} as unit"
        f" left join {region} as upper on upper.id = unit.{above} order by unit.code"
    ):
        yield _REGION + row["code"], row["name"], row["above"] and _REGION + row["above"]
    for row in await connection.fetch(
        f"select unit.code, unit.name, upper.code as above from {store} as unit"
        f" left join {region} as upper on upper.id = unit.{of_store} order by unit.code"
    ):
        yield _STORE + row["code"], row["name"], row["above"] and _REGION + row["above"]


async def _place(connection: Any, model: TenantModel, sales: str) -> None:
    """Give every sample record to its department, and those of one guide to the person who is that guide."""
    tables = _Tables(model)
    account, number = tables.column("guide", "account"), tables.column("guide", "employee_no")
    await connection.execute(
        f"update {tables.table('guide')} set {account} = $1::uuid where {number} = $2", sales, _SALES_GUIDE
    )
    for statement in (*_of_stores(tables), *_of_records(tables)):
        await connection.execute(statement)


def _of_stores(tables: _Tables) -> Iterator[str]:
    department, store, guide = (tables.table(name) for name in ("department", "store", "guide"))
    yield (
        f"update {store} as record set department_id = department.id from {department} as department"
        f" where department.code = '{_STORE}' || record.code"
    )
    account = tables.column("guide", "account")
    for name, worker in _BY_STORE:
        yield (
            f"update {tables.table(name)} as record set department_id = store.department_id from {store} as store"
            f" where store.id = record.{tables.column(name, 'store')}"
        )
        if worker:
            yield (
                f"update {tables.table(name)} as record set owner_id = guide.{account} from {guide} as guide"
                f" where guide.id = record.{tables.column(name, worker)} and guide.{account} is not null"
            )


def _of_records(tables: _Tables) -> Iterable[str]:
    for name, of in _BY_RECORD:
        yield (
            f"update {tables.table(name)} as record"
            " set department_id = whole.department_id, owner_id = whole.owner_id"
            f" from {tables.table(of)} as whole where whole.id = record.{tables.column(name, of)}"
        )


class _Tables:
    """Where the object types of the tenant are stored."""

    def __init__(self, model: TenantModel) -> None:
        self._model = model
        self._layout = Layout(model)

    def table(self, object_name: str) -> str:
        return self._layout.table(object_name)

    def column(self, object_name: str, field_name: str) -> str:
        object_type = self._model.object(object_name)
        field = field_of(object_type, field_name)
        assert field is not None, f"{object_name}.{field_name}"
        return quote_identifier(self._layout.columns(object_type, field)[0])

    def up(self, object_name: str) -> str:
        """The field that leads to the record above, of the same object type."""
        for field in self._model.object(object_name).fields:
            relation = relation_of(field)
            if relation is not None and relation.to == object_name and relation.kind is RelationKind.TO_ONE:
                return field.name
        raise LookupError(object_name)
