"""The reference of functions in `docs/expressions.md`, written from the descriptors.

`python -m metadata.expressions.functions.reference` brings the page up to date; a test says when it is not.
"""

from __future__ import annotations

from pathlib import Path

from metadata.expressions.functions import FUNCTIONS

__all__ = ["BEGIN", "END", "PAGE", "function_reference", "with_reference"]

PAGE = Path("docs/expressions.md")
BEGIN = "<!-- functions: written by `python -m metadata.expressions.functions.reference` -->\n"
END = "<!-- end of functions -->\n"


def function_reference() -> str:
    """One table a family: how each function is called, and what it gives."""
    families: dict[str, list[str]] = {}
    for function in FUNCTIONS.values():
        usages = "<br>".join(f"`{usage}`" for usage in _distinct(function.usages()))
        families.setdefault(function.family, []).append(f"| {usages} | {function.help.replace('|', chr(92) + '|')} |")
    return "\n".join(
        f"### {family}\n\n| call | gives |\n|---|---|\n" + "\n".join(rows) + "\n" for family, rows in families.items()
    )


def with_reference(page: str) -> str:
    """The page with its reference brought up to date."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{function_reference()}\n{END}{after}"


def _distinct(usages: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(usages))


if __name__ == "__main__":
    PAGE.write_text(with_reference(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
