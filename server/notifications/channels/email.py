"""E-mail by SMTP: one plain message each, named by the message's id so that a repeat is known as one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Literal

import aiosmtplib

from server.config import Config
from server.notifications.definitions import Channel, Outgoing, SendError

__all__ = ["EMAIL", "SmtpSettings", "email_channel", "message_of", "smtp_settings"]

EMAIL = "email"

_TIMEOUT_S = 20.0
_MOST_AT_ONCE = 4
_PERMANENT = range(500, 600)
_SETTINGS = ("TANGRAM_SMTP_HOST", "TANGRAM_SMTP_FROM")


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """How mail leaves."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    user: str
    password: str = field(repr=False)
    sender: str = ""

    @property
    def is_ready(self) -> bool:
        """Whether mail can be sent at all."""
        return bool(self.host and parseaddr(self.sender)[1])


def smtp_settings(config: Config) -> SmtpSettings:
    """Those of the server."""
    return SmtpSettings(
        config.smtp_host,
        config.smtp_port,
        config.smtp_security,
        config.smtp_user,
        config.smtp_password,
        config.smtp_from,
    )


def email_channel(settings: SmtpSettings) -> Channel:
    """The channel `email`."""
    sending = asyncio.Semaphore(_MOST_AT_ONCE)

    async def send(outgoing: Outgoing) -> None:
        async with sending:
            await _send(settings, outgoing)

    return Channel(
        EMAIL,
        "E-mail to the account's address",
        settings.is_ready,
        lambda receiver: receiver.email,
        send,
        _SETTINGS,
        timeout_s=_TIMEOUT_S * 2,
    )


def message_of(settings: SmtpSettings, outgoing: Outgoing) -> EmailMessage:
    """The message as it is sent.

    Raises:
        ValueError: An address or the subject cannot stand in a header.
    """
    message = EmailMessage(policy=SMTP)
    sender, address = parseaddr(settings.sender)
    domain = address.rpartition("@")[2]
    message["From"] = settings.sender if sender else address
    message["To"] = outgoing.receiver.email
    message["Subject"] = " ".join(outgoing.title.split())
    message["Date"] = format_datetime(outgoing.at)
    message["Message-ID"] = f"<{outgoing.id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    if outgoing.urgent:
        message["Importance"] = "high"
    for name, value in outgoing.headers.items():
        message[name] = value
    message.set_content(f"{outgoing.body or outgoing.title}\n\n-- \n{outgoing.tenant}\n")
    if outgoing.html:
        message.add_alternative(outgoing.html, subtype="html")
    return message


async def _send(settings: SmtpSettings, outgoing: Outgoing) -> None:
    try:
        message = message_of(settings, outgoing)
    except (ValueError, MessageError) as error:
        raise SendError(f"The message cannot be written: {error}", final=True) from error
    try:
        await aiosmtplib.send(
            message,
            hostname=settings.host,
            port=settings.port,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            username=settings.user or None,
            password=settings.password or None,
            timeout=_TIMEOUT_S,
        )
    except aiosmtplib.SMTPAuthenticationError as error:
        raise SendError(f"The mail server does not accept the sign-in ({error.code}).") from error
    except aiosmtplib.SMTPRecipientsRefused as error:
        codes = [one.code for one in error.recipients]
        final = all(code in _PERMANENT for code in codes)
        raise SendError(f"The mail server refuses the receiver ({', '.join(map(str, codes))}).", final=final) from error
    except aiosmtplib.SMTPResponseException as error:
        final = error.code in _PERMANENT
        raise SendError(f"The mail server answered {error.code}: {error.message}"[:300], final=final) from error
    except (aiosmtplib.SMTPException, OSError) as error:
        raise SendError(f"The mail server cannot be reached: {type(error).__name__}.") from error
