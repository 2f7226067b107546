"""YAML (and so JSON) text of a document → plain values, with the line of each.

Read from parser events, without PyYAML's constructor: nothing is built but mappings, lists and scalars, depth and
size are bounded, aliases (whose expansion is not) and repeated keys are refused. Plain scalars follow the core
schema of YAML 1.2: `no` and `2026-01-31` are text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from metadata.problems import Fault, Path

__all__ = ["MAX_TEXT_BYTES", "YamlText", "dump_yaml", "load_yaml"]

MAX_TEXT_BYTES = 4 * 1024 * 1024
"""Longest document, in bytes of UTF-8."""

_MAX_DEPTH = 40
_MAX_FAULTS = 100
_INTEGER = re.compile(r"[-+]?[0-9]{1,30}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?")
_WORDS = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_WORDS_BOOLEAN = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


@dataclass(frozen=True, slots=True)
class YamlText:
    """What a text holds.

    Attributes:
        value: Mappings, lists, text, numbers, booleans and None; None when the text cannot be read.
        lines: Line, from 1, of each value by its path.
        faults: What is wrong with the text as YAML.
    """

    value: Any
    lines: Mapping[Path, int]
    faults: tuple[Fault, ...]

    def placed(self, fault: Fault) -> Fault:
        """A fault found in the value, with the line in its message."""
        path = fault.path
        while path and path not in self.lines:
            path = path[:-1]
        line = self.lines.get(path)
        return Fault(fault.reason, f"Line {line}: {fault.message}", fault.path, fault.hint) if line else fault


def load_yaml(text: str) -> YamlText:
    """Read a document's text; never raises for what the text holds."""
    size = len(text.encode(errors="replace"))
    if size > MAX_TEXT_BYTES:
        message = f"The document has {size} bytes; at most {MAX_TEXT_BYTES} are read."
        return YamlText(None, {}, (Fault("document_too_long", message, (), "Send it in parts."),))
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            builder.take(event)
    except (yaml.YAMLError, _RefusedError, UnicodeEncodeError) as error:
        return YamlText(None, {}, (*builder.faults, _syntax_fault(error)))
    return YamlText(None if builder.faults else builder.value, builder.lines, tuple(builder.faults))


def dump_yaml(value: Any) -> str:
    """Plain values as readable YAML: keys in their order, text in its own script."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


class _RefusedError(Exception):
    """The text asks for what is not read."""


def _syntax_fault(error: Exception) -> Fault:
    if isinstance(error, _RefusedError):
        return Fault("bad_yaml", str(error))
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        mark = error.problem_mark
        return Fault("bad_yaml", f"Line {mark.line + 1}, column {mark.column + 1}: {error.problem}.")
    return Fault("bad_yaml", "The text is not YAML: it holds characters that no text may hold.")


@dataclass(slots=True)
class _Open:
    """A mapping or list that has begun."""

    value: Any
    path: Path
    key: Any = None
    has_key: bool = False


@dataclass(slots=True)
class _Builder:
    """Builds values from events, with a stack of its own."""

    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    _stack: list[_Open] = field(default_factory=list)
    _documents: int = 0

    def take(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if getattr(event, "tag", None) not in (None, "!", "tag:yaml.org,2002:str"):
            raise _RefusedError(f"Line {line}: tags such as {event.tag} are not read.")
        if isinstance(event, yaml.AliasEvent):
            raise _RefusedError(f"Line {line}: anchors and aliases are not read; write the value out.")
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise _RefusedError(f"Line {line}: one text holds one document; remove the second `---`.")
        elif isinstance(event, yaml.MappingStartEvent):
            self._open({}, line)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._open([], line)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self._stack.pop()
        elif isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)

    def _open(self, value: Any, line: int) -> None:
        if len(self._stack) >= _MAX_DEPTH:
            raise _RefusedError(f"Line {line}: the document nests deeper than {_MAX_DEPTH} levels.")
        if self._stack and isinstance(self._stack[-1].value, dict) and not self._stack[-1].has_key:
            raise _RefusedError(f"Line {line}: a key is text, not a list or mapping.")
        self._stack.append(_Open(value, self._place(value, line)))

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        top = self._stack[-1] if self._stack else None
        if top is not None and isinstance(top.value, dict) and not top.has_key:
            self._key(top, event.value, line)
            return
        self._place(_plain(event.value) if event.implicit[0] else event.value, line)

    def _key(self, top: _Open, key: str, line: int) -> None:
        if key in top.value:
            self._fault("duplicate_key", f"Line {line}: the key '{key}' stands twice.", (*top.path, key))
        top.key, top.has_key = key, True

    def _place(self, value: Any, line: int) -> Path:
        if not self._stack:
            self.value = value
            return ()
        top = self._stack[-1]
        if isinstance(top.value, dict):
            path = (*top.path, top.key)
            top.value[top.key] = value
            top.has_key = False
        else:
            path = (*top.path, len(top.value))
            top.value.append(value)
        self.lines[path] = line
        return path

    def _fault(self, reason: str, message: str, path: Path) -> None:
        if len(self.faults) < _MAX_FAULTS:
            self.faults.append(Fault(reason, message, path, "Keep one of them."))


def _plain(text: str) -> Any:
    """A plain scalar by the core schema of YAML 1.2, without hexadecimal, octal, infinity and NaN."""
    if text in _WORDS:
        return None
    if text in _WORDS_BOOLEAN:
        return _WORDS_BOOLEAN[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    return text


class _Dumper(yaml.SafeDumper):
    """Writes short mappings and lists of plain values on one line, and quotes what older readers would take apart."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> Any:
        return super().represent_sequence(tag, sequence, flow_style=_is_short(list(sequence)))

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> Any:
        return super().represent_mapping(tag, mapping, flow_style=bool(mapping) and _is_short(list(mapping.values())))


def _write_text(dumper: _Dumper, text: str) -> yaml.Node:
    if not all(letter.isprintable() or letter == "\n" for letter in text):
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
    if "\n" in text.rstrip("\n"):
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|")
    style = None if _plain(text) is text else "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _write_text)


def _is_short(values: list[Any]) -> bool:
    return (
        all(not isinstance(value, (dict, list, tuple)) for value in values)
        and sum(len(str(value)) for value in values) <= 80
    )
