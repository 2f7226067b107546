"""Which names a tenant may give: their form, and those that the API, the expressions or PostgreSQL need themselves."""

from __future__ import annotations

from metadata import naming
from metadata.fields.inputs import shown
from metadata.problems import Fault

__all__ = ["RESERVED_FIELDS", "RESERVED_OBJECTS", "RESERVED_SUFFIXES", "SYSTEM_FIELD_NAMES", "name_faults"]

SYSTEM_FIELD_NAMES = (
    "id",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "deleted_at",
    "version",
    "owner",
    "department",
)
"""Fields that every object has."""

RESERVED_FIELDS = frozenset(
    {
        *SYSTEM_FIELD_NAMES,
        "owner_id",
        "department_id",
        "search_vector",
        "subtree",
        "tenant_id",
        "typename",
        "node",
        "nodes",
        "edges",
        "cursor",
        "page_info",
        "total_count",
        "history",
        "masked_fields",
        "and",
        "or",
        "not",
        "in",
        "true",
        "false",
        "null",
        "count",
        "key",
    }
)
"""Names that no field may have: system fields and their columns, parts of generated types, words of expressions."""

RESERVED_OBJECTS = frozenset(
    {
        "query",
        "mutation",
        "subscription",
        "search",
        "search_hit",
        "page_info",
        "node",
        "int",
        "float",
        "string",
        "boolean",
        "id",
        "big_int",
        "decimal",
        "date",
        "date_time",
        "datetime",
        "time",
        "duration",
        "json",
        "upload",
        "file",
        "money",
        "address",
        "person_name",
        "geo_point",
        "time_unit",
        "grouping",
        "order_direction",
        "bulk_result",
        "change_action",
        "flow_status",
        "flow_task_kind",
        "flow_task_status",
        "flow_token_phase",
        "flow_signer_place",
        "flow_task",
        "flow_token",
        "flow_instance",
        "flow_line",
        "flow_fault",
        "flow_version",
        "flow_graph",
        "flow_figures",
        "flow_simulation",
        "form_description",
        "form_fault",
        "form_link",
        "form_links",
        "form_submission",
        "form_version",
        "form_versions",
        "lint_form",
        "flow_actor",
        "flow_actor_role",
        "flow_refusal",
        "flow_change",
        "flow_difference",
        "flow_obstacle",
        "flow_migration",
        "flow_migration_entry",
        "flow_bulk",
        "flow_proxy",
        "flow_proxies",
        "dead_job",
        "dead_jobs",
        "flow_diff",
        "plan_flow_migration",
        "predict_flow",
        "who_can_act",
        "why_not_me",
        "my_tasks",
        "flow_bpmn",
        "flow_history",
        "flow_instances",
        "flow_versions",
        "lint_flow",
        "read_bpmn",
        "simulate_flow",
        "tag_history",
        "tag_line",
        "tag_record",
        "untag_record",
        "pool_due",
        "stock_for",
        "stock_need",
        "stock_place",
        "stock_promise",
        "pool_holding",
        "ownership_change",
        "ownership_history",
        "rule_conflict",
        "rule_conflicts",
        "rule_trial",
        "rule_verdict",
        "try_rules",
        "rule_fault",
        "rule_kind",
        "rule_kinds",
        "rule_outcome",
        "rule_run",
        "rule_runs",
        "rule_version",
        "rule_versions",
        "lint_rule",
        "read_ical",
        "published_holidays",
        "sla_clocks",
        "sla_clock",
        "sla_clock_state",
        "sla_pause",
        "explain_routing",
        "my_work",
        "agent_presence",
        "agent_presence_state",
        "queue_agent",
        "queue_state",
        "queued_work",
        "routing_choice",
        "routing_decision",
        "routing_explanation",
        "routing_line",
        "routing_outcome",
        "roster",
        "roster_shift",
        "roster_shift_kind",
        "simulate_routing",
        "post_transfer",
        "transferred_records",
        "work_item",
        "work_item_status",
        "notification",
        "notification_edge",
        "notification_connection",
        "notification_channel",
        "notification_preferences",
        "my_notifications",
        "message_preview",
        "preview_message",
        "notified",
        "delivery_state",
        "delivery_attempt",
        "delivery_attempts",
        "progress_link",
        "progress_links",
        "progress_page",
        "merge_result",
        "history_actor",
        "history_entry",
        "field_change",
        "access_grant",
        "access_grants",
        "access_grant_closing",
        "access_grant_state",
        "access_requests",
        "export",
        "exports",
        "export_format",
        "export_state",
        "viewer",
        "resolve_watermark",
        "watermark_kind",
        "watermark_owner",
        "price_balance",
        "price_booking",
        "price_closed",
        "price_entry",
        "explain_settlement",
        "settlement_balances",
        "price_run",
        "price_breach",
        "price_candidate",
        "price_cut",
        "price_facts",
        "price_figures",
        "price_finding",
        "price_line",
        "price_of",
        "price_part",
        "price_payee",
        "price_quote",
        "price_share",
        "price_simulated",
        "price_simulation",
        "price_transition",
        "price_version",
        "price_plan_versions",
        "explain_price",
        "lint_price_plan",
        "simulate_plan",
        "promotion_result",
        "promotion_evidence",
        "promotion_outcome",
        "promotion_outcomes",
        "access_explanation",
        "access_need",
        "access_person",
        "access_reason",
        "access_rule",
        "access_verdict",
        "explain_access",
        "unmask_request",
        "unmask_requests",
        "unmasked_record",
        "unmask_state",
        "and",
        "or",
        "not",
        "in",
        "true",
        "false",
        "null",
    }
)
"""Names that no object type may have, singular or plural: root and built-in types, words."""

RESERVED_SUFFIXES = (
    "_connection",
    "_edge",
    "_filter",
    "_aggregate",
    "_changed",
    "_order_by",
    "_unique_key",
    "_input",
    "_payload",
)
"""Ends of names of the types and fields that are generated for each object type."""

_RESERVED = {"field": RESERVED_FIELDS, "object": RESERVED_OBJECTS}


def name_faults(kind: str, name: str, attribute: str = "name") -> list[Fault]:
    """What is wrong with a name; `kind` decides which words are reserved."""
    if not naming.NAME_PATTERN.fullmatch(name) or len(name) > naming.MAX_NAME_LENGTH:
        return [Fault("bad_name", _bad_name(kind, name), (attribute,), _suggestion(name))]
    if name in _RESERVED.get(kind, ()):
        message = f"'{name}' is reserved and cannot name a {kind}{' type' if kind == 'object' else ''}."
        return [Fault("reserved_name", message, (attribute,), f"Choose another name, such as `{name}_value`.")]
    suffix = next((one for one in RESERVED_SUFFIXES if name.endswith(one)), "") if kind == "object" else ""
    if suffix:
        message = f"'{name}' ends in '{suffix}', which generated types do."
        return [Fault("reserved_name", message, (attribute,), "Choose a name with another ending.")]
    return []


def _bad_name(kind: str, name: str) -> str:
    if len(name) > naming.MAX_NAME_LENGTH:
        limit = naming.MAX_NAME_LENGTH
        return f"The name {shown(name)} has {len(name)} characters; a {kind}'s name has at most {limit}."
    return f"{shown(name)} cannot name a {kind}: names are snake_case of a-z, 0-9 and single underscores."


def _suggestion(name: str) -> str:
    """A name like the one given that would do, where its letters allow one."""
    kept = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in naming.snake(name))
    parts = [part for part in kept.split("_") if part]
    while parts and not parts[0][0].isalpha():
        parts.pop(0)
    better = "_".join(parts)[: naming.MAX_NAME_LENGTH].rstrip("_")
    label = "what people see is the label, in any language and script"
    return f"Use a name such as `{better}`; {label}." if better else f"Use a name such as `birthday`; {label}."
