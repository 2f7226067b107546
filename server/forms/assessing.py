"""What a step says of what was filled in: which fields are open, which are missing, what has to be different.

Everything is looked at before anything is written, so that all faults are told together, and conditions see the record
as it is being filled in. Defaults are laid over it first, since conditions may look at them too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from metadata.fields import FIELD_TYPES
from metadata.fields.inputs import shown
from metadata.fields.relations import RelationKind, relation_kind, relation_of
from metadata.forms.access import Entry, Ruling, line_entries, ruling
from metadata.forms.values import FormValue, LinesSettings, PhotoSettings
from metadata.forms.widgets import lines_type, picture_field
from metadata.model.tenant import field_of
from metadata.model.values import Field, ObjectType
from metadata.naming import camel
from metadata.problems import ConflictError, Path
from server.context import Context
from server.forms import sql
from server.forms.picture import Pictures
from server.forms.reading import Filled, Lines, read_given, read_value
from server.forms.widgets import file_fault, widget_faults, widget_texts
from server.records.compiler import Compiler
from server.records.run_values import values_for
from server.records.writing.drafts import DraftReader, new_id

__all__ = ["Assessed", "Assessing", "Step"]

_MAX_ROUNDS = 4
"""Defaults may open fields that have defaults; after so many rounds what is left stays empty."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is filled in, for which record.

    Attributes:
        object_type: Of the record.
        record_id: The record; one that is still to be made has its id already.
        is_new: Whether it is still to be made.
        entries: Fields, by name.
        values: What is set besides.
        stage: Node of the flow; empty outside of flows.
        path: Where the values stand in the request.
        complete: Whether what is required has to be there.
        parent: Column and id of the record that a new line will hang on.
    """

    object_type: ObjectType
    record_id: str
    is_new: bool
    entries: Mapping[str, Entry]
    values: tuple[FormValue, ...] = ()
    stage: str = ""
    path: Path = ("values",)
    complete: bool = True
    parent: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Assessed:
    """What is to be written.

    Attributes:
        values: For the writer, by field name.
        lists: Changes of lists, by field name.
        lines: What each line came to, by its place in the request.
        rulings: What holds for each field.
        facts: What was found out of the record, by expression.
        sent: Keys that values were sent by, by field name.
    """

    values: dict[str, Any]
    lists: Mapping[str, Lines]
    lines: dict[Path, Assessed]
    rulings: Mapping[str, Ruling]
    facts: Mapping[str, Any]
    sent: Mapping[str, str]


@dataclass(eq=False)
class Assessing:
    """Assesses within one transaction, as one actor.

    Attributes:
        connection: Of the tenant.
        context: Who writes; their rights bound what may be set.
        instant: Now.
        pictures: Asks records as they would be.
        own_files: The only files that values may name; None for any.
    """

    connection: Any
    context: Context
    instant: datetime
    pictures: Pictures
    own_files: frozenset[str] | None = None
    reader: DraftReader = field(init=False)

    def __post_init__(self) -> None:
        self.reader = DraftReader(self.context, self.instant)

    async def assess(self, step: Step, given: Mapping[str, Any]) -> Assessed:
        """Look at what was filled in; faults are the reader's.

        Raises:
            ConflictError: `record_gone`, or `form_outdated`: the step asks for what is no longer there.
        """
        _require_fields(step)
        filled = read_given(self.reader, step.object_type, step.entries, given, step.path, is_new=step.is_new)
        await self._find_scanned(step, filled)
        rulings, facts = await self._settle(step, filled)
        await self._check(step, given, filled, rulings, facts)
        lines = await self._lines(step, filled)
        sent = {name: str(path[-1]) for name, path in filled.paths.items()}
        return Assessed(filled.values, filled.lists, lines, rulings, facts, sent)

    async def look(self, step: Step, given: Mapping[str, Any]) -> Assessed:
        """What holds while something is filled in; defaults are among the values, and faults are the reader's."""
        _require_fields(step)
        filled = read_given(self.reader, step.object_type, step.entries, given, step.path, is_new=step.is_new)
        rulings, facts = await self._settle(step, filled)
        return Assessed(filled.values, {}, {}, rulings, facts, {})

    # ── what holds ───────────────────────────────────────────────────────────────────────────────

    async def _settle(self, step: Step, filled: Filled) -> tuple[Mapping[str, Ruling], Mapping[str, Any]]:
        """Lay defaults over the record until none is left to be added."""
        base = self._base(step)
        texts = _texts(step)
        facts: Mapping[str, Any] = {}
        rulings: Mapping[str, Ruling] = {}
        for _round in range(_MAX_ROUNDS):
            facts = await self._facts(step, {**base, **filled.columns}, texts)
            rulings = {name: ruling(entry, facts) for name, entry in step.entries.items()}
            before = dict(filled.columns)
            for name, entry in step.entries.items():
                held = rulings[name]
                is_open = held.access not in ("", "hidden") and name not in filled.paths and name not in filled.values
                is_empty = step.is_new or facts.get(_presence(name)) is not True
                if held.default is not None and is_open and is_empty:
                    self._set(step, filled, entry, held.default, facts)
            for value in step.values:
                self._set(step, filled, Entry(value.field, "write"), value.value, facts)
            if filled.columns == before:
                break
        return rulings, facts

    def _base(self, step: Step) -> dict[str, Any]:
        """What lies under a record that is still to be made: the defaults of its object type."""
        if not step.is_new:
            return {}
        draft = DraftReader(self.context, self.instant).new(step.object_type, {}, ())
        stamps = {"created_at": self.instant.isoformat(), "updated_at": self.instant.isoformat(), "version": 1}
        return {**stamps, **draft.columns, **step.parent}

    async def _facts(self, step: Step, columns: Mapping[str, Any], texts: Iterable[str]) -> Mapping[str, Any]:
        wanted = list(dict.fromkeys(texts))
        if not wanted:
            return {}
        found = await self.pictures.values(
            self.connection,
            self.context,
            step.object_type,
            step.record_id,
            columns,
            wanted,
            is_new=step.is_new,
            instant=self.instant,
        )
        if found is None:
            raise ConflictError.single(
                "record_gone", "The record is deleted, or another took its place.", hint="Restore it, or leave it."
            )
        return found

    def _set(self, step: Step, filled: Filled, entry: Entry, declared: Any, facts: Mapping[str, Any]) -> None:
        """Put a declared value in place, where it can be worked out."""
        found = field_of(step.object_type, entry.field)
        assert found is not None
        value = declared
        if _expression(declared):
            value = _worked_out(found, _expression(declared), facts)
        if value is not None:
            read_value(self.reader, step.object_type, found, entry, value, (*step.path, camel(found.name)), filled)

    # ── what is wrong ────────────────────────────────────────────────────────────────────────────

    async def _check(
        self,
        step: Step,
        given: Mapping[str, Any],
        filled: Filled,
        rulings: Mapping[str, Ruling],
        facts: Mapping[str, Any],
    ) -> None:
        add = self.reader.faults.add
        for name, path in filled.paths.items():
            if not rulings[name].is_open:
                access = rulings[name].access or "no part of this step"
                message = f"Field '{camel(name)}' cannot be set here: it is {access}."
                add("field_not_in_form", message, path=path, hint="Leave it out.")
        faulty = {fault.path for fault in self.reader.faults}
        for name, entry in step.entries.items():
            path = (*step.path, camel(name))
            held, found = rulings[name], field_of(step.object_type, name)
            if held.access in ("", "hidden") or found is None:
                continue
            if lines_type(self.context.model, found) is not None and entry.widget in ("lines", "photo"):
                self._count(step, entry, held, filled, facts)
            elif held.access == "required" and step.complete and not _has_value(found, filled, facts):
                message = f"Field '{camel(name)}' has to be filled in before this step is done."
                if path not in faulty:
                    add("required", message, path=path, hint="Send a value.")
            if name in filled.paths and held.is_open:
                sent = given[str(filled.paths[name][-1])]
                self.reader.faults.extend(widget_faults(entry, sent, filled.paths[name], facts))
        await self._check_files(filled)

    def _count(self, step: Step, entry: Entry, held: Ruling, filled: Filled, facts: Mapping[str, Any]) -> None:
        """Whether a list has as many lines as it should."""
        settings = entry.settings
        lists = filled.lists.get(entry.field)
        there = 0 if step.is_new else int(facts.get(_count_of(entry.field)) or 0)
        count = there + (len(lists.created) - len(lists.removed) if lists is not None else 0)
        path = (*step.path, camel(entry.field))
        what = "pictures" if entry.widget == "photo" else "lines"
        least = max(settings.min, 1) if held.access == "required" else settings.min if count else 0
        if step.complete and count < least:
            message = f"Field '{camel(entry.field)}' needs {least} {what} or more; there are {count}."
            self.reader.faults.add("required" if not count else "too_few_lines", message, path=path, hint="Add some.")
        if lists is not None and count > settings.max:
            message = f"Field '{camel(entry.field)}' takes {settings.max} {what}; there are {count}."
            self.reader.faults.add("too_many_lines", message, path=path, hint="Leave some out.")
        if lists is not None and isinstance(settings, LinesSettings):
            for allowed, lines, act in (
                (settings.add, lists.created, "added"),
                (settings.change, lists.changed, "changed"),
                (settings.remove, lists.removed, "removed"),
            ):
                for line in () if allowed else lines:
                    message = f"Lines of '{camel(entry.field)}' cannot be {act} here."
                    self.reader.faults.add("field_not_in_form", message, path=line.path, hint="Leave it out.")

    async def _check_files(self, filled: Filled) -> None:
        """Whether each file is there, small enough, and of a kind that its field takes."""
        if not filled.files:
            return
        ids = [one.file_id for one in filled.files]
        rows = await self.connection.fetch(sql.FILES, self.context.model.tenant_id, ids)
        known = {row["id"]: row for row in rows if self.own_files is None or row["id"] in self.own_files}
        for one in filled.files:
            fault = file_fault(one, known.get(one.file_id))
            if fault is not None:
                self.reader.faults.extend([fault])

    async def _find_scanned(self, step: Step, filled: Filled) -> None:
        """Records that codes stand for, among those that the actor sees."""
        for name, code in filled.codes.items():
            found, path = field_of(step.object_type, name), filled.paths[name]
            relation = None if found is None else relation_of(found)
            assert found is not None
            assert relation is not None
            target = self.context.model.object(relation.to)
            key = field_of(target, step.entries[name].settings.by)
            record_id = None if key is None else await self._record_of(target, key, code)
            if record_id is None:
                message = f"No {target.name} has the code {shown(code)}."
                self.reader.faults.add("unknown_code", message, path=path, hint="Scan it again.")
            else:
                read_value(self.reader, step.object_type, found, Entry(name, "write"), record_id, path, filled)
        filled.codes.clear()

    async def _record_of(self, target: ObjectType, key: Field, code: str) -> str | None:
        compiler = Compiler(self.context.model, self.context.access)
        scope = compiler.open(target)
        column = scope.stored(compiler.layout.columns(target, key)[0])
        conditions = [f"{column} = {compiler.parameters.placeholder('code', '::text')}", *compiler.visible(scope)]
        statement = f"select {scope.alias}.id {scope.from_clause} where {' and '.join(conditions)} limit 1"
        named = {"code": code, "actor.id": self.context.actor.id or None}
        value_of = values_for(self.context, self.instant, named)
        found: str | None = await self.connection.fetchval(statement, *map(value_of, compiler.parameters.names()))
        return found

    # ── lines ────────────────────────────────────────────────────────────────────────────────────

    async def _lines(self, step: Step, filled: Filled) -> dict[Path, Assessed]:
        """Assess each line as a step of its own."""
        found: dict[Path, Assessed] = {}
        for name, lists in filled.lists.items():
            entry = step.entries[name]
            entries = _line_entries(self, entry, lists.field, step.stage)
            await self._require_own(step, lists)
            relation = relation_of(lists.field)
            assert relation is not None
            back = field_of(lists.object_type, relation.via)
            assert back is not None
            columns = self.reader.layout.columns(lists.object_type, back)
            parent = {columns[-1]: step.record_id}
            for line in (*lists.created, *lists.changed):
                is_new = not line.id
                line.id = line.id or new_id()
                inner = Step(
                    lists.object_type, line.id, is_new, entries, (), step.stage, line.path, step.complete, parent
                )
                found[line.path] = await self.assess(inner, line.given)
        return found

    async def _require_own(self, step: Step, lists: Lines) -> None:
        """Lines that are named have to hang on this very record."""
        named = [*lists.changed, *lists.removed]
        if not named:
            return
        relation = relation_of(lists.field)
        assert relation is not None
        back = field_of(lists.object_type, relation.via)
        assert back is not None
        layout = self.reader.layout
        statement = sql.own_lines(layout.table_of(lists.object_type), layout.columns(lists.object_type, back)[-1])
        rows = await self.connection.fetch(statement, step.record_id, [line.id for line in named])
        own = {row["id"] for row in rows}
        for line in named:
            if line.id not in own:
                message = f"There is no {lists.object_type.name} {line.id} among these lines."
                self.reader.faults.add("unknown_line", message, path=(*line.path, "id"), hint="Read the form again.")
        lists.changed = [line for line in lists.changed if line.id in own]
        lists.removed = [line for line in lists.removed if line.id in own]


# ── expressions that are asked ───────────────────────────────────────────────────────────────────────


def _presence(name: str) -> str:
    return f"this.{name} != null"


def _count_of(name: str) -> str:
    return f"this.{name}.count()"


def _expression(default: Any) -> str:
    return default[1:] if isinstance(default, str) and default.startswith("=") else ""


def _place(text: str) -> tuple[str, str]:
    return f"{text}.lat", f"{text}.lng"


def _texts(step: Step) -> list[str]:
    """Everything that has to be known of the record."""
    texts: list[str] = []
    for name, entry in step.entries.items():
        found = field_of(step.object_type, name)
        if found is None:
            continue
        if _is_list(found):
            texts.append(_count_of(name))
        elif FIELD_TYPES[found.type].transform != "decrypt":
            texts.append(_presence(name))
        texts += entry.conditions
        for default in entry.defaults:
            texts += _default_texts(found, default)
        texts += widget_texts(entry)
    for value in step.values:
        found = field_of(step.object_type, value.field)
        texts += _default_texts(found, value.value) if found is not None else ()
    return texts


def _is_list(found: Field) -> bool:
    relation = relation_of(found)
    return relation is not None and relation_kind(relation) in (RelationKind.TO_MANY, RelationKind.MANY_TO_MANY)


def _default_texts(found: Field, default: Any) -> tuple[str, ...]:
    text = _expression(default)
    if not text:
        return ()
    return _place(text) if found.type == "geo_point" else (text,)


def _worked_out(found: Field, text: str, facts: Mapping[str, Any]) -> Any:
    if found.type != "geo_point":
        return facts.get(text)
    lat, lng = (facts.get(part) for part in _place(text))
    return None if lat is None or lng is None else {"lat": lat, "lng": lng}


# ── faults ───────────────────────────────────────────────────────────────────────────────────────────


def _has_value(found: Field, filled: Filled, facts: Mapping[str, Any]) -> bool:
    """Whether a field has a value; nobody can tell of an encrypted one that is stored, so it has to be sent."""
    if _is_list(found):
        given = filled.values.get(found.name)
        return bool(given["set"]) if given is not None else bool(facts.get(_count_of(found.name)))
    if found.name in filled.values and FIELD_TYPES[found.type].transform == "decrypt":
        return filled.values[found.name] is not None
    return facts.get(_presence(found.name)) is True


def _require_fields(step: Step) -> None:
    gone = [name for name in step.entries if field_of(step.object_type, name) is None]
    if gone:
        raise ConflictError.single(
            "form_outdated",
            f"The form asks for '{gone[0]}', which '{step.object_type.name}' no longer has.",
            hint="Publish it again without that.",
        )


def _line_entries(assessing: Assessing, entry: Entry, found: Field, stage: str) -> Mapping[str, Entry]:
    """The fields of one line."""
    if isinstance(entry.settings, PhotoSettings):
        picture = picture_field(assessing.context.model, found, entry.settings)
        return {} if picture is None else {picture.name: Entry(picture.name, "required", widget="photo")}
    return line_entries(entry.settings.fields, stage)
