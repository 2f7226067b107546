"""The language of messages: Jinja2 without loops, calls and attributes of Python's own.

What is left is text with values and conditions, so that rendering takes a time and makes a text that grow with the
template and its values alone. Values are given as mappings; nothing else is ever looked into.

Source:
    Jinja2 documentation, "Sandbox" and "The High Level API" (`finalize`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal
from jinja2 import ChainableUndefined, Template, nodes, pass_context
from jinja2.exceptions import TemplateSyntaxError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

__all__ = ["FILTERS", "MAX_OUTPUT", "ROOTS", "MessageText", "Problem", "Worded", "read_text", "renamed", "render"]

ROOTS = ("record", "receiver", "tenant", "message")
"""What a text may name."""

MAX_OUTPUT = 20_000
"""Characters of a message; the rest is cut off."""

_MAX_VALUE = 4_000
_LISTED = {"zh": "、"}
_YES = {"zh": ("是", "否")}
_LOCALES = {"zh": "zh_CN"}


class Worded(str):
    """A key that stands for words: compared as the key, written as the words."""

    __slots__ = ("words",)
    words: str

    def __new__(cls, key: str, words: str) -> Worded:
        """Make one."""
        made = super().__new__(cls, key)
        made.words = words
        return made


class _Missing(ChainableUndefined):
    """A value that is not there, or not for the receiver: writes nothing, and is less and more than nothing."""

    __slots__ = ()

    def _less(self, *_others: Any, **_named: Any) -> Any:
        return False

    __lt__ = __le__ = __gt__ = __ge__ = _less


class _Environment(ImmutableSandboxedEnvironment):
    """Looks into mappings only."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A member of a mapping."""
        found = obj.get(attribute) if isinstance(obj, Mapping) else None
        return self.undefined(name=attribute) if found is None else found

    def getitem(self, obj: Any, argument: Any) -> Any:
        """The same; texts that lint has seen do not ask for it."""
        return self.getattr(obj, str(argument))


@pass_context
def _written(context: Context, value: Any) -> Any:
    language = str(context.get("_language", "en"))
    match value:
        case Worded():
            return value.words
        case bool():
            return _YES.get(language, ("yes", "no"))[0 if value else 1]
        case None:
            return ""
        case datetime():
            return _datetime(context, value)
        case date():
            return _date(context, value)
        case timedelta():
            return str(value)
        case Decimal():
            return f"{value:f}"
        case str():
            return str(value)[:_MAX_VALUE]
        case list() | tuple():
            return _LISTED.get(language, ", ").join(str(_written(context, one)) for one in value[:100])
    return value


@pass_context
def _join(context: Context, value: Any, between: str = ", ") -> str:
    items: Sequence[Any] = value if isinstance(value, list | tuple) else [value]
    return str(between)[:10].join(str(_written(context, one)) for one in items[:100])


@pass_context
def _date(context: Context, value: Any) -> str:
    day = value.astimezone(_zone(context)) if isinstance(value, datetime) else value
    return format_date(day, format="medium", locale=_locale(context)) if isinstance(day, date) else ""


@pass_context
def _time(context: Context, value: Any) -> str:
    if not isinstance(value, datetime):
        return ""
    return format_time(value.astimezone(_zone(context)), format="HH:mm", locale=_locale(context))


@pass_context
def _datetime(context: Context, value: Any) -> str:
    if not isinstance(value, datetime):
        return _date(context, value)
    local = value.astimezone(_zone(context))
    return format_datetime(local, format="yyyy-MM-dd HH:mm", locale=_locale(context))


@pass_context
def _number(context: Context, value: Any) -> str:
    known = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return format_decimal(value, locale=_locale(context)) if known else ""


@pass_context
def _truncate(context: Context, value: Any, length: int = 100) -> str:
    text = str(_written(context, value))
    kept = max(1, min(int(length), _MAX_VALUE))
    return text if len(text) <= kept else f"{text[:kept]}…"


def _default(value: Any, other: Any = "") -> Any:
    return other if isinstance(value, _Missing) or value is None or value == "" else value


def _cased(change: Callable[[str], str]) -> Callable[[Context, Any], str]:
    @pass_context
    def cased(context: Context, value: Any) -> str:
        return change(str(_written(context, value)))

    return cased


def _locale(context: Context) -> str:
    language = str(context.get("_language", "en"))
    return _LOCALES.get(language, language.replace("-", "_"))


def _zone(context: Context) -> ZoneInfo:
    found = context.get("_zone")
    return found if isinstance(found, ZoneInfo) else ZoneInfo("UTC")


FILTERS: Mapping[str, Callable[..., Any]] = {
    "upper": _cased(str.upper),
    "lower": _cased(str.lower),
    "trim": _cased(str.strip),
    "default": _default,
    "truncate": _truncate,
    "join": _join,
    "date": _date,
    "time": _time,
    "datetime": _datetime,
    "number": _number,
}
"""Filters of the language, by name."""

_TESTS = ("defined", "undefined", "none")


def _environment() -> _Environment:
    made = _Environment(undefined=_Missing, finalize=_written, autoescape=False, keep_trailing_newline=False)
    made.filters = dict(FILTERS)
    made.tests = {name: made.tests[name] for name in _TESTS} | {"defined": _is_defined, "undefined": _is_undefined}
    made.globals = {}
    return made


def _is_undefined(value: Any) -> bool:
    return value is None or isinstance(value, _Missing)


def _is_defined(value: Any) -> bool:
    return not _is_undefined(value)


_ENVIRONMENT = _environment()

_ALLOWED = (
    nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const, nodes.Filter, nodes.If, nodes.CondExpr,
    nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Test, nodes.Concat, nodes.Keyword,
)  # fmt: skip
_MAX_LEVELS = 40


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a text, and in which line."""

    message: str
    line: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class MessageText:
    """A text that was read.

    Attributes:
        paths: Every path it names, as steps, with its line: `(("record", "customer", "name"), 1)`.
        problems: What is wrong with it by itself.
    """

    paths: tuple[tuple[tuple[str, ...], int], ...]
    problems: tuple[Problem, ...]


@lru_cache(maxsize=4_096)
def read_text(text: str) -> MessageText:
    """Read a text; what it names is for the caller to judge."""
    try:
        tree = _ENVIRONMENT.parse(text)
    except TemplateSyntaxError as error:
        return MessageText((), (Problem(str(error.message or "it cannot be read").rstrip("."), error.lineno),))
    except RecursionError:
        return MessageText((), (Problem("it nests too deep", 1),))
    problems: dict[Problem, None] = {}
    paths: dict[tuple[tuple[str, ...], int], None] = {}
    for node, level in _nodes(tree, 0):
        problem = _problem(node, level)
        if problem:
            problems.setdefault(Problem(problem, node.lineno))
        steps = _steps(node)
        if steps:
            paths.setdefault((steps, node.lineno))
    return MessageText(tuple(paths), tuple(problems))


def _nodes(node: nodes.Node, level: int) -> Iterator[tuple[nodes.Node, int]]:
    """Every node below; of a path only the whole of it."""
    for child in node.iter_child_nodes():
        yield child, level
        if level <= _MAX_LEVELS and not _steps(child):
            yield from _nodes(child, level + 1)


def _steps(node: nodes.Node) -> tuple[str, ...]:
    steps: list[str] = []
    here: nodes.Node = node
    while isinstance(here, nodes.Getattr):
        steps.insert(0, here.attr)
        here = here.node
    return (here.name, *steps) if isinstance(here, nodes.Name) else ()


def _problem(node: nodes.Node, level: int) -> str:
    if level > _MAX_LEVELS:
        return "it nests too deep"
    if isinstance(node, nodes.Filter):
        return "" if node.name in FILTERS else f"there is no filter '{node.name}'; there are {', '.join(FILTERS)}"
    if isinstance(node, nodes.Test):
        return "" if node.name in _TESTS else f"there is no test '{node.name}'; there are {', '.join(_TESTS)}"
    if isinstance(node, _ALLOWED):
        return ""
    return f"'{type(node).__name__.lower()}' is not part of the language: values, filters, `if` and comparisons are"


@lru_cache(maxsize=2_048)
def _compiled(text: str) -> Template:
    return _ENVIRONMENT.from_string(text)


def render(text: str, values: Mapping[str, Mapping[str, Any]], *, language: str, zone: ZoneInfo) -> str:
    """A text with its values.

    Args:
        text: One that `read_text` has no problems with.
        values: By root: nested mappings of scalars, Worded, dates and lists of them.
        language: The receiver's.
        zone: Where instants are shown.

    Raises:
        ValueError: It cannot be rendered with these values: a text compared with a number.
    """
    if read_text(text).problems:
        raise ValueError(read_text(text).problems[0].message)
    try:
        made = _compiled(text).render({**values, "_language": language, "_zone": zone})
    except Exception as error:  # whatever a template raises is a fault of the template
        raise ValueError(f"{type(error).__name__}: {error}"[:300]) from error
    return made[:MAX_OUTPUT]


_STRING = r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\""""
_PART = re.compile(rf"""\{{\#.*?\#\}}|\{{\{{(?:{_STRING}|[^'"])*?\}}\}}|\{{%(?:{_STRING}|[^'"])*?%\}}""", re.DOTALL)
_PATH = re.compile(rf"""{_STRING}|(?<![\w.])record((?:\.[A-Za-z_]\w*)+)""", re.DOTALL)


def renamed(text: str, new_steps: Callable[[tuple[str, ...]], Sequence[str]]) -> str:
    """The text with the steps of its paths below `record` replaced; everything else stays to the letter.

    Args:
        text: Any text.
        new_steps: From the steps below `record` to as many new ones.
    """

    def path(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0]
        return ".".join(["record", *new_steps(tuple(found[1][1:].split(".")))])

    def part(found: re.Match[str]) -> str:
        return found[0] if found[0].startswith("{#") else _PATH.sub(path, found[0])

    return _PART.sub(part, text)
