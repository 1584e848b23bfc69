"""Who is told of what happens in a thread, and why: of those who may see it, who wants to hear of it."""

from collections.abc import Mapping

from hubbub import notify, people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.ids import Type
from hubbub.feed.access import ItemRow, thread_readers, who_may_see

# What means me reaches me whatever I follow how; the rest of what people follow only for mentions or a digest does not.
_PERSONAL = [kind.name for kind in notify.KINDS.values() if kind.personal]

# Nobody hears of his own acts, of threads that he muted, and of subjects that he muted.
_LISTENING = f"""x.user_id >> 48 = {Type.USER:d} and x.user_id <> %(me)s
      and not exists (select 1 from feed_mark quiet where quiet.org_id = %(org)s and quiet.user_id = x.user_id
        and quiet.item_id = %(item)s and quiet.muted_at is not null)
      and not {people.hushed("x.user_id", "%(parent)s, %(author)s", "not x.reason = any(%(personal)s)")}"""

_NAMED = "select unnest(%(users)s::bigint[]) as user_id, unnest(%(reasons)s::text[]) as reason"

_IN_THREAD = f"""{_NAMED}
      union all select %(author)s, 'comment_mine'
      union all select %(parent)s, 'comment_profile'
      union all select m.user_id, 'comment_followed' from feed_mark m
        where m.org_id = %(org)s and m.item_id = %(item)s and m.followed_at is not null
      union all select c.author_id, 'comment_joined' from feed_comment c
        where c.org_id = %(org)s and c.item_id = %(item)s and c.deleted_at is null
      union all select m.user_id, 'comment_bookmarked' from feed_mark m
        where m.org_id = %(org)s and m.item_id = %(item)s and m.bookmarked_at is not null
          and {people.prefers("m.user_id", "'notice.comment_bookmarked'", "false")}
      union all select l.user_id, 'comment_liked' from feed_like l
        where l.org_id = %(org)s and l.target_id = %(item)s
          and {people.prefers("l.user_id", "'notice.comment_liked'", "false")}"""


async def to_tell(
    tx: Tx, actor: people.Actor, item: ItemRow, reasons: Mapping[int, str], *, commented: bool = False
) -> dict[int, str]:
    """Of these people (why, by their ids), and where somebody `commented` of those who take part in the thread, the ones
    who want to hear of it and may see it; each with his strongest reason."""
    found = await tx.tuples(
        f"""select x.user_id, (array_agg(x.reason order by array_position(%(order)s::text[], x.reason)))[1]
            from ({_IN_THREAD if commented else _NAMED}) x where {_LISTENING} group by x.user_id""",
        {
            "users": list(reasons),
            "reasons": list(reasons.values()),
            "order": list(notify.KINDS),
            "personal": _PERSONAL,
            "me": actor.id,
            "item": item.id,
            "parent": item.parent_id,
            "author": item.author_id,
        },
    )
    told = dict(found)
    seeing = await who_may_see(tx, item, set(told)) if told else set()
    return {user: reason for user, reason in told.items() if user in seeing}


async def tell_rest(tx: Tx, told: dict[str, str], noun: str, thread: str, by: str) -> None:
    """The job that tells those whom an act left over, as far as they may still see it."""
    noun_id, thread_id, by_id = ids.parse(noun), ids.parse(thread), ids.parse(by)
    reasons = {ids.parse(key, Type.USER): reason for key, reason in told.items()}
    seeing = sorted(await thread_readers(tx, thread_id, set(reasons)))
    for at in range(0, len(seeing), notify.A_JOB):
        some = {user: reasons[user] for user in seeing[at : at + notify.A_JOB]}
        await notify.tell_now(tx, some, noun_id, thread_id=thread_id, by=by_id)
