"""Answers searches: the rows of one object after the other, as far as the viewer sees them."""

from typing import Any

import msgspec

from hubbub import people
from hubbub.core.db import Tx
from hubbub.records.access import Viewer, viewer
from hubbub.records.queries.soql.nodes import All, Query
from hubbub.records.queries.soql.paths import no_such_type
from hubbub.records.queries.soql.run import answer
from hubbub.records.queries.soql.sources import source
from hubbub.records.queries.sosl.parse import Search, returning
from hubbub.records.queries.sosl.words import conditions


async def search(tx: Tx, actor: people.Actor, asked: Search, *, base: str) -> list[dict[str, Any]]:
    """The rows that say the words, in fields that the actor may read: object by object, in the order in which they were
    named. `base` begins the addresses in the answer."""
    him = await viewer(tx, actor)
    said = conditions(asked.words, asked.group)
    found: list[dict[str, Any]] = []
    for query in asked.returning or [returning(name) for name in _objects(him)]:
        if source(him, query.source) is None or query.source not in _objects(him):
            raise no_such_type(query.source)
        left = asked.limit - len(found)
        if left <= 0:
            break
        found += await _rows(tx, him, query, said, left, base)
    return found


async def _rows(tx: Tx, him: Viewer, query: Query, said: Any, left: int, base: str) -> list[dict[str, Any]]:
    where = said if query.where is None else All((said, query.where))
    limit = left if query.limit is None else min(left, query.limit)
    return await answer(tx, him, msgspec.structs.replace(query, where=where, limit=limit), base=base)


def _objects(him: Viewer) -> list[str]:
    """What is searched: every object that the viewer may read, and people."""
    return [each.name for each in him.catalog.objects if him.can(each).read] + ["User"]
