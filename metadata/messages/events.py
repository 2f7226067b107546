"""What messages are sent about by themselves: one descriptor each, with the words that come with every tenant.

A tenant gives its own words by a message template with the same `event`, for one object type or for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from metadata.model.values import Labels

__all__ = ["EVENTS", "MessageEvent"]


@dataclass(frozen=True, slots=True)
class MessageEvent:
    """One thing that people are told of.

    Attributes:
        name: Stored with every message, and what people mute.
        help: One line.
        names: What `message.` may name in its words; labels come in the receiver's language.
        title: The words that come with every tenant, by language.
        body: The same, below the title.
        urgent: Whether those words are urgent.
    """

    name: str
    help: str
    names: tuple[str, ...]
    title: Labels
    body: Labels
    urgent: bool = False


_FLOW = ("flow", "step")
_BODY = {"zh": "{{ message.flow }}：{{ message.step }}", "en": "{{ message.flow }}: {{ message.step }}"}
_ABOUT = {"zh": "{% if record.title %}（{{ record.title }}）{% endif %}",
          "en": "{% if record.title %} ({{ record.title }}){% endif %}"}  # fmt: skip


def _titled(zh: str, en: str) -> Labels:
    """Words that end with what stands for the record, where the receiver may know it."""
    return {"zh": zh + _ABOUT["zh"], "en": en + _ABOUT["en"]}


EVENTS: Mapping[str, MessageEvent] = MappingProxyType(
    {
        event.name: event
        for event in (
            MessageEvent(
                "task_opened", "A step of a flow asks for work or a decision", (*_FLOW, "due_at"),
                _titled("您有新的待办", "Something to do"),
                {"zh": _BODY["zh"] + "{% if message.due_at %}，{{ message.due_at|datetime }} 前完成{% endif %}",
                 "en": _BODY["en"] + "{% if message.due_at %}, due {{ message.due_at|datetime }}{% endif %}"},
            ),
            MessageEvent(
                "urged", "Somebody, or a timer, asks for haste", (*_FLOW, "due_at", "comment"),
                _titled("催办提醒", "Reminder"),
                {"zh": _BODY["zh"] + "{% if message.comment %}：{{ message.comment }}{% endif %}",
                 "en": _BODY["en"] + "{% if message.comment %}. {{ message.comment }}{% endif %}"},
            ),
            MessageEvent(
                "escalated", "A step that waited too long was handed on", (*_FLOW, "due_at"),
                _titled("超时升级，请处理", "Handed on to you"), _BODY,
            ),
            MessageEvent("cc", "A copy to read", _FLOW, _titled("抄送给您", "A copy for you"), _BODY),
            MessageEvent(
                "incident", "A flow stopped at a node that failed", ("flow",),
                _titled("流程异常", "A flow has stopped"),
                {"zh": "{{ message.flow }} 需要管理员处理", "en": "{{ message.flow }} needs an administrator"},
            ),
            MessageEvent(
                "flow_message", "A `message` node of a flow", (*_FLOW, "subject", "body"),
                {"zh": "{{ message.subject }}", "en": "{{ message.subject }}"},
                {"zh": "{{ message.body }}", "en": "{{ message.body }}"},
            ),
            MessageEvent(
                "rule_failed", "A rule could not do what it says", ("rule",),
                _titled("规则异常", "A rule has failed"),
                {"zh": "{{ message.rule }} 需要处理，原因见规则日志",
                 "en": "{{ message.rule }} needs somebody; its log tells why"},
            ),
            MessageEvent(
                "sla_step", "A promise is about to be broken, or was", ("policy", "metric", "step", "due_at"),
                _titled("时限提醒", "A promise is at risk"),
                {"zh": "{{ message.policy }}：{{ message.metric }}，到期 {{ message.due_at|datetime }}",
                 "en": "{{ message.policy }}: {{ message.metric }}, due {{ message.due_at|datetime }}"},
            ),
            MessageEvent(
                "rated", "A customer has rated the service", ("flow", "rating", "comment"),
                _titled("客户已评价", "A customer has rated"),
                {"zh": "{{ message.rating }} 分{% if message.comment %}：{{ message.comment }}{% endif %}",
                 "en": "{{ message.rating }} of 5{% if message.comment %}: {{ message.comment }}{% endif %}"},
            ),
            MessageEvent(
                "pool_taken", "A record of a pool has left its owner", ("pool", "reason"),
                _titled("客户已移出您的名下", "A record is yours no more"),
                {"zh": "{{ message.pool }}{% if message.reason %}：{{ message.reason }}{% endif %}",
                 "en": "{{ message.pool }}{% if message.reason %}: {{ message.reason }}{% endif %}"},
            ),
            MessageEvent(
                "pool_given", "A record of a pool was given to somebody", ("pool", "reason", "due_at"),
                _titled("分配给您", "Given to you"),
                {"zh": "{{ message.pool }}{% if message.due_at %}，保护至 {{ message.due_at|datetime }}{% endif %}",
                 "en": "{{ message.pool }}{% if message.due_at %}, until {{ message.due_at|datetime }}{% endif %}"},
            ),
            MessageEvent(
                "pool_due", "A record will be taken back into its pool", ("pool", "due_at"),
                _titled("即将收回", "Soon to be taken back"),
                {"zh": "{{ message.pool }}：{{ message.due_at|datetime }} 收回",
                 "en": "{{ message.pool }}: {{ message.due_at|datetime }}"},
            ),
            MessageEvent(
                "pool_approval", "Managers are asked whether a record is taken back", ("pool", "reason"),
                _titled("收回审批", "May this be taken back?"),
                {"zh": "{{ message.pool }}{% if message.reason %}：{{ message.reason }}{% endif %}",
                 "en": "{{ message.pool }}{% if message.reason %}: {{ message.reason }}{% endif %}"},
            ),
            MessageEvent(
                "tier_reached", "A total of a price plan has reached a tier", ("plan", "component", "rate", "tier"),
                _titled("结算升档", "A tier is reached"),
                {"zh": "{{ message.plan }}：{{ message.component }} 达到第 {{ message.tier }} 档",
                 "en": "{{ message.plan }}: {{ message.component }} is in tier {{ message.tier }}"},
            ),
            MessageEvent(
                "limit_passed", "A sale passes a limit of its price plan, and asks for an approval", ("plan", "limits"),
                _titled("结算超限，请审批", "Past a limit"),
                {"zh": "{{ message.plan }}：{{ message.limits }}", "en": "{{ message.plan }}: {{ message.limits }}"},
            ),
            MessageEvent(
                "period_closed", "A month of a price plan was closed", ("plan", "period", "revision"),
                {"zh": "结算已关账", "en": "A month is closed"},
                {"zh": "{{ message.plan }}：{{ message.period }}，第 {{ message.revision }} 版",
                 "en": "{{ message.plan }}: {{ message.period }}, revision {{ message.revision }}"},
            ),
            MessageEvent(
                "period_reopened", "A closed month of a price plan was opened again", ("plan", "period", "revision"),
                {"zh": "结算重新打开", "en": "A month is open again"},
                {"zh": "{{ message.plan }}：{{ message.period }}，原第 {{ message.revision }} 版",
                 "en": "{{ message.plan }}: {{ message.period }}, which was revision {{ message.revision }}"},
            ),
            MessageEvent(
                "notice", "Somebody sent a message by its template", (),
                {"zh": "通知", "en": "A notice"}, {"zh": "", "en": ""},
            ),
        )
    }
)  # fmt: skip
"""Every event by its name."""
