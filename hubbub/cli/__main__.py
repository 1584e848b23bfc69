"""The commands. What each does lives in the rooms; here words are read, and failures become one clear line."""

import json
import os
import signal
import socket
import sys
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer

from hubbub.core import config, embedded, metering
from hubbub.core.config import Settings, Trouble

app = typer.Typer(
    name="hubbub",
    help="Hubbub: a self-hosted enterprise social network that lives inside a CRM data platform.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    no_args_is_help=True,
)

Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="DIR",
        readable=False,
        help="Database, files and secrets; $HUBBUB_DATA, else var in the checkout.",
    ),
]
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="Listen there.")]
Empty = Annotated[bool, typer.Option("--empty", help="Without the demo company.")]
Username = Annotated[str, typer.Argument(metavar="USERNAME", help="As in ada@tidewater.example.")]
As = Annotated[str, typer.Option("--as", metavar="USERNAME", help="On whose behalf.")]
Metrics = Annotated[
    str | None,
    typer.Option(
        "--metrics",
        metavar="[HOST:]PORT",
        envvar="HUBBUB_METRICS",
        help="Answer Prometheus there; without HOST on this machine only.",
    ),
]
Told = Annotated[bool, typer.Option("--told", hidden=True)]


# --- servers ---


@app.command()
def up(port: Port = 8000, data: Data = None, empty: Empty = False, metrics: Metrics = None) -> None:
    """Start Hubbub with its demo company on this machine's own address."""
    _up(config.load(data, port=port, demo=not empty, one_click=True, keep_mail=True), metrics)


@app.command()
def dev(port: Port = 8000, data: Data = None, empty: Empty = False, metrics: Metrics = None) -> None:
    """Like up, but restart when code changes, and show on each page how it was made."""
    _up(config.load(data, port=port, demo=not empty, one_click=True, keep_mail=True, dev=True), metrics)


@app.command()
def serve(
    port: Port = 8000,
    data: Data = None,
    host: Annotated[str, typer.Option("--host", help="0.0.0.0 or :: answers every machine.")] = "127.0.0.1",
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="Web processes.")] = 1,
    tls_cert: Annotated[
        Path | None, typer.Option("--tls-cert", metavar="FILE", help="Certificate (PEM).")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option("--tls-key", metavar="FILE", help="Its key (PEM).")] = None,
    public_url: Annotated[
        str | None, typer.Option("--public-url", help="The address behind a proxy.")
    ] = None,
    metrics: Metrics = None,
) -> None:
    """Start the web server alone: run at least one worker beside it."""
    from hubbub.cli import serving

    serving.check_tls(tls_cert, tls_key)
    settings = config.load(
        data, host=host, port=port, workers=workers, tls_cert=tls_cert, tls_key=tls_key, public_url=public_url
    )
    _prepare("web")

    def ready() -> None:
        print(f"Hubbub answers at {settings.url}", flush=True)

    with (
        serving.listen(settings) as listening,
        metering.answering(metrics, settings.app_url),
        serving.ground(settings, _say) as server,
    ):
        serving.run(serving.serve(settings, listening, server, worker=None, ready=ready))


@app.command()
def worker(data: Data = None, metrics: Metrics = None, told: Told = False) -> None:
    """Do the jobs that requests leave behind, as a process of its own beside a server of this version."""
    from hubbub.cli import serving
    from hubbub.core import migrate as migrations

    settings = config.from_json(sys.stdin.read()) if told else config.load(data)
    _prepare("worker")
    with (
        metering.answering(None if told else metrics, settings.app_url),
        embedded.running(settings) as server,
    ):
        if not told:
            migrations.check(settings.owner_url)
        serving.run(serving.work(settings, server))


@app.command(hidden=True)
def web(fd: Annotated[int, typer.Option("--fd")]) -> None:
    """One of several web processes: answers on a socket that is listened on already."""
    from hubbub.cli import serving

    settings = config.from_json(sys.stdin.read())
    _prepare("web")
    with embedded.running(settings), socket.socket(fileno=fd) as listening:
        serving.run(serving.web(settings, listening, ready=lambda: None))


@app.command("demo", hidden=True)
def demo_() -> None:
    """Build the demo company, for a server that is starting."""
    from hubbub.cli import demo

    settings = config.from_json(sys.stdin.read())
    with embedded.running(settings):
        demo.build(settings, _say)


def _up(settings: Settings, metrics: str | None) -> None:
    with metering.answering(metrics, settings.app_url):
        # Not before: what is counted goes where this has said.
        from hubbub.cli import demo, serving

        _prepare("web")
        with serving.listen(settings) as listening:
            with serving.ground(settings, _say) as server:
                if settings.demo:
                    demo.ensure(settings)

                def ready() -> None:
                    print(demo.greeting(settings), flush=True)

                worker = serving.worker_beside(settings)
                try:
                    serving.run(serving.serve(settings, listening, server, worker=worker, ready=ready))
                finally:
                    _say("Stopping …")
    _say("Hubbub has stopped.")


# --- administration ---


@app.command()
def migrate(data: Data = None) -> None:
    """Bring the database to this version."""
    from hubbub.cli import serving

    settings = config.load(data)
    with embedded.running(settings):
        applied = serving.migrate(settings)
    for name in applied:
        print(name)
    _say(f"{len(applied)} applied." if applied else "Nothing to do: the database is of this version.")


@app.command("import")
def import_(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder of CSV files.")],
    map: Annotated[Path, typer.Option("--map", metavar="FILE", help="Which file and column is what (TOML).")],
    username: As,
    feed: Annotated[bool, typer.Option("--feed", help="Show what is loaded in feeds.")] = False,
    data: Data = None,
) -> None:
    """Load CSV files; again with the same files changes only what is different."""
    from hubbub.cli import acts

    if not folder.is_dir():
        raise Trouble(f"{folder} is not a folder.")
    if not map.is_file():
        raise Trouble(f"{map} is not a file.")
    _act(data, lambda settings: acts.load(settings, folder, map, username, feed=feed))


@app.command()
def token(username: Username, data: Data = None) -> None:
    """Print an access token for the API, and nothing else."""
    from hubbub.cli import acts

    print(_act(data, lambda settings: acts.token(settings, username)))


@app.command("app")
def app_(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What administrators will see.")],
    username: As,
    data: Data = None,
) -> None:
    """Make a connected app that acts for a person, and print its credentials as JSON."""
    from hubbub.cli import acts

    client_id, client_secret = _act(data, lambda settings: acts.app(settings, name, username))
    print(json.dumps({"client_id": client_id, "client_secret": client_secret}))


@app.command()
def password(
    username: Username,
    new: Annotated[str, typer.Argument(metavar="NEW", help="The new password.")],
    data: Data = None,
) -> None:
    """Give somebody a new password; where he is signed in ends."""
    from hubbub.cli import acts

    _act(data, lambda settings: acts.password(settings, username, new))
    _say(f"The password of {username} is changed.")


@app.command()
def unseal(
    item: Annotated[
        str, typer.Option("--item", metavar="ID", help="The question, by the id in its address.")
    ],
    reason: Annotated[str, typer.Option("--reason", help="The legal reason; it stays in the log.")],
    by: Annotated[
        str, typer.Option("--by", metavar="USERNAME", help="Who answers for it; it stays in the log.")
    ],
    data: Data = None,
) -> None:
    """Tell who asked in a record's name. It is logged, and moderators see in the thread that it was looked up."""
    from hubbub.cli import acts

    asker = _act(data, lambda settings: acts.unseal(settings, item, reason, by))
    _say(f"{asker.name} asked {item}. That you looked is in the log and in the thread.")


@app.command("backup")
def backup_(
    place: Annotated[
        Path,
        typer.Argument(
            metavar="PLACE",
            help="A new folder, or one that is there: then the backup is made in it, named by the time.",
        ),
    ],
    verify: Annotated[
        bool,
        typer.Option(
            "--verify", help="Make none: read the backup at PLACE and compare it with what was written."
        ),
    ] = False,
    data: Data = None,
) -> None:
    """Back up database, files and secrets while people work; prints where the backup is."""
    from hubbub.cli import backup

    if verify:
        found = backup.verify(place, _say)
        _say(f"{place} is complete: of {found.made_at}, {sum(found.tables.values()):,} rows.")
        return
    folder = config.data_folder(data)
    if not (folder / "secrets.json").exists() and not (folder / config.RESTORING).exists():
        raise Trouble(f"{folder} is not a data folder of Hubbub: there is nothing to back up.")
    settings = config.load(data)
    _unwind_on_stop()
    print(backup.make(settings, place, _say))


@app.command("restore")
def restore_(
    source: Annotated[Path, typer.Argument(metavar="BACKUP", help="A folder that `backup` has made.")],
    data: Data = None,
) -> None:
    """Restore a backup into an empty data folder; everybody has to sign in again."""
    from hubbub.cli import restore

    _unwind_on_stop()
    done = restore.into(data, source, _say)
    for name in done.applied:
        _say(f"Brought to this version: {name}")
    _say(f"Restored to {config.data_folder(data)} as of {done.manifest.made_at}.")
    _say(
        f"All sessions and access tokens were ended (people who had one: {done.signed_out:,}): everybody signs in again."
    )


# --- how commands run ---


def _act(data: Path | None, act: Any) -> Any:
    """Run an act on the running database, or on one that is started for it."""
    from hubbub.cli import processes
    from hubbub.core import migrate as migrations

    settings = config.load(data)
    with embedded.running(settings):
        migrations.check(settings.owner_url)
        return processes.run(act(settings))


def _prepare(service: str) -> None:
    """Logs, and a SIGTERM that unwinds what was started as Ctrl-C does."""
    from hubbub.cli import logs

    logs.configure(service=service)
    _unwind_on_stop()


def _unwind_on_stop() -> None:
    def stop(number: int, frame: FrameType | None) -> NoReturn:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)


def _say(text: str) -> None:
    """Something for the person at the terminal: never on standard output, which belongs to what was asked for."""
    print(text, file=sys.stderr, flush=True)


def _refused(failure: BaseException) -> str | None:
    """The one line that tells what went wrong, or None where it is our own fault."""
    if isinstance(failure, Trouble):
        return str(failure)
    import psycopg

    from hubbub.core.errors import Refused

    if isinstance(failure, Refused):
        return failure.message
    if isinstance(failure, psycopg.OperationalError):
        return f"the database cannot be reached: {str(failure).strip().splitlines()[-1]}"
    if isinstance(failure, PermissionError):
        return f"{failure.filename} cannot be read or written by this user."
    if isinstance(failure, OSError):
        return f"{failure.filename or ''}: {failure.strerror}".strip(": ")
    return None


def main() -> None:
    """Run one command; whatever goes wrong is one line and a status that is not 0."""
    try:
        app(prog_name="hubbub")
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except Exception as failure:
        if os.environ.get("HUBBUB_TRACE"):
            raise
        line = _refused(failure)
        if line is None:
            line = f"unexpected {type(failure).__name__}: {failure}. HUBBUB_TRACE=1 shows where."
        _say(f"hubbub: {line}")
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
