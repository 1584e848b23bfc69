"""The commands as a person runs them: real processes, a real data folder, signals and failures."""

import contextlib
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from hubbub.core import config, embedded
from hubbub.core.config import CHECKOUT, Settings


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUBBUB_")}
    return {**kept, "PYTHONPATH": str(CHECKOUT)}


def command(*words: object) -> list[str]:
    return [sys.executable, "-P", "-m", "hubbub.cli", *(str(word) for word in words)]


def hubbub(*words: object) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(command(*words), capture_output=True, text=True, env=environment(), timeout=180)


def refusal(*words: object) -> str:
    """The line with which a command refuses; lines that tell of progress may stand before it."""
    done = hubbub(*words)
    assert done.returncode == 1, done
    assert done.stdout == ""
    *progress, line = done.stderr.strip().splitlines()
    assert line.startswith("hubbub: ") and all(each.endswith("…") for each in progress), done.stderr
    return line


# Below those that the machine gives to clients, which take one between its choice and its use; none is told twice.
_ports = iter(range(22000 + random.randrange(8000), 32768))


def free_port() -> int:
    """A port that nobody listens on."""
    for port in _ports:
        with socket.socket() as trial, contextlib.suppress(OSError):
            trial.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no port is free")


def wait_until(true: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def health(port: int) -> int | None:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(f"http://127.0.0.1:{port}/health", timeout=5).status_code


def processes(data: Path) -> list[str]:
    """What of a data folder still runs: its database, its keeper, and whatever was started for it."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            with contextlib.suppress(OSError):
                words = (folder / "cmdline").read_bytes().decode(errors="replace")
                if str(data) in words:
                    found.append(words.replace("\0", " ")[:120])
    return found


@contextlib.contextmanager
def server(*words: object, data: Path, port: int, seconds: float = 90) -> Iterator[subprocess.Popen[str]]:
    """A server that is ready; killed at the end if it still runs."""
    log = open(data.with_suffix(".log"), "w")
    process = subprocess.Popen(
        command(*words, "--data", data, "--port", port), stdout=log, stderr=log, text=True, env=environment()
    )
    try:
        wait_until(lambda: process.poll() is not None or health(port) == 200, seconds)
        assert process.poll() is None, data.with_suffix(".log").read_text()
        yield process
    finally:
        process.kill()
        process.wait()
        log.close()
        wait_until(lambda: not processes(data))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cli") / "data"


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def settings(data: Path) -> Settings:
    return config.load(data)


def test_a_server_owns_its_folder_and_stops_cleanly(data: Path, port: int) -> None:
    with server("up", "--empty", data=data, port=port) as process:
        answer = refusal("up", "--empty", "--data", data, "--port", free_port())
        assert answer == (
            f"hubbub: {data} is owned by another server, which is running at http://127.0.0.1:{port}. "
            "Stop it, or choose another folder with --data."
        )
        other = data.with_name("other")
        assert f"port {port} of 127.0.0.1 is taken" in refusal(
            "up", "--empty", "--data", other, "--port", port
        )

        process.terminate()
        assert process.wait(15) == 0
        assert processes(data) == []


def test_ctrl_c_stops_it_too(data: Path, port: int) -> None:
    with server("up", "--empty", data=data, port=port) as process:
        process.send_signal(signal.SIGINT)
        assert process.wait(15) in (0, 130)
        assert processes(data) == []


def test_after_kill_9_nothing_stays_and_the_next_start_recovers(
    data: Path, port: int, settings: Settings
) -> None:
    with server("up", "--empty", data=data, port=port) as process:
        with psycopg.connect(settings.owner_url, autocommit=True) as connection:
            connection.execute("create table kept as select 7 as n")
        process.kill()
        process.wait()
        wait_until(lambda: not processes(data))
    with server("up", "--empty", data=data, port=port):
        with psycopg.connect(settings.owner_url, autocommit=True) as connection:
            assert connection.execute("select n from kept").fetchall() == [(7,)]
            connection.execute("drop table kept")


def test_the_database_may_go_and_come_back(data: Path, port: int, settings: Settings) -> None:
    with server("up", "--empty", data=data, port=port):
        database = embedded._running_process(settings)
        assert database
        os.kill(database, signal.SIGKILL)
        wait_until(lambda: embedded._running_process(settings) not in (None, database))
        wait_until(lambda: health(port) == 200)


def workers(data: Path) -> list[int]:
    """The workers of a data folder: a copy of the server goes by a name of its own, one that was started again by its words."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
                named = (folder / "comm").read_text().strip() == "hubbub worker" and str(data) in words
                if named or ("worker" in words and _parents_folder(folder) == str(data)):
                    found.append(int(folder.name))
    return found


def _parents_folder(process: Path) -> str:
    parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
    words = Path("/proc", parent, "cmdline").read_bytes().decode(errors="replace").split("\0")
    return words[words.index("--data") + 1] if "--data" in words else ""


def handles(pid: int) -> set[str]:
    """The sockets and files that a process has open, but for its output."""
    folder = Path(f"/proc/{pid}/fd")
    return {os.readlink(each) for each in folder.iterdir() if int(each.name) > 2}


def test_the_worker_shares_nothing_with_the_server_and_is_started_again(data: Path, port: int) -> None:
    with server("up", "--empty", data=data, port=port) as process:
        log = data.with_suffix(".log")
        wait_until(lambda: '"event": "worker started"' in log.read_text())
        (first,) = workers(data)
        pipe, *_ = [each for each in handles(first) if each.startswith("pipe:")]
        shared = handles(first) & handles(process.pid) - {pipe}
        assert not [each for each in shared if each.startswith("socket:") or "server.lock" in each], shared

        os.kill(first, signal.SIGKILL)
        wait_until(lambda: log.read_text().count('"event": "worker started"') == 2)
        assert workers(data) != [first] and health(port) == 200
        process.terminate()
        assert process.wait(15) == 0
        assert processes(data) == []


def test_several_web_processes_share_one_address(data: Path, port: int) -> None:
    with server("serve", "--workers", 2, data=data, port=port) as process:
        assert {health(port) for _ in range(20)} == {200}
        process.terminate()
        assert process.wait(15) == 0
        assert processes(data) == []


def test_the_demo_company_and_its_credentials(tmp_path: Path, port: int) -> None:
    data = tmp_path / "data"
    with server("up", data=data, port=port):
        said = data.with_suffix(".log").read_text()
        assert f"http://127.0.0.1:{port}" in said
        shown = dict(re.findall(r"^ +(\S+@\S+) +(\S+)", said, re.M))
        assert len(shown) == 7 and set(shown) >= {"ada@tidewater.example", "gus@harbourlight.example"}

        done = hubbub("token", "ada@tidewater.example", "--data", data)
        assert re.fullmatch(r"\S+\n", done.stdout) and done.stderr == ""
        bearer = {"authorization": f"Bearer {done.stdout.strip()}"}
        base = f"http://127.0.0.1:{port}/services"
        me = httpx.get(f"{base}/oauth2/userinfo", headers=bearer)
        assert me.json()["preferred_username"] == "ada@tidewater.example"

        made = hubbub("app", "Loader", "--as", "ada@tidewater.example", "--data", data)
        app = json.loads(made.stdout)
        assert set(app) == {"client_id", "client_secret"}

        def sign_in(username: str, password: str) -> int:
            form = {"grant_type": "password", "username": username, "password": password, **app}
            return httpx.post(f"{base}/oauth2/token", data=form).status_code

        noor = "noor@tidewater.example"
        assert sign_in(noor, shown[noor]) == 200
        assert hubbub("password", noor, "another good one", "--data", data).returncode == 0
        assert sign_in(noor, shown[noor]) == 400
        assert sign_in(noor, "another good one") == 200
        assert "at least" in refusal("password", noor, "x", "--data", data)

    # The same folder again, without a server: the database is started for the command.
    assert hubbub("token", "omar@tidewater.example", "--data", data).stdout.strip()
    assert processes(data) == []


def test_unknown_people_are_refused_in_words(data: Path) -> None:
    assert hubbub("migrate", "--data", data).returncode == 0
    assert "nobody@nowhere.example" in refusal("token", "nobody@nowhere.example", "--data", data)
    assert "nobody@nowhere.example" in refusal(
        "password", "nobody@nowhere.example", "a good password", "--data", data
    )
    assert "nobody@nowhere.example" in refusal(
        "app", "Loader", "--as", "nobody@nowhere.example", "--data", data
    )
    assert processes(data) == []


def test_a_database_of_a_newer_version_is_refused(data: Path, settings: Settings) -> None:
    assert hubbub("migrate", "--data", data).returncode == 0
    with embedded.running(settings), psycopg.connect(settings.owner_url, autocommit=True) as connection:
        connection.execute("insert into migration (number, name, sha256) values (9999, '9999_later.sql', '')")
        try:
            assert "newer" in refusal("migrate", "--data", data)
            assert "newer" in refusal("up", "--empty", "--data", data, "--port", free_port())
            assert "newer" in refusal("token", "ada@tidewater.example", "--data", data)
        finally:
            connection.execute("delete from migration where number = 9999")


def test_a_command_does_not_migrate_the_database_of_an_older_version(data: Path, settings: Settings) -> None:
    assert hubbub("migrate", "--data", data).returncode == 0
    with embedded.running(settings), psycopg.connect(settings.owner_url, autocommit=True) as connection:
        newest = connection.execute(
            "delete from migration where number = (select max(number) from migration) returning number, name, sha256"
        ).fetchone()
        try:
            for words in (
                ("token", "ada@tidewater.example"),
                ("app", "Loader", "--as", "ada@tidewater.example"),
                ("password", "ada@tidewater.example", "a good password"),
                ("unseal", "--item", "0D5000000000001", "--reason", "none", "--by", "ada@tidewater.example"),
                ("worker",),  # restarted after an update, while an older server runs
            ):
                assert "not of this version yet" in refusal(*words, "--data", data)
        finally:
            connection.execute("insert into migration values (%s, %s, %s)", newest)


def test_a_folder_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "version").write_text(f"{config.FORMAT + 1}\n")
    assert "made by a newer Hubbub" in refusal("up", "--data", tmp_path, "--port", free_port())


def test_what_cannot_be_a_folder_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    assert "is not a folder" in refusal("migrate", "--data", file)


def test_a_broken_certificate_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "cert.pem"
    broken.write_text("no certificate")
    words = ("serve", "--data", tmp_path / "data", "--port", free_port(), "--tls-cert", broken)
    assert "belong together" in refusal(*words)
    assert "cannot be used" in refusal(*words, "--tls-key", broken)


def test_a_database_elsewhere_that_is_away_is_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        command("migrate", "--data", tmp_path),
        capture_output=True, text=True, timeout=60,
        env={**environment(), "HUBBUB_DATABASE_URL": f"postgresql://me:secret@127.0.0.1:{free_port()}/hubbub"},
    )  # fmt: skip
    assert done.returncode == 1
    assert "database cannot be reached" in done.stderr and "Traceback" not in done.stderr
    assert "secret" not in done.stderr


def test_log_lines_are_json(data: Path, port: int) -> None:
    with server("up", "--empty", data=data, port=port):
        httpx.get(f"http://127.0.0.1:{port}/health")
        wait_until(lambda: '"path"' in data.with_suffix(".log").read_text())
    lines = [line for line in data.with_suffix(".log").read_text().splitlines() if line.startswith("{")]
    assert any(json.loads(line).get("path") == "/health" for line in lines)
