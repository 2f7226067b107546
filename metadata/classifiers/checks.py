"""What is wrong with a classifier."""

from __future__ import annotations

from collections.abc import Iterator

from metadata.classifiers.kinds import CLASSIFIER_KINDS, settings_of
from metadata.classifiers.numbers import number_of, share_of
from metadata.classifiers.proving import proofs_of
from metadata.classifiers.values import UNCLEAR, Classifier
from metadata.expressions.text import parse
from metadata.expressions.types import Kind
from metadata.fields import FIELD_TYPES
from metadata.fields.inputs import shown
from metadata.flows.terms import Subject
from metadata.flows.values import FieldValue
from metadata.model.computed import secrets_used
from metadata.model.tenant import TenantModel, field_of
from metadata.problems import Fault

__all__ = ["classifier_faults"]

_MAX_CLASSES = 200
_MAX_TEXTS = 20_000


def classifier_faults(model: TenantModel, classifier: Classifier) -> Iterator[Fault]:
    """What is wrong with a classifier; paths start at it."""
    what = f"Classifier '{classifier.name}'"
    found = model.objects.get(classifier.object)
    if found is None or found.storage != "tenant":
        message = f"{what} is for '{classifier.object}', which is no object type with records."
        yield Fault("unknown_object", message, ("object",), "Name an object type of the tenant's own.")
        return
    subject = Subject(model, classifier.object, what)
    faults = [
        *_text_faults(subject, classifier),
        *_condition_faults(subject, classifier),
        *_class_faults(classifier, what),
        *_entry_faults(classifier, what),
        *_kept_faults(subject, classifier),
    ]
    for name in ("confidence", "precision"):
        text = getattr(classifier, name)
        if share_of(text) is None and (text or name == "confidence"):
            message = f"{what}: `{name}` is {shown(text)}."
            faults.append(Fault("bad_share", message, (name,), "Write decimal text from 0 to 1, such as 0.6."))
    faults += CLASSIFIER_KINDS[classifier.kind].check(classifier, settings_of(classifier), what)
    yield from faults
    if not faults and classifier.precision:
        yield from _precision_faults(classifier, what)


def _text_faults(subject: Subject, classifier: Classifier) -> Iterator[Fault]:
    field = field_of(subject.model.object(classifier.object), classifier.field)
    field_type = None if field is None else FIELD_TYPES[field.type]
    if field is None or field_type is None or not field.column or field_type.transform or (
        field_type.value_type(field, subject.model).kind is not Kind.TEXT
    ):  # fmt: skip
        message = f"{subject.what} judges '{classifier.field}', which is no stored text of '{classifier.object}'."
        yield Fault("unfit_field", message, ("field",), "Name a field of text that is not encrypted.")


def _condition_faults(subject: Subject, classifier: Classifier) -> Iterator[Fault]:
    faults = tuple(subject.expression(classifier.when, ("when",)))
    yield from faults
    if not classifier.when or faults:
        return
    for name in secrets_used(subject.model, classifier.object, parse(classifier.when)):
        message = f"{subject.what}: '{name}' is encrypted and cannot be used in an expression."
        yield Fault("encrypted", message, ("when",), "Leave it out.")


def _class_faults(classifier: Classifier, what: str) -> Iterator[Fault]:
    keys = [one.key for one in classifier.classes]
    if not 1 <= len(keys) <= _MAX_CLASSES:
        yield Fault("out_of_range", f"{what} has {len(keys)} classes.", ("classes",), f"1 to {_MAX_CLASSES}.")
    for place, one in enumerate(classifier.classes):
        if not one.key or one.key == UNCLEAR or one.key in keys[:place]:
            message = f"{what} cannot have a class '{one.key}' here."
            hint = f"Keys differ, and '{UNCLEAR}' is what no class is sure of."
            yield Fault("duplicate_name", message, ("classes", place, "key"), hint)
        if one.opposite and (one.opposite not in keys or one.opposite == one.key):
            message = f"{what}: the opposite of '{one.key}' is '{one.opposite}', which is no other class of it."
            yield Fault("unknown_class", message, ("classes", place, "opposite"), f"Known: {', '.join(keys)}.")


def _entry_faults(classifier: Classifier, what: str) -> Iterator[Fault]:
    keys = [one.key for one in classifier.classes]
    seen: dict[tuple[str, str], str] = {}
    if sum(len(entry.texts) for entry in classifier.entries) > _MAX_TEXTS:
        yield Fault("out_of_range", f"{what} has too many texts.", ("entries",), f"{_MAX_TEXTS} at most.")
    for place, entry in enumerate(classifier.entries):
        known = [*keys, UNCLEAR] if entry.proof else keys
        if entry.of not in known:
            message = f"{what}: the entry '{entry.name}' is of '{entry.of}', which is no class of it."
            yield Fault("unknown_class", message, ("entries", place, "of"), f"Known: {', '.join(known)}.")
        if number_of(entry.weight) is None:
            message = f"{what}: the entry '{entry.name}' has the weight {shown(entry.weight)}."
            yield Fault("bad_weight", message, ("entries", place, "weight"), "Write decimal text, 0 or more.")
        for number, text in enumerate(entry.texts):
            here = ("entries", place, "texts", number)
            key = (entry.of, text.strip().lower())
            if not text.strip() or text != text.strip():
                message = f"{what}: {shown(text)} of the entry '{entry.name}' is blank at an end."
                yield Fault("blank_text", message, here, "Write it without blanks around it.")
            elif not entry.proof and key in seen:
                message = f"{what}: '{text}' of the entry '{entry.name}' is in '{seen[key]}' as well."
                yield Fault("duplicate_text", message, here, "Keep one of them.")
            elif not entry.proof:
                seen[key] = entry.name


def _kept_faults(subject: Subject, classifier: Classifier) -> Iterator[Fault]:
    for name, kinds in (
        ("keep_class", (Kind.TEXT, Kind.OPTION)), ("keep_confidence", (Kind.DECIMAL,)),
    ):  # fmt: skip
        given = getattr(classifier, name)
        if not given:
            continue
        faults = list(subject.values([FieldValue(field=given)], classifier.object, ()))
        for fault in faults:
            yield Fault(fault.reason, fault.message, (name,), fault.hint)
        field = None if faults else field_of(subject.model.object(classifier.object), given)
        if field is None:
            continue
        if FIELD_TYPES[field.type].value_type(field, subject.model).kind not in kinds or given == classifier.field:
            message = f"{subject.what} keeps what it finds in '{given}', whose type {field.type} does not hold it."
            hint = "Name a text or single select." if name == "keep_class" else "Name a field of type decimal."
            yield Fault("unfit_field", message, (name,), hint)
        options = [option.key for option in getattr(field.settings, "options", ())]
        missing = [one.key for one in classifier.classes if options and one.key not in options]
        if name == "keep_class" and missing:
            message = f"{subject.what} keeps its class in '{given}', which has no option '{missing[0]}'."
            yield Fault("unfit_field", message, (name,), f"Add the options {', '.join(missing)}.")


def _precision_faults(classifier: Classifier, what: str) -> Iterator[Fault]:
    wanted = share_of(classifier.precision)
    places = {one.key: place for place, one in enumerate(classifier.classes)}
    for one in proofs_of(classifier):
        if one.key in places and one.precision is not None and wanted is not None and one.precision < wanted:
            wrong = next(miss for miss in one.misses if miss.found == one.key)
            message = (
                f"{what} finds '{one.key}' rightly in {one.right} of {one.found} proofs, and should in {wanted} of "
                f"them: {shown(wrong.text)} is '{wrong.of}'."
            )
            hint = "Add words or examples, raise `confidence`, or correct the proof."
            yield Fault("imprecise_class", message, ("classes", places[one.key]), hint)
