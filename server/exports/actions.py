"""What is offered about exports and watermarks."""

from __future__ import annotations

from metadata.model.policies import ANY
from server.access.plan import AccessPlan
from server.actions import Action, ActionEnum, ActionSet, ActionType
from server.exports.asking import RESOLVE, Exports

__all__ = ["EXPORT_ACTIONS"]


def _may_resolve(access: AccessPlan) -> bool:
    if access.may_configure_kind("policy"):
        return True
    return access.rights is not None and access.may_run(RESOLVE, ANY) is not None


_TYPES = (
    ActionEnum("ExportFormat", {"CSV": "UTF-8, for any program.", "XLSX": "For Excel."}, "What file is made."),
    ActionEnum(
        "ExportState",
        {
            "WAITING": "A worker will begin.",
            "RUNNING": "It is being written.",
            "DONE": "It can be fetched.",
            "FAILED": "It could not be written; `message` says why.",
            "GONE": "Its time is over.",
        },
        "Where an export stands.",
    ),
    ActionType(
        "Export",
        {
            "id": "ID!",
            "user": "ID!",
            "object": "String!",
            "format": "ExportFormat!",
            "fields": "[String!]!",
            "state": "ExportState!",
            "rowCount": "Int!",
            "rowLimit": "Int!",
            "truncated": "Boolean!",
            "reason": "String",
            "message": "String",
            "watermark": "String!",
            "fileName": "String!",
            "sizeBytes": "BigInt",
            "createdAt": "DateTime!",
            "finishedAt": "DateTime",
            "expiresAt": "DateTime",
            "url": "String",
        },
        "Records as a file. `url` is of the exporter alone and holds for an hour; ask for it again.",
    ),
    ActionType(
        "Viewer",
        {"id": "ID!", "name": "String!", "roles": "[String!]!", "watermark": "String!", "trialEndsAt": "DateTime"},
        "Who asks. Show the watermark over what they see: it tells who saw it, and in which hour. "
        "From `trialEndsAt` on the tenant can only be read.",
    ),
    ActionEnum("WatermarkKind", {"VIEWER": "Of somebody who looked.", "EXPORT": "Of a file."}, "What was marked."),
    ActionType(
        "WatermarkOwner",
        {
            "code": "String!",
            "kind": "WatermarkKind!",
            "user": "ID!",
            "userName": "String!",
            "at": "DateTime!",
            "export": "ID",
            "object": "String",
            "fileName": "String",
            "rows": "[Int!]!",
        },
        "Whose a watermark is, when it was made, and which rows of a file the text names.",
    ),
)

EXPORT_ACTIONS = ActionSet(
    (
        Action(
            "startExport",
            "mutation",
            {
                "object": "String!",
                "fields": "[String!]!",
                "filter": "JSON",
                "orderBy": "JSON",
                "search": "String",
                "format": "ExportFormat",
            },
            "Export!",
            "Ask for records as a file: `fields` are paths such as `store.name`, `filter` is that of the list.",
            Exports,
            Exports.start,
            only_reads=True,
        ),
        Action(
            "exports",
            "query",
            {"first": "Int", "after": "ID"},
            "[Export!]!",
            "Your exports, newest first.",
            Exports,
            Exports.listed,
        ),
        Action("export", "query", {"id": "ID!"}, "Export", "One export, and how far it is.", Exports, Exports.one),
        Action("viewer", "query", {}, "Viewer!", "Who asks.", Exports, Exports.viewer),
        Action(
            "resolveWatermark",
            "query",
            {"text": "String!"},
            "[WatermarkOwner!]!",
            "Whose the watermarks in a text are, visible and hidden ones.",
            Exports,
            Exports.resolve,
            _may_resolve,
        ),
    ),
    _TYPES,
)
