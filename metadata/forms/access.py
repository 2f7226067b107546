"""What may and must be done with each field of a step: declared by a form, by the step itself, or by both.

An entry is one field as a step has it. Its rules are tried in order, and the last that holds counts; what the step
says of a field comes after what the form says. Values are decided elsewhere; here is nothing but rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from metadata.flows.values import FieldRule
from metadata.forms.values import Form, FormField, FormRule, FormSection, LineField
from metadata.forms.widgets import settings_of

__all__ = ["Entry", "Ruling", "entries_of", "line_entries", "ruling"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of a step.

    Attributes:
        field: Name of the object type's field.
        access: Where no rule holds; empty for no part of the step.
        rules: Those that count at this stage.
        default: Where no rule that holds has one.
        widget: How it is filled in.
        settings: Of the widget's class.
        hidden_unless: Conditions that all have to be met for it to be there at all.
        declared: As the form has it; None where the step alone names it.
    """

    field: str
    access: str
    rules: tuple[FormRule, ...] = ()
    default: Any = None
    widget: str = "input"
    settings: Any = None
    hidden_unless: tuple[str, ...] = ()
    declared: FormField | LineField | None = None

    @property
    def conditions(self) -> tuple[str, ...]:
        """Every expression that decides what may be done with it."""
        return (*self.hidden_unless, *(rule.when for rule in self.rules if rule.when))

    @property
    def defaults(self) -> tuple[Any, ...]:
        """Everything that may become its default."""
        return (self.default, *(rule.default for rule in self.rules))


@dataclass(frozen=True, slots=True)
class Ruling:
    """What holds for a field now.

    Attributes:
        access: `hidden`, `read`, `write`, `required`; empty for no part of the step.
        default: Its default as declared; None for none.
    """

    access: str
    default: Any = None

    @property
    def is_open(self) -> bool:
        """Whether a value may be sent."""
        return self.access in ("write", "required")


def entries_of(form: Form | None, stage: str = "", rules: Sequence[FieldRule] = ()) -> Mapping[str, Entry]:
    """The fields of a step by name, in order of display.

    Args:
        form: The form that it is filled in with, if any.
        stage: Name of the flow's node; empty outside of flows.
        rules: What the node itself says.
    """
    found: dict[str, Entry] = {}
    sections = {section.name: section for section in form.sections} if form is not None else {}
    for item in form.fields if form is not None else ():
        section = sections.get(item.section)
        found[item.field] = Entry(
            item.field,
            "hidden" if section is not None and section.stages and stage not in section.stages else item.access,
            tuple(rule for rule in item.rules if _counts(rule, section, stage)),
            item.default,
            item.widget,
            settings_of(item),
            (section.when,) if section is not None and section.when else (),
            item,
        )
    for rule in rules:
        known = found.get(rule.field) or Entry(rule.field, "")
        added = FormRule(access=rule.access, when=rule.when)
        found[rule.field] = Entry(
            known.field,
            known.access,
            (*known.rules, added),
            known.default,
            known.widget,
            known.settings,
            known.hidden_unless,
            known.declared,
        )
    return found


def _counts(rule: FormRule, section: FormSection | None, stage: str) -> bool:
    """Whether a rule is one of this stage; in a section that is not shown there is none."""
    if section is not None and section.stages and stage not in section.stages:
        return False
    return not rule.stages or stage in rule.stages


def line_entries(fields: Iterable[LineField], stage: str = "") -> Mapping[str, Entry]:
    """The fields of a line by name."""
    return {
        line.field: Entry(
            line.field,
            line.access,
            tuple(rule for rule in line.rules if _counts(rule, None, stage)),
            line.default,
            declared=line,
        )
        for line in fields
    }


def ruling(entry: Entry, facts: Mapping[str, Any]) -> Ruling:
    """What holds for a field now.

    Args:
        entry: The field.
        facts: Truth of conditions, by text; what is unknown is not met.
    """
    access, default = entry.access, entry.default
    for rule in entry.rules:
        if not rule.when or facts.get(rule.when) is True:
            access = rule.access
            default = rule.default if rule.default is not None else default
    if any(facts.get(text) is not True for text in entry.hidden_unless):
        access = "hidden"
    return Ruling(access, default)
