r"""Load a purchase history into Tangram's demo tenant, through the public API only, and print what it says.

    TANGRAM_URL=http://127.0.0.1:8000 TANGRAM_TENANT=demo \
    TANGRAM_EMAIL=admin@example.com TANGRAM_PASSWORD=... \
    python examples/purchases.py cdnow_purchases.csv.gz

The file has the columns customer_no, date (YYYY-MM-DD), cds (a quantity) and amount (dollars), sorted by
customer_no; it may be gzipped. Every purchase becomes an order at midnight in the tenant's time zone.

What it shows: fields added while the server runs, bulk upserts (a second or interrupted run repeats nothing twice
and goes on where the first stopped), a rollup that is sorted and filtered by, and figures by month.
Needs Python 3.11 and httpx. Memory does not grow with the file.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import gzip
import os
import sys
import time
import zoneinfo
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self, TextIO

import httpx

COLUMNS = ["customer_no", "date", "cds", "amount"]
BATCH = 500
ATTEMPTS = 6
REF = "cdnow-"

FIELDS: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "order",
        {
            "name": "purchase_ref",
            "type": "TEXT",
            "unique": True,
            "label": {"zh": "购买记录号", "en": "Purchase reference"},
        },
    ),
    (
        "order",
        {
            "name": "purchase_month",
            "type": "FORMULA",
            "settings": {"expression": "startOfMonth(ordered_at)"},
            "label": {"zh": "购买月份", "en": "Month of purchase"},
        },
    ),
    (
        "customer",
        {"name": "first_purchase_on", "type": "DATE", "label": {"zh": "首购日期", "en": "First purchase on"}},
    ),
    (
        "customer",
        {
            "name": "lifetime_value",
            "type": "ROLLUP",
            "settings": {
                "relation": "orders",
                "function": "sum",
                "field": "amount",
                "where": "purchase_ref != null",
            },
            "label": {"zh": "历史消费总额", "en": "Lifetime value"},
        },
    ),
    (
        "customer",
        {
            "name": "purchase_months",
            "type": "ROLLUP",
            "settings": {
                "relation": "orders",
                "function": "count_distinct",
                "field": "purchase_month",
                "where": "purchase_ref != null",
            },
            "label": {"zh": "购买月数", "en": "Months with a purchase"},
        },
    ),
)
"""What the retail template lacks for this history: (object, field)."""

UPSERT = """
mutation LoadPurchases($customers: [CreateCustomerInput!]!, $orders: [CreateOrderInput!]!) {
  upsertCustomers(by: [CUSTOMER_NO], inputs: $customers) { id }
  upsertOrders(by: [PURCHASE_REF], inputs: $orders) { id }
}
"""

LAST_LOADED = """
query LastLoaded($ref: String!) {
  orders(filter: {purchaseRef: {startsWith: $ref}}, orderBy: [{purchaseRef: DESC}], first: 1) {
    totalCount
    nodes { purchaseRef }
  }
}
"""

FIGURES = """
query Figures($ref: String!) {
  ordersAggregate(
    filter: {purchaseRef: {startsWith: $ref}}
    groupBy: [{orderedAt: MONTH}]
    orderBy: [{key: {orderedAt: ASC}}]
    first: 200
  ) {
    key { orderedAt }
    count
    sum { amount quantity }
  }
  best: customers(
    filter: {lifetimeValue: {isNull: false}}
    orderBy: [{lifetimeValue: DESC}, {customerNo: ASC}]
    first: 10
  ) {
    nodes { customerNo firstPurchaseOn purchaseMonths lifetimeValue }
  }
  loyal: customers(filter: {purchaseMonths: {gte: 3}}, first: 1) { totalCount }
  all: customers(filter: {purchaseMonths: {gte: 1}}, first: 1) { totalCount }
}
"""


@dataclass(frozen=True, slots=True)
class Purchase:
    """One line of the file.

    Attributes:
        ref: Names it for good: the customer, the day, and which one of that day it is.
        first_on: Day of the customer's first purchase.
    """

    ref: str
    customer_no: str
    date: dt.date
    quantity: int
    amount: Decimal
    first_on: dt.date


class ProblemError(Exception):
    """Something that the person who runs this can cure; its text says how."""


def main() -> None:
    """Read the arguments, load, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path, help="the purchases, CSV, may be gzipped")
    parser.add_argument("--currency", default="USD", help="currency of the amounts (default: %(default)s)")
    arguments = parser.parse_args()
    try:
        with Tangram.from_environment() as tangram:
            run(tangram, arguments.file, arguments.currency)
    except ProblemError as problem:
        fail(str(problem))
    except KeyboardInterrupt:
        fail("Stopped. Run the same command again to go on from here.")


def run(tangram: Tangram, file: Path, currency: str) -> None:
    """Add the fields, load the file, print the figures."""
    zone = add_fields(tangram)
    with opened(file) as lines:
        load(tangram, read_purchases(lines, file.name), zone, currency)
    print_figures(tangram, currency)


# ── the file ─────────────────────────────────────────────────────────────────────────────────────


def opened(file: Path) -> TextIO:
    """The file as text, unpacked if it is gzipped."""
    try:
        with file.open("rb") as start:
            zipped = start.read(2) == b"\x1f\x8b"
        if zipped:
            return gzip.open(file, "rt", encoding="utf-8-sig", newline="")
        return file.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise ProblemError(f"{file} cannot be read: {error.strerror}.") from error


def read_purchases(lines: Iterable[str], name: str) -> Iterator[Purchase]:
    """The purchases in order of the file.

    Raises:
        ProblemError: A line is not what it should be; its number is in the text.
    """
    rows = csv.DictReader(lines)
    try:
        if rows.fieldnames is None or not set(COLUMNS) <= set(rows.fieldnames):
            raise ProblemError(f"{name} needs the columns {', '.join(COLUMNS)}; it has {rows.fieldnames}.")
        customer, day, first_on, nth = "", dt.date.min, dt.date.min, 0
        for row in rows:
            place = f"{name}, line {rows.line_num}"
            try:
                number, date = row["customer_no"].strip(), dt.date.fromisoformat(row["date"])
                quantity, amount = int(row["cds"]), Decimal(row["amount"])
            except (TypeError, ValueError, AttributeError, InvalidOperation) as error:
                raise ProblemError(f"{place}: {row} is not a purchase ({error}).") from error
            if not number or not amount.is_finite() or amount < 0 or quantity < 0:
                raise ProblemError(f"{place}: {row} is not a purchase: a number is missing or negative.")
            if number < customer:
                raise ProblemError(
                    f"{place}: customer {number} comes after {customer}. Sort the file by customer_no first."
                )
            if number != customer:
                customer, first_on, nth, day = number, date, 0, date
            if date < day:
                raise ProblemError(f"{place}: {date} comes after {day}. Sort each customer's lines by date first.")
            nth = nth + 1 if date == day else 1
            day = date
            yield Purchase(f"{REF}{number}-{date}-{nth:02}", number, date, quantity, amount, first_on)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise ProblemError(f"{name} is damaged or not a CSV file: {error}.") from error


def batches(purchases: Iterable[Purchase]) -> Iterator[list[Purchase]]:
    """Purchases in pieces of at most BATCH."""
    batch: list[Purchase] = []
    for purchase in purchases:
        batch.append(purchase)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


# ── the work ─────────────────────────────────────────────────────────────────────────────────────


def add_fields(tangram: Tangram) -> zoneinfo.ZoneInfo:
    """Add what is missing to the tenant's objects; returns its time zone."""
    found = tangram.metadata(
        """query Objects {
          tenant { settings { timezone } }
          customer: object(name: "customer") { fields { name } }
          order: object(name: "order") { fields { name } }
        }"""
    )
    for name in ("customer", "order"):
        if found[name] is None:
            raise ProblemError(f"The tenant has no object '{name}': use one made from the template retail_chain.")
    for object_name, field in FIELDS:
        if field["name"] in {known["name"] for known in found[object_name]["fields"]}:
            continue
        tangram.metadata(
            """mutation AddField($object: String!, $field: FieldInput!) {
              createField(object: $object, field: $field) { version }
            }""",
            {"object": object_name, "field": field},
        )
        say(f"added {object_name}.{field['name']}")
    return zoneinfo.ZoneInfo(found["tenant"]["settings"]["timezone"])


def load(tangram: Tangram, purchases: Iterator[Purchase], zone: zoneinfo.ZoneInfo, currency: str) -> None:
    """Upsert every purchase that is not there yet."""
    last = tangram.records(LAST_LOADED, {"ref": REF})["orders"]["nodes"]
    # Batches are sent in order, each whole or not at all: whatever stands before the last one's is there.
    done_to = last[0]["purchaseRef"] if last else ""
    read = sent = 0
    started = time.monotonic()
    for batch in batches(purchases):
        read += len(batch)
        if batch[-1].ref <= done_to:
            continue
        tangram.records(UPSERT, variables_of(batch, zone, currency))
        sent += len(batch)
        say(f"{read:,} purchases read, {sent:,} sent, {sent / (time.monotonic() - started):,.0f} a second", end="\r")
    say(f"{read:,} purchases read, {sent:,} sent, {read - sent:,} were there already          ")
    there = tangram.records(LAST_LOADED, {"ref": REF})["orders"]["totalCount"]
    if there != read:
        raise ProblemError(f"The tenant holds {there:,} purchases, the file {read:,}: was another file loaded before?")


def variables_of(batch: list[Purchase], zone: zoneinfo.ZoneInfo, currency: str) -> dict[str, Any]:
    """The records of a batch as the API takes them."""
    customers = {
        purchase.customer_no: {
            "customerNo": purchase.customer_no,
            "name": f"CDNOW {purchase.customer_no}",
            "source": "IMPORTED",
            "firstPurchaseOn": purchase.first_on.isoformat(),
        }
        for purchase in batch
    }
    orders = [
        {
            "purchaseRef": purchase.ref,
            "customer": {"connect": {"customerNo": purchase.customer_no}},
            "status": "COMPLETED",
            "orderedAt": dt.datetime.combine(purchase.date, dt.time(), zone).isoformat(),
            "quantity": purchase.quantity,
            "amount": {"amount": str(purchase.amount), "currency": currency},
        }
        for purchase in batch
    ]
    return {"customers": list(customers.values()), "orders": orders}


def print_figures(tangram: Tangram, currency: str) -> None:
    """Totals by month, the ten best customers, the loyal ones."""
    found = tangram.records(FIGURES, {"ref": REF})
    print(f"\n{'month':<10}{'purchases':>12}{'CDs':>10}{currency:>16}")
    for group in found["ordersAggregate"]:
        total = group["sum"]
        print(
            f"{group['key']['orderedAt']:<10}{int(group['count']):>12,}{int(total['quantity']):>10,}"
            f"{Decimal(total['amount']):>16,.2f}"
        )
    print(f"\n{'best customer':<16}{'since':<12}{'months':>8}{currency:>14}")
    for customer in found["best"]["nodes"]:
        print(
            f"{customer['customerNo']:<16}{customer['firstPurchaseOn']:<12}{int(customer['purchaseMonths']):>8}"
            f"{Decimal(customer['lifetimeValue']):>14,.2f}"
        )
    loyal, everyone = found["loyal"]["totalCount"], found["all"]["totalCount"]
    print(f"\n{loyal:,} of {everyone:,} customers bought in three months or more.")


# ── the server ───────────────────────────────────────────────────────────────────────────────────


class Tangram:
    """A signed-in client that repeats what failed for a passing reason; everything it sends may be sent twice."""

    def __init__(self, url: str, credentials: Mapping[str, str]) -> None:
        self.credentials = dict(credentials)
        self.http = httpx.Client(base_url=url, timeout=120)
        self.token = ""
        self.refresh_token = ""

    @classmethod
    def from_environment(cls) -> Tangram:
        """The server and account that the environment names."""
        wanted = ("TANGRAM_TENANT", "TANGRAM_EMAIL", "TANGRAM_PASSWORD")
        missing = [name for name in wanted if not os.environ.get(name)]
        if missing:
            raise ProblemError(f"Set {', '.join(missing)}; `make up` prints the values of the demo tenant.")
        credentials = {name.removeprefix("TANGRAM_").lower(): os.environ[name] for name in wanted}
        return cls(os.environ.get("TANGRAM_URL", "http://127.0.0.1:8000"), credentials)

    def __enter__(self) -> Self:
        self._sign_in()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.http.close()

    def records(self, query: str, variables: Mapping[str, Any] | None = None) -> Any:
        """One operation on records; its `data`."""
        return self._ask("/graphql", query, variables)

    def metadata(self, query: str, variables: Mapping[str, Any] | None = None) -> Any:
        """One operation on configuration; its `data`."""
        return self._ask("/metadata", query, variables)

    def _ask(self, path: str, query: str, variables: Mapping[str, Any] | None) -> Any:
        body = {"query": query, "variables": variables or {}}
        for attempt in range(1, ATTEMPTS + 1):
            answer = self._post(path, body, {"Authorization": f"Bearer {self.token}"})
            errors = answer.get("errors") or []
            codes = {(error.get("extensions") or {}).get("code") for error in errors}
            if not errors:
                return answer["data"]
            if attempt == ATTEMPTS or not codes & {"UNAUTHENTICATED", "UNAVAILABLE"}:
                raise ProblemError("The server refused: " + "; ".join(map(described, errors[:5])))
            if "UNAUTHENTICATED" in codes:
                self._sign_in()
            else:
                time.sleep(2**attempt / 4)
        raise AssertionError("the last attempt returns or raises")

    def _sign_in(self) -> None:
        """With the refresh token while that is good, else with the password."""
        for grant in ([{"refresh_token": self.refresh_token}] if self.refresh_token else []) + [self.credentials]:
            answer = self._post("/auth/token", grant, {})
            if "access_token" in answer:
                self.token, self.refresh_token = answer["access_token"], answer.get("refresh_token", "")
                return
        raise ProblemError(
            f"Sign-in to tenant '{self.credentials['tenant']}' as {self.credentials['email']} failed: "
            f"{answer.get('error_description') or answer}. Check TANGRAM_TENANT, TANGRAM_EMAIL and TANGRAM_PASSWORD."
        )

    def _post(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                response = self.http.post(path, json=body, headers=dict(headers))
                if response.status_code not in (502, 503, 504) or attempt == ATTEMPTS:
                    answer: dict[str, Any] = response.json()
                    return answer
            except ValueError as error:
                raise ProblemError(f"{self.http.base_url} does not answer like Tangram. Check TANGRAM_URL.") from error
            except httpx.TransportError as error:
                if attempt == ATTEMPTS or (attempt == 2 and not self.token):
                    raise ProblemError(
                        f"{self.http.base_url} does not answer ({error}). Is the server running? "
                        "Run the same command again to go on where this stopped."
                    ) from error
            time.sleep(2**attempt / 4)
        raise AssertionError("the last attempt returns or raises")


def described(error: Mapping[str, Any]) -> str:
    """A GraphQL error with its place and cure."""
    extensions = error.get("extensions") or {}
    place = f" (at {extensions['path']})" if extensions.get("path") else ""
    return f"{error.get('message')}{place} {extensions.get('hint') or ''}".strip()


def say(text: str, *, end: str = "\n") -> None:
    """Progress goes beside the result."""
    if end == "\n" or sys.stderr.isatty():
        print(text, end=end, file=sys.stderr, flush=True)


def fail(text: str) -> NoReturn:
    """Say what is wrong and end."""
    print(text, file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    main()
