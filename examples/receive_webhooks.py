"""Receive webhooks of Tangram: check the signature of each message and print what it says, one line each.

    python examples/receive_webhooks.py [PORT]

The secret that `createWebhook` gave is read from TANGRAM_WEBHOOK_SECRET; without it, signatures are not checked and
every line says so. A Tangram server calls addresses of this machine only with TANGRAM_WEBHOOK_ALLOW_PRIVATE=1.
Needs Python 3.11 and the package standardwebhooks.
"""

from __future__ import annotations

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

PORT = 8701


class Receiver(BaseHTTPRequestHandler):
    """Answers 204 to what is signed, 401 to what is not."""

    secret = ""

    def do_POST(self) -> None:
        """Take one message."""
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        try:
            checked = self._check(body)
        except WebhookVerificationError as error:
            self._answer(401, f"refused: {error}")
        else:
            self._answer(204, f"{checked}: {summary(json.loads(body))}")

    def _check(self, body: bytes) -> str:
        if not self.secret:
            return "not checked"
        Webhook(self.secret).verify(body, {name.lower(): value for name, value in self.headers.items()})
        return "signed"

    def _answer(self, status: int, line: str) -> None:
        self.send_response(status)
        self.end_headers()
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing but what messages say."""


def summary(message: dict[str, Any]) -> str:
    """`customer.updated level: "GOLD" -> "DIAMOND"`."""
    changes = message.get("data", {}).get("changes", {})
    told = ", ".join(
        f"{name}: {_value(change, 'before')} -> {_value(change, 'after')}" for name, change in changes.items()
    )
    return f"{message['type']} {told}".strip()


def _value(change: dict[str, Any], side: str) -> str:
    return json.dumps(change.get(side), ensure_ascii=False)


def main() -> int:
    """Receive until Ctrl-C."""
    port = int(sys.argv[1]) if len(sys.argv) > 1 else PORT
    Receiver.secret = os.environ.get("TANGRAM_WEBHOOK_SECRET", "")
    with HTTPServer(("127.0.0.1", port), Receiver) as server:
        sys.stdout.write(f"waiting for webhooks at http://127.0.0.1:{server.server_port}/\n")
        sys.stdout.flush()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
