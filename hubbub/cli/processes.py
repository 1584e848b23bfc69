"""How processes of ours are started, watched and ended."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from hubbub.core import config, metering
from hubbub.core.config import CHECKOUT, Settings

log = structlog.get_logger("hubbub.serving")

GRACE_SECONDS = 5  # for requests and jobs that are under way when a stop is asked for
LINE = 3  # by which a copy of this process notices that we have ended


def run(main: Coroutine[Any, Any, Any]) -> Any:
    """Like asyncio.run, but a task that does not heed its cancelling cannot keep the process alive."""
    import uvloop

    loop = uvloop.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(main)
    finally:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.wait(left, timeout=2))
        loop.close()


class Copy:
    """A copy of this process that does something else, as far as we ask a `subprocess.Popen`. It waits until it is let go; where
    we end before that, so does it."""

    def __init__(self, run: Callable[[], None]) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        let_go, self.hold = os.pipe()
        self.returncode: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            # Nothing may unwind from here: what stands around us belongs to the process that we are a copy of.
            status = 1
            try:
                os.setsid()  # Ctrl-C is not ours
                os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
                os.dup2(let_go, LINE, inheritable=False)
                os.closerange(LINE + 1, 65_536)  # locks and sockets of the other
                if os.read(LINE, 1):
                    run()
                status = 0
            except SystemExit:
                status = 0
            except BaseException:
                traceback.print_exc()
            finally:
                with contextlib.suppress(OSError, ValueError):
                    sys.stdout.flush()
                os._exit(status)
        os.close(let_go)

    def go(self) -> None:
        with contextlib.suppress(BrokenPipeError):
            os.write(self.hold, b"1")

    def poll(self) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def terminate(self) -> None:
        os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


class Child:
    """A process of ours that ends with us and is started again if it fails."""

    def __init__(
        self,
        name: str,
        *words: str,
        settings: Settings,
        listening: socket.socket | None = None,
        copy: Copy | None = None,
    ) -> None:
        self.name = name
        self.words = words
        self.settings = settings
        self.listening = listening
        self.copy = copy  # what it is the first time
        self.process: subprocess.Popen[bytes] | Copy | None = None
        self.started = 0.0
        self.leaving = False

    def start(self) -> None:
        self.started = time.monotonic()
        self.leaving = False
        if self.copy:
            self.process, self.copy = self.copy, None
            self.process.go()
            return
        fds = [self.listening.fileno()] if self.listening else []
        process = self.process = subprocess.Popen(
            # The signal comes if we are killed and cannot send it ourselves.
            ["setpriv", "--pdeathsig", "TERM", sys.executable, "-P", "-m", "hubbub.cli", *self.words],
            stdin=subprocess.PIPE,
            pass_fds=fds,
            env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
            start_new_session=True,  # Ctrl-C is ours to pass on
        )
        assert process.stdin
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(config.to_json(self.settings).encode())
            process.stdin.close()

    def ask_to_stop(self) -> None:
        self.leaving = True
        if self.process and self.process.poll() is None:
            self.process.terminate()

    async def gone(self) -> None:
        """Wait until it has ended; force it when it takes too long."""
        deadline = time.monotonic() + GRACE_SECONDS + 3
        while self.process and self.process.poll() is None:
            if time.monotonic() > deadline:
                self.process.kill()
            await asyncio.sleep(0.02)
        if self.process:
            metering.ended(self.process.pid)

    async def watch(self) -> None:
        """Start it again whenever it ends by itself."""
        while True:
            await asyncio.sleep(0.2)
            if self.leaving or self.process is None or self.process.poll() is None:
                continue
            metering.ended(self.process.pid)
            log.error("a process ended by itself", process=self.name, status=self.process.returncode)
            await asyncio.sleep(0.5 if time.monotonic() - self.started > 5 else 3)
            if not self.leaving:
                self.start()
