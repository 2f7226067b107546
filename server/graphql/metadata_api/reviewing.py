"""Access seen from outside: why, who can, the permission map, what a change would do, policies as text."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import strawberry
from strawberry.scalars import JSON

from metadata.problems import BadInputError
from server.access.assignments import held_assignments
from server.access.explain import Question
from server.access.permission_page import map_page
from server.configuration.requests import Request, author_of
from server.graphql.metadata_api.changing import Applying, MetadataChange, read_request
from server.graphql.metadata_api.dynamic import argument, resolver
from server.graphql.metadata_api.guards import Info, configurer, context_of, newest, read_id
from server.graphql.metadata_api.outcomes import Plan, applied_of, plan_of
from server.graphql.metadata_api.review_types import (
    AccessExplanation,
    AccessHolder,
    AccessSimulation,
    PermissionMapOutput,
    cell_of,
    explanation_of,
    person_of,
    simulation_of,
)
from server.review.exchange import (
    PolicyFormat,
    ReadPolicies,
    assigning,
    import_request,
    policies_text,
    read_policies,
)

__all__ = ["REVIEW_QUERIES", "review_mutations"]

_POLICY = ("policy",)


@strawberry.input(description="Roles that somebody would hold instead of theirs")
class RolesOfInput:
    """For `simulateAccess`."""

    user: strawberry.ID
    roles: list[str]


async def explain_access(
    info: Info,
    object: str,
    action: str = "read",
    record: strawberry.ID | None = None,
    field: str = "",
    user: strawberry.ID | None = None,
) -> AccessExplanation:
    """Why you may or may not do something, on a record or in general; of others, for who may configure policies.

    A record that you do not see is answered as one that is not there.
    """
    if user is not None and str(user) != info.context.session.actor.id:
        await configurer(info, _POLICY)
    about = "" if user is None else read_id(user, "account")
    asked = Question(object, action, field)
    found = await info.context.services.reviews.explain(
        await context_of(info), asked, user=about, record=None if record is None else str(record)
    )
    return explanation_of(found)


async def who_can(
    info: Info, object: str, action: str = "read", record: strawberry.ID | None = None, field: str = ""
) -> list[AccessHolder]:
    """The people who may do something, on a record or at least on some; for who may configure policies."""
    await configurer(info, _POLICY)
    found = await info.context.services.reviews.who_can(
        await context_of(info), Question(object, action, field), record=None if record is None else str(record)
    )
    return [
        AccessHolder(person=person_of(one.person), verdict=one.verdict, for_a_time=one.for_a_time, until=one.until)
        for one in found
    ]


async def permission_map(
    info: Info,
    roles: list[str] | None = None,
    user: strawberry.ID | None = None,
    objects: list[str] | None = None,
    actions: list[str] | None = None,
) -> PermissionMapOutput:
    """Who may do what, of roles or of one user: your own map, or any for who may configure policies."""
    about = "" if user is None else read_id(user, "account")
    if about != info.context.session.actor.id:
        await configurer(info, _POLICY)
    if about and roles is not None:
        raise BadInputError.single("bad_subject", "Name roles or a user.", path=("roles",), hint="Leave one out.")
    found = await info.context.services.reviews.permission_map(
        await context_of(info), roles=roles, user=about, objects=objects, actions=actions
    )
    return PermissionMapOutput(
        roles=[subject.name for subject in found.subjects if subject.name],
        objects=list(found.objects),
        actions=list(found.actions),
        cells=[cell_of(entry) for entry in found.entries],
        markdown=map_page(found.subjects, found.entries),
    )


async def simulate_access(
    info: Info,
    document: JSON | None = None,
    changes: list[MetadataChange] | None = None,
    people: list[RolesOfInput] | None = None,
    objects: list[str] | None = None,
    cascade: bool = False,
    replace: bool = False,
) -> AccessSimulation:
    """Who would gain and who would lose by a change of roles and policies, or of people's roles; changes nothing.

    `document`, `changes`, `cascade` and `replace` are those of `planMetadata`.
    """
    await configurer(info, _POLICY)
    given = {"document": document, "changes": changes, "cascade": cascade, "replace": replace}
    request = Request() if document is None and not changes and people else read_request(given)
    roles_of = {read_id(one.user, "account"): one.roles for one in people or ()}
    found = await info.context.services.trials.run(await context_of(info), request, roles_of=roles_of, objects=objects)
    return simulation_of(found)


async def export_policies(info: Info, format: PolicyFormat = PolicyFormat.YAML) -> str:
    """Roles and policies as text that `importPolicies` reads; as CASBIN with the roles that people hold for a time."""
    session = await configurer(info, _POLICY)
    async with info.context.services.connections.acquire(session.tenant_id) as connection:
        assignments = await held_assignments(connection, session.tenant_id)
    return policies_text((await newest(info)).model, assignments, format)


async def plan_policies(
    info: Info,
    text: str,
    format: PolicyFormat = PolicyFormat.YAML,
    replace: bool = False,
    model: str | None = None,
) -> Plan:
    """What importing policies would do; changes nothing. What is wrong with them is in the answer, by line.

    `model` is Casbin's model.conf of CASBIN lines; without it they are read as `exportPolicies` writes them.
    """
    session = await configurer(info, ("role", *_POLICY))
    read = await asyncio.to_thread(read_policies, text, format, model)
    planned = await info.context.services.configuration.plan(
        session.tenant_id, await _request(info, read, replace=replace)
    )
    return plan_of(planned, read.placed(planned.plan.faults))


def review_mutations(applying: Applying) -> list[Callable[..., Any]]:
    """`importPolicies`."""

    async def run(info: Info, given: Mapping[str, Any]) -> Any:
        session = await configurer(info, ("role", *_POLICY))
        read = await asyncio.to_thread(read_policies, given["text"], given["format"], given["model"])
        request = await _request(info, read, replace=given["replace"])
        within = assigning(session.tenant_id, read.assignments, by=session.actor.id) if read.assignments else None
        try:
            applied = await info.context.services.configuration.apply(
                session.tenant_id,
                request,
                author=author_of(session.actor),
                expected_version=given["expected_version"],
                message=given["message"],
                within=within,
            )
        except BadInputError as error:
            raise BadInputError(error.message, read.placed(error.faults), error.extra) from error
        return applied_of(applied)

    return [
        resolver(
            "import_policies",
            "Import roles and policies, all or nothing; see `planPolicies`. `replace` removes those that the text "
            "does not hold.",
            (
                argument("text", str),
                argument("format", PolicyFormat, PolicyFormat.YAML),
                argument("replace", bool, False),
                argument("model", str | None, None),
                *applying.arguments,
            ),
            applying.result,
            run,
        )
    ]


async def _request(info: Info, read: ReadPolicies, *, replace: bool) -> Request:
    return import_request(read, (await newest(info)).model, replace=replace)


REVIEW_QUERIES = (explain_access, who_can, permission_map, simulate_access, export_policies, plan_policies)
