"""Asking the outside world: real peers on loopback, and all the ways to be led to where nobody may be asked."""

import asyncio
import contextlib
import gzip
import ipaddress
from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec
import pytest

from hubbub.core.outside import Fetched, Limits, Unfetchable, fetch_page, is_public

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
HTML = b"HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\nconnection: close\r\n"
PAGE = b"<title>Tides</title>"

Answer = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


def said(head: bytes, body: bytes = b"") -> Answer:
    async def answer(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(head + f"content-length: {len(body)}\r\n\r\n".encode() + body)

    return answer


def redirect(to: str) -> Answer:
    return said(b"HTTP/1.1 302 Found\r\nconnection: close\r\nlocation: " + to.encode() + b"\r\n")


class Peer(msgspec.Struct):
    """A server on loopback that notes what it was asked."""

    port: int = 0
    asked: list[bytes] = []
    answers: dict[str, Answer] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def limits(self, **more: object) -> Limits:
        return msgspec.structs.replace(
            Limits(ports=frozenset((80, 443, self.port)), allowed=LOOPBACK, seconds=3), **more
        )


@contextlib.asynccontextmanager
async def peer(**answers: Answer) -> AsyncIterator[Peer]:
    made = Peer(asked=[], answers={f"/{name}": answer for name, answer in answers.items()})

    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            request = await reader.readuntil(b"\r\n\r\n")
            made.asked.append(request)
            path = request.split(b" ")[1].decode().partition("?")[0]
            await made.answers.get(path, said(b"HTTP/1.1 404 Not Found\r\n"))(request, writer)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()


async def test_a_page_is_asked_for_plainly() -> None:
    async with peer(page=said(HTML, PAGE)) as there:
        found = await fetch_page(f"{there.url}/page?a=b c".replace(" ", "%20"), there.limits())
        assert found == Fetched(f"{there.url}/page?a=b%20c", "utf-8", PAGE)
        (request,) = there.asked
        with pytest.raises(Unfetchable, match="is not asked"):
            await fetch_page(f"{there.url}/page", there.limits(ports=frozenset((80, 443))))
        assert len(there.asked) == 1
        names = {line.partition(b":")[0].lower() for line in request.split(b"\r\n")[1:] if line}
        assert names == {
            b"host",
            b"accept",
            b"accept-encoding",
            b"user-agent",
        }  # no cookie, no referer, no key


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "192.0.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "64:ff9b::7f00:1", "64:ff9b::10.0.0.1",
        "2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1", "nonsense", "",
    ],
)  # fmt: skip
def test_no_address_of_the_inside_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "2606:4700:4700::1111", "::ffff:1.1.1.1"])
def test_addresses_of_the_world_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "2130706433", "0177.0.0.1", "0x7f.0.0.1", "127.1", "[::1]", "[::ffff:127.0.0.1]",
        "0.0.0.0", "169.254.169.254", "10.0.0.1", "[::]", "LOCALHOST", "localhost.",
    ],
)  # fmt: skip
async def test_who_leads_inside_is_not_asked(host: str) -> None:
    async with peer(page=said(HTML, PAGE)) as there:
        limits = Limits(ports=frozenset((80, there.port)), seconds=3)
        with pytest.raises(Unfetchable, match=r"public network|has no address"):
            await fetch_page(f"http://{host}:{there.port}/page", limits)
        assert there.asked == []


async def test_every_address_of_a_name_counts_and_the_checked_one_is_asked() -> None:
    async with peer(page=said(HTML, PAGE)) as there:
        asked: list[str] = []

        async def mixed(host: str, port: int) -> list[str]:
            return ["1.1.1.1", "127.0.0.1"]

        async def rebound(host: str, port: int) -> list[str]:
            asked.append(host)
            return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

        url = f"http://tides.example:{there.port}/page"
        ports = frozenset((there.port,))
        with pytest.raises(Unfetchable, match="public network"):
            await fetch_page(url, Limits(ports=ports, resolve=mixed))
        assert there.asked == []
        # A name that is asked for again would lead elsewhere the second time: it is asked for once.
        assert (await fetch_page(url, there.limits(resolve=rebound))).content == PAGE
        assert asked == ["tides.example"]
        assert f"host: tides.example:{there.port}".encode() in there.asked[0].lower()


async def test_each_redirect_is_checked_again() -> None:
    async with peer(page=said(HTML, PAGE), on=redirect("/page"), round=redirect("/round")) as there:
        assert (await fetch_page(f"{there.url}/on", there.limits())).url == f"{there.url}/page"
        with pytest.raises(Unfetchable, match="too often"):
            await fetch_page(f"{there.url}/round", there.limits())
        assert len(there.asked) == 2 + 5
        for to in (
            "http://169.254.169.254/latest/meta-data", "http://10.0.0.1/", "http://[::1]/", "http://127.0.0.1:22/",
            "file:///etc/passwd", "gopher://127.0.0.1/", "http://a:b@127.0.0.1/", "ftp://1.1.1.1/", "",
        ):  # fmt: skip
            there.answers["/out"] = redirect(to)
            only = there.limits(allowed=(ipaddress.ip_network("127.0.0.1/32"),))
            with pytest.raises(Unfetchable):
                await fetch_page(f"{there.url}/out", only)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://1.1.1.1/", "file:///etc/passwd", "javascript:alert(1)", "http://", "//1.1.1.1/", "http://u:p@1.1.1.1/",
        "http://u@1.1.1.1/", "http://1.1.1.1:22/", "http://1.1.1.1:5432/", "http://1.1.1.1:99999/", "http://[::1",
        "http://1.1.1.1/\r\nX: y", "https://1.1.1.1/" + "x" * 2000,
    ],
)  # fmt: skip
async def test_what_is_no_address_of_a_page_is_not_asked(url: str) -> None:
    with pytest.raises(Unfetchable):
        await fetch_page(url, Limits(seconds=1))


async def test_a_page_without_end_is_read_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = 0

    async def endless(_: bytes, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(HTML + b"\r\n" + PAGE)
        while sent < 50_000_000:
            writer.write(b"x" * 65536)
            await writer.drain()
            sent += 65536

    # Whatever the environment says, no proxy is asked.
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with peer(page=endless) as there:
        found = await fetch_page(f"{there.url}/page", there.limits(most_bytes=100_000))
        assert len(found.content) == 100_000 and found.content.startswith(PAGE)
        assert sent < 20_000_000


async def test_who_takes_too_long_is_left() -> None:
    async def slow(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(HTML + b"\r\n")
        for _second in range(100):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.1)

    async def silent(_: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(10)

    async with peer(slow=slow, silent=silent) as there:
        for path in ("slow", "silent"):
            with pytest.raises(Unfetchable, match="too long"):
                await fetch_page(f"{there.url}/{path}", there.limits(seconds=0.5))


async def test_only_pages_are_read() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    wrong = {
        "image": said(b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\n", b"\x89PNG"),
        "none": said(b"HTTP/1.1 200 OK\r\n", PAGE),
        "json": said(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n", b"{}"),
        "bomb": said(HTML + b"content-encoding: gzip\r\n", bomb),
        "error": said(b"HTTP/1.1 500 Oh\r\ncontent-type: text/html\r\n", PAGE),
        "noise": said(b"SSH-2.0-OpenSSH\r\n"),
    }
    async with peer(**wrong) as there:
        for path in wrong:
            with pytest.raises(Unfetchable):
                await fetch_page(f"{there.url}/{path}", there.limits())
        with pytest.raises(Unfetchable):
            await fetch_page("http://127.0.0.1:9/", there.limits(ports=frozenset((9,))))
