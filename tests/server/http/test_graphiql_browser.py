"""GraphiQL in a real browser, driven over its debugging protocol; skipped where no Chromium is installed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import websockets

from tests.fixtures.http import PASSWORD, Place, Web

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class Page:
    """One tab."""

    def __init__(self, socket: Any) -> None:
        self._socket, self._id, self.problems = socket, 0, list[str]()

    async def send(self, method: str, **params: Any) -> Any:
        self._id += 1
        await self._socket.send(json.dumps({"id": self._id, "method": method, "params": params}))
        while True:
            message = json.loads(await self._socket.recv())
            if message.get("method") in ("Runtime.exceptionThrown", "Log.entryAdded"):
                self.problems.append(json.dumps(message["params"])[:2000])
            if message.get("id") == self._id:
                return message["result"]

    async def run(self, script: str) -> Any:
        result = await self.send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    async def until(self, script: str) -> None:
        for _ in range(800):
            if await self.run(script):
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"never true: {script}\n{await self.run('document.body.innerText')}\n{self.problems}")


@contextlib.asynccontextmanager
async def opened_page(url: str, profile: Path) -> AsyncIterator[Page]:
    assert BROWSER is not None
    browser = await asyncio.create_subprocess_exec(
        BROWSER,
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--no-proxy-server",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        "--remote-debugging-port=0",
        f"--user-data-dir={profile}",
        "about:blank",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert browser.stderr is not None
        address = ""
        while not address.startswith("DevTools listening on "):
            address = (await asyncio.wait_for(browser.stderr.readline(), 60)).decode()
        draining = asyncio.create_task(browser.stderr.read())
        root = address.removeprefix("DevTools listening on ").strip()
        async with websockets.connect(root, proxy=None, max_size=None) as control:
            await control.send(json.dumps({"id": 1, "method": "Target.createTarget", "params": {"url": url}}))
            target = ""
            while not target:
                target = json.loads(await control.recv()).get("result", {}).get("targetId", "")
            host = root.split("/devtools/")[0]
            async with websockets.connect(f"{host}/devtools/page/{target}", proxy=None, max_size=None) as socket:
                page = Page(socket)
                await page.send("Runtime.enable")
                await page.send("Log.enable")
                yield page
        draining.cancel()
    finally:
        with contextlib.suppress(ProcessLookupError):
            browser.terminate()
        await browser.wait()


@pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")
async def test_person_signs_in_and_sees_the_schema(web: Web, acme: Place, tmp_path: Path) -> None:
    async with opened_page(f"{web.url}/metadata", tmp_path) as page:
        await page.until("document.querySelector('.graphiql-container') !== null")
        await page.run(
            "(() => { const form = document.getElementById('sign-in').elements;"
            "form.tenant.value = 'acme'; form.email.value = 'admin@example.com';"
            "form.password.value = 'wrong wrong wrong';"
            "document.querySelector('#sign-in button').click(); })()"
        )
        await page.until("document.getElementById('message').textContent.includes('is wrong')")
        await page.run(
            f"document.getElementById('sign-in').elements.password.value = '{PASSWORD}';"
            "document.querySelector('#sign-in button').click();"
        )
        await page.until("document.getElementById('name').textContent === 'admin@example.com @ acme'")
        assert await page.run("document.getElementById('message').textContent") == ""
        assert await page.run("getComputedStyle(document.getElementById('sign-in')).display") == "none"
        await page.until("document.querySelector('.graphiql-execute-button') !== null")
        await page.run("document.querySelector('.graphiql-execute-button').click()")
        await page.until("document.querySelector('.result-window').innerText.includes('\"slug\": \"acme\"')")
        await page.run("document.querySelector('[aria-label=\"Show Documentation Explorer\"]').click()")
        await page.until("document.body.innerText.includes('Root Types')")
        await page.run("document.getElementById('sign-out').click()")
        await page.until("getComputedStyle(document.getElementById('sign-in')).display !== 'none'")
        problems = [problem for problem in page.problems if "401" not in problem]
        assert problems == []
