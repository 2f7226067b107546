"""What is wrong with a template, as its author should hear it: everything at once, each at its file.

Beyond what any tenant's declarations must meet (`check_model`), a template speaks every language that it claims to,
shows its records to people, ships nothing that leads nowhere, and ships sample data that can be stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import msgspec
import uuid_utils

from metadata.fields import FIELD_TYPES
from metadata.fields.relations import relation_of, targets_of
from metadata.flows.nodes import NODE_KINDS
from metadata.model.checking import check_model
from metadata.model.tenant import TenantModel
from metadata.model.values import Field, Labels, ObjectType
from metadata.model.writing import declared_objects
from metadata.packages.access_checks import access_faults
from metadata.packages.label_checks import label_faults
from metadata.packages.library import Library, Package
from metadata.packages.sample_rules import broken_rules
from metadata.packages.samples import prepare_samples
from metadata.problems import Fault, Faults, Path

__all__ = ["check_package", "check_template"]

_FALLBACK_DAY = date(2026, 1, 1)
_LIST_KINDS = ("list", "board", "calendar", "gallery")


def check_template(library: Library, name: str) -> Faults:
    """Everything that is wrong with a template; nothing for a sound one.

    Raises:
        NotFoundError: There is no template of that name.
    """
    package, faults = library.read(name)
    if package is not None:
        if package.template.name != name:
            text = f"The folder '{name}' holds the template '{package.template.name}'."
            faults.add("name_of_folder", text, path=("manifest.yaml", "template", "name"), hint="Make them agree.")
        faults.extend(check_package(package))
    return faults


def check_package(package: Package) -> Faults:
    """Everything that is wrong with a template that can be read."""
    faults = Faults()
    model = package.model()
    faults.extend(_at_its_file(package, fault) for fault in check_model(model))
    faults.extend(_head(package))
    for object_type in declared_objects(model):
        faults.extend(_object(object_type, package), f"objects/{object_type.name}.yaml")
    faults.extend(_unconnected(model))
    faults.extend(_at_its_file(package, fault) for fault in access_faults(model, package.template.languages))
    faults.extend(_at_its_file(package, fault) for fault in _flows(package))
    faults.extend(_samples(package, model))
    return faults


def _at_its_file(package: Package, fault: Fault) -> Fault:
    """A fault of the model, whose path is the document's, at the file of its object."""
    match fault.path:
        case ("objects", int(index), *rest) if index < len(package.document.objects):
            name = package.document.objects[index].name
        case ("objects", str(name), *rest):
            pass
        case (str(collection), *_) if collection in package.files:
            return fault.under(package.files[collection])
        case _:
            return fault
    return Fault(fault.reason, fault.message, (f"objects/{name}.yaml", *rest), fault.hint)


def _head(package: Package) -> Iterator[Fault]:
    template = package.template
    path: Path = ("manifest.yaml", "template")
    if not template.languages:
        yield Fault(
            "no_languages", "The template names no languages.", (*path, "languages"), "Write `languages: [en]`."
        )
    known = package.document.settings.get("languages")
    if known is not None and set(known) != set(template.languages):
        text = "The settings' languages are not those of the template."
        yield Fault("languages_differ", text, ("manifest.yaml", "settings", "languages"), "Make them agree.")
    yield from label_faults(template.label, template.languages, (*path, "label"))
    yield from label_faults(template.description, template.languages, (*path, "description"))
    for index, option in enumerate(template.options):
        yield from label_faults(option.label, template.languages, (*path, "options", index, "label"))
    if package.records and not template.sample_date:
        text = "The template ships sample data and does not say for which day."
        yield Fault("no_sample_date", text, (*path, "sample_date"), "Write `sample_date: 2026-01-31`.")


def _object(object_type: ObjectType, package: Package) -> Iterator[Fault]:
    languages = package.template.languages
    for attribute in ("label", "plural_label", "description"):
        yield from label_faults(getattr(object_type, attribute), languages, (attribute,))
    if not object_type.display:
        yield Fault("no_display", f"'{object_type.name}' has no display field.", ("display",), "Name one.")
    if not object_type.search:
        text = f"Nobody can search '{object_type.name}'."
        yield Fault("no_search", text, ("search",), "Name the text fields to look in.")
    for index, field in enumerate(object_type.fields):
        yield from _field(field, languages, ("fields", index))
    for index, unique in enumerate(object_type.uniques):
        yield from label_faults(unique.message, languages, ("uniques", index, "message"))
    for index, validation in enumerate(object_type.validations):
        path = ("validations", index)
        yield from label_faults(validation.message, languages, (*path, "message"))
        if not validation.field:
            text = f"The validation '{validation.name}' says at no field where its message is shown."
            yield Fault("no_place", text, (*path, "field"), "Name the field to correct.")
    for index, view in enumerate(object_type.views):
        yield from label_faults(view.label, languages, ("views", index, "label"))
    if not any(view.kind in _LIST_KINDS and view.columns for view in object_type.views):
        yield Fault("no_view", f"No view shows '{object_type.name}'.", ("views",), "Add a list.")


def _flows(package: Package) -> Iterator[Fault]:
    """People read the names of flows, and of the steps that wait for one of them."""
    languages = package.template.languages
    for flow in package.document.flows:
        path: Path = ("flows", flow.name)
        yield from label_faults(flow.label, languages, (*path, "label"))
        for node in flow.nodes:
            if node.label or (node.kind in NODE_KINDS and NODE_KINDS[node.kind].human):
                yield from label_faults(node.label, languages, (*path, "nodes", node.name, "label"))


def _field(field: Field, languages: Iterable[str], path: Path) -> Iterator[Fault]:
    yield from label_faults(field.label, languages, (*path, "label"))
    if field.description:
        yield from label_faults(field.description, languages, (*path, "description"))
    for attribute, labels in _labels_in(field.settings):
        yield from label_faults(labels, languages, (*path, "settings", *attribute))
    if not FIELD_TYPES[field.type].declarable:
        text = f"The type '{field.type}' is for system fields."
        yield Fault("not_declarable", text, (*path, "type"), "Choose another.")


def _labels_in(value: Any, path: Path = ()) -> Iterator[tuple[Path, Labels]]:
    """Labels anywhere in the settings of a field: those of options always, others where they are given."""
    if isinstance(value, (list, tuple)):
        for index, member in enumerate(value):
            yield from _labels_in(member, (*path, index))
        return
    if not isinstance(value, msgspec.Struct):
        return
    for name in value.__struct_fields__:
        part = getattr(value, name)
        if (name == "label" and isinstance(part, dict)) or (name.endswith("_label") and part):
            yield (*path, name), part
        else:
            yield from _labels_in(part, (*path, name))


def _unconnected(model: TenantModel) -> Iterator[Fault]:
    """Object types that no relation leads to or from: nothing in the template uses them."""
    connected: set[str] = set()
    for object_type in declared_objects(model):
        for field in object_type.fields:
            relation = relation_of(field)
            targets = [name for name in targets_of(relation) if name != object_type.name] if relation else []
            if any(model.object(name).is_declared for name in targets if name in model.objects):
                connected.update((object_type.name, *targets))
    for object_type in declared_objects(model):
        if object_type.name not in connected:
            text = f"No relation leads to or from '{object_type.name}'."
            yield Fault("unused_object", text, (f"objects/{object_type.name}.yaml",), "Connect it, or remove it.")


def _samples(package: Package, model: TenantModel) -> Iterator[Fault]:
    template = package.template
    today = date.fromisoformat(template.sample_date) if template.sample_date else _FALLBACK_DAY
    data, faults = prepare_samples(package, model, today, lambda: str(uuid_utils.uuid7()))
    yield from faults
    if not faults:
        yield from broken_rules(data, model, today)
