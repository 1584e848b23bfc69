"""The ceiling: the statements of a page through the driver alone, in a process of its own.

python -m bench.ceiling < (pickled Work)     prints {"count", "seconds"} as JSON for each line on which it is told to go
"""

import asyncio
import json
import pickle
import subprocess
import sys
import time
from typing import Any

import msgspec
import psycopg
import uvloop

from bench.ground import CLIENTS, Rate
from hubbub.core.config import CHECKOUT, Settings


class Work(msgspec.Struct):
    """What is done again and again on each connection."""

    url: str
    begin: str
    statements: list[tuple[str, Any]]
    end: str
    connections: int
    database: str = ""


async def _main() -> None:
    size = int.from_bytes(sys.stdin.buffer.read(8))
    work: Work = pickle.loads(sys.stdin.buffer.read(size))
    connections = [
        await psycopg.AsyncConnection.connect(work.url, autocommit=True) for _ in range(work.connections)
    ]

    async def again(connection: psycopg.AsyncConnection[Any], end: float) -> int:
        count = 0
        while time.perf_counter() < end:
            if work.begin:
                await connection.execute(work.begin, prepare=False)  # type: ignore[call-overload]
            for sql, params in work.statements:
                cursor = await connection.execute(sql, params)  # type: ignore[arg-type]
                if cursor.description:
                    await cursor.fetchall()
            if work.end:
                await connection.execute(work.end)  # type: ignore[call-overload]
            count += 1
        return count

    for line in sys.stdin:
        started = time.perf_counter()
        counts = await asyncio.gather(*(again(each, started + float(line)) for each in connections))
        print(json.dumps({"count": sum(counts), "seconds": time.perf_counter() - started}), flush=True)


class Ceiling:
    """That process, as those who compare use it."""

    def __init__(self, settings: Settings, org_id: int | None, statements: list[tuple[str, Any]], *, read: bool = True,
                 connections: int = CLIENTS) -> None:  # fmt: skip
        isolation = "repeatable read" if read else "read committed"
        begin = (
            f"begin isolation level {isolation}; set local hubbub.org = '{org_id}'"
            if org_id is not None
            else ""
        )
        work = Work(settings.app_url, begin, statements, "commit" if begin else "", connections)
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "bench.ceiling"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=CHECKOUT,
            env={"PYTHONPATH": str(CHECKOUT)},
        )  # fmt: skip
        assert self.process.stdin
        pickled = pickle.dumps(work)
        self.process.stdin.write(len(pickled).to_bytes(8) + pickled)

    def run(self, seconds: float) -> Rate:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(f"{seconds}\n".encode())
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the ceiling's process ended")
        told = json.loads(line)
        return Rate(told["count"], told["seconds"])

    def __enter__(self) -> "Ceiling":
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(10)


if __name__ == "__main__":
    uvloop.run(_main())
