from __future__ import annotations

import asyncio
import socket
from typing import Any

import httpx
import pytest

from server.outbound.addresses import AddressRefusedError, is_public, permitted_addresses
from server.outbound.transport import webhook_client


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.8.8.8", "168.63.129.16",
        "169.254.169.254", "172.16.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1", "224.0.0.1", "255.255.255.255",
        "::", "::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::7f00:1", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:80ff:fffe", "fc00::1", "fd00:ec2::254",
        "fe80::1", "fe80::1%eth0", "ff02::1", "2001:db8::1",
    ],
)  # fmt: skip
def test_private_and_reserved_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f000001", "2130706433", "127.1"])
async def test_every_spelling_of_loopback_is_refused(host: str) -> None:
    with pytest.raises(AddressRefusedError, match="private or reserved"):
        await permitted_addresses(host, 80, allow_private=False)
    assert await permitted_addresses(host, 80, allow_private=True)


async def test_client_connects_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is public when it is checked and private when it is used does not get through."""
    answers = iter(["127.0.0.1"])
    looked_up: list[str] = []
    real = asyncio.get_running_loop().getaddrinfo

    async def rebinding(host: Any, port: Any, **more: Any) -> Any:
        if host != "rebind.example":
            return await real(host, port, **more)
        looked_up.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", rebinding)
    async with webhook_client(allow_private=False, timeout_s=2) as client:
        with pytest.raises(AddressRefusedError):
            await client.post("http://rebind.example/")
    assert looked_up == ["rebind.example"]


async def test_client_follows_no_redirect() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with webhook_client(allow_private=True, timeout_s=2) as client:
            response: httpx.Response = await client.post(f"http://127.0.0.1:{port}/")

    assert response.status_code == 302
