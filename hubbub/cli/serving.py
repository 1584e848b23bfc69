"""The processes of a running Hubbub: web servers, the worker, and the one that starts them and watches over them."""

import asyncio
import contextlib
import gc
import os
import signal
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import procrastinate
import psycopg
import structlog
from procrastinate.exceptions import ConnectorException
from psycopg_pool import PoolTimeout

from hubbub.cli.processes import GRACE_SECONDS, LINE, Child, Copy, run
from hubbub.core import embedded
from hubbub.core.config import CHECKOUT, Settings, Trouble

log = structlog.get_logger("hubbub.serving")

WATCHED = ("hubbub", "world", "frontend")

Ready = Callable[[], None]


# --- what runs before anybody is answered ---


@contextlib.contextmanager
def ground(settings: Settings, say: Callable[[str], None]) -> Iterator[embedded.Server | None]:
    """The one server of the data folder, with its database running and migrated."""
    with embedded.owning(settings):
        say("Starting the database …")
        with embedded.running(settings) as server:
            migrate(settings)
            yield server


def migrate(settings: Settings) -> list[str]:
    """Bring the database to this version; tells what was applied."""
    from hubbub.core import migrate as migrations

    passwords = {
        role: settings.secrets.database_password(role) for role in (migrations.APP, migrations.RELAY)
    }
    return migrations.migrate(settings.owner_url, passwords)


def listen(settings: Settings) -> socket.socket:
    """Take the address before anything slow is done."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        taken = socket.socket(family, kind, protocol)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
        taken.listen(2048)
    except (OSError, OverflowError) as error:
        if isinstance(error, OSError) and error.errno == 98:
            raise Trouble(
                f"port {settings.port} of {settings.host} is taken. Choose another with --port."
            ) from None
        reason = getattr(error, "strerror", None) or str(error)
        raise Trouble(f"{settings.host} port {settings.port} cannot be listened on: {reason}.") from None
    taken.setblocking(False)
    return taken


# --- the processes ---


async def web(settings: Settings, listening: socket.socket, ready: Ready) -> None:
    """Answer requests in this process until a signal says stop."""
    import uvicorn

    from hubbub import routes
    from hubbub.api import openapi
    from hubbub.core import html

    if not settings.dev:
        html.keep()
        openapi.keep()

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            # What is there now stays until the end: it need not be searched for garbage again and again.
            gc.collect()
            gc.freeze()
            gc.set_threshold(20_000, 20, 50)
            if self.started and not self.should_exit:
                ready()

    server = Server(
        uvicorn.Config(
            routes.create_app(settings),
            http="httptools",
            ws="websockets-sansio",
            ws_per_message_deflate=False,  # half the memory of an idle socket
            ws_max_size=64 * 1024,
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=settings.public_url is not None,
            timeout_graceful_shutdown=1 if settings.dev else GRACE_SECONDS,
            ssl_certfile=settings.tls_cert,
            ssl_keyfile=settings.tls_key,
        )
    )
    await server.serve(sockets=[listening])
    if not server.started:
        raise Trouble("the web server did not start; the log above says why.")


async def work(settings: Settings, server: embedded.Server | None, line: int | None = None) -> None:
    """Do jobs in this process until a signal says stop, or the `line` to who started it breaks; where the database goes away,
    wait for it."""
    stopping = asyncio.Event()
    if line is not None:
        asyncio.get_running_loop().add_reader(line, stopping.set)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    tasks: list[asyncio.Task[object]] = [asyncio.create_task(_do_jobs(settings))]
    if server:
        tasks.append(asyncio.create_task(server.watch()))
    tasks.append(asyncio.create_task(stopping.wait()))
    ended, going = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in going:
        task.cancel()
    if going:
        await asyncio.wait(going, timeout=GRACE_SECONDS)
    for task in ended:
        task.result()  # raises what it failed with


async def _do_jobs(settings: Settings) -> None:
    from hubbub import routes
    from hubbub.core import html, jobs
    from hubbub.core.db import Database

    if not settings.dev:
        html.keep()
    while True:
        database = Database(settings.app_url, size=4, secret=settings.secrets.sealing, files=settings.files)
        app = jobs.create_app(settings.app_url)
        for name, work in routes.JOBS.items():
            jobs.register(app, database, name, work)
        errands = routes.errands(settings)
        for name, errand in errands.items():
            jobs.register_errand(app, name, partial(errand, database))
        try:
            await database.open()
            async with app.open_async():
                log.info("worker started", jobs=sorted([*routes.JOBS, *errands]))
                again = asyncio.create_task(_take_up_stalled(app))
                try:
                    await app.run_worker_async(
                        concurrency=4,
                        install_signal_handlers=False,
                        shutdown_graceful_timeout=GRACE_SECONDS,
                        delete_jobs="successful",
                    )
                finally:
                    again.cancel()
        except (ConnectorException, psycopg.Error, PoolTimeout) as lost:
            log.warning("worker lost the database, trying again", reason=str(lost))
            await asyncio.sleep(1)
        finally:
            await database.close()


async def _take_up_stalled(app: procrastinate.App) -> None:
    """Jobs whose worker was killed are done again: they are written so that this does no harm."""
    from hubbub.core import metrics

    while True:
        metrics.alive.labels("worker").set_to_current_time()
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=30):
            await app.job_manager.retry_job(job)
        await asyncio.sleep(30)


def worker_beside(settings: Settings) -> Child:
    """The worker of a server that is about to start, not yet begun. On a server of one process it is a copy of it, made when all
    code is loaded and nothing runs yet: what both have stands in memory once."""
    told = Child("worker", "worker", "--told", settings=settings)
    # A copy has no threads but the one that makes it, and whatever lock another held would be held for ever.
    if settings.workers == 1 and not settings.dev and threading.active_count() == 1:
        from hubbub import routes  # noqa: F401
        from hubbub.core import html

        html.keep()
        gc.collect()
        gc.freeze()  # or looking for garbage would write to every page
        told.copy = Copy(partial(_work_beside, settings))
    return told


def _work_beside(settings: Settings) -> None:
    from hubbub.cli import logs

    with contextlib.suppress(OSError):
        Path("/proc/self/comm").write_text("hubbub worker")  # what `top` and `ps -o comm` call it
    logs.configure(service="worker")
    with embedded.running(settings) as server:
        run(work(settings, server, line=LINE))


async def serve(
    settings: Settings,
    listening: socket.socket,
    server: embedded.Server | None,
    *,
    worker: Child | None,
    ready: Ready,
) -> None:
    """Run everything until a signal says stop, then stop everything."""
    in_this_process = settings.workers == 1 and not settings.dev
    webs = [
        Child(
            f"web {number + 1}",
            "web",
            "--fd",
            str(listening.fileno()),
            settings=settings,
            listening=listening,
        )
        for number in range(0 if in_this_process else settings.workers)
    ]
    workers = [worker] if worker else []
    children = webs + workers

    def answering() -> None:
        ready()
        for child in workers:  # not before: on a small machine it would only slow the start
            child.start()

    for child in webs:
        child.start()
    watching = [asyncio.create_task(child.watch()) for child in children]
    if server:
        watching.append(asyncio.create_task(server.watch()))
    try:
        if in_this_process:
            await web(settings, listening, answering)
        else:
            await _until_stopped(settings, children, answering)
    finally:
        for task in watching:
            task.cancel()
        listening.close()
        for child in children:
            child.ask_to_stop()
        for child in children:
            await child.gone()


async def _until_stopped(settings: Settings, children: list[Child], ready: Ready) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    ready()
    if not settings.dev:
        await stopping.wait()
        return
    waiting = asyncio.create_task(stopping.wait())
    changes = asyncio.create_task(_reload_on_change(settings, children))
    await asyncio.wait({waiting, changes}, return_when=asyncio.FIRST_COMPLETED)
    changes.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await changes


# --- bin/dev ---


async def _reload_on_change(settings: Settings, children: list[Child]) -> None:
    """Build and restart what a changed file touches."""
    seen = _files()
    while True:
        await asyncio.sleep(0.4)
        now = _files()
        if now == seen:
            continue
        changed = sorted(str(path) for path in now.keys() | seen.keys() if now.get(path) != seen.get(path))
        seen = now
        log.info("changed", files=[os.path.relpath(path, CHECKOUT) for path in changed[:5]])
        if any(path.startswith(str(CHECKOUT / "frontend")) for path in changed):
            built = await asyncio.create_subprocess_exec(
                sys.executable, "-I", str(CHECKOUT / "bin" / "setup")
            )
            if await built.wait():
                continue
        if any("/migrations/" in path for path in changed):
            # Another interpreter: the code of migrations may have changed with them.
            migrated = await asyncio.create_subprocess_exec(
                sys.executable, "-P", "-m", "hubbub.cli", "migrate", "--data", str(settings.data),
                env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
            )  # fmt: skip
            if await migrated.wait():
                continue
        for child in children:
            child.ask_to_stop()
        for child in children:
            await child.gone()
            child.start()


def _files() -> dict[str, int]:
    """When each source file was written."""
    found: dict[str, int] = {}
    for name in WATCHED:
        for folder, names, files in os.walk(CHECKOUT / name):
            names[:] = [
                n for n in names if n not in ("node_modules", "__pycache__", "assets") and n[0] != "."
            ]
            for file in files:
                if not file.endswith((".pyc", "~", ".swp")):
                    path = os.path.join(folder, file)
                    with contextlib.suppress(FileNotFoundError):
                        found[path] = os.stat(path).st_mtime_ns
    return found


def check_tls(cert: Path | None, key: Path | None) -> None:
    """Refuse a certificate that could not be served, before anything starts."""
    if (cert is None) != (key is None):
        raise Trouble("--tls-cert and --tls-key belong together.")
    if cert and key:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key)
        except (OSError, ssl.SSLError) as error:
            raise Trouble(f"{cert} with {key} cannot be used: {error.strerror or error}.") from None
