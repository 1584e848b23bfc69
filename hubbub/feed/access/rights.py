"""What somebody may do with an item that he sees."""

from hubbub import people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.ids import Type
from hubbub.feed.access.seen import NOTED


async def may_tag(tx: Tx, actor: people.Actor, place_id: int) -> bool:
    """Does the actor choose topics there, whoever wrote it: as a moderator, or as one who may edit the record?"""
    if actor.guest or actor.moderator or ids.type_of(place_id) == Type.USER:
        return actor.moderator
    return (await records.access_record(tx, actor, place_id)).editable


def may_delete(actor: people.Actor, author_id: int, parent_id: int, kind: str) -> bool:
    """Authors, moderators, and people on posts of their own profile. What Hubbub itself wrote stays, moderators aside."""
    if actor.moderator:
        return True
    return kind not in NOTED and actor.id in (author_id, parent_id)


def may_edit(actor: people.Actor, author_id: int, kind: str, owns: bool) -> bool:
    """Authors, who `owns` the record that is talked about, and moderators. What Hubbub itself wrote is nobody's to edit."""
    return kind not in NOTED and (actor.moderator or owns or actor.id == author_id)


def may_close(actor: people.Actor, author_id: int, owns: bool) -> bool:
    """Authors, who `owns` the record that is talked about, and moderators end a thread and open it again."""
    return actor.moderator or owns or actor.id == author_id


def may_choose_best(actor: people.Actor, author_id: int, owns: bool) -> bool:
    """Who asked, who `owns` the record that is asked about, and moderators say which answer is the best."""
    return actor.moderator or owns or actor.id == author_id


def may_publish(actor: people.Actor, author_id: int) -> bool:
    """Who asked and moderators publish the answer without who asked."""
    return not actor.guest and (actor.moderator or actor.id == author_id)


def may_move(actor: people.Actor, author_id: int, parent_id: int, kind: str) -> bool:
    """Authors and moderators attach to a record what people said on a profile."""
    loose = ids.type_of(parent_id) == Type.USER and kind not in NOTED
    return loose and not actor.guest and (actor.moderator or actor.id == author_id)


def may_announce(actor: people.Actor, parent_id: int, kind: str) -> bool:
    """Moderators announce what people said on a profile, which everybody inside sees; of what stands elsewhere it has to be
    asked."""
    return actor.moderator and ids.type_of(parent_id) == Type.USER and kind not in NOTED


def may_pin(actor: people.Actor, subject_id: int, owns: bool) -> bool:
    """What stands on top of a feed: a record's owner decides, a person on his own profile, and moderators."""
    return not actor.guest and (actor.moderator or owns or actor.id == subject_id)


async def may_share(
    tx: Tx, actor: people.Actor, parent_id: int, author_id: int, kind: str, internal_only: bool
) -> bool:
    """Posts on a record by who may share the record, those on a profile by their author and whose profile it is. What is
    said among colleagues, and what Hubbub notes, is not for guests."""
    # What is said in a record's name names the record, which a guest who sees the post alone must not learn.
    if actor.guest or internal_only or kind in NOTED or ids.type_of(author_id) != Type.USER:
        return False
    if ids.type_of(parent_id) == Type.USER:
        return actor.moderator or actor.id in (author_id, parent_id)
    return (await records.access_record(tx, actor, parent_id)).owned
