"""What is wrong with a flow's page for customers: it shows what is declared for it, and nothing that is secret."""

from __future__ import annotations

from collections.abc import Iterator

from metadata.expressions.check import ModelScope, faults_of, read
from metadata.expressions.scope import FORMULA_ROOTS
from metadata.expressions.text import parse
from metadata.expressions.types import Kind
from metadata.fields.relations import relation_of
from metadata.flows.values import Flow, ProgressPage
from metadata.model.computed import secrets_used
from metadata.model.tenant import TenantModel, field_of
from metadata.problems import Fault

__all__ = ["progress_faults"]

_MAX_FIELDS = 20
_NOT_SHOWN = frozenset({Kind.RECORD, Kind.JSON, Kind.GEO_POINT, Kind.ID})
_NUMBERS = ("integer", "rating", "decimal")
_TEXTS = ("text", "long_text")


def progress_faults(model: TenantModel, flow: Flow) -> Iterator[Fault]:
    """What is wrong with the page of a flow whose object type is there; paths start at the page."""
    page = flow.progress
    if page is None:
        return
    what = f"The progress page of flow '{flow.name}'"
    if not page.title:
        yield Fault("missing", f"{what} has no title.", ("title",), "Give it in one language at least.")
    if not any(node.public_label for node in flow.nodes):
        yield Fault("nothing_public", f"{what} has no stages.", (), "Give nodes a `public_label`.")
    if page.rate_from and all(node.name != page.rate_from for node in flow.nodes):
        yield Fault("unknown_node", f"{what} names the node '{page.rate_from}'.", ("rate_from",), "Name a node.")
    if not 1 <= page.days <= 730:
        yield Fault("out_of_range", f"{what}: links hold {page.days} days.", ("days",), "1 to 730.")
    if len(page.fields) > _MAX_FIELDS:
        yield Fault("too_many_items", f"{what} shows {len(page.fields)} fields.", ("fields",), f"Up to {_MAX_FIELDS}.")
    for place, path in enumerate(page.fields):
        yield from (fault.under("fields", place) for fault in _shown_faults(model, flow, path, what))
    yield from _rating_faults(model, flow, page, what)


def _shown_faults(model: TenantModel, flow: Flow, path: str, what: str) -> Iterator[Fault]:
    scope = ModelScope(model, flow.object, FORMULA_ROOTS)
    faults = [Fault(fault.reason, f"{what}: {fault.message}", (), fault.hint) for fault in faults_of(path, scope)]
    yield from faults
    if faults:
        return
    if read(path, scope).type.kind in _NOT_SHOWN:
        yield Fault("not_shown", f"{what} shows '{path}', which cannot be written.", (), "Name a field of it.")
    if _is_secret(model, flow.object, path):
        message = f"{what} shows '{path}', which is sensitive, encrypted, or of somebody of the tenant's."
        yield Fault("not_shown", message, (), "Leave it out: whoever has the link reads it.")


def _is_secret(model: TenantModel, object_name: str, path: str) -> bool:
    if any(secrets_used(model, object_name, parse(path))):
        return True
    here = object_name
    for step in path.split("."):
        field = field_of(model.objects[here], step) if here in model.objects else None
        if field is None:
            return False
        relation = relation_of(field)
        here = relation.to if relation is not None else ""
        if field.sensitive or here == "user":
            return True
    return False


def _rating_faults(model: TenantModel, flow: Flow, page: ProgressPage, what: str) -> Iterator[Fault]:
    if page.comment and not page.rating:
        yield Fault("missing", f"{what} takes a comment without a rating.", ("rating",), "Name the field of it.")
    for attribute, types in (("rating", _NUMBERS), ("comment", _TEXTS)):
        name = getattr(page, attribute)
        field = field_of(model.objects[flow.object], name) if name else None
        if name and (field is None or field.type not in types or field.system):
            message = f"{what} keeps the {attribute} in '{name}', which is no field of type {' or '.join(types)}."
            yield Fault("bad_rating_field", message, (attribute,), f"Name a field of '{flow.object}'.")
