"""The legal process: who asked in a record's name, read by the owner of the database and written down as it is read."""

from typing import NamedTuple

import psycopg
from psycopg.types.json import Jsonb

from hubbub.core import ids
from hubbub.core.config import Settings, Trouble
from hubbub.core.errors import Invalid
from hubbub.core.ids import Type


class Asker(NamedTuple):
    """Who asked."""

    name: str
    username: str | None


def unseal(settings: Settings, key: str, *, reason: str, by: str) -> Asker:
    """Tell who asked in a record's name. In the same transaction the log gets who looked and why, and the thread that it
    was looked up; without that nothing is told."""
    if not reason.strip() or not by.strip():
        raise Trouble("say why and by whom: --reason and --by may not be empty.")
    try:
        item_id = ids.parse(key, Type.FEED_ITEM)
    except Invalid:
        raise Trouble(f"{key} is not the id of a post.") from None
    with psycopg.connect(settings.owner_url) as connection:
        row = connection.execute(
            """select s.org_id, s.user_id, i.parent_id from sealed_asker s
               join feed_item i on i.org_id = s.org_id and i.id = s.item_id where s.item_id = %s""",
            [item_id],
        ).fetchone()
        if row is None:
            raise Trouble(f"nobody asked {key} in a record's name.")
        org_id, user_id, parent_id = row
        # The owner, too, is bound by row-level security where it is forced.
        connection.execute("select set_config('hubbub.org', %s, true)", [str(org_id)])
        person = connection.execute(
            "select name, username from app_user where org_id = %s and id = %s", [org_id, user_id]
        ).fetchone()
        number = connection.execute(
            "update id_block set next = next + 1 where name = 'id' returning next - 1"
        ).fetchone()
        assert person and number
        connection.execute(
            "update ask set unsealed_at = now() where org_id = %s and item_id = %s", [org_id, item_id]
        )
        connection.execute(
            """insert into event (org_id, id, name, noun_id, parent_id, client, after)
               values (%s, %s, 'desk.asker.unsealed', %s, %s, 'command line', %s)""",
            [
                org_id,
                ids.make(Type.EVENT, number[0]),
                item_id,
                parent_id,
                Jsonb({"reason": reason.strip(), "by": by.strip()}),
            ],
        )
    return Asker(*person)
