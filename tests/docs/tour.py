"""Runs the code blocks of a page in order, as a reader would paste them, and compares what the page promises.

    ```graphql           run at the endpoint that its first line names, `# /graphql` or `# /metadata`; as the
                         administrator, or as whom it names: `# /graphql as sales@example.com`
    ```json variables    variables of the block before
    ```json answer       its data, or `errors`; "…" stands for any value, and as the end of a list for further items
    ```json again        the block before is run once more and refused: the extensions of the first error, or some
    ```text received     what the example receiver of webhooks prints next
    ```json watched      the next result of the page's subscription
    ```sh                shell commands; variables live on until the end of the page
    ```text printed      what they print

Blocks without a word after `sh` or `graphql` only; indented blocks are not run.
"""

from __future__ import annotations

import contextlib
import json
import queue
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx
from websockets import Subprotocol
from websockets.sync.client import connect

REPOSITORY = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```(\w+)(?: (\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = "--- end of block ---"
_WAIT_S = 60.0


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block.

    Attributes:
        language: First word of its fence.
        role: Second word; empty for what is run.
        text: What stands in it.
        place: Page and line, for messages.
    """

    language: str
    role: str
    text: str
    place: str


def blocks_of(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(found[1], found[2] or "", found[3], f"{page.name}:{text.count(chr(10), 0, found.start()) + 1}")
        for found in _BLOCK.finditer(text)
    ]


class Receiver:
    """The example receiver of webhooks, as a process; `url` is what it listens at."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, str(REPOSITORY / "examples" / "receive_webhooks.py"), "0"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self._lines: queue.Queue[str] = queue.Queue()
        self._reading = threading.Thread(target=self._read, args=(self._process.stdout,))
        self._reading.start()
        self.url = self.next_line().removeprefix("waiting for webhooks at ")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._reading.join()

    def next_line(self) -> str:
        """What it prints next."""
        return self._lines.get(timeout=_WAIT_S)

    def _read(self, lines: Any) -> None:
        with lines:
            for line in lines:
                self._lines.put(line.rstrip("\n"))


class Shell:
    """One shell that runs blocks; it ends with the first command that fails.

    Args:
        instead: What is put in the place of what a page names.
    """

    def __init__(self, instead: Mapping[str, str]) -> None:
        self._instead = instead

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            ["bash", "-seu", "-o", "pipefail"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=REPOSITORY,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=_WAIT_S)

    def run(self, text: str) -> str:
        """What a block prints."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        for named, used in self._instead.items():
            text = text.replace(named, used)
        self._process.stdin.write(f"{text}\necho; echo '{_MARK}'\n")
        self._process.stdin.flush()
        printed = ""
        while not printed.endswith(f"{_MARK}\n"):
            line = self._process.stdout.readline()
            assert line, f"the shell ended: {printed}"
            printed += line
        return printed.removesuffix(f"{_MARK}\n").strip()


class Reader:
    """Somebody who follows a page.

    Args:
        url: Of the server.
        password: Of the demo tenant's people.
        receiver: Whom the webhooks of the page reach.
        listening: Returns once the server listens to changes of the tenant with this id.
    """

    def __init__(self, url: str, password: str, receiver: Receiver, listening: Callable[[str], None]) -> None:
        self._url, self._password, self._receiver, self._listening = url, password, receiver, listening
        self._open = contextlib.ExitStack()
        self._client = self._open.enter_context(httpx.Client(base_url=url, timeout=_WAIT_S, trust_env=False))
        self._tokens: dict[str, str] = {}
        self._watching: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def follow(self, page: Path) -> None:
        """Run every block of a page.

        Raises:
            AssertionError: Something is not as the page says; the message names the block.
        """
        blocks = blocks_of(page)
        instead = {
            "http://127.0.0.1:8000": self._url,
            "the password it printed": self._password,
            ".venv/bin/python": sys.executable,
        }
        with Shell(instead) as shell:
            for position, block in enumerate(blocks):
                following = _promises(blocks[position + 1 :])
                if block.language == "sh" and not block.role:
                    _check_printed(block, following, shell.run(block.text))
                elif block.language == "graphql" and not block.role:
                    self._run_graphql(block, following)

    def _run_graphql(self, block: Block, following: Mapping[str, Block]) -> None:
        variables = json.loads(following["variables"].text) if "variables" in following else {}
        if "\nsubscription" in block.text:
            self._watch(block)
            return
        answer = self._ask(block, variables)
        if "answer" in following:
            _compare(following["answer"], answer.get("data") if "errors" not in answer else answer)
        else:
            assert "errors" not in answer, f"{block.place}: {answer['errors']}"
        if "again" in following:
            refusal = self._ask(block, variables)["errors"][0]["extensions"]
            expected = json.loads(following["again"].text)
            assert expected == {name: refusal.get(name) for name in expected}, following["again"].place
        if "received" in following:
            line = self._receiver.next_line()
            assert line.endswith(following["received"].text.strip()), f"{following['received'].place}: got {line}"
        if "watched" in following:
            _compare(following["watched"], self._next_result())

    def _ask(self, block: Block, variables: Mapping[str, Any]) -> dict[str, Any]:
        query = block.text.replace("http://127.0.0.1:8701/", self._receiver.url)
        path, _, person = query.split("\n", 1)[0].removeprefix("# ").partition(" as ")
        assert path in ("/graphql", "/metadata"), f"{block.place}: the first line names no endpoint"
        headers = {"Authorization": f"Bearer {self._token(person)}"}
        answer = self._client.post(path, json={"query": query, "variables": variables}, headers=headers)
        body: dict[str, Any] = answer.json()
        return body

    def _token(self, person: str = "") -> str:
        """The token of somebody, of the administrator where nobody is named."""
        email = person or "admin@example.com"
        if email not in self._tokens:
            given = {"tenant": "demo", "email": email, "password": self._password}
            self._tokens[email] = self._client.post("/auth/token", json=given).raise_for_status().json()["access_token"]
        return self._tokens[email]

    def _watch(self, block: Block) -> None:
        url = f"{self._url.replace('http', 'ws', 1)}/graphql"
        self._watching = self._open.enter_context(
            connect(url, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None)
        )
        headers = {"authorization": f"Bearer {self._token()}"}
        self._watching.send(json.dumps({"type": "connection_init", "payload": headers}))
        assert json.loads(self._watching.recv(_WAIT_S))["type"] == "connection_ack"
        self._watching.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": block.text}}))
        tenant = self._client.post(
            "/metadata", json={"query": "{ tenant { id } }"}, headers={"Authorization": f"Bearer {self._token()}"}
        ).json()
        self._listening(tenant["data"]["tenant"]["id"])

    def _next_result(self) -> Any:
        while (message := json.loads(self._watching.recv(_WAIT_S)))["type"] != "next":
            assert message["type"] in ("ping", "pong"), message
        return message["payload"]["data"]


def _check_printed(block: Block, following: Mapping[str, Block], printed: str) -> None:
    if "printed" in following:
        assert _like(following["printed"].text, printed), f"{following['printed'].place}: got {printed}"
    elif "answer" in following:
        _compare(following["answer"], json.loads(printed))
    else:
        assert printed == "", f"{block.place}: got {printed}"


def _promises(following: list[Block]) -> dict[str, Block]:
    found: dict[str, Block] = {}
    for block in following:
        if not block.role:
            break
        found[block.role] = block
    return found


def _compare(block: Block, answer: Any) -> None:
    expected = json.loads(block.text)
    got = json.dumps(answer, ensure_ascii=False, indent=1)
    assert _fits(expected, answer), f"{block.place}: the page shows another answer than the server's:\n{got}"


def _fits(expected: Any, got: Any) -> bool:
    if expected == "…":
        return True
    if isinstance(expected, dict):
        return (
            isinstance(got, dict)
            and expected.keys() == got.keys()
            and all(_fits(value, got[name]) for name, value in expected.items())
        )
    if isinstance(expected, list) and expected[-1:] == ["…"]:
        return isinstance(got, list) and len(got) >= len(expected) and _fits(expected[:-1], got[: len(expected) - 1])
    if isinstance(expected, list):
        return isinstance(got, list) and len(got) == len(expected) and all(map(_fits, expected, got))
    if isinstance(expected, str) and "…" in expected:
        return isinstance(got, str) and _like(expected, got)
    return bool(expected == got)


def _like(expected: str, got: str) -> bool:
    pattern = ".*".join(re.escape(part) for part in expected.strip().split("…"))
    return re.fullmatch(pattern, got.strip(), re.DOTALL) is not None
