"""Download URLs: signed for one tenant, actor and place that holds the file, and only for a while."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass
from datetime import datetime
from urllib.parse import urlencode

from metadata.problems import ForbiddenError
from server.secrets.keys import KeyRing

__all__ = ["FileLinks", "Holder", "LinkTarget"]

_PURPOSE = "file link signature"
"""Of the key that signs links to files; links to other things are signed by other keys."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Where a link found its file: whoever follows it has to be allowed to read that still.

    Attributes:
        object_name: Object type of the record.
        field_name: The field that holds the file.
        record_id: The record.
    """

    object_name: str
    field_name: str
    record_id: str


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """What a valid link gives access to.

    Attributes:
        tenant_id: Whose file.
        file_id: Which file.
        actor_id: Whom the link was given to; empty for a link of the server itself.
        key_id: The API key it was given to, whose roles count; empty for a person.
        holder: Where the file was found; None for a file that its uploader has just sent.
    """

    tenant_id: str
    file_id: str
    actor_id: str
    key_id: str = ""
    holder: Holder | None = None


class FileLinks:
    """Signs and verifies; without I/O, so that a list of records can be given links cheaply.

    The end of a link is rounded up to a whole `step_s`, so that a file keeps its URL for some minutes and browsers
    can cache it.
    """

    def __init__(
        self,
        keys: KeyRing,
        *,
        clock: Callable[[], datetime],
        lifetime_s: int = 3_600,
        step_s: int = 900,
        path: str = "/files",
        purpose: str = _PURPOSE,
    ) -> None:
        self._path = path
        self._keys = keys.derive(purpose)
        self._clock = clock
        self._lifetime_s = lifetime_s
        self._step_s = step_s

    def url(
        self, tenant_id: str, file_id: str, actor_id: str = "", *, key_id: str = "", holder: Holder | None = None
    ) -> str:
        """Path and query of a download, to be put after the server's base URL; see `LinkTarget`."""
        earliest = int(self._clock().timestamp()) + self._lifetime_s
        expires = earliest + -earliest % self._step_s
        target = LinkTarget(tenant_id, file_id, actor_id, key_id, holder)
        signature = f"{self._keys.current_id}.{_sign(self._keys.current, target, expires)}"
        query = {"tenant": tenant_id, "actor": actor_id, "key": key_id, "expires": expires, "signature": signature}
        if holder is not None:
            query |= {"object": holder.object_name, "field": holder.field_name, "record": holder.record_id}
        return f"{self._path}/{file_id}?{urlencode({name: value for name, value in query.items() if value != ''})}"

    def verify(self, file_id: str, query: Mapping[str, str]) -> LinkTarget:
        """What the link stands for.

        Raises:
            ForbiddenError: `invalid_link`, or `link_expired`.
        """
        holder = Holder(query.get("object", ""), query.get("field", ""), query.get("record", ""))
        target = LinkTarget(
            query.get("tenant", ""),
            file_id,
            query.get("actor", ""),
            query.get("key", ""),
            holder if holder.record_id else None,
        )
        expires = query.get("expires", "")
        key_id, _, signature = query.get("signature", "").partition(".")
        key = self._keys.by_id.get(key_id)
        is_number = expires.isascii() and expires.isdecimal() and len(expires) < 12
        if (
            key is None
            or not is_number
            or not hmac.compare_digest(signature.encode(), _sign(key, target, int(expires)).encode())
        ):
            raise ForbiddenError.single(
                "invalid_link", "This download link is not valid.", hint="Read the file's url again."
            )
        if int(expires) <= self._clock().timestamp():
            raise ForbiddenError.single(
                "link_expired", "This download link has expired.", hint="Read the file's url again."
            )
        return target


def _sign(key: bytes, target: LinkTarget, expires: int) -> str:
    place = target.holder or Holder("", "", "")
    parts = (target.tenant_id, target.file_id, target.actor_id, target.key_id, *astuple(place), str(expires))
    signed = "\n".join(parts)
    digest = hmac.new(key, signed.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
