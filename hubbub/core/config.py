"""What one running Hubbub was told: its data folder, address, database and secrets."""

import base64
import fcntl
import hashlib
import hmac
import os
import re
import secrets as random
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit

import msgspec

FORMAT = 1  # of the data folder; raised when an older Hubbub could no longer read it
OWNER = "hubbub"  # the role that owns an embedded database
APP = "hubbub_app"  # the role that row-level security binds
DATABASE = "hubbub"
CHECKOUT = Path(__file__).resolve().parent.parent.parent
RESTORING = "restoring"  # the file that marks a data folder while a backup is restored into it
_SENDER = re.compile(r"(?:[^<>@\x00-\x1f]* <[^@\s<>]+@[^@\s<>]+>)|(?:[^@\s<>]+@[^@\s<>]+)")
LONGEST_SOCKET = 90  # a socket's path may have 107 bytes, and PostgreSQL adds the name of its file


class Trouble(Exception):
    """Something that the person who started a command can mend; its text is all that he needs to read."""


class Secrets(msgspec.Struct, frozen=True):
    """What must not be guessed and must outlive a restart; kept in secrets.json, readable by its owner alone."""

    signing: str  # signs cookies and form tokens
    database: str  # passwords of the database's roles are made from it
    demo: str  # passwords of the demo company's people are made from it
    id_tokens: str = (
        ""  # the RSA key that signs ID tokens, as PEM; a folder of before has none until it is read
    )

    def __repr__(self) -> str:
        return "Secrets(…)"  # they may not reach a log by way of whoever holds them

    def database_password(self, role: str) -> str:
        return _derive(self.database, role).hex()

    @property
    def sealing(self) -> str:
        """The key of hashes by which people are known to themselves and to nobody else."""
        return _derive(self.signing, "sealing").hex()

    def demo_password(self, username: str) -> str:
        """A password that a person can type: 60 bits, different in every data folder."""
        letters = base64.b32encode(_derive(self.demo, username)).decode().lower()[:12]
        return "-".join((letters[:4], letters[4:8], letters[8:]))


class Smtp(msgspec.Struct, frozen=True):
    """A mail server: how to reach it, and who we are to it."""

    host: str
    port: int
    username: str | None = None
    password: str | None = None
    security: str = "starttls"  # or 'tls' from the first byte, or 'none'
    ca: Path | None = None  # certificates to trust instead of the system's

    def __repr__(self) -> str:
        return f"Smtp({self.host}:{self.port}, {self.security})"  # the password may not reach a log


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How this process was started."""

    data: Path
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    dev: bool = False
    demo: bool = False  # the demo company belongs here: /health waits for it
    one_click: bool = False  # demo accounts sign in without a password; only ever true on loopback
    public_url: str | None = None  # the address that people type, where it differs from ours
    tls_cert: Path | None = None
    tls_key: Path | None = None
    database_url: str | None = None  # the owner's, of a PostgreSQL that is not ours
    smtp: Smtp | None = None  # the server that takes our mail
    mail_from: str = "Hubbub <hubbub@localhost>"
    keep_mail: bool = False  # without a mail server: show mail to administrators; only ever true on loopback
    open_domains: tuple[str, ...] = ()  # public mail providers whose domains may found a company all the same
    secrets: Secrets

    @property
    def files(self) -> Path:
        """Where bytes lie that are too large for rows."""
        return self.data / "files"

    @property
    def mails(self) -> bool:
        """Whether mail reaches anybody."""
        return self.smtp is not None or self.keep_mail

    @property
    def url(self) -> str:
        """Where people reach this server."""
        if self.public_url:
            return self.public_url.rstrip("/")
        scheme = "https" if self.tls_cert else "http"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}:{self.port}"

    @property
    def is_https(self) -> bool:
        return self.url.startswith("https://")

    @property
    def owner_url(self) -> str:
        """The database as its owner: for migrations and for founding."""
        return self.database_url or self.role_url(OWNER)

    @property
    def app_url(self) -> str:
        """The database as the server and the worker use it."""
        return self.role_url(APP)

    def role_url(self, role: str) -> str:
        """The database as one of the roles that `migrate` makes."""
        password = self.secrets.database_password(role)
        if self.database_url:
            parts = urlsplit(self.database_url)
            place = parts.netloc.rpartition("@")[2]
            return urlunsplit(parts._replace(netloc=f"{role}:{password}@{place}"))
        return f"postgresql://{role}:{password}@/{DATABASE}?host={quote(str(self.socket_folder), safe='')}"

    @property
    def database_folder(self) -> Path:
        return self.data / "database"

    @property
    def socket_folder(self) -> Path:
        """Where the embedded database listens: in the data folder, unless PostgreSQL could not take such a path."""
        inside = self.data / "run"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET and not set(str(inside)) & set(",\"'\\"):
            return inside
        name = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        return Path("/tmp") / f"hubbub-{os.getuid()}-{name}"


def data_folder(data: Path | str | None = None) -> Path:
    """The data folder: the one given, $HUBBUB_DATA, or var in the checkout."""
    return Path(os.path.abspath(data or os.environ.get("HUBBUB_DATA") or CHECKOUT / "var"))


def load(data: Path | str | None = None, *, restoring: bool = False, **told: object) -> Settings:
    """Settings for a data folder, which is made at first use. One that a restore has not finished is refused."""
    folder = data_folder(data)
    if not restoring and (folder / RESTORING).exists():
        raise Trouble(
            f"A restore into {folder} is under way or was broken off, so the folder is not complete. "
            "If nothing restores into it any longer, delete it and restore again."
        )
    try:
        _make(folder)
        _check_format(folder)
        secrets = _secrets(folder / "secrets.json")
    except PermissionError as denied:
        raise Trouble(
            f"{denied.filename} cannot be read or written by this user. "
            "Use the account that made the data folder, or choose another folder with --data."
        ) from None
    except (NotADirectoryError, FileExistsError):
        raise Trouble(f"{folder} is not a folder. Choose another with --data.") from None
    url = os.environ.get("HUBBUB_DATABASE_URL") or None
    if url and not url.startswith(("postgresql://", "postgres://")):
        raise Trouble("HUBBUB_DATABASE_URL has to look like postgresql://owner:password@host/database.")
    smtp, sender = _mail()
    told.setdefault("smtp", smtp)
    told["keep_mail"] = bool(told.get("keep_mail")) and smtp is None
    told["public_url"] = told.get("public_url") or os.environ.get("HUBBUB_PUBLIC_URL") or None
    open_domains = tuple(os.environ.get("HUBBUB_OPEN_DOMAINS", "").replace(",", " ").lower().split())
    return Settings(
        data=folder,
        database_url=url,
        secrets=secrets,
        mail_from=sender,
        open_domains=open_domains,
        **told,  # type: ignore[arg-type]
    )


def _mail() -> tuple[Smtp | None, str]:
    """The mail server of $HUBBUB_SMTP_URL, and the sender of $HUBBUB_MAIL_FROM."""
    sender = os.environ.get("HUBBUB_MAIL_FROM", "").strip()
    text = os.environ.get("HUBBUB_SMTP_URL", "").strip()
    if not text:
        return None, sender or "Hubbub <hubbub@localhost>"
    if not _SENDER.fullmatch(sender):
        raise Trouble("HUBBUB_MAIL_FROM has to look like Hubbub <hubbub@company.example>.")
    parts = urlsplit(text)
    asked = dict(parse_qsl(parts.query))
    security = asked.pop("security", "tls" if parts.scheme == "smtps" else "starttls")
    ca = asked.pop("ca", None)
    try:
        port = parts.port or (465 if security == "tls" else 587)
    except ValueError:
        port = 0
    if (
        parts.scheme not in ("smtp", "smtps")
        or not parts.hostname
        or not port
        or asked
        or security not in ("tls", "starttls", "none")
        or (parts.scheme == "smtps" and security != "tls")
    ):
        raise Trouble(
            "HUBBUB_SMTP_URL has to look like smtp://user:password@host:587, or smtps://…, "
            "with ?security=starttls, tls or none and &ca=FILE where that is needed."
        )
    if ca and not Path(ca).is_file():
        raise Trouble(f"HUBBUB_SMTP_URL: {ca} is not a file.")
    username, password = (unquote(each) if each else None for each in (parts.username, parts.password))
    if password and security == "none" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise Trouble("HUBBUB_SMTP_URL would send its password unprotected; use security=starttls or tls.")
    return Smtp(parts.hostname, port, username, password, security, Path(ca) if ca else None), sender


def to_json(settings: Settings) -> str:
    """Settings as text, to hand to a process that we start."""
    return msgspec.json.encode(settings, enc_hook=str).decode()


def from_json(text: str) -> Settings:
    """Settings as another process was given them."""
    return msgspec.json.decode(text, type=Settings, dec_hook=lambda kind, value: kind(value))


def _make(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True)
    (folder / "files").mkdir(mode=0o700, exist_ok=True)


def _check_format(folder: Path) -> None:
    """Refuse a folder that a newer Hubbub has written."""
    path = folder / "version"
    try:
        found = int(path.read_text())
    except FileNotFoundError:
        path.write_text(f"{FORMAT}\n")
        return
    except ValueError:
        raise Trouble(f"{path} does not hold a version; is {folder} a data folder of Hubbub?") from None
    if found > FORMAT:
        raise Trouble(
            f"{folder} was made by a newer Hubbub (data format {found}; this one knows {FORMAT}). "
            "Update the checkout, or choose another folder with --data."
        )


def _secrets(path: Path) -> Secrets:
    if not path.exists():
        made = Secrets(*(random.token_hex(32) for _ in range(3)), id_tokens=_new_key())
        draft = _draft(path, made)
        try:
            os.link(draft, path)  # whoever is first wins, and nobody ever reads half a file
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    secrets = _read_secrets(path)
    return secrets if secrets.id_tokens else _with_key(path)


def _with_key(path: Path) -> Secrets:
    """The secrets of a folder of before ID tokens, with a key for them: one at a time, so that all have the same."""
    with open(path.with_name(".secrets-lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        secrets = _read_secrets(path)
        if not secrets.id_tokens:
            secrets = msgspec.structs.replace(secrets, id_tokens=_new_key())
            os.replace(_draft(path, secrets), path)
    return secrets


def _draft(path: Path, secrets: Secrets) -> Path:
    draft = path.with_name(f".secrets-{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(secrets)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return draft


def _new_key() -> str:
    # Imported here: only the first start of all needs it.
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _read_secrets(path: Path) -> Secrets:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Secrets)
    except msgspec.DecodeError as error:
        raise Trouble(
            f"{path} is damaged ({error}). Put back the one that belongs to this data folder."
        ) from None


def _derive(secret: str, name: str) -> bytes:
    return hmac.new(bytes.fromhex(secret), name.encode(), hashlib.sha256).digest()
