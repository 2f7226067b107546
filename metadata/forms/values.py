"""Forms as a tenant declares them: sections, fields in order, and rules of what may and must be filled in.

What only one widget has stands in the `settings` of a field, whose class the widget's descriptor in
`metadata.forms.widgets` names.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from metadata.model.values import About, Labels

__all__ = [
    "Form",
    "FormField",
    "FormRule",
    "FormSection",
    "FormValue",
    "InputSettings",
    "LineField",
    "LinesSettings",
    "LocationSettings",
    "PhotoSettings",
    "ScanSettings",
    "SignatureSettings",
]

FieldAccess = Literal["hidden", "read", "write", "required"]


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a declaration that is no item by itself."""


class FormRule(Part, frozen=True, kw_only=True, omit_defaults=True):
    """What holds for a field at some stages, or while a condition is met; the last rule that holds counts."""

    access: Annotated[FieldAccess, About("What may or must be done with the field")]
    when: Annotated[str, About("Expression over the record as filled in; `old.` for it as it was before")] = ""
    stages: Annotated[tuple[str, ...], About("Nodes of flows at which it counts; none for everywhere")] = ()
    default: Annotated[Any, About("Value while it holds, where none is given; `=` starts an expression")] = None


class FormSection(Part, frozen=True, kw_only=True, omit_defaults=True):
    """Fields that are shown together."""

    name: Annotated[str, About("snake_case, unique within the form")]
    label: Annotated[Labels, About("Heading, by language")] = msgspec.field(default_factory=dict)
    description: Annotated[Labels, About("Text below it, by language")] = msgspec.field(default_factory=dict)
    when: Annotated[str, About("Expression over the record as filled in; its fields are hidden until it is met")] = ""
    stages: Annotated[tuple[str, ...], About("Nodes of flows at which it is shown; none for everywhere")] = ()


class FormValue(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A value that a submission sets by itself."""

    field: Annotated[str, About("Field that is set")]
    value: Annotated[Any, About("Value; `=` starts an expression over the record as filled in")] = None


class LineField(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A field of the lines of a list."""

    field: Annotated[str, About("Field of the object type of the lines")]
    access: Annotated[FieldAccess, About("What may or must be done with it")] = "write"
    label: Annotated[Labels, About("Name shown to people, where the field's own will not do")] = msgspec.field(
        default_factory=dict
    )
    default: Annotated[Any, About("Value where none is given; text that starts with `=` is an expression")] = None
    rules: Annotated[tuple[FormRule, ...], About("What holds in its place; conditions are over the line")] = ()


# ── settings of the widgets ──────────────────────────────────────────────────────────────────────────


class InputSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """Nothing more than the field says."""


class PhotoSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """Pictures: one in a field of type image or file, several as records of a list that hold one each."""

    min: Annotated[int, About("Fewest pictures")] = 0
    max: Annotated[int, About("Most pictures")] = 1
    field: Annotated[str, About("Of a list: the field of its records that holds the picture")] = ""
    camera_only: Annotated[bool, About("Clients offer the camera, not the album")] = False


class LocationSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A place, measured where the form is filled in."""

    near: Annotated[str, About("Expression that gives the place it has to be near: `site.location`")] = ""
    max_distance_m: Annotated[int, About("How far from there at most, in metres")] = 0
    max_accuracy_m: Annotated[int, About("How inexact the measurement may be, in metres; 0 for any")] = 0


class ScanSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A code that is scanned."""

    pattern: Annotated[str, About("Regular expression (RE2) that the whole code matches")] = ""
    equals: Annotated[str, About("Expression that gives the code it has to be: `device.serial_no`")] = ""
    by: Annotated[str, About("Of a to-one relation: the unique field of its records that holds the code")] = ""


class SignatureSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A signature, drawn, kept as a picture."""


class LinesSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """The records of a list, filled in within the form."""

    fields: Annotated[tuple[LineField, ...], About("What each line has, in order")]
    min: Annotated[int, About("Fewest lines")] = 0
    max: Annotated[int, About("Most lines, up to 200")] = 50
    add: Annotated[bool, About("Lines may be added")] = True
    change: Annotated[bool, About("Lines that are there may be changed")] = True
    remove: Annotated[bool, About("Lines that are there may be removed")] = True


# ── the kinds ────────────────────────────────────────────────────────────────────────────────────────


class FormField(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One field of a form."""

    name: Annotated[str, About("snake_case, unique within the form", identifies=True)]
    field: Annotated[str, About("Field of the form's object type")]
    widget: Annotated[str, About("How it is filled in: `input`, `photo`, `location`, `scan`, `signature`, `lines`")] = (
        "input"
    )
    section: Annotated[str, About("Section that it stands in")] = ""
    access: Annotated[FieldAccess, About("What may or must be done with it, where no rule says otherwise")] = "write"
    label: Annotated[Labels, About("Name shown to people, where the field's own will not do")] = msgspec.field(
        default_factory=dict
    )
    description: Annotated[Labels, About("Help shown beside it, by language")] = msgspec.field(default_factory=dict)
    placeholder: Annotated[Labels, About("Shown while it is empty, by language")] = msgspec.field(default_factory=dict)
    default: Annotated[
        Any, About("Value where none is given; text that starts with `=` is an expression over the record as filled in")
    ] = None
    rules: Annotated[tuple[FormRule, ...], About("What holds at some stages or under conditions; the last counts")] = ()
    settings: Annotated[Any, About("What only this widget has: counts, distances, patterns, lines …")] = None
    origin: Annotated[str, About("Template it came from", given=False)] = ""


class Form(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a record is filled in: the draft; publishing makes an immutable version of it."""

    name: Annotated[str, About("snake_case, unique within the tenant", identifies=True)]
    object: Annotated[str, About("Object type whose records it fills in")]
    label: Annotated[Labels, About("Title, by language")] = msgspec.field(default_factory=dict)
    description: Annotated[Labels, About("Text below the title, by language")] = msgspec.field(default_factory=dict)
    live: Annotated[
        bool, About("Every change of it is published at once, and refused when it is unsound; otherwise a draft")
    ] = False
    sections: Annotated[tuple[FormSection, ...], About("Sections, in order")] = ()
    values: Annotated[tuple[FormValue, ...], About("What a submission sets besides, whatever was filled in")] = ()
    public_role: Annotated[
        str, About("Role that submissions through public links act as; empty where there are no such links")
    ] = ""
    thanks: Annotated[Labels, About("Shown on the public page when it was submitted, by language")] = msgspec.field(
        default_factory=dict
    )
    fields: Annotated[tuple[FormField, ...], About("Fields, in order of display")] = ()
    origin: Annotated[str, About("Template it came from", given=False)] = ""
