"""What is offered about stock: what lines need and where it lies, and the three acts by hand."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from metadata.expressions.text import parse
from metadata.fields.relations import relation_of
from metadata.model.computed import fields_used
from metadata.model.tenant import field_of
from metadata.model.values import ObjectType
from metadata.problems import BadInputError, ForbiddenError, NotFoundError
from metadata.stocks.values import Stock
from server.access.plan import EVERY_ROW
from server.actions import Action, ActionRun, ActionSet, ActionType
from server.context import Standing
from server.records.reach import within_reach
from server.stock.counting import Act
from server.stock.keeping import Keeping, Kept, number_shown, stock_named

__all__ = ["STOCK_ACTIONS", "Stocks"]

Arguments = Mapping[str, Any]


@dataclass(eq=False)
class Stocks:
    """The engine of stock, as it is asked."""

    keeping: Keeping

    async def reserve(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`reserveStock`."""
        return await self._act(run, given, "reserve")

    async def consume(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`consumeStock`."""
        return await self._act(run, given, "consume")

    async def release(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`releaseStock`."""
        return await self._act(run, given, "release")

    async def needs(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`stockFor`: what the lines of a record need, what they were promised, and where there is how much."""
        stock, record = await self._meant(run, given, by_right=False)
        standing = _standing(run)
        lines = await self.keeping.lines_of(standing, stock, record)
        visible = await self._seen(run, stock.lines, lines, [stock.quantity])
        promises = await self.keeping.promises(standing, stock, lines)
        known = await self.keeping.facts.many(
            run.connection, run.context, stock.lines, lines, self.keeping.asked(standing, stock), instant=run.instant
        )
        found = []
        for line in lines:
            if line not in visible or (stock.when and known[line][stock.when] is not True):
                continue
            promise = promises.get(line)
            needed = Decimal(str(known[line][stock.quantity] or 0))
            found.append(
                {
                    "line": line,
                    "needed": number_shown(needed),
                    "promised": number_shown(
                        Decimal(0) if promise is None or promise.state == "released" else promise.quantity
                    ),
                    "state": "open" if promise is None else promise.state,
                    "holder": None if promise is None else promise.holder,
                    "places": await self._places(standing, run, stock, known[line], needed),
                }
            )
        return found

    async def _places(
        self, standing: Standing, run: ActionRun, stock: Stock, known: Mapping[str, Any], needed: Decimal
    ) -> list[dict[str, Any]]:
        holders = await self.keeping.holders_of(standing, stock, known)
        wanted = [stock.on_hand, stock.reserved, *([stock.place] if stock.place else [])]
        visible = await self._seen(run, stock.object, holders, wanted)
        facts = await self.keeping.facts.many(
            run.connection, run.context, stock.object, sorted(visible), wanted, instant=run.instant
        )
        places = []
        for holder, values in facts.items():
            on_hand, reserved = (Decimal(str(values[name] or 0)) for name in (stock.on_hand, stock.reserved))
            place = values[stock.place] if stock.place else None
            available = on_hand - reserved
            places.append(
                {
                    "holder": holder,
                    "place": None if place is None else str(place),
                    "onHand": number_shown(on_hand),
                    "available": number_shown(available),
                    "enough": available >= needed,
                }
            )
        return sorted(places, key=lambda one: (-Decimal(one["available"]), one["holder"]))

    async def _act(self, run: ActionRun, given: Arguments, act: Act) -> list[dict[str, Any]]:
        stock, record = await self._meant(run, given, by_right=True)
        return [_shown(one) for one in await self.keeping.act(_standing(run), stock, record, act)]

    async def _meant(self, run: ActionRun, given: Arguments, *, by_right: bool) -> tuple[Stock, str]:
        """The stock, and a record that the actor sees: a line, or what lines are for."""
        model, stock = run.context.model, stock_named(run.context.model, given["stock"])
        try:
            record = str(uuid.UUID(given["record"]))
        except ValueError:
            raise BadInputError.single("bad_id", "The id of a record is a UUID.", path=("record",)) from None
        lines = model.object(stock.lines)
        of = field_of(lines, stock.of) if stock.of else None
        relation = None if of is None else relation_of(of)
        kinds: list[ObjectType] = [lines, *([] if relation is None else [model.object(relation.to)])]
        allowed = False
        for object_type in kinds:
            rows = run.context.access.may_run(stock.name, object_type.name)
            if by_right and rows is None:
                continue
            allowed = True
            if await within_reach(run, object_type, [record], also=rows if by_right else EVERY_ROW):
                return stock, record
        if not allowed:
            raise ForbiddenError.single(
                "action_not_allowed", f"You may not move stock of '{stock.name}'.",
                hint=f"Ask an administrator for the right run:{stock.name}.",
            )  # fmt: skip
        names = " or ".join(one.name for one in kinds)
        raise NotFoundError.single("unknown_record", f"There is no {names} {record}.", path=("record",))

    async def _seen(self, run: ActionRun, object_name: str, ids: list[str], asked: Sequence[str]) -> set[str]:
        """Those that the actor sees, with what is asked of them."""
        model = run.context.model
        used = {
            name
            for text in asked
            for owner, name in fields_used(model, object_name, parse(text))
            if owner == object_name
        }
        return await within_reach(run, model.object(object_name), ids, fields=sorted(used))


def _standing(run: ActionRun) -> Standing:
    return Standing(run.connection, run.context, run.instant)


def _shown(kept: Kept) -> dict[str, Any]:
    return {"line": kept.line, "holder": kept.holder, "quantity": number_shown(kept.quantity), "state": kept.state}


_RECORD: Mapping[str, str] = {"stock": "String!", "record": "ID!"}

STOCK_ACTIONS = ActionSet(
    (
        Action(
            "stockFor", "query", _RECORD, "[StockNeed!]!",
            "What a line, or the lines of a record, need: what they were promised, and where there is how much.",
            Stocks, Stocks.needs,
        ),
        Action(
            "reserveStock", "mutation", _RECORD, "[StockPromise!]!",
            "Promise a line, or all lines of a record, what they need; all or nothing.", Stocks, Stocks.reserve,
        ),
        Action(
            "consumeStock", "mutation", _RECORD, "[StockPromise!]!",
            "Use up what a line, or the lines of a record, need; once.", Stocks, Stocks.consume,
        ),
        Action(
            "releaseStock", "mutation", _RECORD, "[StockPromise!]!",
            "Let go what a line, or the lines of a record, were promised and have not used up.", Stocks, Stocks.release,
        ),
    ),
    (
        ActionType(
            "StockPromise", {"line": "ID!", "holder": "ID!", "quantity": "Decimal!", "state": "String!"},
            "What a line was promised of which record, and whether it is reserved, consumed or released.",
        ),
        ActionType(
            "StockNeed",
            {
                "line": "ID!", "needed": "Decimal!", "promised": "Decimal!", "state": "String!", "holder": "ID",
                "places": "[StockPlace!]!",
            },
            "What a line needs, and where it can be had; the place with most first.",
        ),
        ActionType(
            "StockPlace",
            {
                "holder": "ID!", "place": "String", "onHand": "Decimal!", "available": "Decimal!", "enough": "Boolean!",
            },
            "A record that holds what a line needs: how much is there, how much nobody was promised.",
        ),
    ),
)  # fmt: skip
