"""`crash`: writers with idempotency keys retry while the app and its database are killed; what was acknowledged is
there, once."""

import asyncio
import json
import os
import signal
import time
from collections import Counter
from contextlib import suppress
from random import Random

from bench.ground import Client, Figures, Process, acts, data_folder, database, owner, say
from hubbub import objects, people
from hubbub.core.config import Settings

KILLS = 20  # of each
WRITERS = 8
AT_LEAST = 5_000
LONGEST = 240.0  # seconds
ELEMENTS = "/services/data/v62.0/chatter/feed-elements"


class Writer:
    """Posts and comments one after the other, each until it is acknowledged."""

    def __init__(self, settings: Settings, number: int, token: str) -> None:
        self.settings = settings
        self.number = number
        self.head = f"authorization: Bearer {token}\r\ncontent-type: application/json\r\n"
        self.acknowledged: list[str] = []
        self.retries = 0
        self.statuses: Counter[int] = Counter()
        self.client: Client | None = None

    async def write(self, stopping: asyncio.Event) -> None:
        item = ""
        count = 0
        while not stopping.is_set():
            text = f"writer {self.number} says {count}"
            path = f"{ELEMENTS}/{item}/capabilities/comments/items" if item and count % 3 else ELEMENTS
            body = {"subjectId": "me", "body": {"messageSegments": [{"type": "Text", "text": text}]}}
            answer = await self._until_acknowledged(path, f"{self.number}-{count}", json.dumps(body).encode())
            self.acknowledged.append(text)
            if path == ELEMENTS:
                item = json.loads(answer)["id"]
            count += 1
        if self.client:
            self.client.close()

    async def _until_acknowledged(self, path: str, key: str, body: bytes) -> bytes:
        head = f"{self.head}idempotency-key: {key}\r\n"
        while True:
            with suppress(OSError, asyncio.IncompleteReadError, TimeoutError, ValueError):
                if self.client is None:
                    self.client = await Client.connect(self.settings)
                answer = await asyncio.wait_for(self.client.send("POST", path, head, body), 15)
                self.statuses[answer.status] += 1
                if answer.status == 201:
                    return answer.body
                if answer.status < 500 and answer.status != 409:
                    raise RuntimeError(f"{answer.status}: {answer.body[:500]!r}")
                self.retries += 1
                await asyncio.sleep(0.02)
                continue
            if self.client:
                self.client.close()
                self.client = None
            self.retries += 1
            await asyncio.sleep(0.02)


async def measure(kills: int = KILLS, at_least: int = AT_LEAST, longest: float = LONGEST) -> Figures:
    """The figures named crash in the contract."""
    with data_folder() as settings:
        tokens: list[str] = []
        with database(settings):
            async with acts(settings) as opened:
                org = await people.found_org(
                    opened, "Crash", "crash.example", objects=objects.standard_objects()
                )
                async with opened.act(org.id) as tx:
                    for number in range(WRITERS):
                        new = people.Newcomer(
                            username=f"w{number}@crash.example", last_name=f"Writer {number}"
                        )
                        user = await people.add_user(tx, None, new)
                        tokens.append(
                            await people.issue_token(tx, await people.actor(tx, user, client="bench"))
                        )
        running = Process(settings, "serve")
        running.start()
        try:
            await running.healthy()
            writers = [Writer(settings, number, token) for number, token in enumerate(tokens)]
            killed = await _kill_again_and_again(settings, running, writers, kills, at_least, longest)
        finally:
            await asyncio.to_thread(running.stop)
        said = [text for writer in writers for text in writer.acknowledged]
        found = _found(settings, org.id)
    return {
        "kills": killed,
        "writers": WRITERS,
        "retries": sum(writer.retries for writer in writers),
        "acknowledged": len(said),
        "lost": sum(1 for text in said if not found[text]),
        "doubled": sum(1 for count in found.values() if count > 1),
    }


async def _kill_again_and_again(
    settings: Settings, running: Process, writers: list[Writer], kills: int, at_least: int, longest: float
) -> dict[str, int]:
    stopping = asyncio.Event()
    writing = [asyncio.create_task(writer.write(stopping)) for writer in writers]
    random = Random(11)
    killed = {"app": 0, "database": 0}
    started = time.monotonic()
    done = 0

    async def more(count: int) -> None:
        """Wait until that much more is acknowledged, which shows that all is well again."""
        nonlocal done
        deadline = time.monotonic() + 60
        while sum(len(writer.acknowledged) for writer in writers) < done + count:
            await asyncio.sleep(0.005)
            for task in writing:
                if task.done():
                    task.result()
            if time.monotonic() > deadline:
                raise RuntimeError(f"nothing is acknowledged any more: {running.said()}")
        done = sum(len(writer.acknowledged) for writer in writers)

    for number in range(kills * 2):
        await more(at_least // (kills * 2) + 8)
        await asyncio.sleep(random.random() * 0.1)  # at any point of what is under way
        if time.monotonic() - started > longest:
            say(f"stopped after {longest:.0f} s")
            break
        if number % 2:
            pid = int((settings.database_folder / "postmaster.pid").read_text().split()[0])
            os.kill(pid, signal.SIGKILL)
            killed["database"] += 1
        else:
            running.kill()
            running.start()
            killed["app"] += 1
        if number % 10 == 9:
            say(f"{number + 1} kills, {done:,} acknowledged")
    await more(at_least // (kills * 2))
    stopping.set()
    await asyncio.wait_for(asyncio.gather(*writing), 30)
    return killed


def _found(settings: Settings, org_id: int) -> Counter[str]:
    """What is in the database, by its text."""
    with database(settings), owner(settings) as connection:
        rows = connection.execute(
            """select body->0->>'text' from feed_item where org_id = %(org)s
               union all select body->0->>'text' from feed_comment where org_id = %(org)s""",
            {"org": org_id},
        ).fetchall()
    return Counter(text for (text,) in rows)
