"""`docs/errors.md` lists every reason that the code gives."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
REASON = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")


def reasons_in(path: Path) -> Iterator[str]:
    """First arguments of `….single(…)`, `Fault(…)` and `faults.add(…)`, where they are constants."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = ast.unparse(node.func)
        if not (called.endswith((".single", "faults.add")) or called == "Fault"):
            continue
        reason = node.args[0]
        if isinstance(reason, ast.Constant) and isinstance(reason.value, str) and REASON.fullmatch(reason.value):
            yield reason.value


def test_every_reason_is_documented() -> None:
    documented = set(re.findall(r"^\| `([a-z0-9_]+)` \|", (REPOSITORY / "docs/errors.md").read_text("utf-8"), re.M))
    given = {
        reason: path.relative_to(REPOSITORY)
        for folder in ("metadata", "server")
        for path in sorted((REPOSITORY / folder).rglob("*.py"))
        for reason in reasons_in(path)
    }
    missing = {f"{reason} ({path})" for reason, path in given.items() if reason not in documented}
    assert missing == set()
    assert len(given) > 100
