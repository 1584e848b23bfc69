"""Bytes in the data folder: whole, private, an org's own, and found again."""

import asyncio
import hashlib
import os
import stat
from pathlib import Path

import pytest

from hubbub.core import blobs
from hubbub.core.db import Tx
from tests.cast import Company, House

CONTENT = os.urandom(700_000)
DIGEST = hashlib.sha256(CONTENT).hexdigest()


def place(tx: Tx, digest: str) -> Path:
    assert tx.database.files is not None
    return tx.database.files / str(tx.org_id) / digest[:2] / digest


async def test_what_is_kept_is_read_whole_in_blocks_and_in_part(company: Company) -> None:
    async with company.act() as tx:
        assert await blobs.keep(tx, CONTENT) == DIGEST
        assert await blobs.read(tx, DIGEST) == CONTENT
        assert await blobs.size(tx, DIGEST) == len(CONTENT)
        whole = await blobs.stream(tx, DIGEST)
        part = await blobs.stream(tx, DIGEST, 699_000, 5_000)
        few = await blobs.stream(tx, DIGEST, 10, 20)
    # Streams go on when the act has ended: an answer's body leaves after its commit.
    blocks = [block async for block in whole]
    assert len(blocks) == 3 and b"".join(blocks) == CONTENT
    assert b"".join([block async for block in part]) == CONTENT[699_000:]
    assert b"".join([block async for block in few]) == CONTENT[10:30]


async def test_only_this_account_may_read_them_and_nothing_half_written_is_there(company: Company) -> None:
    async with company.act() as tx:
        digest = await blobs.keep(tx, b"private")
        path = place(tx, digest)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert [stat.S_IMODE(each.stat().st_mode) for each in list(path.parents)[:3]] == [0o700] * 3
        assert [each.name for each in path.parent.iterdir()] == [digest]


async def test_an_org_reaches_no_other_orgs_bytes(company: Company, house: House) -> None:
    async with company.act() as tx:
        digest = await blobs.keep(tx, CONTENT)
    other = await house.database.new_org_number()
    async with house.database.act(other) as tx:
        for ask in (blobs.read, blobs.size, blobs.stream):
            with pytest.raises(FileNotFoundError):
                await ask(tx, digest)
        for wrong in ("", "..", f"../../{company.org_id}/{digest[:2]}/{digest}", digest.upper(), digest[:63]):
            with pytest.raises(FileNotFoundError):
                await blobs.read(tx, wrong)


async def test_the_same_bytes_at_once_and_again_are_one_file(company: Company) -> None:
    async with company.act() as tx:
        assert set(await asyncio.gather(*(blobs.keep(tx, CONTENT) for _ in range(8)))) == {DIGEST}
        path = place(tx, DIGEST)
        assert [each.name for each in path.parent.iterdir()] == [DIGEST]
        os.utime(path, (1, 1))
        await blobs.keep(tx, CONTENT)
        assert path.stat().st_mtime > 1, "kept anew: who collects what no row names must not take it for old"


async def test_a_write_that_fails_leaves_nothing(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(blobs.os, "fsync", full)
    async with company.act() as tx:
        digest = hashlib.sha256(b"lost").hexdigest()
        with pytest.raises(OSError, match="No space"):
            await blobs.keep(tx, b"lost")
        path = place(tx, digest)
        assert not path.exists() and not (path.parent.exists() and list(path.parent.iterdir()))
