"""Stocks: records that hold how much there is of something, and lines that reserve and consume it."""

from __future__ import annotations

from typing import Annotated

import msgspec

from metadata.flows.values import FieldValue
from metadata.model.values import About, Labels

__all__ = ["Stock", "StockMatch"]


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a declaration that is no item by itself."""


class StockMatch(Part, frozen=True, kw_only=True, omit_defaults=True):
    """What a line and the record that holds its stock have in common."""

    held: Annotated[str, About("Field of the record that holds the stock: a to-one relation, text or option")]
    line: Annotated[str, About("Field of the line that has the same value; an empty one is filled in when it reserves")]


class Stock(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Quantities that lines reserve, consume once or let go, so that never more is promised than there is."""

    name: Annotated[str, About("snake_case, unique within the tenant", identifies=True)]
    object: Annotated[str, About("Object type whose records hold the quantities: a part in a warehouse")]
    label: Annotated[Labels, About("Name shown to people, by language")] = msgspec.field(default_factory=dict)
    on_hand: Annotated[str, About("Its number that is there")]
    reserved: Annotated[str, About("Its number that is promised, of what is there")]
    place: Annotated[str, About("Expression over it: where it lies, such as `shelf`")] = ""
    lines: Annotated[str, About("Object type whose records need some of it: a part of an order")]
    quantity: Annotated[str, About("Number of the line: how much")]
    match: Annotated[tuple[StockMatch, ...], About("What a line and a holder have in common, such as the part")]
    of: Annotated[
        str, About("To-one relation of the lines to what they are for, which reserves for all of them; empty for none")
    ] = ""
    when: Annotated[str, About("Expression over the line; only those that meet it need stock")] = ""
    movement: Annotated[str, About("Object type of a record that is made of what is consumed; empty for none")] = ""
    values: Annotated[
        tuple[FieldValue, ...], About("Its values; text that starts with `=` is an expression over the line")
    ] = ()
    origin: Annotated[str, About("Template it came from", given=False)] = ""
