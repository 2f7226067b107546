"""Events of the log → notices: who is to be told what. Pure; the people are those whom the event names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from metadata.flows.values import Flow
from metadata.messages.events import EVENTS
from metadata.model.policies import ADMINISTRATOR
from metadata.model.tenant import TenantModel
from server.events.log import Event
from server.notifications.definitions import Audience, Notice

__all__ = ["SENT_KIND", "SENT_OBJECT", "interest", "notices_of"]

SENT_OBJECT = "message__sent"
"""Name under which messages that somebody sends stand in the event log; no table of a tenant's is called so."""

SENT_KIND = "sent"

_MAX_CAUSES = 30


def interest(event: Event, _model: TenantModel) -> bool:
    """Whether an event may have something to tell. Cheap: its text is looked at, not read."""
    if len(event.cause) > _MAX_CAUSES:
        return False
    match event.object:
        case "flow__instance":
            return '"tell"' in event.changes_json or '"message"' in event.changes_json
        case "sla__clock":
            return event.kind == "sla_step"
        case "rule__run":
            return event.kind in ("rule_message", "rule_failed")
        case "progress__link":
            return event.kind == "rated"
        case "pool__holding":
            return event.kind in _POOL
        case "price_booking" | "ledger_lock":
            return event.kind in _LEDGER
        case _:
            return event.object == SENT_OBJECT and event.kind == SENT_KIND


def notices_of(event: Event, model: TenantModel) -> tuple[Notice, ...]:
    """What an event has to tell, in order."""
    changes = event.changes
    match event.object, event.kind:
        case "flow__instance", "flow_message":
            return tuple(_flow_message(event, model, changes))
        case "flow__instance", _:
            return tuple(_flow(event, model, changes))
        case "sla__clock", "sla_step":
            return tuple(_promise(model, changes))
        case "rule__run", "rule_message":
            return tuple(_rule_message(model, changes))
        case "rule__run", "rule_failed":
            return (_rule_failed(model, changes),)
        case "progress__link", "rated":
            return tuple(_rated(model, changes))
        case "pool__holding", _:
            return tuple(_pool(event, model, changes))
        case "price_booking" | "ledger_lock", _:
            return tuple(_ledger(event, model, changes))
        case "message__sent", "sent":
            return tuple(_sent(changes))
    return ()


def _flow(event: Event, model: TenantModel, told: Mapping[str, Any]) -> Iterator[Notice]:
    for one in told.get("tell", ()):
        if one["what"] not in EVENTS:
            continue
        names = {"flow": _flow_label(model, told["flow"]), "step": _step_label(model, told["flow"], one.get("node"))}
        if one.get("due_at"):
            names["due_at"] = one["due_at"]
        if one.get("comment"):
            names["comment"] = one["comment"]
        people = tuple(one["people"])
        audience = Audience(people) if people or one["what"] != "incident" else Audience(roles=(ADMINISTRATOR,))
        detail = {"instance": event.record_id, "flow": told["flow"], "task": one["task"] or None}
        yield Notice(one["what"], audience, told["object"], told["record"], names, detail)


def _flow_message(event: Event, model: TenantModel, told: Mapping[str, Any]) -> Iterator[Notice]:
    message = told.get("message")
    if message is None:
        return
    flow = model.flows.get(told["flow"])
    table = told.get("object") or (model.objects[flow.object].table if flow and flow.object in model.objects else "")
    names = {"flow": _flow_label(model, told["flow"]), "step": _step_label(model, told["flow"], told["node"])}
    raw = message.get("texts") or message
    yield Notice(
        "flow_message",
        Audience(tuple(message["to"])),
        table,
        told["record"],
        names,
        {"instance": event.record_id, "flow": told["flow"]},
        message.get("template", ""),
        (raw["subject"], raw["body"]),
        message.get("variables", {}),
    )


def _rule_message(model: TenantModel, told: Mapping[str, Any]) -> Iterator[Notice]:
    rule, message = model.rules.get(told["rule"]), told["message"]
    names = {"flow": (rule.label if rule else None) or told["rule"], "step": ""}
    words, detail = (message["subject"], message["body"]), {"rule": told["rule"]}
    yield Notice(
        "flow_message", Audience(tuple(message["to"])), told["object"], told["record"], names, detail, "", words
    )


def _rule_failed(model: TenantModel, told: Mapping[str, Any]) -> Notice:
    """Why it failed stands in its log, for who may read that: it may tell what the record holds."""
    rule, to = model.rules.get(told["rule"]), told["responsible"]
    audience = Audience((to,)) if to else Audience(roles=(ADMINISTRATOR,))
    names = {"rule": (rule.label if rule else None) or told["rule"]}
    return Notice("rule_failed", audience, told["object"], told["record"], names, {"rule": told["rule"]})


def _promise(model: TenantModel, told: Mapping[str, Any]) -> Iterator[Notice]:
    if told["act"] not in ("notify", "reassign"):
        return
    policy = model.sla_policies.get(told["policy"])
    metric = next((one for one in policy.metrics if one.name == told["metric"]), None) if policy else None
    names: dict[str, Any] = {
        "policy": (policy.label if policy else None) or told["policy"],
        "metric": (metric.label if metric else None) or told["metric"],
        "step": told["step"],
    }
    if told.get("due_at"):
        names["due_at"] = told["due_at"]
    if told.get("role"):
        audience = Audience(roles=(told["role"],))
    else:
        audience = Audience(tuple(one for one in (told.get("to") or told.get("owner"),) if one))
    detail = {"policy": told["policy"], "metric": told["metric"], "step": told["step"]}
    yield Notice("sla_step", audience, told["object"], told["record"], names, detail)


def _rated(model: TenantModel, told: Mapping[str, Any]) -> Iterator[Notice]:
    names = {"flow": _flow_label(model, told["flow"]), "rating": told["rating"], "comment": told.get("comment", "")}
    audience = Audience(tuple(one for one in (told.get("owner"),) if one))
    detail = {"instance": told["instance"], "rating": told["rating"]}
    yield Notice("rated", audience, told["object"], told["record"], names, detail)


_POOL = ("claimed", "assigned", "returned", "recycled", "warned", "asked")
"""What pools say that people are told of."""


def _pool(event: Event, model: TenantModel, told: Mapping[str, Any]) -> Iterator[Notice]:
    """A record changed hands, or will: who had it and who gets it are told, but for whoever did it."""
    pool = model.pools.get(told["pool"])
    names = {"pool": (pool.label if pool else None) or told["pool"], "reason": told["reason"] or ""}
    due = {"due_at": told["due_at"]} if told.get("due_at") else {}
    place = (told["object"], told["record"])
    detail = {"pool": told["pool"]}
    if event.kind == "asked":
        yield Notice("pool_approval", Audience(roles=pool.managers if pool else ()), *place, names, detail)
        return
    if event.kind == "warned":
        yield Notice("pool_due", Audience((told["to"],)), *place, {**names, **due}, detail)
        return
    for what, account, more in (("pool_taken", told["from"], {}), ("pool_given", told["to"], due)):
        if account and account != event.actor_id and told["from"] != told["to"]:
            yield Notice(what, Audience((account,)), *place, {**names, **more}, detail)


_LEDGER = ("tier_reached", "limit_passed", "period_closed", "period_reopened")
"""What the ledger says that people are told of."""


def _ledger(event: Event, model: TenantModel, told: Mapping[str, Any]) -> Iterator[Notice]:
    """Whoever the price plan names is told: of a tier, a limit, a month."""
    plan = model.price_plans.get(told["plan"])
    if plan is None or not plan.tell:
        return
    names: dict[str, Any] = {"plan": plan.label or plan.name}
    if event.kind == "tier_reached":
        component = next((one for one in plan.components if one.name == told["component"]), None)
        label = (component.label if component else None) or told["component"]
        names |= {"component": label, "rate": told["rate"], "tier": told["after"]}
    elif event.kind == "limit_passed":
        names["limits"] = ", ".join(told["limits"])
    else:
        names |= {"period": told["period"], "revision": told["revision"]}
    detail = {"plan": plan.name}
    yield Notice(
        event.kind, Audience(roles=plan.tell), told.get("object") or "", told.get("record") or "", names, detail
    )


def _sent(told: Mapping[str, Any]) -> Iterator[Notice]:
    audience = Audience(tuple(told["users"]), tuple(told["roles"]), told["everybody"])
    yield Notice("notice", audience, told["object"], told["record"], {}, {}, told["template"])


def _flow_label(model: TenantModel, name: str) -> Any:
    flow = model.flows.get(name)
    return (flow.label if flow else None) or name


def _step_label(model: TenantModel, flow_name: str, node_name: str | None) -> Any:
    flow: Flow | None = model.flows.get(flow_name)
    node = next((one for one in flow.nodes if one.name == node_name), None) if flow else None
    return (node.label if node else None) or node_name or ""
