"""The real-input example against a running server: its figures are those of plain Python.

The file is looked for at TANGRAM_PURCHASES, then beside the repository; without it the tests are skipped.
"""

from __future__ import annotations

import csv
import gzip
import itertools
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from server.config import Config
from tests.conformance.serving import EMAIL, PASSWORD, REPOSITORY, running_server

BESIDE = REPOSITORY.parent / "shared" / "data" / "cdnow_purchases.csv.gz"
BEGUN = 3_210
"""Purchases that a first run loads before it is stopped: not a whole number of batches."""


@pytest.fixture(scope="module")
def purchases() -> Path:
    file = Path(os.environ.get("TANGRAM_PURCHASES") or BESIDE)
    if not file.exists():
        pytest.skip(f"{file} is not there; TANGRAM_PURCHASES names another")
    return file


@pytest.fixture
def environment(config: Config) -> Iterator[dict[str, str]]:
    with running_server(config, worker=False, demo=True) as server:
        yield {
            "PATH": os.environ["PATH"],
            "TANGRAM_URL": server.url,
            "TANGRAM_TENANT": "demo",
            "TANGRAM_EMAIL": EMAIL,
            "TANGRAM_PASSWORD": PASSWORD,
        }


def run(environment: dict[str, str], file: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(REPOSITORY / "examples" / "purchases.py"), str(file)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )


def expected(file: Path) -> list[str]:
    """What the example prints, computed from the file alone."""
    months: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(), Decimal(), Decimal()])
    totals: Counter[str] = Counter()
    bought_in: dict[str, set[str]] = defaultdict(set)
    since: dict[str, str] = {}
    with gzip.open(file, "rt", newline="") as lines:
        for row in csv.DictReader(lines):
            customer, month, amount = row["customer_no"], row["date"][:7], Decimal(row["amount"])
            for place, value in enumerate((Decimal(1), Decimal(row["cds"]), amount)):
                months[month][place] += value
            totals[customer] += amount  # type: ignore[assignment] # a Counter adds any number
            bought_in[customer].add(month)
            since[customer] = min(since.get(customer, row["date"]), row["date"])
    printed = ["", f"{'month':<10}{'purchases':>12}{'CDs':>10}{'USD':>16}"]
    for month, (count, disks, amount) in sorted(months.items()):
        printed.append(f"{month:<10}{int(count):>12,}{int(disks):>10,}{amount:>16,.2f}")
    printed += ["", f"{'best customer':<16}{'since':<12}{'months':>8}{'USD':>14}"]
    for customer, total in sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:10]:
        printed.append(f"{customer:<16}{since[customer]:<12}{len(bought_in[customer]):>8}{total:>14,.2f}")
    loyal = sum(len(found) >= 3 for found in bought_in.values())
    return [*printed, "", f"{loyal:,} of {len(totals):,} customers bought in three months or more."]


@pytest.mark.timeout(600)
def test_figures_are_those_of_plain_python_after_an_interrupted_run_and_a_repeated_one(
    purchases: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    begun = tmp_path / "begun.csv"
    with gzip.open(purchases, "rt", newline="") as lines:
        begun.write_text("".join(itertools.islice(lines, BEGUN + 1)), newline="")
    first = run(environment, begun)
    assert first.returncode == 0, first.stderr
    assert f"{BEGUN:,} purchases read, {BEGUN:,} sent, 0 were there already" in first.stderr

    second = run(environment, purchases)
    assert second.returncode == 0, second.stderr
    assert second.stdout.splitlines() == expected(purchases)
    assert "3,000 were there already" in second.stderr

    third = run(environment, purchases)
    assert third.stdout == second.stdout
    assert " 0 sent, " in third.stderr


def test_what_cannot_be_read_is_told_in_a_sentence(
    purchases: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.csv"
    for text, told in (
        ("a,b\n1,2\n", "needs the columns customer_no, date, cds, amount"),
        ("customer_no,date,cds,amount\n1,1997-13-01,1,1.00\n", "line 2"),
        ("customer_no,date,cds,amount\n2,1997-01-01,1,1.00\n1,1997-01-01,1,1.00\n", "Sort the file by customer_no"),
        ("customer_no,date,cds,amount\n1,1997-01-01,1,NaN\n", "line 2"),
    ):
        broken.write_text(text)
        found = run(environment, broken)
        assert found.returncode == 1
        assert told in found.stderr
        assert "Traceback" not in found.stderr
    wrong = run({**environment, "TANGRAM_PASSWORD": "wrong"}, broken)
    assert wrong.returncode == 1
    assert "TANGRAM_PASSWORD" in wrong.stderr
    assert wrong.stdout == ""
    assert purchases.exists()
