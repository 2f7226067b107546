"""The library of functions. To add one, write a `Function` in the module of its family and list it there.

base      what a function is: signatures, help, Python and SQL
calendar  calendar arithmetic in Python
times     dates and times
numbers   numbers and places
text      texts
values    nulls, lists, conversion
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from metadata.expressions.functions.base import Argument, Function, Signature
from metadata.expressions.functions.numbers import NUMBER_FUNCTIONS, PLACE_FUNCTIONS
from metadata.expressions.functions.text import TEXT_FUNCTIONS
from metadata.expressions.functions.times import TIME_FUNCTIONS
from metadata.expressions.functions.values import VALUE_FUNCTIONS

__all__ = ["FUNCTIONS", "Argument", "Function", "Signature"]

FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        function.name: function
        for function in (*TEXT_FUNCTIONS, *NUMBER_FUNCTIONS, *TIME_FUNCTIONS, *VALUE_FUNCTIONS, *PLACE_FUNCTIONS)
    }
)
"""Every function by its name."""
