"""Regulated flows: what they send are words of templates, as they were approved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from metadata.flows.nodes import settings_of
from metadata.flows.values import Flow, FlowNode
from metadata.messages.approval import fingerprint, is_approved
from metadata.model.tenant import TenantModel
from metadata.problems import Fault

__all__ = ["regulation_faults", "sent_template"]


def sent_template(node: FlowNode, settings: Any) -> str | None:
    """The message template that a node sends, empty where its words stand in the flow; None where it sends nothing."""
    if node.kind == "message":
        return "" if settings.subject or settings.body else str(settings.template)
    if node.kind == "perform" and settings.action == "send":
        given = settings.settings
        return str(given.get("template", "")) if isinstance(given, Mapping) else ""
    return None


def regulation_faults(model: TenantModel, flow: Flow) -> Iterator[Fault]:
    """Words of a regulated flow that nobody has approved; paths start at the flow."""
    for place, node in enumerate(flow.nodes) if flow.regulated else ():
        settings = settings_of(node)
        what, path = f"Node '{node.name}' of the regulated flow '{flow.name}'", ("nodes", place, "settings")
        name = sent_template(node, settings)
        template = model.message_templates.get(name) if name else None
        if name == "":
            message = f"{what} sends words that stand in the flow."
            yield Fault("words_not_approved", message, path, "Name a message template, and leave the words out.")
        elif template is not None and not is_approved(template):
            hint = f"Have its words approved: `approved: {fingerprint(template)}`."
            yield Fault("words_not_approved", f"{what} sends '{name}', whose words are not approved.", path, hint)
        if node.kind == "subflow":
            other = model.flows.get(settings.flow)
            if other is not None and not other.regulated:
                message = f"{what} runs '{other.name}', which is not regulated."
                yield Fault("flow_not_regulated", message, (*path, "flow"), "Make that one `regulated: true` as well.")
