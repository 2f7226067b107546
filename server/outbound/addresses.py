"""Which addresses the server may call for a tenant: public ones, judged after the name was looked up.

Judging the name would not do: a name may lead anywhere, and elsewhere the second time (DNS rebinding). So the caller
connects to the address that was judged.
"""

from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

__all__ = ["AddressRefusedError", "is_public", "permitted_addresses"]

_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE = IPv6Network("::/96")

_SERVICES = (
    ip_network("168.63.129.16/32"),  # Azure's host services, in a public range
    ip_network("192.88.99.0/24"),  # 6to4 relays: leads to wherever the nearest relay says
)


class AddressRefusedError(Exception):
    """A host has no address that may be called. The text names the host, not its addresses."""


def is_public(text: str) -> bool:
    """Whether an IP address may be called: global, unicast, and so is any IPv4 address inside of it."""
    address = ip_address(text.partition("%")[0])
    if not address.is_global or address.is_multicast or address.is_reserved or address.is_unspecified:
        return False
    if any(address.version == network.version and address in network for network in _SERVICES):
        return False
    inner = _inner_address(address) if isinstance(address, IPv6Address) else None
    return inner is None or is_public(str(inner))


async def permitted_addresses(host: str, port: int, *, allow_private: bool) -> list[str]:
    """Look a host up and keep the addresses that may be called, in the resolver's order.

    Raises:
        AddressRefusedError: There are none.
        OSError: The name cannot be looked up.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    permitted = [address for address in addresses if allow_private or is_public(address)]
    if not permitted:
        raise AddressRefusedError(f"'{host}' is at a private or reserved address, which webhooks do not call.")
    return permitted


def _inner_address(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to: mapped, 6to4, Teredo, NAT64, or compatible."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if any(address in network for network in _NAT64) or address in _COMPATIBLE:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return None
