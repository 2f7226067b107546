"""`docs/api.md` shows the schemas as they are."""

from __future__ import annotations

from graphql import FieldDefinitionNode, GraphQLSchema, ObjectTypeDefinitionNode, parse, print_schema
from graphql.language import print_ast

from metadata.packages.library import Library, industries_folder
from server.access.plan import ADMINISTRATOR
from server.graphql.metadata_api.schema import build_schema
from server.graphql.schema.actions import ACTION_SETS
from server.graphql.schema.lazy import full_schema
from tests.docs.tour import REPOSITORY, blocks_of


def _signatures(sdl: str) -> dict[str, str]:
    """Each field of the root types with its arguments: `Query.customer` → `customer(id: ID!): Customer`."""
    return {
        f"{definition.name.value}.{field.name.value}": _signature(field)
        for definition in parse(sdl).definitions
        if isinstance(definition, ObjectTypeDefinitionNode)
        if definition.name.value in ("Query", "Mutation", "Subscription")
        for field in definition.fields or ()
    }


def _signature(field: FieldDefinitionNode) -> str:
    arguments = ", ".join(
        print_ast(argument).removeprefix(print_ast(argument.description) + "\n" if argument.description else "")
        for argument in field.arguments or ()
    )
    return f"{field.name.value}({arguments}): {print_ast(field.type)}"


def _page(role: str) -> dict[str, str]:
    (block,) = [block for block in blocks_of(REPOSITORY / "docs" / "api.md") if block.role == role]
    return _signatures(block.text)


def _records_schema() -> GraphQLSchema:
    return full_schema(Library(industries_folder()).package("retail_chain").model(), ADMINISTRATOR)


def test_signatures_of_records_are_those_of_the_schema() -> None:
    actual = _signatures(print_schema(_records_schema()))
    words = ("customer", "customers", "customersaggregate", "customerchanged")
    verbs = ("create", "update", "upsert", "delete", "restore", "destroy", "merge")
    names = {*words, *(verb + word for verb in verbs for word in words), "search", "uploadfile"}
    assert _page("schema") == {path: text for path, text in actual.items() if path.split(".")[1].lower() in names}


def test_signatures_of_actions_are_those_of_the_schema() -> None:
    actual = _signatures(print_schema(_records_schema()))
    offered = {
        f"{action.operation.capitalize()}.{action.name}" for declared in ACTION_SETS for action in declared.actions
    }
    assert _page("actions") == {path: actual[path] for path in offered}


def test_signatures_of_metadata_are_those_of_the_schema() -> None:
    actual = _signatures(build_schema().as_str())
    shown = _page("metadata")
    assert shown == {path: actual.get(path) for path in shown}
    assert {path for path in actual if path.startswith("Query.")} <= shown.keys()
