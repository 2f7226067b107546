"""Words and times of the page, in the visitor's language and the tenant's zone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from metadata.messages.language import render
from metadata.model.values import Labels
from server.records.seen_values import in_words

__all__ = ["WORDS", "in_language", "language_of", "written"]

WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "done": "已完成",
        "current": "进行中",
        "next": "待进行",
        "called_off": "此服务已取消。",
        "details": "服务信息",
        "rate": "请为本次服务评分",
        "rating": "评分",
        "points": "分",
        "best": "非常满意",
        "worst": "非常不满意",
        "comment": "想说的话（可不填）",
        "send": "提交评价",
        "thanks": "感谢您的评价！",
        "rated_before": "您已经评价过了，感谢您！",
        "not_yet": "服务完成后即可评价。",
        "choose": "请选择 1 到 5 分，评价不超过 2000 字。",
        "gone_title": "链接已失效",
        "gone": "此链接不存在或已过期。如需了解进度，请联系为您服务的商家。",
        "busy_title": "请稍候",
        "busy": "访问过于频繁，请稍后再试。",
        "times": "时间按 {} 显示",
    },
    "en": {
        "done": "Done",
        "current": "Under way",
        "next": "To come",
        "called_off": "This service was called off.",
        "details": "About it",
        "rate": "How was it?",
        "rating": "Rating",
        "points": "",
        "best": "very good",
        "worst": "very bad",
        "comment": "Anything to add (optional)",
        "send": "Send",
        "thanks": "Thank you for your rating!",
        "rated_before": "You have rated already. Thank you!",
        "not_yet": "You can rate the service when it is done.",
        "choose": "Choose from 1 to 5; a comment has up to 2,000 characters.",
        "gone_title": "This link is over",
        "gone": "There is no such page, or its time is over. Please ask whoever serves you.",
        "busy_title": "One moment",
        "busy": "Too many visits at once. Please try again shortly.",
        "times": "Times are in {}",
    },
}
"""What the page says by itself, by language."""


def language_of(accepted: str) -> str:
    """The language that a visitor prefers of those the page speaks, by `Accept-Language`; Chinese without a wish.

    Source:
        RFC 9110, 12.5.4.
    """
    wishes: list[tuple[float, int, str]] = []
    for place, part in enumerate(accepted[:500].split(",")[:20]):
        tag, _, parameter = part.strip().partition(";")
        _name, _, quality = parameter.strip().partition("=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        wishes.append((-weight, place, tag.strip().lower().partition("-")[0]))
    for weight, _place, language in sorted(wishes):
        if weight < 0 and language in WORDS:
            return language
        if weight < 0 and language not in ("", "*"):
            return "en"
    return "zh"


def in_language(labels: Labels, language: str) -> str:
    """A text by language, in another one where it is not there."""
    return labels.get(language) or labels.get("en") or next(iter(labels.values()), "")


def written(value: Any, language: str, zone: ZoneInfo) -> str:
    """A value as messages write it."""
    return render("{{ record.value }}", {"record": {"value": in_words(value, language)}}, language=language, zone=zone)
