"""What is wrong with a stock."""

from __future__ import annotations

from collections.abc import Iterator

from metadata.fields.relations import RelationKind, relation_kind, relation_of
from metadata.flows.terms import Subject
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import Field, ObjectType
from metadata.problems import Fault, Path
from metadata.stocks.values import Stock, StockMatch

__all__ = ["stock_faults"]

_NUMBERS = ("integer", "big_integer", "decimal")
_MATCHED = ("text", "barcode", "select", "integer", "big_integer")


def stock_faults(model: TenantModel, stock: Stock) -> Iterator[Fault]:
    """What is wrong with a stock; paths start at it."""
    what = f"Stock '{stock.name}'"
    missing = False
    for attribute in ("object", "lines", *(("movement",) if stock.movement else ())):
        found = model.objects.get(getattr(stock, attribute))
        if found is None or found.storage != "tenant":
            missing = True
            message = f"{what} names '{getattr(stock, attribute)}', which is no object type with records."
            yield Fault("unknown_object", message, (attribute,), "Name an object type of the tenant's own.")
    if missing:
        return
    held, lines = model.object(stock.object), model.object(stock.lines)
    yield from _number(what, held, stock.on_hand, ("on_hand",))
    yield from _number(what, held, stock.reserved, ("reserved",))
    yield from _number(what, lines, stock.quantity, ("quantity",))
    if stock.on_hand == stock.reserved:
        message = f"{what} counts what is there and what is promised in one field."
        yield Fault("duplicate_name", message, ("reserved",), "Name another number.")
    subject = Subject(model, stock.lines, what)
    yield from subject.expression(stock.when, ("when",))
    yield from subject.target(stock.of, ("of",))
    yield from Subject(model, stock.object, what).expression(stock.place, ("place",), expected=None)
    if not stock.match:
        message = f"{what} does not say what lines and holders have in common."
        yield Fault("missing", message, ("match",), "Name a field of both, such as the part.")
    for place, match in enumerate(stock.match):
        yield from _match(what, held, lines, match, ("match", place))
    if stock.movement:
        yield from subject.values(stock.values, stock.movement, ("values",))


def _number(what: str, found: ObjectType, name: str, path: Path) -> Iterator[Fault]:
    field = field_of(found, name)
    if field is None or field.type not in _NUMBERS:
        message = f"{what} counts '{name}', which is no number of '{found.name}'."
        yield Fault("unknown_field", message, path, f"Name a field of it of type {', '.join(_NUMBERS)}.")


def _match(what: str, held: ObjectType, lines: ObjectType, match: StockMatch, path: Path) -> Iterator[Fault]:
    ours, theirs = field_of(held, match.held), field_of(lines, match.line)
    for found, field, name, attribute in ((held, ours, match.held, "held"), (lines, theirs, match.line, "line")):
        if field is None or not (_target(field) or field.type in _MATCHED):
            message = f"{what} compares '{name}', which is no to-one relation, text or option of '{found.name}'."
            yield Fault("unknown_field", message, (*path, attribute), "Name one that both have.")
            return
    assert ours is not None
    assert theirs is not None
    if (_target(ours) or ours.type) != (_target(theirs) or theirs.type):
        message = f"{what} compares '{match.held}' with '{match.line}', which hold different things."
        yield Fault("wrong_type", message, (*path, "line"), "Name fields of one type, or relations to one object type.")


def _target(field: Field) -> str:
    """The object type that a to-one relation leads to; nothing for other fields."""
    relation = relation_of(field)
    if relation is None or relation_kind(relation) is not RelationKind.TO_ONE:
        return ""
    return f"relation to {relation.to}"
