"""One act per request: its transaction, and what is to become of its answer."""

from typing import Any

import msgspec
from litestar.types import Scope

from hubbub.core.db import Database, Tx
from hubbub.core.handlers import Request

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Act:
    """The transaction of a request, opened when a handler first asks for it and ended before a byte is sent."""

    def __init__(self, database: Database, *, read: bool) -> None:
        self.database = database
        self.read = read
        self.tx: Tx | None = None
        self.done = False
        self.keep: IdempotentAct | None = None
        self.secret = False  # whether the answer tells one: see tells_secret

    async def open(self, org_id: int | None) -> Tx:
        if self.tx is None:
            self.tx = await self.database.begin(org_id, read=self.read)
        return self.tx

    async def end(self, *, commit: bool) -> None:
        self.done = True
        if self.tx is not None:
            await self.database.end(self.tx, commit=commit)


class Part(Act):
    """The act of a request that came inside another: a part of that one's transaction, which may be undone alone."""

    def __init__(self, outer: Act) -> None:
        super().__init__(outer.database, read=outer.read)
        self.outer = outer

    async def open(self, org_id: int | None) -> Tx:
        if self.tx is None:
            tx = await self.outer.open(org_id)
            await tx.begin_part()
            self.tx = tx
        return self.tx

    async def end(self, *, commit: bool) -> None:
        self.done = True
        self.outer.secret |= self.secret  # the whole answer tells what a part of it tells
        if self.tx is not None:
            await self.tx.end_part(keep=commit)


class IdempotentAct(msgspec.Struct):
    """The key under which this act's answer is kept, so that a repetition gets the same answer and does nothing."""

    user_id: int  # not the person's: see whose_key
    key: str
    answer: dict[str, Any] | None = None


def act_of(scope: Scope | Any) -> Act:
    return scope["state"]["act"]


def tells_secret(request: Request) -> None:
    """Let this request's answer be kept nowhere: it tells a secret, this once."""
    act_of(request.scope).secret = True
