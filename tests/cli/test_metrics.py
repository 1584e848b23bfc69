"""What Prometheus is told: true numbers, by route and kind of job, and nobody's name or id."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import psycopg
from prometheus_client.parser import text_string_to_metric_families
from websockets.sync.client import connect
from websockets.typing import Origin

from hubbub.core import embedded
from tests.cli.company import Company
from tests.cli.test_commands import environment, free_port, refusal, wait_until

LABELS = {"method", "route", "status", "job", "state", "outcome", "part", "le"}


def told(company: Company) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    found = {}
    for family in text_string_to_metric_families(httpx.get(company.metrics, timeout=20).text):
        for sample in family.samples:
            found[sample.name, tuple(sorted(sample.labels.items()))] = sample.value
    return found


def test_prometheus_is_told_what_happens(company: Company) -> None:
    route = "/services/data/{version}/chatter/feed-elements"
    posted = "hubbub_http_requests_total", (("method", "POST"), ("route", route), ("status", "201"))
    recorded = "hubbub_events_recorded_total", ()
    lag = "hubbub_relay_lag_seconds_count", ()
    before = told(company)
    with closing(company.signed_in()) as browser:
        cookie = {"cookie": f"hubbub_session={browser.cookies['hubbub_session']}"}
    for number in range(3):
        company.post(f"counted {number}")
    assert httpx.get(f"{company.url}/no/such/006000000000001").status_code == 404
    wait_until(lambda: told(company).get(lag, 0) >= before.get(lag, 0) + 3)
    after = told(company)
    assert after[posted] == before.get(posted, 0) + 3
    assert after[recorded] >= before[recorded] + 4  # and that somebody signed in
    assert after["hubbub_http_request_seconds_count", (("route", route),)] >= 3
    assert (
        after["hubbub_http_requests_total", (("method", "GET"), ("route", "(none)"), ("status", "404"))] >= 1
    )
    assert after["hubbub_database_up", ()] == 1
    assert 1 <= after["hubbub_pool_size", ()] <= 20  # of the web process and of the worker
    assert time.time() - after["hubbub_alive_timestamp_seconds", (("part", "relay"),)] < 10
    wait_until(lambda: ("hubbub_alive_timestamp_seconds", (("part", "worker"),)) in told(company))

    sockets = "hubbub_sockets_open", ()
    address = company.url.replace("http:", "ws:") + "/live"
    with connect(address, origin=Origin(company.url), additional_headers=cookie):
        wait_until(lambda: told(company)[sockets] == after[sockets] + 1)
    wait_until(lambda: told(company)[sockets] == after[sockets])


def test_jobs_that_wait_and_fail_are_counted(company: Company) -> None:
    with (
        embedded.running(company.settings),
        psycopg.connect(company.settings.owner_url, autocommit=True) as owner,
    ):
        owner.execute("set search_path = public, jobs")  # its triggers name no schema
        owner.execute(
            """with job as (
                 insert into jobs.procrastinate_jobs (queue_name, task_name, status)
                 values ('nobody asks for this queue', 'feed.publish', 'failed') returning id)
               insert into jobs.procrastinate_events (job_id, type, at)
               select id, 'deferred', now() - interval '2 hours' from job"""
        )
        owner.execute(
            """insert into jobs.procrastinate_jobs (queue_name, task_name, status, scheduled_at)
               values ('default', 'feed.publish', 'todo', now() + interval '1 day')"""
        )
        wait_until(lambda: ("hubbub_jobs", (("job", "feed.publish"), ("state", "failed"))) in told(company))
        found = told(company)
        assert found["hubbub_jobs", (("job", "feed.publish"), ("state", "failed"))] == 1
        assert found["hubbub_jobs", (("job", "feed.publish"), ("state", "later"))] == 1
        assert found["hubbub_jobs_oldest_seconds", ()] < 3600, "what has failed waits no longer"
        owner.execute(
            "delete from jobs.procrastinate_jobs where queue_name like 'nobody%' or scheduled_at > now()"
        )


def test_no_label_names_anybody(company: Company) -> None:
    text = httpx.get(company.metrics, timeout=20).text
    labels = set(re.findall(r'[{,](\w+)="', text))
    assert labels and labels <= LABELS, labels - LABELS
    values = set(re.findall(r'="([^"]*)"', text))
    ids = [value for value in values if re.search(r"[0-9a-zA-Z]{15}|[0-9]{6}|@|ada|omar", value)]
    assert [value for value in ids if "{" not in value and not value.startswith("/")] == []
    assert not any(re.search(r"/[0-9a-zA-Z]{15,18}(/|$)", value) for value in values)


def test_only_this_machine_is_answered_and_a_taken_port_is_refused(company: Company, tmp_path: Path) -> None:
    port = int(company.metrics.split(":")[2].split("/")[0])
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        address, state = line.split()[1], line.split()[3]
        if state == "0A" and int(address.split(":")[1], 16) == port:
            assert address.startswith("0100007F:")
            break
    else:
        raise AssertionError("nobody listens")
    words = ("up", "--empty", "--data", tmp_path / "other", "--port", free_port(), "--metrics")
    assert "cannot be listened on" in refusal(*words, port)
    assert "HOST:PORT" in refusal(*words, "localhost")


@contextmanager
def counting(temporary: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that answers Prometheus and does nothing else."""
    code = (
        "import sys, time\nfrom hubbub.core import metering\n"
        "with metering.answering(sys.argv[1], ''): print('ready', flush=True); time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-P", "-c", code, str(free_port())],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**environment(), "TMPDIR": str(temporary)},
    ) as process:  # fmt: skip
        try:
            assert process.stdout and process.stdout.readline() == b"ready\n"
            yield process
        finally:
            process.kill()


def test_what_a_killed_process_counted_is_removed_by_the_next(tmp_path: Path) -> None:
    with counting(tmp_path):
        with counting(tmp_path):
            both = set(tmp_path.iterdir())
            assert len(both) == 2
        with counting(tmp_path) as third:
            now = set(tmp_path.iterdir())
            assert (len(now), len(now & both)) == (2, 1), "that of who lives, and its own"
            third.send_signal(signal.SIGINT)
            third.wait()
            assert set(tmp_path.iterdir()) == now & both, "who ends by himself leaves nothing"
