"""Flags: telling moderators that something should not stand where it stands."""

from hubbub import people
from hubbub.core import events
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid
from hubbub.core.ids import Type
from hubbub.feed.access import access_target, in_thread

KINDS = ("FlagAsInappropriate", "FlagAsSpam")
MOST_NOTE = 4000


async def flag(
    tx: Tx, actor: people.Actor, target_id: int, kind: str = KINDS[0], note: str | None = None
) -> None:
    """Flag an item or a comment for the moderators, with a note if I like; flagging it again changes what I said."""
    item = await access_target(tx, actor, target_id)
    him = in_thread(tx, actor, item)
    if kind not in KINDS:
        raise Invalid("INVALID_INPUT", "type is {choices}.", fields=["type"], choices=" or ".join(KINDS))
    note = (note or "").strip() or None
    if note and "\0" in note:
        raise Invalid("INVALID_INPUT", "The note holds a character that is none.", fields=["note"])
    if note and len(note) > MOST_NOTE:
        raise Invalid(
            "STRING_TOO_LONG",
            "A note has at most {most} characters, this has {count}.",
            fields=["note"],
            most=MOST_NOTE,
            count=len(note),
        )
    await tx.run(
        """insert into feed_flag as f (org_id, target_id, user_id, id, kind, note)
           values (%(org)s, %(target)s, %(me)s, %(id)s, %(kind)s, %(note)s)
           on conflict (org_id, target_id, user_id) do update set kind = excluded.kind, note = excluded.note
           where f.org_id = %(org)s""",
        {
            "target": target_id,
            "me": him.id,
            "id": await tx.new_id(Type.FLAG),
            "kind": kind,
            "note": note,
        },
    )
    await events.record(
        tx, him, "feed.flag.created", target_id, parent=item.id, after={"kind": kind, "note": note}
    )


async def dismiss_flags(tx: Tx, actor: people.Actor, target_id: int) -> None:
    """Take all flags from an item or a comment, as a moderator; nothing happens to what was flagged."""
    item = await access_target(tx, actor, target_id)
    him = in_thread(tx, actor, item)
    if not him.moderator:
        raise Forbidden("Only moderators take flags away.")
    gone = await tx.run(
        "delete from feed_flag where org_id = %(org)s and target_id = %(target)s", {"target": target_id}
    )
    if gone:
        await events.record(tx, him, "feed.flag.dismissed", target_id, parent=item.id)
