"""Whether somebody reads everything plainly that some expressions over a record are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from metadata.expressions.check import ModelScope
from metadata.expressions.references import references
from metadata.expressions.scope import FORMULA_ROOTS
from metadata.expressions.text import parse
from metadata.model.tenant import TenantModel
from metadata.model.values import ObjectType
from metadata.problems import TangramError
from server.access.plan import EVERY_ROW, AccessPlan, Action

__all__ = ["reads_plainly"]


def reads_plainly(
    model: TenantModel,
    access: AccessPlan,
    object_type: ObjectType,
    texts: Iterable[str],
    own: frozenset[str] | None = None,
) -> bool:
    """Whether every field that some expressions go through or end at may be read plainly.

    Args:
        model: The tenant's.
        access: Of who asks.
        object_type: That the expressions are over.
        texts: The expressions.
        own: Fields of the one record in question that are read plainly, as `Sight` has them; None asks for fields
            that are read plainly in all records that are seen. Fields of other records have to be so in all there are.
    """
    return all(
        (field in own if own is not None else access.field_condition(name, field) == EVERY_ROW)
        if name == object_type.name
        else field == "id" or _reads_everywhere(access, name, field)
        for name, field in _fields(model, object_type, texts)
    )


def _reads_everywhere(access: AccessPlan, object_name: str, field: str) -> bool:
    return access.rows(object_name, Action.READ) == EVERY_ROW == access.field_condition(object_name, field)


def _fields(model: TenantModel, object_type: ObjectType, texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    scope = ModelScope(model, object_type.name, FORMULA_ROOTS)
    for text in texts:
        try:
            yield from references(parse(text), scope)
        except TangramError:  # it names what is gone: nobody can say what stood there
            yield object_type.name, ""
