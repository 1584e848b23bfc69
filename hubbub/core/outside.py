"""Asking the outside world for a page that somebody linked, so that nobody can make the server ask anything else.

Whoever can post can choose the address. So only http and https on their usual ports are asked; every address that a name
resolves to has to be public, and the connection goes to the one that was checked, not to the name; each redirect is checked
anew; there are no credentials, cookies or proxies; and how long, how much and what kind is limited.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, cast
from urllib.parse import urljoin, urlsplit

import httpcore
import msgspec

Resolve = Callable[[str, int], Awaitable[list[str]]]
MOST_URL = 2000
MOST_ADDRESSES = 4  # of a name are tried
REDIRECTS = frozenset((301, 302, 303, 307, 308))
AGENT = "Hubbub link preview"
# What carries an IPv4 address inside an IPv6 one, and would be let out by the outer.
_WRAPPED = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))


class Unfetchable(Exception):
    """The page was not asked for, or did not answer as a page does; says why, for the log."""


async def resolve(host: str, port: int) -> list[str]:
    """Every address of a name."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unfetchable(f"{host} has no address") from None
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Limits(msgspec.Struct, frozen=True):
    """What may be asked, and how much of it. `allowed`: networks that may be asked although they are not public; who needs
    one says so in code, there is no setting for it."""

    ports: frozenset[int] = frozenset((80, 443))
    allowed: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    resolve: Resolve = resolve
    most_bytes: int = 512 * 1024
    most_redirects: int = 4
    seconds: float = 8.0


class Fetched(msgspec.Struct, frozen=True):
    """The beginning of a page, and where it was in the end."""

    url: str
    charset: str | None
    content: bytes


def is_public(address: str, allowed: Iterable[ipaddress.IPv4Network | ipaddress.IPv6Network] = ()) -> bool:
    """May this address be asked: is it one that everybody in the world could ask?"""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    if any(ip in network for network in allowed):
        return True
    return (
        ip.is_global
        and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)
        and not any(ip in network for network in _WRAPPED)
    )


async def fetch_page(url: str, limits: Limits | None = None) -> Fetched:
    """The beginning of the HTML page at that address; raises Unfetchable."""
    limits = limits or Limits()
    try:
        async with asyncio.timeout(limits.seconds):
            for _ in range(limits.most_redirects + 1):
                answer = await _ask(url, limits)
                if isinstance(answer, Fetched):
                    return answer
                url = answer
    except TimeoutError:
        raise Unfetchable("it took too long") from None
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, OSError) as failed:
        raise Unfetchable(f"{type(failed).__name__}: {failed}") from None
    raise Unfetchable("it was redirected too often")


async def _ask(url: str, limits: Limits) -> Fetched | str:
    """The page, or the address that it names instead."""
    scheme, host, port, target = _parts(url, limits)
    headers: dict[bytes | str, bytes | str] = {
        "host": host if port in (80, 443) else f"{host}:{port}",
        "accept": "text/html, application/xhtml+xml",
        "accept-encoding": "identity",  # what is packed small may be without end
        "user-agent": AGENT,
    }
    # No pool is kept: another address is another connection, and so another check.
    async with httpcore.AsyncConnectionPool(network_backend=_Checked(limits), http2=False) as pool:
        address = httpcore.URL(scheme=scheme.encode(), host=host.encode(), port=port, target=target.encode())
        async with pool.stream("GET", address, headers=headers) as answer:
            told = {name.lower(): value.decode("latin-1") for name, value in answer.headers}
            if answer.status in REDIRECTS:
                return urljoin(url, told.get(b"location", ""))
            if answer.status != 200:
                raise Unfetchable(f"it answered {answer.status}")
            kind, _, parameters = told.get(b"content-type", "").partition(";")
            if kind.strip().lower() not in ("text/html", "application/xhtml+xml"):
                raise Unfetchable("it is no HTML page")
            if told.get(b"content-encoding", "identity").strip().lower() != "identity":
                raise Unfetchable("it came packed")
            content = bytearray()
            async for part in answer.aiter_stream():
                content += part
                if len(content) >= limits.most_bytes:
                    break  # what tells of a page stands at its beginning
            return Fetched(url, _charset(parameters), bytes(content[: limits.most_bytes]))


def _parts(url: str, limits: Limits) -> tuple[str, str, int, str]:
    """Scheme, host, port and path of an address that may be asked."""
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme.lower(), parts.hostname or "", parts.port
    except ValueError:
        raise Unfetchable("it is no address") from None
    if scheme not in ("http", "https") or not host or len(url) > MOST_URL:
        raise Unfetchable("it is no address of a page")
    if parts.username is not None or parts.password is not None:
        raise Unfetchable("it holds a name or password")
    port = port or (443 if scheme == "https" else 80)
    if port not in limits.ports:
        raise Unfetchable(f"port {port} is not asked")
    try:
        host = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        raise Unfetchable("it is no address") from None
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not all(0x21 <= ord(char) for char in target):
        raise Unfetchable("it is no address")
    return scheme, host, port, _ascii(target)


def _ascii(target: str) -> str:
    return "".join(c if ord(c) < 127 else "".join(f"%{byte:02X}" for byte in c.encode()) for c in target)


def _charset(parameters: str) -> str | None:
    for each in parameters.split(";"):
        name, _, value = each.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'")[:40] or None
    return None


class _Checked(httpcore.AsyncNetworkBackend):
    """Connects to addresses that were checked, and to nothing by name."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.real = cast("httpcore.AsyncNetworkBackend", httpcore.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await self.limits.resolve(host, port)
        if not addresses or not all(is_public(each, self.limits.allowed) for each in addresses):
            raise Unfetchable(f"{host} is not in the public network")
        failure: Exception = httpcore.ConnectError("no address")
        for address in addresses[:MOST_ADDRESSES]:
            try:
                return await self.real.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failed:
                failure = failed
        raise failure

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Any = None
    ) -> httpcore.AsyncNetworkStream:
        raise Unfetchable("sockets of this machine are not asked")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
