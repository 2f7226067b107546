"""Documents and single items → values, with every fault once, its place and its cure.

One reader serves every kind, every field type's settings and every part of them: it goes by the annotations of
their classes. What needs the whole model (targets, expressions, limits) is checked by `metadata.model.checking`.
"""

from __future__ import annotations

import difflib
import re
import types
from collections.abc import Iterable, Mapping
from typing import Any, Literal, Union, get_args, get_origin

import msgspec

from metadata.fields.inputs import shown
from metadata.model.document import FORMAT, Document, Template
from metadata.model.kinds import KINDS, Attribute, Kind, attributes_of, top_kinds
from metadata.model.names import name_faults
from metadata.model.values import Field
from metadata.model.yaml_text import load_yaml
from metadata.problems import Faults, Path

__all__ = ["closest", "read_document", "read_document_text", "read_item"]

_MAX_TEXT = 10_000
_MAX_LABEL = 200
_MAX_HELP = 4_000
_MAX_ITEMS = 2_000
_MAX_JSON_BYTES = 65_536
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_TEMPLATE_VERSION = re.compile(r"[0-9]{1,6}\.[0-9]{1,6}\.[0-9]{1,6}")
_TOP = ("tangram", "template", "settings", *(kind.collection for kind in top_kinds()))


def read_document(data: Any) -> tuple[Document | None, Faults]:
    """Read a whole document.

    Args:
        data: Mappings, lists and scalars, as JSON and YAML give them.

    Returns:
        The document, or None when there is a fault; and the faults.
    """
    faults = Faults()
    reader = _Reader(faults)
    if not isinstance(data, Mapping):
        faults.add("wrong_type", f"A document is a mapping of {', '.join(_TOP)}, not {shown(data)}.")
        return None, faults
    reader.refuse_unknown(data, _TOP, (), "a document")
    if data.get("tangram", FORMAT) != FORMAT:
        message = f"The document has format {shown(data['tangram'])}; this server reads format {FORMAT}."
        faults.add("unknown_format", message, path=("tangram",), hint=f"Write `tangram: {FORMAT}`.")
    template = None if data.get("template") is None else reader.template(data["template"], ("template",))
    settings = reader.given(KINDS["settings"], data.get("settings") or {}, ("settings",))
    items = {
        kind.collection: tuple(reader.items(kind, data.get(kind.collection) or [], (kind.collection,)))
        for kind in top_kinds()
    }
    if faults:
        return None, faults
    return Document(template=template, settings=settings, **items), faults


def read_document_text(text: str) -> tuple[Document | None, Faults]:
    """Read a document from YAML or JSON text; faults name the line."""
    source = load_yaml(text)
    faults = Faults()
    faults.extend(source.faults)
    if faults:
        return None, faults
    document, found = read_document(source.value)
    faults.extend(source.placed(fault) for fault in found)
    return document, faults


def read_item(kind: str | Kind, body: Any) -> tuple[Any, Faults]:
    """Read one item, with the items it holds.

    Args:
        kind: Which kind, by name or descriptor. `settings` gives a TenantSettings, defaults filled in.
        body: Its attributes as in a document.

    Returns:
        A value of the kind's class, or None when there is a fault; and the faults, with paths from the item.
    """
    faults = Faults()
    found = KINDS[kind] if isinstance(kind, str) else kind
    value = _Reader(faults).item(found, body, ())
    return (None if faults else value), faults


def closest(name: str, known: Iterable[str]) -> str:
    """A hint: the most similar known name, else all of them."""
    names = sorted(known)
    similar = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if similar:
        return f"Did you mean `{similar[0]}`?"
    return f"Known: {', '.join(names)}." if names else ""


_ABSENT: Any = object()
"""Stands for a value that could not be read; its fault is noted."""


def _worded(name: str) -> str:
    return name.replace("_", " ")


class _Reader:
    """Reads values and notes what is wrong with them."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    # ── kinds ────────────────────────────────────────────────────────────────────────────────────

    def item(self, kind: Kind, body: Any, path: Path) -> Any:
        """One item of a kind, or None."""
        if not isinstance(body, Mapping):
            self._wrong_type(f"A{'n' * (kind.name[0] in 'aeiou')} {kind.name}", "a mapping", body, path)
            return None
        what = self._called(kind, body)
        attributes = kind.attributes
        self.refuse_unknown(body, [one.name for one in attributes.values() if one.given], path, what, attributes)
        values: dict[str, Any] = {}
        for attribute in attributes.values():
            if not attribute.given or (body.get(attribute.name) is None and not attribute.required):
                continue
            value = self._attribute(kind, attribute, body, path, what)
            if value is not _ABSENT:
                values[attribute.name] = value
        if any(one.required and one.name not in values for one in attributes.values()):
            return None
        if kind.variant and "settings" not in body:
            values["settings"] = self.struct(kind.settings_class(values), {}, (*path, "settings"), what)
            if values["settings"] is _ABSENT:
                return None
        return kind.value(**values)

    def items(self, kind: Kind, data: Any, path: Path) -> list[Any]:
        """The items of a collection; their names differ."""
        if not isinstance(data, (list, tuple)):
            self._wrong_type(f"`{kind.collection}`", "a list", data, path)
            return []
        if len(data) > kind.max_items:
            message = f"`{kind.collection}` holds {len(data)} items; at most {kind.max_items} are read."
            self._faults.add("too_many_items", message, path=path)
            return []
        values = []
        seen: dict[Any, int] = {}
        for position, body in enumerate(data):
            value = self.item(kind, body, (*path, position))
            name = body.get(kind.identifier) if isinstance(body, Mapping) else None
            if isinstance(name, str) and seen.setdefault(name, position) != position:
                message = f"There are two {kind.collection} named '{name}'."
                self._faults.add("duplicate_name", message, path=(*path, position), hint="Rename or remove one.")
            if value is not None:
                values.append(value)
        return values

    def given(self, kind: Kind, data: Any, path: Path) -> dict[str, Any]:
        """The attributes that a single item's body holds, read; absent ones are left out."""
        if not isinstance(data, Mapping):
            self._wrong_type(f"`{kind.collection}`", "a mapping", data, path)
            return {}
        attributes = kind.attributes
        self.refuse_unknown(data, attributes, path, f"`{kind.collection}`")
        values: dict[str, Any] = {}
        for name, attribute in attributes.items():
            if data.get(name) is not None:
                value = self.value(data[name], attribute.type, (*path, name), f"`{name}`")
                if value is not _ABSENT:
                    values[name] = value
        return values

    def template(self, data: Any, path: Path) -> Template | None:
        """The head of a template."""
        head = self.struct(Template, data, path, "the template")
        if not isinstance(head, Template):
            return None
        self._faults.extend(name_faults("template", head.name), *path)
        for position, option in enumerate(head.options):
            self._faults.extend(name_faults("option", option.name), *path, "options", position)
        if not _TEMPLATE_VERSION.fullmatch(head.version):
            message = f"The version {shown(head.version)} is not three numbers."
            self._faults.add("bad_version", message, path=(*path, "version"), hint="Write one such as '1.0.0'.")
        return head

    def _called(self, kind: Kind, body: Mapping[str, Any]) -> str:
        name = body.get(kind.identifier)
        return f"{kind.name} {shown(name)}" if name is not None else f"a{'n' * (kind.name[0] in 'aeiou')} {kind.name}"

    def _attribute(self, kind: Kind, attribute: Attribute, body: Mapping[str, Any], path: Path, what: str) -> Any:
        here = (*path, attribute.name)
        value = body.get(attribute.name)
        if value is None:
            hint = f"Add `{attribute.name}`: {attribute.help}."
            self._faults.add("missing", f"`{attribute.name}` of {what} is missing.", path=here, hint=hint)
            return _ABSENT
        if attribute.name in kind.children:
            return tuple(self.items(kind.children[attribute.name], value, here))
        if kind.variant and attribute.name == "settings":
            key = body.get(kind.variant) or kind.attributes[kind.variant].default
            return self._settings(kind, key, value, here)
        if attribute.name == kind.variant:
            return self._variant(kind, value, here, what)
        if kind.value is Field and attribute.name == "default":
            return self._json(value, here, "A default")
        read = self.value(value, attribute.type, here, f"`{attribute.name}` of {what}")
        if read is not _ABSENT and (attribute.identifies or (kind.name == "object" and attribute.name == "plural")):
            self._faults.extend(name_faults(kind.name, read, attribute.name), *path)
        return read

    def _variant(self, kind: Kind, value: Any, path: Path, what: str) -> Any:
        """The key of a variant, such as a field type; also in upper case, as GraphQL enums are."""
        key = value.lower() if isinstance(value, str) else ""
        if key in kind.variants:
            return key
        called = f"{_worded(kind.name)} {kind.variant}"
        message = f"{shown(value)}, the {kind.variant} of {what}, is not a {called}."
        self._faults.add(f"unknown_{kind.name}_{kind.variant}", message, path=path, hint=closest(key, kind.variants))
        return _ABSENT

    def _settings(self, kind: Kind, key: Any, value: Any, path: Path) -> Any:
        settings = kind.variants.get(key.lower()) if isinstance(key, str) else None
        if settings is None:
            return _ABSENT
        return self.struct(settings, value, path, f"a {_worded(kind.name)} of {kind.variant} {key.lower()}")

    def _json(self, value: Any, path: Path, what: str) -> Any:
        try:
            size = len(msgspec.json.encode(value))
        except (TypeError, UnicodeEncodeError, RecursionError):
            self._wrong_type(what, "a JSON value", value, path)
            return _ABSENT
        if size > _MAX_JSON_BYTES:
            message = f"{what} has at most {_MAX_JSON_BYTES} bytes, this one {size}."
            self._faults.add("too_long", message, path=path)
            return _ABSENT
        return value

    # ── values ───────────────────────────────────────────────────────────────────────────────────

    def struct(self, value_class: type[msgspec.Struct], data: Any, path: Path, what: str) -> Any:
        """A value of a class whose annotations carry `About`."""
        if not isinstance(data, Mapping):
            self._wrong_type(what[:1].upper() + what[1:], "a mapping", data, path)
            return _ABSENT
        attributes = attributes_of(value_class)
        self.refuse_unknown(data, [one.name for one in attributes.values() if one.given], path, what, attributes)
        values: dict[str, Any] = {}
        for name, attribute in attributes.items():
            value = data.get(name)
            if value is None or not attribute.given:
                if attribute.required:
                    hint = f"Add `{name}`: {attribute.help}."
                    self._faults.add("missing", f"`{name}` of {what} is missing.", path=(*path, name), hint=hint)
                continue
            read = self.value(value, attribute.type, (*path, name), f"`{name}` of {what}")
            if read is not _ABSENT:
                values[name] = read
        if any(one.required and one.name not in values for one in attributes.values()):
            return _ABSENT
        return value_class(**values)

    def value(self, value: Any, wanted: Any, path: Path, what: str) -> Any:
        """A value of an annotated type: scalars, literals, unions, mappings of text, lists, structs."""
        origin, arguments = get_origin(wanted), get_args(wanted)
        if origin is dict and arguments[1] is Any:
            if not isinstance(value, Mapping):
                self._wrong_type(what, "a mapping", value, path)
                return _ABSENT
            return self._json(value, path, what)
        if origin is dict:
            return self._labels(value, path, what)
        if origin is tuple:
            return self._list(value, arguments[0], path, what)
        if isinstance(wanted, type) and issubclass(wanted, msgspec.Struct):
            return self.struct(wanted, value, path, what)
        if wanted is Any:
            return self._json(value, path, what)
        if origin is Literal:
            return self._choice(value, [one for one in arguments if one], path, what)
        if origin in (Union, types.UnionType):
            return self._union(value, arguments, path, what)
        return self._scalar(value, (wanted,), path, what)

    def _union(self, value: Any, members: tuple[Any, ...], path: Path, what: str) -> Any:
        plain = tuple(member for member in members if member is not type(None))
        if len(plain) == 1:
            return self.value(value, plain[0], path, what)
        return self._scalar(value, plain, path, what)

    def _scalar(self, value: Any, wanted: tuple[type, ...], path: Path, what: str) -> Any:
        if type(value) not in wanted:
            self._wrong_type(what, " or ".join(_DESCRIBED[one] for one in wanted), value, path)
            return _ABSENT
        if isinstance(value, str):
            return self._text(value, path, what, _MAX_TEXT)
        if isinstance(value, int) and abs(value) >= 2**63:
            self._wrong_type(what, "a whole number of 64 bits", value, path)
            return _ABSENT
        return value

    def _text(self, value: str, path: Path, what: str, limit: int) -> Any:
        if len(value) > limit:
            self._faults.add("too_long", f"{what} has {len(value)} characters; {limit} are allowed.", path=path)
            return _ABSENT
        if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            self._faults.add("bad_text", f"{what} holds characters that cannot be stored.", path=path)
            return _ABSENT
        return value

    def _choice(self, value: Any, known: list[str], path: Path, what: str) -> Any:
        key = value.lower() if isinstance(value, str) else value
        if key in known:
            return key
        message = f"{what} is one of {', '.join(known)}, not {shown(value)}."
        self._faults.add("unknown_value", message, path=path, hint=closest(str(value), known))
        return _ABSENT

    def _list(self, value: Any, item: Any, path: Path, what: str) -> Any:
        if not isinstance(value, (list, tuple)):
            self._wrong_type(what, "a list", value, path)
            return _ABSENT
        if len(value) > _MAX_ITEMS:
            message = f"{what} holds {len(value)} items; at most {_MAX_ITEMS} are read."
            self._faults.add("too_many_items", message, path=path)
            return _ABSENT
        read = [self.value(one, item, (*path, place), f"item {place + 1} of {what}") for place, one in enumerate(value)]
        return tuple(one for one in read if one is not _ABSENT)

    def _labels(self, value: Any, path: Path, what: str) -> Any:
        if not isinstance(value, Mapping):
            self._wrong_type(what, "text by language, such as {zh: 客户, en: Customer}", value, path)
            return _ABSENT
        limit = _MAX_LABEL if "label" in str(path[-1]) else _MAX_HELP
        labels: dict[str, str] = {}
        for language, text in value.items():
            here = (*path, language)
            if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
                message = f"{shown(language)} in {what} is not a language."
                self._faults.add("unknown_language", message, path=here, hint="Use ISO 639 codes such as zh and en.")
            elif not isinstance(text, str):
                self._wrong_type(f"{what} in {language}", "text", text, here)
            elif self._text(text, here, f"{what} in {language}", limit) is not _ABSENT:
                labels[language] = text
        return labels

    # ── faults ───────────────────────────────────────────────────────────────────────────────────

    def refuse_unknown(
        self,
        data: Mapping[Any, Any],
        known: Iterable[str],
        path: Path,
        what: str,
        attributes: Mapping[str, Attribute] | None = None,
    ) -> None:
        """Note attributes that are not known, or that only the server fills in."""
        names = list(known)
        for name in data:
            if name in names:
                continue
            here = (*path, name) if isinstance(name, (str, int)) else path
            if attributes and name in attributes:
                message = f"`{name}` of {what} is filled in by the server."
                self._faults.add("not_given", message, path=here, hint="Remove it.")
            else:
                message = f"{what[:1].upper() + what[1:]} has no attribute {shown(name)}."
                self._faults.add("unknown_attribute", message, path=here, hint=closest(str(name), names))

    def _wrong_type(self, what: str, wanted: str, value: Any, path: Path) -> None:
        hint = ""
        if wanted == "text" and isinstance(value, (bool, int, float)):
            hint = "Put it in quotes."
        self._faults.add("wrong_type", f"{what} is {wanted}, not {shown(value)}.", path=path, hint=hint)


_DESCRIBED = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}
