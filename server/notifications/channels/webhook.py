"""A signed POST to a URL that the receiver has named, for bridges to chat and phone; by the guard of webhooks."""

from __future__ import annotations

from datetime import UTC, datetime

import httpcore
import httpx
import msgspec

from metadata.problems import TangramError
from server.notifications.definitions import Channel, Outgoing, Receiver, SendError
from server.outbound.addresses import AddressRefusedError
from server.outbound.signing import signed_headers
from server.secrets.vault import Place, Vault

__all__ = ["WEBHOOK", "secret_place", "webhook_channel"]

WEBHOOK = "webhook"

_USER_AGENT = "Tangram-Messages/1"
_GONE = 410


def secret_place(user_id: str) -> Place:
    """Where the secret of somebody's URL is stored; the row has the id of its user."""
    return Place("notification_preference", "webhook_secret", user_id)


def webhook_channel(client: httpx.AsyncClient, vault: Vault) -> Channel:
    """The channel `webhook`.

    Args:
        client: From `webhook_client`, so that only permitted addresses are called.
        vault: Reads the secret that requests are signed with.
    """

    async def send(outgoing: Outgoing) -> None:
        await _post(client, vault, outgoing)

    return Channel(WEBHOOK, "A signed POST to a URL of the person's own", True, _address, send, timeout_s=20)


def _address(receiver: Receiver) -> str:
    return receiver.preference.webhook_url


async def _post(client: httpx.AsyncClient, vault: Vault, outgoing: Outgoing) -> None:
    preference = outgoing.receiver.preference
    body = msgspec.json.encode(
        {
            "type": "message",
            "id": outgoing.id,
            "event": outgoing.event,
            "title": outgoing.title,
            "body": outgoing.body,
            "urgent": outgoing.urgent,
            "at": outgoing.at,
            "receiver": outgoing.receiver.id,
            "items": [{"title": title, "body": text} for title, text in outgoing.items],
        }
    ).decode()
    try:
        place = secret_place(outgoing.receiver.id)
        key = await vault.decrypt(outgoing.tenant_id, preference.webhook_secret, place)
        headers = {
            # receivers compare the timestamp with real time, so it is not the movable clock's
            **signed_headers(f"msg_{outgoing.id}", datetime.now(UTC), body, [key]),
            "content-type": "application/json",
            "user-agent": _USER_AGENT,
        }
        async with client.stream("POST", preference.webhook_url, content=body.encode(), headers=headers) as response:
            status, is_success = response.status_code, response.is_success  # what it says besides is not read
    except AddressRefusedError as error:
        raise SendError(str(error), final=True) from error
    except (httpcore.TimeoutException, httpx.TimeoutException) as error:
        raise SendError("The server took too long to answer.") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise SendError(f"No answer: {type(error).__name__}.") from error
    except TangramError as error:
        raise SendError(f"Not sent: {error}", final=True) from error
    if not is_success:
        raise SendError(f"The server answered {status}.", final=status == _GONE)
