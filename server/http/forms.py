"""/forms/{token}: public forms, as a page for people and as JSON for programs. The token is never logged."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from metadata.problems import (
    BadInputError,
    ConflictError,
    ForbiddenError,
    TangramError,
)
from server.forms.public import PublicForms, Sent
from server.http.answers import error_response, headers_of, json_response
from server.http.bodies import parse_object, read_object
from server.http.form_pages import FormPages
from server.http.form_values import read_uploads, read_values
from server.http.form_words import WORDS, in_language, language_of

__all__ = ["FormRoutes", "wants_page"]

_MAX_FIELDS = 2_000
_MAX_FILES = 50
_MAX_KEY = 64
_KEPT_BACK = frozenset(
    {"rules", "when", "field", "object", "relation", "record", "task", "stage", "outcomes", "settings"}
)
"""What a description says of conditions, of how it is stored and of what it belongs to: nobody outside needs it."""


def wants_page(request: Request) -> bool:
    """Whether a person asks, by a browser."""
    return "text/html" in request.headers.get("accept", "")


class FormRoutes:
    """GET, POST /forms/{token} and GET /forms/{token}/thanks."""

    def __init__(self, forms: PublicForms) -> None:
        self._forms = forms
        self._pages = FormPages()

    async def show(self, request: Request) -> Response:
        """The form, as it is before anything is filled in."""
        try:
            description = await self._forms.description(request.path_params["token"])
        except TangramError as error:
            return self.refusal(request, error)
        if not wants_page(request):
            return json_response(200, _outward(description))
        return self._pages.form(description, self._language(request, description["languages"]), values={})

    async def submit(self, request: Request) -> Response:
        """The form, filled in."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "application/json":
            return await self._submit_json(request)
        if kind not in ("multipart/form-data", "application/x-www-form-urlencoded"):
            error = BadInputError.single(
                "not_a_form",
                f"The content type is '{kind[:100]}', neither JSON nor a form.",
                hint="Send application/json, multipart/form-data or application/x-www-form-urlencoded.",
            )
            return error_response(error, status=415)
        try:
            form = await request.form(max_files=_MAX_FILES, max_fields=_MAX_FIELDS)
        except HTTPException as broken:
            return self.refusal(request, BadInputError.single("bad_request", str(broken.detail)))
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(form.close)
            return await self._submit_page(request, form)

    async def thanks(self, request: Request) -> Response:
        """What is said afterwards."""
        try:
            done = await self._forms.thanks(request.path_params["token"])
        except TangramError as error:
            return self.refusal(request, error)
        language = self._language(request, done.languages)
        words = WORDS[language]
        return self._pages.words(
            200, language, in_language(done.form.thanks, language) or words["thanks"], words["again"]
        )

    def refusal(self, request: Request, error: TangramError, *, status: int | None = None) -> Response:
        """A refusal in words, or as JSON; the same for what never was and for another tenant's."""
        status = status or (410 if _reason(error) == "form_closed" else error.http_status)
        if not wants_page(request):
            return error_response(error, status=status)
        language = self._language(request, ("zh", "en"))
        words, what = WORDS[language], _WORDS_OF.get(_reason(error), "failed")
        response = self._pages.words(status, language, words[what], words[f"{what}_more"])
        response.headers.update(headers_of(error))
        return response

    # ── submissions ──────────────────────────────────────────────────────────────────────────────

    async def _submit_json(self, request: Request) -> Response:
        try:
            body = await read_object(request)
            values, key, version = body.get("values"), body.get("key") or "", body.get("version")
            if not isinstance(values, dict) or not isinstance(key, str) or len(key) > _MAX_KEY:
                raise BadInputError.single(
                    "bad_request", "Send values, a mapping, and perhaps a key, a text of up to 64 characters."
                )
            if version is not None and (isinstance(version, bool) or not isinstance(version, int)):
                raise BadInputError.single("wrong_type", "The version is a whole number.", path=("version",))
            sent = Sent(values, key=key, address=_address(request), version=version)
            done = await self._forms.submit(request.path_params["token"], sent)
        except TangramError as error:
            status = 410 if _reason(error) == "form_closed" else None
            return error_response(error, status=status)
        return json_response(200 if done.repeated else 201, {"accepted": True, "thanks": done.form.thanks})

    async def _submit_page(self, request: Request, form: FormData) -> Response:
        token = request.path_params["token"]
        page = wants_page(request)
        if form.get("_website"):  # a field that people do not see: what fills it in believes that it was accepted
            return self._accepted(request, token) if page else json_response(201, {"accepted": True, "thanks": {}})
        values: dict[str, Any] = {}
        key = _text(form, "_key")[:_MAX_KEY]
        try:
            description = await self._forms.description(token, closed_too=True)
            values = _json_part(form) if "values" in form else read_values(description, form)
            version = _text(form, "_version")
            sent = Sent(
                values,
                read_uploads(form),
                key,
                _address(request),
                int(version) if version.isdecimal() and len(version) < 9 else None,
                lenient=page,
            )
            done = await self._forms.submit(token, sent)
        except (BadInputError, ConflictError, ForbiddenError) as error:
            return await self._corrected(request, token, values, error, key) if page else error_response(error)
        except TangramError as error:
            return self.refusal(request, error)
        if not page:
            return json_response(200 if done.repeated else 201, {"accepted": True, "thanks": done.form.thanks})
        return self._accepted(request, token)

    async def _corrected(
        self, request: Request, token: str, values: Mapping[str, Any], error: TangramError, key: str
    ) -> Response:
        """The page once more, with what was filled in and what is wrong with it."""
        try:
            description = await self._forms.description(token, values)
        except TangramError as closed:
            return self.refusal(request, closed)
        language = self._language(request, description["languages"])
        return self._pages.form(description, language, values=values, error=error, key=key)

    def _accepted(self, request: Request, token: str) -> Response:
        """On to a page that can be read again without sending the form once more."""
        asked = request.query_params.get("lang", "")
        query = f"?lang={asked}" if asked in WORDS else ""
        return RedirectResponse(f"/forms/{token}/thanks{query}", 303, {"cache-control": "no-store"})

    def _language(self, request: Request, offered: Any) -> str:
        asked = request.query_params.get("lang", "")
        return language_of(asked, request.headers.get("accept-language", ""), tuple(offered))


_WORDS_OF = {
    "form_closed": "closed",
    "unknown_link": "unknown",
    "rate_limited": "busy",
    "file_too_large": "large",
    "too_many_files": "large",
    "body_too_large": "large",
}
"""What a page says to each refusal; to all others that it does not work just now."""


def _reason(error: TangramError) -> str:
    return error.faults[0].reason if error.faults else ""


def _outward(value: Any) -> Any:
    """A description without what concerns nobody outside."""
    if isinstance(value, dict):
        return {name: _outward(inner) for name, inner in value.items() if name not in _KEPT_BACK}
    return [_outward(inner) for inner in value] if isinstance(value, list) else value


def _json_part(form: FormData) -> dict[str, Any]:
    return parse_object(_text(form, "values").encode())


def _text(form: FormData, name: str) -> str:
    found = form.get(name)
    return found if isinstance(found, str) else ""


def _address(request: Request) -> str:
    return request.client.host if request.client is not None else "local"
