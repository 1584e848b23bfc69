"""Reading one's own notices, of the threads that one may see now."""

from collections.abc import Collection
from datetime import datetime

import msgspec

from hubbub import people
from hubbub.core.db import Tx
from hubbub.notify.access import COLUMNS, KINDS, Notice, Sight

MOST_COUNTED = 100  # exact to 99


class Status(msgspec.Struct, frozen=True):
    """How my notices stand. The counts end at 100, which means more than 99."""

    unread: int
    unseen: int
    oldest_unread: datetime | None
    oldest_unseen: datetime | None
    last_activity: datetime | None


async def notices(
    tx: Tx,
    actor: people.Actor,
    sight: Sight,
    *,
    size: int,
    before: tuple[datetime, int] | None = None,
    after: tuple[datetime, int] | None = None,
    unread: bool = False,
    notice_ids: Collection[int] | None = None,
) -> list[Notice]:
    """My notices, the newest first: those `before` a moment and id, or the ones that came next `after` it; all, those that
    are `unread`, or these."""
    place = before or after or (None, None)
    older = "and (n.last_at, n.id) < (%(at)s, %(place)s)" if before else ""
    newer = "and (n.last_at, n.id) > (%(at)s, %(place)s)" if after else ""
    way = "asc" if after else "desc"
    found = await tx.rows(
        f"""select {COLUMNS} from notice n
            where n.org_id = %(org)s and n.user_id = %(me)s {older} {newer}
              {"and n.read_at is null" if unread else ""}
              {"and n.id = any(%(ids)s::bigint[])" if notice_ids is not None else ""} and {sight.condition}
            order by n.last_at {way}, n.id {way} limit %(size)s""",
        {
            **sight.params,
            "me": actor.id,
            "at": place[0],
            "place": place[1],
            "size": size,
            "ids": list(notice_ids or ()),
        },
        into=Notice,
    )
    return found[::-1] if after else found


def unseen(sight: Sight) -> str:
    """SQL: how many notices %(viewer)s has not seen, of a hundred at most."""
    return f"""(select count(*) from (select 1 from notice n where n.org_id = %(org)s and n.user_id = %(viewer)s
        and n.seen_at is null and n.read_at is null and {sight.condition} limit {MOST_COUNTED}) told)"""


async def status(tx: Tx, actor: people.Actor, sight: Sight) -> Status:
    """How my notices stand, counted over what I may see."""
    found = await tx.row(
        f"""with told as materialized (select n.last_at, n.seen_at, n.read_at from notice n
              where n.org_id = %(org)s and n.user_id = %(me)s and n.read_at is null and {sight.condition}
              order by n.last_at desc limit {MOST_COUNTED * 10})
            select least((select count(*) from told), {MOST_COUNTED}),
                   least((select count(*) from told where seen_at is null), {MOST_COUNTED}),
                   (select min(last_at) from told), (select min(last_at) from told where seen_at is null),
                   (select n.last_at from notice n where n.org_id = %(org)s and n.user_id = %(me)s and {sight.condition}
                    order by n.last_at desc limit 1)""",
        {**sight.params, "me": actor.id},
        into=Status,
    )
    assert found is not None  # it has no condition
    return found


async def chosen(tx: Tx, user_id: int) -> dict[str, bool]:
    """Which kinds of notices somebody wants, by kind."""
    usual = {kind.preference: kind.usual for kind in KINDS.values()}
    found = await people.preferences(tx, user_id, usual)
    return {name: found[kind.preference] for name, kind in KINDS.items()}
