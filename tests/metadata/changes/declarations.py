"""States made of documents, without a database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from metadata.changes.diff import diff
from metadata.changes.edits import edit
from metadata.changes.facts import Answer, Facts, Question
from metadata.changes.modelling import allocate, model_of
from metadata.changes.plan import Plan, conclude, prepare
from metadata.changes.requests import Change
from metadata.changes.state import State
from metadata.model.document import Document
from metadata.model.reading import read_document_text

CLINIC = """
objects:
  - name: doctor
    plural: doctors
    fields:
      - {name: name, type: text, required: true}
      - {name: rank, type: integer}
  - name: visit
    plural: visits
    display: reason
    fields:
      - {name: reason, type: text}
      - {name: fee, type: decimal}
      - {name: doctor, type: relation, settings: {to: doctor, inverse: visits}}
      - {name: is_senior, type: formula, settings: {expression: doctor.rank > 3}}
      - {name: doctor_name, type: lookup, settings: {path: doctor.name}}
    views:
      - {name: dear, columns: [reason, doctor.name], filter: fee > 100 && doctor.rank > 1, order: [-fee]}
"""


def document(text: str) -> Document:
    """A document without faults."""
    read, faults = read_document_text(text)
    assert read is not None, list(faults)
    return read


def state_of(text: str = CLINIC) -> State:
    """What a document declares."""
    empty = State("01890000-0000-7000-8000-000000000000", "clinic", 0, {})
    return allocate(edit(empty, diff(empty, document(text)), model_of).state).at(1)


def planned(
    state: State, *changes: Change, cascade: bool = False, answers: Mapping[Question, int] | None = None, **facts: Any
) -> Plan:
    """The plan of some changes, given what the data says."""
    draft = prepare(state, model_of(state), changes, cascading=cascade)
    found = {question: Answer(count, ("x",)) for question, count in (answers or {}).items()}
    return conclude(draft, Facts(found, **facts))
