"""Filter inputs of scalars and composite values: which operators a filter type offers."""

from __future__ import annotations

from collections.abc import Mapping

from metadata.expressions.types import Kind, ValueType, list_of
from metadata.fields import FIELD_TYPES
from metadata.fields.base import Output
from metadata.fields.operators import FilterOperator, operators_for, scalar_for
from metadata.model.settings import TenantSettings
from metadata.model.tenant import TenantModel
from metadata.model.values import Field
from server.records.json_text import scalar_of

__all__ = ["filter_name", "filter_value_type", "operand_text"]

_NO_TENANT = TenantModel(
    tenant_id="", slug="", version=0, settings=TenantSettings(), objects={}, object_by_type={}, object_by_plural={}
)


def _value_types() -> Mapping[str, ValueType]:
    """Type of value by filter name, from the field types; the same scalar always has the same operators."""
    found: dict[str, ValueType] = {}
    for field_type in FIELD_TYPES.values():
        if field_type.output in (Output.OPTION, Output.OPTIONS, Output.RELATION, Output.COMPUTED):
            continue
        value_type = field_type.value_type(
            Field(name="any", type=field_type.key, settings=field_type.settings()), _NO_TENANT
        )
        name = field_type.scalar if field_type.output is Output.OBJECT else _bare(field_type.scalar)
        found.setdefault(f"{name}{'List' if field_type.scalar.startswith('[') else ''}Filter", value_type)
    for value_type in list(found.values()):
        found.setdefault(f"{scalar_of(value_type)}Filter", value_type)
        found.setdefault(f"{scalar_of(value_type)}ListFilter", list_of(value_type))
    return found | {"OptionFilter": ValueType(Kind.OPTION), "OptionListFilter": list_of(ValueType(Kind.OPTION))}


def _bare(scalar: str) -> str:
    return scalar.strip("[]!")


_VALUE_TYPES = _value_types()


def filter_value_type(name: str) -> ValueType | None:
    """Type of value that a shared filter input compares; None when there is no such filter."""
    return _VALUE_TYPES.get(name)


def filter_name(output_text: str) -> str:
    """Name of the filter input of a value, given its GraphQL output type; empty when it has no operators."""
    name = f"{_bare(output_text)}{'List' if output_text.startswith('[') else ''}Filter"
    value_type = _VALUE_TYPES.get(name)
    return name if value_type is not None and operators_for(value_type) else ""


def operand_text(operator: FilterOperator, value_type: ValueType, scalar: str) -> str:
    """GraphQL type of an operator's operand for a field whose values are shown as `scalar`."""
    item = value_type.item if value_type.item is not None else value_type
    generic = scalar_for(item)
    return operator.input_type.replace(generic, scalar) if generic and scalar else operator.input_type
