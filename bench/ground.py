"""What a measurement stands on: a data folder of its own, its database, real server processes, and light clients."""

import asyncio
import base64
import os
import secrets
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
import psycopg

from hubbub.cli import serving
from hubbub.core import config, embedded
from hubbub.core.config import CHECKOUT, Settings
from hubbub.core.db import Database

PORTS = range(20700, 20800)
CLIENTS = 8  # who ask at once

Figures = dict[str, Any]


def say(text: str) -> None:
    """How far a measurement is: on standard error, for who waits."""
    print(f"  {text}", file=sys.stderr, flush=True)


@contextmanager
def data_folder(kept: str | None = None) -> Iterator[Settings]:
    """A fresh data folder that is gone afterwards, or one that is `kept`; and a port that nobody listens on."""
    if kept:
        yield config.load(Path(kept), port=free_port())
        return
    folder = Path(tempfile.mkdtemp(prefix="hubbub-bench-"))
    try:
        yield config.load(folder, port=free_port())
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port below those that the machine gives to clients."""
    for port in PORTS:
        with socket.socket() as trial, suppress(OSError):
            trial.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no port is free")


@contextmanager
def database(settings: Settings, *, durable: bool = True) -> Iterator[None]:
    """The embedded database of that folder with its usual, durable settings, migrated; while worlds are made it need not be
    durable."""
    with embedded.running(settings, durable=durable):
        serving.migrate(settings)
        yield


@asynccontextmanager
async def acts(settings: Settings) -> AsyncIterator[Database]:
    """Transactions of this process, for making what a measurement needs."""
    opened = Database(settings.app_url, secret=settings.secrets.sealing, files=settings.files)
    await opened.open()
    try:
        yield opened
    finally:
        await opened.close()


class Process:
    """A process of Hubbub that ends with us."""

    def __init__(self, settings: Settings, *words: str) -> None:
        self.settings = settings
        self.words = words
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        port = [] if self.words[0] == "worker" else ["--port", str(self.settings.port)]
        with open(self.settings.data / "bench.log", "ab") as log:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", sys.executable, "-P", "-m", "hubbub.cli", *self.words,
                 "--data", str(self.settings.data), *port],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
                start_new_session=True,
            )  # fmt: skip

    def kill(self) -> None:
        """As a power cut would."""
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def said(self) -> str:
        return (self.settings.data / "bench.log").read_text(errors="replace")[-2000:]

    async def healthy(self, seconds: float = 60) -> None:
        """Wait until it answers."""
        deadline = time.monotonic() + seconds
        while True:
            assert self.process
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended: {self.said()}")
            with suppress(OSError, asyncio.IncompleteReadError, ValueError):
                client = await Client.connect(self.settings)
                answer = await client.get("/health")
                client.close()
                if answer.status == 200:
                    return
            if time.monotonic() > deadline:
                raise RuntimeError(f"the server is not healthy: {self.said()}")
            await asyncio.sleep(0.1)


@asynccontextmanager
async def server(settings: Settings) -> AsyncIterator[Process]:
    """One web process, started as an administrator would."""
    running = Process(settings, "serve")
    running.start()
    try:
        await running.healthy()
        yield running
    finally:
        await asyncio.to_thread(running.stop)


class Answer(msgspec.Struct, frozen=True):
    """What came back."""

    status: int
    body: bytes


class Client:
    """One connection that is kept: as little of HTTP as can be, so that the client costs next to nothing."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str) -> None:
        self.reader = reader
        self.writer = writer
        self.host = host

    @staticmethod
    async def connect(settings: Settings) -> "Client":
        reader, writer = await asyncio.open_connection("127.0.0.1", settings.port, limit=2**22)
        return Client(reader, writer, f"127.0.0.1:{settings.port}")

    def close(self) -> None:
        self.writer.close()

    async def get(self, path: str, headers: str = "") -> Answer:
        return await self.send("GET", path, headers)

    async def send(self, method: str, path: str, headers: str = "", body: bytes = b"") -> Answer:
        length = f"content-length: {len(body)}\r\n" if body or method == "POST" else ""
        self.writer.write(
            f"{method} {path} HTTP/1.1\r\nhost: {self.host}\r\n{headers}{length}\r\n".encode() + body
        )
        head = await self.reader.readuntil(b"\r\n\r\n")
        at = head.lower().find(b"content-length: ")
        if at < 0:
            return Answer(int(head[9:12]), b"")
        size = int(head[at + 16 : head.index(b"\r\n", at)])
        return Answer(int(head[9:12]), await self.reader.readexactly(size) if size else b"")


class Rate(msgspec.Struct, frozen=True):
    """How often something was done in how long."""

    count: int
    seconds: float

    @property
    def each(self) -> float:
        """Seconds for one, in the time of the whole."""
        return self.seconds / max(self.count, 1)

    def __add__(self, other: "Rate") -> "Rate":
        return Rate(self.count + other.count, self.seconds + other.seconds)


NONE = Rate(0, 0.0)


async def for_a_while(seconds: float, ones: list[Callable[[], Awaitable[Any]]]) -> Rate:
    """Each of the ones again and again beside the others."""
    count = 0
    started = time.perf_counter()
    end = started + seconds

    async def again(one: Callable[[], Awaitable[Any]]) -> None:
        nonlocal count
        while time.perf_counter() < end:
            await one()
            count += 1

    await asyncio.gather(*(again(one) for one in ones))
    return Rate(count, time.perf_counter() - started)


@asynccontextmanager
async def clients(settings: Settings, count: int = CLIENTS) -> AsyncIterator[list[Client]]:
    opened = [await Client.connect(settings) for _ in range(count)]
    try:
        yield opened
    finally:
        for client in opened:
            client.close()


class Line(asyncio.Protocol):
    """One WebSocket: counts the frames that it gets, and tells when."""

    def __init__(self, path: str, host: str, cookie: str, heard: Callable[["Line", bytes], None]) -> None:
        self.request = (
            f"GET {path} HTTP/1.1\r\nhost: {host}\r\norigin: http://{host}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n"
            f"sec-websocket-version: 13\r\nsec-websocket-key: {base64.b64encode(secrets.token_bytes(16)).decode()}\r\n"
            f"cookie: {cookie}\r\n\r\n"
        ).encode()
        self.heard = heard
        self.open = asyncio.get_running_loop().create_future()
        self.buffer = b""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self.request)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.open.done():
            self.open.set_exception(ConnectionError("refused"))

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.open.done():
            head, mark, rest = self.buffer.partition(b"\r\n\r\n")
            if not mark:
                return
            if b" 101 " not in head[:20]:
                self.open.set_exception(ConnectionError(head[:200].decode()))
                return
            self.buffer = rest
            self.open.set_result(None)
        while len(self.buffer) >= 2:  # frames of a server are not masked
            size, start = self.buffer[1] & 127, 2
            if size == 126:
                size, start = int.from_bytes(self.buffer[2:4]), 4
            if len(self.buffer) < start + size:
                return
            opcode = self.buffer[0] & 15
            frame, self.buffer = self.buffer[start : start + size], self.buffer[start + size :]
            if opcode == 9:  # the server asks whether anybody is there
                self.send(frame, opcode=10)
            else:
                self.heard(self, frame)

    def send(self, payload: bytes, opcode: int = 1) -> None:
        assert self.transport
        size = len(payload)
        head = (
            bytes([0x80 | opcode, 0x80 | size])
            if size < 126
            else bytes([0x80 | opcode, 0xFE]) + size.to_bytes(2)
        )
        self.transport.write(head + b"\0\0\0\0" + payload)  # a mask of zeros leaves it as it is


def owner(settings: Settings) -> psycopg.Connection[Any]:
    """The database as its owner, for making worlds."""
    return psycopg.connect(settings.owner_url, autocommit=True)


def percentile(values: list[float], share: float) -> float:
    return (
        statistics.quantiles(values, n=1000, method="inclusive")[int(share * 1000) - 1]
        if len(values) > 1
        else values[0]
    )
