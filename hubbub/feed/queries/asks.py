"""Help that was asked for, as one reader sees it: what is needed, how soon, and of whom."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.feed.access import access_subject, readable
from hubbub.feed.actions.asks import NEEDS, URGENCIES


class Help(msgspec.Struct, frozen=True):
    """What an ask says beside its question. Of a sealed one nobody is told who else was asked: it would tell who was not."""

    need: str
    urgency: str
    sealed: bool
    asked: list[people.Person]
    asked_me: bool
    published_id: int | None
    unsealed_at: datetime | None  # for moderators: when the database's owner looked who asked
    may_publish: bool = False

    @property
    def need_label(self) -> str:
        return NEEDS[self.need]

    @property
    def urgency_label(self) -> str:
        return URGENCIES[self.urgency]

    @property
    def published_url(self) -> str | None:
        return f"/posts/{ids.show(self.published_id)}" if self.published_id else None


async def asks(tx: Tx, actor: people.Actor, item_ids: Iterable[int]) -> dict[int, Help]:
    """Those of these questions, which the actor is known to see, that ask for help."""
    wanted = list(item_ids)
    if not wanted:
        return {}
    rows = await tx.tuples(
        """select k.item_id, k.kind, k.urgency, k.sealed,
             case when k.sealed then '{}' else array(select p.user_id from ask_person p
               where p.org_id = %(org)s and p.item_id = k.item_id order by p.user_id) end,
             exists (select 1 from ask_person p where p.org_id = %(org)s and p.item_id = k.item_id and p.user_id = %(me)s),
             (select i.id from feed_item i where i.org_id = %(org)s and i.id = k.published_id and i.deleted_at is null
                and i.hidden_at is null),
             k.unsealed_at
           from ask k where k.org_id = %(org)s and k.item_id = any(%(ids)s::bigint[])""",
        {"ids": wanted, "me": actor.id},
    )
    asked = {id for row in rows for id in row[4]}
    persons = await people.visible_cards(tx, actor, asked) if asked else {}
    return {
        item_id: Help(
            need,
            urgency,
            sealed,
            sorted((persons[id] for id in named if id in persons), key=lambda person: person.name.casefold()),
            me,
            None if actor.guest else published,
            unsealed if actor.moderator or actor.view_all else None,
        )
        for item_id, need, urgency, sealed, named, me, published, unsealed in rows
    }


async def asks_on(
    tx: Tx, actor: people.Actor, record_id: int, *, before: int | None = None, size: int = 25
) -> list[int]:
    """The questions that ask for help on a record, as far as the actor sees them: the newest, before that one."""
    await access_subject(tx, actor, record_id)
    condition, params = await readable(tx, actor)
    beyond = (
        """and (i.created_at, i.id) < (select b.created_at, b.id from feed_item b
                  where b.org_id = %(org)s and b.id = %(before)s)"""
        if before
        else ""
    )
    return await tx.values(
        f"""select i.id from ask k join feed_item i on i.org_id = %(org)s and i.id = k.item_id
            where k.org_id = %(org)s and k.record_id = %(record)s {beyond} and {condition}
            order by i.created_at desc, i.id desc limit %(size)s""",
        {**params, "record": record_id, "before": before, "size": size},
    )
