"""What is offered about forms: description, submission, versions, public links."""

from __future__ import annotations

from server.access.plan import AccessPlan
from server.actions import Action, ActionInput, ActionSet, ActionType
from server.forms.service import Forms

__all__ = ["FORM_ACTIONS"]


def _configures(plan: AccessPlan) -> bool:
    return plan.may_configure_kind("form")


_TYPES = (
    ActionType(
        "FormSubmission",
        {
            "id": "ID",
            "form": "String",
            "version": "Int",
            "object": "String!",
            "record": "ID!",
            "instance": "ID",
        },
        "A form that was filled in: the record that holds the answers, and the run of the flow whose task it was.",
    ),
    ActionType(
        "FormFault",
        {"reason": "String!", "message": "String!", "hint": "String!", "path": "JSON!"},
        "What keeps a form from being published.",
    ),
    ActionType(
        "FormVersion",
        {
            "form": "String!",
            "number": "Int!",
            "current": "Boolean!",
            "note": "String!",
            "publishedAt": "DateTime!",
            "publishedBy": "ID",
            "definition": "JSON!",
        },
        "A form as it was published; it never changes.",
    ),
    ActionType(
        "FormLink",
        {
            "id": "ID!",
            "form": "String!",
            "version": "Int",
            "name": "String!",
            "record": "ID",
            "values": "JSON!",
            "maxSubmissions": "Int",
            "submissions": "Int!",
            "perHour": "Int!",
            "expiresAt": "DateTime",
            "revokedAt": "DateTime",
            "createdAt": "DateTime!",
            "createdBy": "ID",
            "open": "Boolean!",
            "token": "String",
            "url": "String",
        },
        "A public link; `token` and `url`, a path on this server, are told when it is made and never again.",
    ),
    ActionInput(
        "FormLinkInput",
        {
            "form": "String!",
            "version": "Int",
            "name": "String",
            "record": "ID",
            "values": "JSON",
            "maxSubmissions": "Int",
            "perHour": "Int",
            "expiresAt": "DateTime",
        },
        "A public link: pinned to a version or following the current one, for a record or for new ones, with constants"
        " that each submission sets, bounded in number and time.",
    ),
)

FORM_ACTIONS = ActionSet(
    (
        Action(
            "formDescription",
            "query",
            {"form": "String", "record": "ID", "task": "ID", "version": "Int"},
            "JSON!",
            "A form as a client draws it: fields, options, conditions, values and limits.",
            Forms,
            Forms.description,
        ),
        Action(
            "submitForm",
            "mutation",
            {
                "form": "String",
                "record": "ID",
                "task": "ID",
                "version": "Int",
                "values": "JSON!",
                "outcome": "String",
                "comment": "String",
                "key": "String",
            },
            "FormSubmission!",
            "Fill in a record, a new one, or what a task asks for and end the task; once for the same key.",
            Forms,
            Forms.submit,
        ),
        Action(
            "createFormLink",
            "mutation",
            {"input": "FormLinkInput!"},
            "FormLink!",
            "A link by which anybody who has it fills a form in.",
            Forms,
            Forms.create_link,
        ),
        Action(
            "revokeFormLink",
            "mutation",
            {"id": "ID!"},
            "FormLink!",
            "Close a public link for good.",
            Forms,
            Forms.revoke,
        ),
        Action(
            "formLinks",
            "query",
            {"form": "String", "first": "Int", "after": "ID"},
            "[FormLink!]!",
            "Public links, newest first.",
            Forms,
            Forms.links,
            _configures,
        ),
        Action(
            "formVersions",
            "query",
            {"form": "String!"},
            "[FormVersion!]!",
            "What was published of a form, newest first.",
            Forms,
            Forms.versions,
            _configures,
        ),
        Action(
            "lintForm",
            "query",
            {"form": "String!"},
            "[FormFault!]!",
            "Everything that keeps a draft from being published.",
            Forms,
            Forms.lint,
            _configures,
        ),
        Action(
            "publishForm",
            "mutation",
            {"form": "String!", "version": "Int", "note": "String"},
            "FormVersion!",
            "Make a new current version of the draft, or of an older version to go back to it.",
            Forms,
            Forms.publish,
            _configures,
        ),
    ),
    _TYPES,
)
