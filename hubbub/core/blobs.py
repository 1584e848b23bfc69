"""Bytes that are too large for rows: kept in the data folder under their SHA-256, a folder an org, and never changed.

A row that names a digest is what makes bytes somebody's: they are written before the act commits, so what is committed
is there; what an act that failed has left behind is named by no row and harms nobody. Nothing here deletes.
"""

import asyncio
import hashlib
import os
import re
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

from hubbub.core.db import Tx

BLOCK = 1 << 18
_DIGEST = re.compile(r"[0-9a-f]{64}")


async def keep(tx: Tx, content: bytes) -> str:
    """Keep these bytes for the org of the act; tells their SHA-256, by which they are found again."""
    digest = hashlib.sha256(content).hexdigest()
    await asyncio.to_thread(_write, _path(tx, digest), content)
    return digest


async def read(tx: Tx, digest: str) -> bytes:
    """All of the bytes; raises FileNotFoundError where this org has none of that digest."""
    return await asyncio.to_thread(_path(tx, digest).read_bytes)


async def size(tx: Tx, digest: str) -> int:
    """How many bytes there are; raises FileNotFoundError."""
    return (await asyncio.to_thread(_path(tx, digest).stat)).st_size


async def stream(tx: Tx, digest: str, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
    """The bytes block by block, from `start`, at most `length`; goes on when the act has ended. Raises FileNotFoundError
    at once, before an answer has begun."""
    file = await asyncio.to_thread(open, _path(tx, digest), "rb")
    return _blocks(file, start, length)


async def _blocks(file, start: int, length: int | None) -> AsyncIterator[bytes]:
    with file:
        await asyncio.to_thread(file.seek, start)
        while length is None or length > 0:
            block = await asyncio.to_thread(file.read, BLOCK if length is None else min(BLOCK, length))
            if not block:
                return
            yield block
            length = None if length is None else length - len(block)


def _path(tx: Tx, digest: str) -> Path:
    """Where the bytes are. The org is the act's: a digest that was guessed or heard of leads to no other org's bytes."""
    if tx.database.files is None:
        raise LookupError("this database was opened without its folder of files")
    if not _DIGEST.fullmatch(digest):
        raise FileNotFoundError(digest)
    return tx.database.files / str(tx.org_id) / digest[:2] / digest


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and on the disk when this returns: the row that names it is committed after."""
    try:
        os.utime(path)  # it is there; who ever collects what no row names leaves young files alone
        return
    except FileNotFoundError:
        pass
    _make(path.parent)
    # Backups leave out what begins with a dot: it is not whole yet.
    draft = path.with_name(f".{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    _sync(path.parent)


def _make(folder: Path) -> None:
    if folder.is_dir():
        return
    _make(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    _sync(folder.parent)


def _sync(folder: Path) -> None:
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(place)
    finally:
        os.close(place)
