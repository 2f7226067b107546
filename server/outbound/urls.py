"""Which URLs a webhook may have, as far as the text tells; addresses are checked again at each attempt."""

from __future__ import annotations

import httpx

from metadata.problems import Faults
from server.outbound.addresses import is_public

__all__ = ["check_url"]

_MAX_URL_LENGTH = 2_048


def check_url(text: str, faults: Faults, *, allow_private: bool) -> None:
    """Note what is wrong with the URL of an endpoint."""
    problem = _url_problem(text, allow_private=allow_private)
    if problem:
        hint = (
            "Give a public https:// URL, such as https://example.com/hooks/tangram. In development, start the "
            "server with TANGRAM_WEBHOOK_ALLOW_PRIVATE=1."
        )
        faults.add("bad_webhook_url", problem, path=("url",), hint=hint)


def _url_problem(text: str, *, allow_private: bool) -> str:
    if len(text) > _MAX_URL_LENGTH:
        return f"The URL has {len(text)} characters; at most {_MAX_URL_LENGTH} are allowed."
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError):
        return "The URL cannot be read."
    if url.scheme != "https" and not (allow_private and url.scheme == "http"):
        return f"The URL starts with '{url.scheme}:'; webhooks are sent over https."
    if not url.host:
        return "The URL names no host."
    if url.userinfo:
        return "The URL holds a user name or password; messages are signed instead."
    if url.fragment:
        return "The URL holds a fragment, which is never sent."
    if not allow_private and _is_refused_literal(url.host):
        return f"'{url.host}' is a private or reserved address, which webhooks do not call."
    return ""


def _is_refused_literal(host: str) -> bool:
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        return not is_public(host)
    except ValueError:
        return False  # a name; its addresses are checked at each attempt
