"""Fill a record in: look at what was sent, tell every fault at once, then write it all in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from metadata.problems import BadInputError, ConflictError, Fault, ForbiddenError, LimitError, Path, TangramError
from server.context import Context
from server.forms import sql
from server.forms.assessing import Assessed, Assessing, Step
from server.forms.picture import Pictures
from server.forms.reading import Lines
from server.records.writing.drafts import DraftReader
from server.records.writing.removal import RecordRemover
from server.records.writing.running import WriteRun
from server.records.writing.saving import RecordWriter

__all__ = ["Filler"]


@dataclass(eq=False)
class Filler:
    """Fills records in; holds nothing of a request.

    Attributes:
        writer: Writes them, with the rights of whoever fills in.
        pictures: Asks records as they would be.
    """

    writer: RecordWriter
    pictures: Pictures = field(default_factory=Pictures)
    remover: RecordRemover = field(default_factory=RecordRemover)

    async def fill(
        self,
        connection: Any,
        context: Context,
        instant: datetime,
        step: Step,
        given: Any,
        *,
        own_files: frozenset[str] | None = None,
        lenient: bool = False,
    ) -> Assessed:
        """Fill one record in.

        Args:
            connection: In the transaction of the submission.
            context: Who writes; their rights bound what may be set.
            instant: Now.
            step: What is filled in, for which record.
            given: Values by GraphQL name.
            own_files: The only files that values may name; None for any.
            lenient: Whether values of fields that are not open are dropped instead of refused.

        Raises:
            BadInputError: Every fault at once: `field_not_in_form`, `required`, what is wrong with a value …
            ForbiddenError: The actor may not write such a record.
            ConflictError: `record_gone`, `form_outdated`.
        """
        if not isinstance(given, Mapping):
            raise BadInputError.single("wrong_type", "Values are a mapping by field.", path=step.path)
        if not step.entries and not given and not step.values:
            return Assessed({}, {}, {}, {}, {}, {})
        assessing = Assessing(connection, context, instant, self.pictures, own_files)
        if not step.is_new:
            table = assessing.reader.layout.table_of(step.object_type)
            await connection.fetchval(sql.lock_record(table), step.record_id)
        assessed = await assessing.assess(step, given)
        if lenient and any(name in assessed.sent and not held.is_open for name, held in assessed.rulings.items()):
            given = {
                key: value
                for key, value in given.items()
                if all(assessed.rulings[name].is_open for name, sent in assessed.sent.items() if sent == key)
            }
            assessing = Assessing(connection, context, instant, self.pictures, own_files)
            assessed = await assessing.assess(step, given)
        _note_missing(assessing, context, instant, step, assessed)
        assessing.reader.faults.raise_if_any()
        try:
            await self._write(connection, WriteRun(context, instant), step, assessed)
        except (BadInputError, ConflictError, ForbiddenError, LimitError) as error:
            raise _at(error, step.path) from error
        return assessed

    async def _write(self, connection: Any, run: WriteRun, step: Step, assessed: Assessed) -> None:
        values = dict(assessed.values)
        for name, lists in assessed.lists.items():
            created = [{**assessed.lines[line.path].values, "id": line.id} for line in lists.created]
            if created:
                values[name] = {"create": created}
        if step.is_new:
            await self.writer.create(connection, run, step.object_type, [{**values, "id": step.record_id}], "input")
        elif values:
            await self.writer.update(connection, run, step.object_type, step.record_id, values, None)
        for lists in assessed.lists.values():
            await self._write_lines(connection, run, lists, assessed)

    async def _write_lines(self, connection: Any, run: WriteRun, lists: Lines, assessed: Assessed) -> None:
        for line in lists.changed:
            values = assessed.lines[line.path].values
            if values:
                await self.writer.update(connection, run, lists.object_type, line.id, values, None)
        for line in lists.removed:
            await self.remover.delete(connection, run, lists.object_type, line.id, None)


def _note_missing(assessing: Assessing, context: Context, instant: datetime, step: Step, assessed: Assessed) -> None:
    """What a new record needs besides what its form asks for."""
    if not step.is_new:
        return
    reader = DraftReader(context, instant)
    reader.new(step.object_type, {**assessed.values, "id": step.record_id}, step.path)
    known = {fault.path for fault in assessing.reader.faults}
    assessing.reader.faults.extend(fault for fault in reader.faults if fault.path not in known)


def _at(error: TangramError, path: Path) -> TangramError:
    """The same error with the places of its faults in the form's values, rather than in the writer's input."""
    moved = tuple(Fault(one.reason, one.message, _moved(one.path, path), one.hint) for one in error.faults)
    return type(error)(error.message, moved, error.extra)


def _moved(place: Path, path: Path) -> Path:
    if place[:2] == ("input", 0):
        return (*path, *place[2:])
    return (*path, *place[1:]) if place[:1] == ("input",) else place
