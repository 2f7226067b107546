"""graphql-transport-ws, driven by the npm client graphql-ws.

Source:
    GraphQL over WebSocket Protocol, graphql-ws: PROTOCOL.md.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bench import node
from tests.conformance.serving import REPOSITORY, Client

FOLDER = Path(__file__).parent / "graphql_ws"
WATCH = "subscription { bookChanged { action record { title } } }"


class Socket:
    """The Node process: commands in, events out."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._events: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def send(self, **command: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()

    def next(self, id: str, *, wait_s: float = 20) -> dict[str, Any]:
        """The next event of an operation, or of the `connection`; others are passed by."""
        until = time.monotonic() + wait_s
        while True:
            event = self._events.get(timeout=max(0.0, until - time.monotonic()))
            if event["id"] == id:
                return event

    def until(self, id: str, *, wait_s: float = 20) -> Iterator[dict[str, Any]]:
        """Events up to the first of an operation."""
        while (event := self._events.get(timeout=wait_s))["id"] != id:
            yield event

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._events.put(json.loads(line))


Opener = Callable[[Client, str], Socket]


@pytest.fixture(scope="session")
def client_folder() -> Path:
    try:
        return node.installed(FOLDER, REPOSITORY / "bench" / ".cache")
    except RuntimeError as error:
        pytest.skip(f"the npm client graphql-ws cannot be installed: {error}")


@pytest.fixture
def opened(client_folder: Path) -> Iterator[Opener]:
    with contextlib.ExitStack() as stack:

        def start(client: Client, token: str) -> Socket:
            url = f"{str(client.http.base_url).replace('http', 'ws', 1).rstrip('/')}/graphql"
            command = [str(node.node()), "client.mjs", url, token]
            process = subprocess.Popen(
                command, cwd=client_folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            stack.callback(_end, process)
            return Socket(process)

        yield start


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def _create(client: Client, title: str) -> str:
    answer = client.ask("mutation ($title: String!) { createBook(input: {title: $title}) { id } }", {"title": title})
    found: str = answer["createBook"]["id"]
    return found


def test_query_gives_one_result_and_completes(library: Client, opened: Opener) -> None:
    socket = opened(library, library.token)
    socket.send(id="1", query="{ __typename books(first: 1) { totalCount } }")
    result = socket.next("1")["next"]
    assert result["data"]["__typename"] == "Query"
    assert socket.next("1") == {"id": "1", "complete": True}


def test_mutation_writes_over_the_socket(library: Client, opened: Opener) -> None:
    socket = opened(library, library.token)
    socket.send(
        id="1",
        query="mutation ($title: String!) { createBook(input: {title: $title}) { title } }",
        variables={"title": "套接字"},
    )
    assert socket.next("1")["next"]["data"] == {"createBook": {"title": "套接字"}}
    assert socket.next("1")["complete"]


def _await_watching(socket: Socket, client: Client, *ids: str) -> None:
    """The protocol does not say when a subscription begins: write until each of them has told of a change."""
    waiting = set(ids)
    for number in itertools.count():
        _create(client, f"probe {number}")
        for id in sorted(waiting):
            with contextlib.suppress(queue.Empty):
                assert "next" in socket.next(id, wait_s=0.3)
                waiting.discard(id)
        if not waiting:
            return
        assert number < 50, f"{waiting} told of nothing"


def _changes(socket: Socket, id: str, count: int) -> list[dict[str, Any]]:
    """The next changes that a subscription tells of, those of probes left out."""
    found: list[dict[str, Any]] = []
    while len(found) < count:
        change = socket.next(id)["next"]["data"]["bookChanged"]
        if not change["record"]["title"].startswith("probe "):
            found.append(change)
    return found


def test_subscription_delivers_changes_of_its_tenant_only(
    library: Client, other_library: Client, opened: Opener
) -> None:
    socket = opened(library, library.token)
    socket.send(id="watch", query=WATCH)
    _await_watching(socket, library, "watch")
    _create(other_library, "theirs")
    book = _create(library, "mine")
    assert _changes(socket, "watch", 1) == [{"action": "CREATE", "record": {"title": "mine"}}]
    library.ask('mutation ($id: ID!) { updateBook(id: $id, input: {title: "mine still"}) { id } }', {"id": book})
    assert _changes(socket, "watch", 1) == [{"action": "UPDATE", "record": {"title": "mine still"}}]


def test_two_operations_share_a_socket_and_one_can_stop(library: Client, opened: Opener) -> None:
    socket = opened(library, library.token)
    socket.send(id="a", query=WATCH)
    socket.send(id="b", query=WATCH)
    _await_watching(socket, library, "a")
    _await_watching(socket, library, "b")
    socket.send(stop="a")
    while "complete" not in socket.next("a"):
        pass
    _create(library, "after a stopped")
    assert _changes(socket, "b", 1) == [{"action": "CREATE", "record": {"title": "after a stopped"}}]
    socket.send(id="last", query="{ __typename }")
    assert "a" not in {event["id"] for event in socket.until("last")}


@pytest.mark.parametrize(
    "query", ["{ nothing }", "subscription { nothing }", "{ books(", "query A { __typename } query B { __typename }"]
)
def test_invalid_operation_is_an_error_and_leaves_the_socket_open(library: Client, opened: Opener, query: str) -> None:
    socket = opened(library, library.token)
    socket.send(id="bad", query=query)
    event = socket.next("bad")
    errors = event.get("error") or event["next"]["errors"]
    assert errors[0]["extensions"]["code"] == "BAD_USER_INPUT"
    socket.send(id="good", query="{ __typename }")
    assert socket.next("good")["next"]["data"] == {"__typename": "Query"}


@pytest.mark.parametrize("token", ["", "not-a-token"])
def test_socket_without_a_valid_token_is_closed(library: Client, opened: Opener, token: str) -> None:
    socket = opened(library, token)
    socket.send(id="1", query="{ __typename }")
    assert socket.next("connection")["closed"] in (4401, 4403)


def test_pings_are_answered(library: Client, opened: Opener) -> None:
    socket = opened(library, library.token)
    socket.send(id="watch", query=WATCH)
    assert socket.next("connection")["connected"]
    assert socket.next("connection") == {"id": "connection", "pong": True}
