"""Types and resolvers that are known at run time only: built from annotations instead of class statements."""

from __future__ import annotations

import inspect
import types
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import strawberry

from server.graphql.metadata_api.guards import Info

__all__ = ["Argument", "argument", "resolver", "value_type"]

Argument = inspect.Parameter


def argument(name: str, annotation: Any, default: Any = inspect.Parameter.empty) -> Argument:
    """An argument by its Python name; without a default it is required."""
    return inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=annotation)


def resolver(
    name: str,
    help_text: str,
    arguments: Iterable[Argument],
    returns: Any,
    run: Callable[[Info, Mapping[str, Any]], Awaitable[Any]],
) -> Callable[..., Awaitable[Any]]:
    """A resolver.

    Args:
        name: snake_case.
        help_text: Shown in introspection.
        arguments: In order, required ones first.
        returns: Annotation of its answer.
        run: Gets the arguments that were sent or have a default, by name.
    """

    async def resolve(info: Info, **given: Any) -> Any:
        return await run(info, given)

    shown = (argument("info", Info), *arguments)
    resolve.__name__ = resolve.__qualname__ = name
    resolve.__doc__ = help_text
    resolve.__annotations__ = {one.name: one.annotation for one in shown} | {"return": returns}
    setattr(resolve, "__signature__", inspect.Signature(shown, return_annotation=returns))  # noqa: B010 # typed away
    return resolve


def value_type(name: str, help_text: str, fields: Mapping[str, tuple[Any, str]]) -> Any:
    """An output type whose values are any objects that have its fields as attributes.

    Args:
        name: In GraphQL.
        help_text: Shown in introspection.
        fields: Annotation and help by snake_case name.
    """
    made = types.new_class(
        name,
        (),
        {},
        lambda namespace: namespace.update(
            {
                field: strawberry.field(resolver=_reader(field, annotation), description=field_help or None)
                for field, (annotation, field_help) in fields.items()
            }
        ),
    )
    return strawberry.type(made, name=name, description=help_text)


def _reader(name: str, annotation: Any) -> Callable[[Any], Any]:
    def read(root: Any) -> Any:
        return getattr(root, name)

    parent: Any = strawberry.Parent
    read.__annotations__ = {"root": parent[Any], "return": annotation}
    return read
