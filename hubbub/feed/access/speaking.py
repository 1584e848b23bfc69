"""Who speaks in a thread: somebody himself, or the record in whose name he asked."""

import hmac
from collections.abc import Iterable

import msgspec

from hubbub import people
from hubbub.core.db import Tx
from hubbub.feed.access.rows import ItemRow


def seal_of(tx: Tx, item_id: int, user_id: int) -> bytes:
    """By what a thread that is asked in a record's name knows its asker."""
    return tx.keyed_hash(f"{item_id}:{user_id}")


# SQL: who the viewer is in an item (alias `i`): himself, or the record in whose name he asked. Binds `seals`.
SPEAKER = "case when i.seal = any(%(seals)s::bytea[]) then i.author_id else %(viewer)s end"


def seals(tx: Tx, user_id: int, item_ids: Iterable[int]) -> dict[str, list[bytes]]:
    """What SPEAKER binds for these items."""
    return {"seals": [seal_of(tx, item_id, user_id) for item_id in item_ids]}


def speaks_as(tx: Tx, actor: people.Actor, item_id: int, seal: bytes | None, author_id: int) -> people.Actor:
    """Who writes when the actor does something in a thread: himself; or, where he asked in a record's name, that record,
    of which no log tells from where it came. Whether he may see something is asked of the actor, never of who speaks."""
    if seal is None or not hmac.compare_digest(bytes(seal), seal_of(tx, item_id, actor.id)):
        return actor
    return in_name_of(actor, author_id)


def in_name_of(actor: people.Actor, record_id: int) -> people.Actor:
    """The actor behind a record: he may there what he may, and nothing that is written tells of him."""
    return msgspec.structs.replace(
        actor, user_id=record_id, login_id=None, name="", username="", title=None, role_id=None,
        session_id=None, app_id=None, client=None, address=None, request_id=None,
    )  # fmt: skip


def in_thread(tx: Tx, actor: people.Actor, item: ItemRow) -> people.Actor:
    """The same, of an item as it is stored."""
    return speaks_as(tx, actor, item.id, item.seal, item.author_id)
