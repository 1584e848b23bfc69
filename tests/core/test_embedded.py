"""The embedded database is there while somebody uses it, and at no other time."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from hubbub.core import config, embedded
from hubbub.core.config import CHECKOUT, Settings, Trouble

USER = """
import sys
from hubbub.core import config, embedded
with embedded.running(config.load(sys.argv[1])):
    print("joined", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.delenv("HUBBUB_DATABASE_URL", raising=False)
    return config.load(tmp_path / "data")


@contextmanager
def using(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    """Another process that uses the database until a line is sent to it."""
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    process = subprocess.Popen(
        [sys.executable, "-c", USER, str(settings.data)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    assert process.stdout and process.stdout.readline() == "joined\n"
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def server_of(settings: Settings) -> int | None:
    return embedded._running_process(settings)


def wait_until(true: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def run(settings: Settings, sql: str) -> list[tuple[object, ...]]:
    with psycopg.connect(settings.owner_url, autocommit=True) as connection:
        cursor = connection.execute(sql)  # type: ignore[call-overload]
        return cursor.fetchall() if cursor.description else []


def test_starts_and_stops_with_its_user(settings: Settings) -> None:
    with embedded.running(settings):
        assert run(settings, "select current_user::text, current_setting('listen_addresses')") == [
            ("hubbub", "")
        ]
        assert run(
            settings,
            "select datlocprovider::text, datlocale from pg_database where datname = current_database()",
        ) == [("b", "C.UTF-8")]
        assert server_of(settings)
    assert not server_of(settings)
    assert (settings.data / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert settings.database_folder.stat().st_mode & 0o777 == 0o700


def test_nobody_comes_in_without_the_password(settings: Settings) -> None:
    with embedded.running(settings):
        assert settings.socket_folder.stat().st_mode & 0o777 == 0o700
        wrong = settings.owner_url.replace(settings.secrets.database_password("hubbub"), "guessed")
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(wrong)


def test_kill_9_of_its_user_leaves_no_server_and_loses_nothing(settings: Settings) -> None:
    with using(settings) as user:
        run(settings, "create table kept (n int)")
        run(settings, "insert into kept values (7)")
        user.kill()
        wait_until(lambda: not server_of(settings))
    with embedded.running(settings):
        assert run(settings, "select n from kept") == [(7,)]


def test_kill_9_of_the_keeper_leaves_no_server(settings: Settings) -> None:
    with using(settings):
        server = server_of(settings)
        assert server
        os.kill(keeper_of(server), signal.SIGKILL)
        wait_until(lambda: not server_of(settings))


def test_kill_9_of_the_server_is_recovered(settings: Settings) -> None:
    with using(settings):
        run(settings, "create table kept (n int)")
        run(settings, "insert into kept values (7)")
        first = server_of(settings)
        assert first
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: not server_of(settings))
        with embedded.running(settings):  # whoever comes next starts it again, beside a user who lost it
            assert run(settings, "select n from kept") == [(7,)]
            assert server_of(settings) != first


def keeper_of(server: int) -> int:
    return int(Path(f"/proc/{server}/stat").read_text().split()[3])


@contextmanager
def while_waiting(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> Iterator[list[str]]:
    """Have something happen when somebody has waited a while for what is left of the server: long enough for one that was
    started beside it to fail."""
    pause, waited = time.sleep, []

    def sleep(seconds: float) -> None:
        waited.append("waited")
        if len(waited) == 30:
            happens()
        pause(seconds)

    with monkeypatch.context() as patch:
        patch.setattr(embedded.time, "sleep", sleep)
        yield waited


def test_a_killed_server_whose_end_was_not_heard_yet_is_waited_for(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with using(settings):
        run(settings, "create table kept (n int)")
        first = server_of(settings)
        assert first
        keeper = keeper_of(first)
        os.kill(keeper, signal.SIGSTOP)  # it hears nothing: to PostgreSQL the killed one seems to run
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: not server_of(settings))
        with while_waiting(monkeypatch, lambda: os.kill(keeper, signal.SIGCONT)) as waited:
            with embedded.running(settings):
                assert run(settings, "select count(*) from kept") == [(0,)]
                assert len(waited) >= 30 and server_of(settings) != first


def test_what_a_killed_server_left_at_work_is_waited_for(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with using(settings):
        first = server_of(settings)
        assert first
        with psycopg.connect(settings.owner_url, autocommit=True) as connection:
            ours = connection.info.backend_pid
            os.kill(ours, signal.SIGSTOP)
            os.kill(first, signal.SIGKILL)
            wait_until(lambda: not server_of(settings))
            with while_waiting(monkeypatch, lambda: os.kill(ours, signal.SIGCONT)) as waited:
                with embedded.running(settings):
                    assert len(waited) >= 30 and server_of(settings) != first


def test_a_server_that_does_not_answer_yet_gets_no_second_one_beside_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with using(settings):
        first, answers = server_of(settings), embedded._answers
        recovering = [False] * 30
        monkeypatch.setattr(embedded, "_answers", lambda of: recovering.pop() if recovering else answers(of))
        with embedded.running(settings):  # as while it gets over a process of its own that was killed
            assert server_of(settings) == first
            assert not recovering


def test_the_one_who_started_it_may_leave_first(settings: Settings) -> None:
    with using(settings) as first:
        server = server_of(settings)
        with using(settings) as second:
            first.communicate("\n")
            assert server_of(settings) == server
            assert run(settings, "select 1") == [(1,)]
            second.communicate("\n")
            assert not server_of(settings)


def test_many_starting_together_share_one(settings: Settings) -> None:
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    users = [
        subprocess.Popen(
            [sys.executable, "-c", USER, str(settings.data)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
        )
        for _ in range(4)
    ]  # fmt: skip
    assert [user.stdout.readline() for user in users if user.stdout] == ["joined\n"] * 4
    for user in users:
        user.communicate("\n")
        assert user.returncode == 0
    wait_until(lambda: not server_of(settings))


def test_a_pid_that_now_belongs_to_another_process_does_not_stop_the_start(settings: Settings) -> None:
    with embedded.running(settings):
        pass
    lines = f"{os.getpid()}\n{settings.database_folder}\n1700000000\n5432\n/nowhere\n\n  1234 5678\nready\n"
    (settings.database_folder / "postmaster.pid").write_text(lines)
    (settings.socket_folder / ".s.PGSQL.5432.lock").write_text(lines)
    with embedded.running(settings):
        assert run(settings, "select 1") == [(1,)]


def test_half_made_database_is_made_anew(settings: Settings) -> None:
    (settings.data / "database.new" / "base").mkdir(parents=True)
    with embedded.running(settings):
        assert run(settings, "select 1") == [(1,)]


def test_a_long_path_has_its_socket_elsewhere(tmp_path: Path) -> None:
    settings = config.load(tmp_path / ("long" * 20))
    assert not settings.socket_folder.is_relative_to(settings.data)
    with embedded.running(settings):
        assert run(settings, "select 1") == [(1,)]
        assert settings.socket_folder.stat().st_mode & 0o777 == 0o700
    assert not settings.socket_folder.exists()


@pytest.mark.parametrize("name", ["two words", "Größe", "a,b", "it's"])
def test_odd_names_of_folders(tmp_path: Path, name: str) -> None:
    settings = config.load(tmp_path / name)
    with embedded.running(settings, durable=False):
        assert run(settings, "select 1") == [(1,)]


def test_newer_folders_are_refused(settings: Settings) -> None:
    settings.database_folder.mkdir()
    (settings.database_folder / "PG_VERSION").write_text("19\n")
    with pytest.raises(Trouble, match="made by a newer Hubbub"), embedded.running(settings):
        pass
    (settings.data / "version").write_text(f"{config.FORMAT + 1}\n")
    with pytest.raises(Trouble, match="made by a newer Hubbub"):
        config.load(settings.data)


def test_one_server_owns_a_folder(settings: Settings) -> None:
    with embedded.owning(settings):
        with pytest.raises(
            Trouble, match=r"owned by another server, which is running at http://127\.0\.0\.1:8000"
        ):
            with embedded.owning(settings):
                pass
    with embedded.owning(settings):
        pass


def test_secrets_outlive_a_restart_and_differ_between_folders(settings: Settings, tmp_path: Path) -> None:
    assert config.load(settings.data).secrets == settings.secrets
    other = config.load(tmp_path / "other").secrets
    assert other.demo_password("ada@tidewater.example") != settings.secrets.demo_password(
        "ada@tidewater.example"
    )
    assert other.database_password("hubbub") != settings.secrets.database_password("hubbub")


def test_settings_travel_to_another_process(settings: Settings) -> None:
    assert config.from_json(config.to_json(settings)) == settings
