"""Answering Prometheus, on an address of its own.

The processes of one installation count into files of one folder, $PROMETHEUS_MULTIPROC_DIR, which has to be set before
metrics.py is imported; without it they count for themselves, and nobody asks.
"""

import fcntl
import os
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from prometheus_client.core import Metric

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
PREFIX = "hubbub-metrics-"  # of the folder's name, below /tmp
ASKED_AGAIN_SECONDS = 1.0  # who asks more often gets the same numbers of the database


@contextmanager
def answering(address: str | None, database_url: str) -> Iterator[None]:
    """Answer Prometheus at HOST:PORT or PORT (then on loopback), for this process and those that it starts."""
    from hubbub.core.config import Trouble

    if not address:
        yield
        return
    host, _, port = address.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise Trouble(f"--metrics {address}: say a port, or HOST:PORT.")
    if "hubbub.core.metrics" in sys.modules:
        raise RuntimeError("what is counted has been counted elsewhere already")
    with ExitStack() as stack:
        os.environ[FOLDER] = stack.enter_context(_folder())
        stack.callback(os.environ.pop, FOLDER)
        from prometheus_client import CollectorRegistry, start_http_server
        from prometheus_client.multiprocess import MultiProcessCollector

        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        registry.register(Jobs(database_url))
        try:
            server, thread = start_http_server(int(port), host, registry)
        except (OSError, socket.gaierror) as error:
            raise Trouble(f"--metrics {address} cannot be listened on: {error.strerror}.") from None
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join(2)


@contextmanager
def _folder() -> Iterator[str]:
    """A folder that is locked while we live, so that the next start finds and removes what a killed process left."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError), _locked(left) as lock:  # another's, or one in use
            if os.fstat(lock).st_uid == os.getuid():
                shutil.rmtree(left)
    draft = Path(tempfile.mkdtemp(prefix=f".{PREFIX}"))
    with _locked(draft):
        # Only now by the name that others look for: one that is not locked yet would be taken for a leftover.
        folder = draft.rename(draft.with_name(draft.name[1:]))
        try:
            yield str(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(folder: Path) -> Iterator[int]:
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield lock
    finally:
        os.close(lock)


def ended(pid: int) -> None:
    """A process is gone: what it had open is not counted any longer."""
    if os.environ.get(FOLDER):
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(pid)  # type: ignore[no-untyped-call]


class Jobs:
    """What only the database knows: jobs that wait, run and have failed, asked when Prometheus asks."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.lock = threading.Lock()
        self.asked = 0.0
        self.found: list[tuple[str, str, int, float]] | None = None

    def describe(self) -> list["Metric"]:
        return []  # or it would be asked once before there is a database

    def collect(self) -> Iterator["Metric"]:
        from prometheus_client.core import GaugeMetricFamily

        with self.lock:
            if time.monotonic() - self.asked > ASKED_AGAIN_SECONDS:
                self.found = self._ask()
                self.asked = time.monotonic()
            found = self.found
        yield GaugeMetricFamily(
            "hubbub_database_up", "Whether the database answers.", value=0 if found is None else 1
        )
        if found is None:
            return
        count = GaugeMetricFamily(
            "hubbub_jobs",
            "Jobs: waiting (due), later (due at a later time), running, failed (given up after all attempts).",
            labels=["job", "state"],
        )
        oldest = GaugeMetricFamily(
            "hubbub_jobs_oldest_seconds", "For how long the oldest job that is due has waited."
        )
        for job, state, jobs, _ in found:
            count.add_metric([job, state], jobs)
        oldest.add_metric([], max((age for *_, age in found), default=0.0))
        yield count
        yield oldest

    def _ask(self) -> list[tuple[str, str, int, float]] | None:
        try:
            with psycopg.connect(
                self.url, autocommit=True, connect_timeout=3, options="-c statement_timeout=5s"
            ) as connection:
                return connection.execute(_JOBS).fetchall()
        except psycopg.Error:
            return None


_JOBS = """
select j.task_name, s.state, count(*),
       coalesce(max(extract(epoch from now() - coalesce(j.scheduled_at, e.at))) filter (where s.state = 'waiting'), 0)::float8
from jobs.procrastinate_jobs j
left join lateral (
  select min(at) as at from jobs.procrastinate_events e where e.job_id = j.id and e.type = 'deferred') e on true
cross join lateral (
  select case when j.status = 'doing' then 'running' when j.status = 'failed' then 'failed'
              when j.scheduled_at > now() then 'later' else 'waiting' end as state) s
where j.status in ('todo', 'doing', 'failed')
group by 1, 2
"""
