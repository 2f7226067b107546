"""The pages of public forms: plain HTML that works without JavaScript, escaped throughout, kept by no cache.

What a tenant has declared is shown in the page's language; conditions, names of fields and other records are not.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from metadata.model.values import Labels
from metadata.problems import TangramError
from server.http.form_words import WORDS, in_language, said

__all__ = ["FormPages"]

_FOLDER = Path(__file__).with_name("pages")
_STYLE = (
    "body{font:16px/1.6 system-ui,sans-serif;margin:0;background:#f4f5f7;color:#1c2530}"
    "main{max-width:40rem;margin:0 auto;padding:1.5rem 1rem;background:#fff;min-height:100vh}"
    "h1{font-size:1.4rem}label{display:block;font-weight:600}em{color:#b3261e;font-style:normal;font-weight:400}"
    ".field{margin:0 0 1.2rem}input,select,textarea{width:100%;box-sizing:border-box;font:inherit;padding:.5rem;"
    "border:1px solid #9aa5b1;border-radius:.3rem}input[type=checkbox]{width:auto}.choice,.part{font-weight:400}"
    "fieldset{border:1px solid #d5dbe1;border-radius:.3rem;margin:0 0 1.2rem}small{color:#52606d}"
    "button{font:inherit;padding:.7rem 2rem;border:0;border-radius:.3rem;background:#0b57d0;color:#fff}"
    ".faults,.fault{color:#8c1d18}.faults{border:1px solid #8c1d18;border-radius:.3rem;padding:0 1rem}"
    ".away{position:absolute;left:-10000px}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "x-robots-tag": "noindex, nofollow",
}
_KINDS = {
    "integer": "number",
    "big_integer": "number",
    "decimal": "number",
    "percent": "number",
    "rating": "number",
    "money": "number",
    "date": "date",
    "time": "time",
    "datetime": "datetime-local",
    "phone": "tel",
    "email": "email",
    "url": "url",
}
"""Input types of HTML by field type; the others are text."""
_BLANK_LINES = 3


@dataclass(eq=False)
class FormPages:
    """Draws pages; holds their template."""

    _jinja: Environment = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._jinja = Environment(
            loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )

    def form(
        self,
        description: Mapping[str, Any],
        language: str,
        *,
        values: Mapping[str, Any],
        error: TangramError | None = None,
        key: str = "",
    ) -> HTMLResponse:
        """The page of a form, with what was filled in so far and what is wrong with it.

        Args:
            description: See `server.forms.description`.
            language: Of the page.
            values: What was sent, by key.
            error: What was wrong with it.
            key: Of the submission, kept while it is corrected; empty for a new one.
        """
        shown = [
            _drawn({**one, "value": values.get(one["key"], one.get("value"))}, values)
            for one in description["fields"]
            if one["access"] != "hidden"
        ]
        faults, general = _told(error, language, {one["key"] for one in shown})
        return self._page(
            400 if error is not None else 200,
            language,
            title=in_language(description["label"], language),
            form=description,
            languages=[one for one in description["languages"] if one in WORDS],
            shown=shown,
            sections=list(_sections(description, shown, language)),
            faults=faults,
            general=general,
            key=key or secrets.token_urlsafe(18),
        )

    def words(self, status: int, language: str, title: str, text: str) -> HTMLResponse:
        """A page that says one thing."""
        return self._page(status, language, title=title, text=text, form=None)

    def _page(self, status: int, language: str, **values: Any) -> HTMLResponse:
        def say(labels: Labels) -> str:
            return in_language(labels, language)

        text = self._jinja.get_template("form.html.j2").render(
            language=language, words=WORDS[language], say=say, style=_STYLE, kinds=_KINDS, **values
        )
        return HTMLResponse(text, status, _HEADERS)


def _drawn(one: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """A field, ready for the template."""
    drawn = dict(one)
    if "lines" not in one:
        drawn["plain"] = _plain(one.get("value"))
        if one.get("value") is not None and one["type"] == "datetime":
            drawn["value"] = str(one["value"])[:16]
        return drawn
    lines = one["lines"]
    if one["widget"] == "photo":
        drawn["photos"] = {**one, "upload": lines["upload"], "many": lines["max"] > 1}
        return drawn
    sent = values.get(one["key"])
    given = sent if isinstance(sent, list) else lines["values"]
    names = {inner["key"]: inner["field"] for inner in lines["fields"]}
    rows = [
        {
            "id": row.get("id"),
            "values": {names.get(name, name): value for name, value in row.items() if name != "id"},
        }
        for row in given
    ]
    blank = min(lines["max"], max(len(rows) + 1, lines["min"], _BLANK_LINES)) - len(rows) if lines["add"] else 0
    drawn["rows"] = [*rows, *({"id": None, "values": {}} for _ in range(blank))]
    return drawn


def _plain(value: Any) -> str:
    """A value that is only shown."""
    if isinstance(value, Mapping):
        named = value.get("display") or value.get("name")
        return str(named or " ".join(str(part) for part in value.values() if part is not None))
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _sections(
    description: Mapping[str, Any], shown: Sequence[Mapping[str, Any]], language: str
) -> Iterator[dict[str, Any]]:
    """Sections that have fields, those without a section first."""
    loose = [one for one in shown if not one.get("section")]
    if loose:
        yield {"label": "", "description": "", "fields": loose}
    for section in description["sections"]:
        fields = [one for one in shown if one.get("section") == section["name"]]
        if fields:
            yield {
                "label": in_language(section["label"], language),
                "description": in_language(section["description"], language),
                "fields": fields,
            }


def _told(error: TangramError | None, language: str, keys: set[str]) -> tuple[dict[str, list[str]], list[str]]:
    """Faults in words, by the key of their field, and those that belong to none."""
    by_key: dict[str, list[str]] = {}
    general: list[str] = []
    for fault in error.faults if error is not None else ():
        text = fault.message if fault.reason == "validation" else said(language, fault.reason)
        key = str(fault.path[1]) if len(fault.path) > 1 and fault.path[0] == "values" else ""
        key = key if key in keys else key.removesuffix("Id")
        told = by_key.setdefault(key, []) if key in keys else general
        if text not in told:
            told.append(text)
    return by_key, general
