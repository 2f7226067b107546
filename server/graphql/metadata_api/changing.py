"""Planning, applying and taking back changes of the metadata, as documents or lists of small changes."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import strawberry
from strawberry.scalars import JSON

from metadata.changes.requests import read_changes
from metadata.model.reading import read_document, read_document_text
from metadata.problems import BadInputError, Path, TangramError
from server.configuration.requests import Request, author_of
from server.graphql.metadata_api.dynamic import Argument, argument, resolver
from server.graphql.metadata_api.guards import Info, administrator, configurer
from server.graphql.metadata_api.kinds import body_of_input
from server.graphql.metadata_api.outcomes import Plan, applied_of, plan_of, relocated
from server.identity.sessions import Session

__all__ = ["Applying", "MetadataChange", "document_mutations", "plan_metadata", "read_request"]


@strawberry.enum(description="What to do to a declared thing")
class ChangeOperation(enum.Enum):
    """Acts of `MetadataChange`."""

    CREATE = "create"
    UPDATE = "update"
    RENAME = "rename"
    REMOVE = "remove"
    RESTORE = "restore"
    ARRANGE = "arrange"


@strawberry.input(description="One small change; names and attributes as in documents")
class MetadataChange:
    """Which attributes an act takes is told by their help."""

    op: ChangeOperation
    kind: str = strawberry.field(description="`object`, `field`, … as `kinds` lists them")
    name: str | None = strawberry.field(default=strawberry.UNSET, description="Within its parent")
    parent: str | None = strawberry.field(default=strawberry.UNSET, description="Object it belongs to, for its parts")
    body: JSON | None = strawberry.field(default=strawberry.UNSET, description="CREATE: attributes, parts included")
    attributes: JSON | None = strawberry.field(
        default=strawberry.UNSET, description="UPDATE: new values; null puts an attribute back to its default"
    )
    to: str | None = strawberry.field(default=strawberry.UNSET, description="RENAME: the new name")
    names: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="ARRANGE: names of siblings in their new order"
    )


@dataclass(frozen=True, slots=True)
class Applying:
    """How every mutation here ends: one change applied, answered with its result.

    Attributes:
        result: Type of the answer; its values are `AppliedValue`.
    """

    result: Any

    @property
    def arguments(self) -> tuple[Argument, ...]:
        """What every change takes besides its own: the version its author has seen, and why."""
        return argument("expected_version", int | None, None), argument("message", str, "")

    async def apply(
        self,
        info: Info,
        request: Request,
        given: Mapping[str, Any],
        *,
        object_name: str = "",
        place: Callable[[Path], Path] = lambda path: path,
    ) -> Any:
        """Apply a request.

        Args:
            info: Who asks.
            request: What is asked for.
            given: Arguments of the mutation.
            object_name: Object type to show in the answer.
            place: Gives where a fault is in the mutation's own input.

        Raises:
            TangramError: As `Configuration.apply` does, and ForbiddenError.
        """
        session = await _may_ask(info, request)
        try:
            applied = await info.context.services.configuration.apply(
                session.tenant_id,
                request,
                author=author_of(session.actor),
                expected_version=given["expected_version"],
                message=given["message"],
            )
        except TangramError as error:
            raise relocated(error, place) from error
        return applied_of(applied, object_name)


async def plan_metadata(
    info: Info,
    document: JSON | None = None,
    changes: list[MetadataChange] | None = None,
    cascade: bool = False,
    replace: bool = False,
) -> Plan:
    """What a document (a mapping, or YAML or JSON text) or changes would do; changes nothing. Faults are in the answer.

    `replace` removes what the document does not hold, `cascade` what depends on removed things.
    """
    given = {"document": document, "changes": changes, "cascade": cascade, "replace": replace}
    session = await _may_send(info, given)
    return plan_of(await info.context.services.configuration.plan(session.tenant_id, read_request(given)))


def document_mutations(applying: Applying) -> list[Callable[..., Any]]:
    """`planMetadata`, `applyMetadata` and `rollbackMetadata`."""

    async def apply(info: Info, given: Mapping[str, Any]) -> Any:
        await _may_send(info, given)
        return await applying.apply(info, read_request(given), given)

    async def roll_back(info: Info, given: Mapping[str, Any]) -> Any:
        return await applying.apply(info, Request(rollback_to=given["version"]), given)

    return [
        plan_metadata,
        resolver(
            "apply_metadata",
            "Apply a document or changes, all or nothing; see `planMetadata`. With `expectedVersion` it is refused "
            "when somebody changed the tenant since.",
            (
                argument("document", JSON | None, None),
                argument("changes", list[MetadataChange] | None, None),
                argument("cascade", bool, False),
                argument("replace", bool, False),
                *applying.arguments,
            ),
            applying.result,
            apply,
        ),
        resolver(
            "rollback_metadata",
            "Go back to what was declared at a version; what comes back has its data again.",
            (argument("version", int), *applying.arguments),
            applying.result,
            roll_back,
        ),
    ]


async def _may_ask(info: Info, request: Request) -> Session:
    """The session, if it may change every kind that is asked for; documents and former versions may hold any."""
    if request.changes and request.document is None and request.rollback_to is None:
        return await configurer(info, (change.kind for change in request.changes))
    return await administrator(info)


async def _may_send(info: Info, given: Mapping[str, Any]) -> Session:
    """The same before what was sent is read, so that nobody else is told of its faults."""
    changes = given["changes"] or ()
    if changes and given["document"] is None:
        return await configurer(info, (change.kind for change in changes))
    return await administrator(info)


def read_request(given: Mapping[str, Any]) -> Request:
    """What `document`, `changes`, `cascade` and `replace` ask for.

    Raises:
        BadInputError: With every fault of the document, or `nothing_to_do`.
    """
    document, changes = given["document"], given["changes"] or ()
    if document is None and not changes:
        raise BadInputError.single(
            "nothing_to_do", "Neither a document nor changes were sent.", path=("document",), hint="Send one of them."
        )
    read = None
    if document is not None:
        read, faults = read_document_text(document) if isinstance(document, str) else read_document(document)
        if faults:
            raise relocated(BadInputError.of(faults), lambda path: ("document", *path))
    asked = read_changes([body_of_input(change) for change in changes])
    return Request(changes=asked, document=read, replacing=given["replace"], cascade=given["cascade"])
