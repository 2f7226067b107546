"""The page by which somebody unsubscribes: it asks, and says what came of it; plain HTML, escaped throughout."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response

from server.http.envelope import PAGE_HEADERS
from server.progress.wording import language_of

__all__ = ["UnsubscribePage"]

_WORDS: Mapping[str, Mapping[str, tuple[str, str, str]]] = {
    "zh": {
        "ask": ("退订", "不再接收{sender}的此类消息？", "确认退订"),
        "done": ("已退订", "您不会再收到此类消息。", ""),
        "gone": ("链接已失效", "此链接不存在或已过期。", ""),
        "busy": ("请稍候", "访问过于频繁，请稍后再试。", ""),
    },
    "en": {
        "ask": ("Unsubscribe", "Receive no more messages of this kind from {sender}?", "Unsubscribe"),
        "done": ("Unsubscribed", "You will receive no more messages of this kind.", ""),
        "gone": ("This link is over", "There is no such page, or its time is over.", ""),
        "busy": ("One moment", "Too many visits at once. Please try again shortly.", ""),
    },
}
"""(title, text, button) of each state of the page."""

_STATUS = {"ask": 200, "done": 200, "gone": 404, "busy": 429}


class UnsubscribePage:
    """Shows the page in one of its states: ask, done, gone, busy."""

    def __init__(self) -> None:
        folder = Path(__file__).with_name("pages")
        environment = Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)
        self._page = environment.get_template("unsubscribe.html.j2")

    def show(self, request: Request, state: str, sender: str = "") -> Response:
        """The page in a state; `sender` is who sends the messages."""
        language = language_of(request.headers.get("accept-language", ""))
        title, text, button = _WORDS[language][state]
        html = self._page.render(language=language, title=title, text=text.format(sender=sender), button=button)
        return Response(html, status_code=_STATUS[state], media_type="text/html", headers=PAGE_HEADERS)
