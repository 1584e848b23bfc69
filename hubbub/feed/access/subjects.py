"""People, records, topics, streams and favourites by their ids, and where something is put."""

from hubbub import people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid, NotFound
from hubbub.core.ids import Type
from hubbub.feed.access.items import access_item
from hubbub.feed.access.rights import may_move, may_tag
from hubbub.feed.access.rows import FavoriteRow, ItemRow, StreamRow
from hubbub.feed.access.seen import NOTED, topic_sight
from hubbub.feed.access.speaking import in_thread


async def access_subject(tx: Tx, actor: people.Actor, subject_id: int, to: str = "read") -> None:
    """A person, record or topic that the actor may see (`read`), follow, or post on (`post`)."""
    match ids.type_of(subject_id):
        case Type.USER:
            await people.access_user(tx, actor, subject_id)
            if to == "post" and actor.guest:
                raise Forbidden("Guests write where something was shared with them.")
        case Type.TOPIC:
            if to == "post" or await access_topic(tx, actor, subject_id) != subject_id:
                raise NotFound()
        case type if type in records.RECORD_TYPES or type >= ids.FIRST_CUSTOM_OBJECT:
            await records.access_record(tx, actor, subject_id)
        case _:
            raise NotFound()


async def access_topic(tx: Tx, actor: people.Actor, topic_id: int, to: str = "read") -> int:
    """The topic's id, if the actor knows of it, or may `change` it. One that was merged into another is that other."""
    viewer = await records.viewer(tx, actor)
    found = await tx.value(
        f"""select t.id from topic t where t.org_id = %(org)s and {topic_sight(viewer)} and t.id = (
              select coalesce(a.merged_into, a.id) from topic a where a.org_id = %(org)s and a.id = %(topic)s)""",
        {"topic": topic_id, **viewer.params},
    )
    if found is None:
        raise NotFound()
    if to == "change" and not actor.moderator:
        raise Forbidden("Only moderators rename, describe, merge and delete topics.")
    return found


async def access_move(tx: Tx, actor: people.Actor, item_id: int, record_id: int | None = None) -> ItemRow:
    """The item, if the actor may attach it to a record (that record, if it is named): its author and moderators may, of
    what stands on a profile, where they may post."""
    item = await access_item(tx, actor, item_id)
    if not may_move(actor, item.author_id, item.parent_id, item.kind):
        raise Forbidden(
            "Only its author and moderators attach a post to a record, while it stands on a profile."
        )
    if record_id is not None:
        if ids.type_of(record_id) in (Type.USER, Type.TOPIC):
            raise Invalid("INVALID_INPUT", "A post is attached to a record.", fields=["subjectId"])
        await access_subject(tx, actor, record_id, to="post")
    return item


async def access_tagged(tx: Tx, actor: people.Actor, tagged_id: int, to: str = "read") -> people.Actor:
    """Who speaks on a post or record that the actor may see; to `tag` it: authors, who may edit the record, and moderators.
    Guests know of no topics."""
    if actor.guest:
        raise NotFound()
    if ids.type_of(tagged_id) != Type.FEED_ITEM:
        await access_subject(tx, actor, tagged_id)
        if ids.type_of(tagged_id) in (Type.USER, Type.TOPIC):
            raise NotFound()
        if to == "tag" and not await may_tag(tx, actor, tagged_id):
            raise Forbidden("Only who may edit this record, and moderators, choose its topics.")
        return actor
    item = await access_item(tx, actor, tagged_id)
    him = in_thread(tx, actor, item)
    if item.kind in NOTED:
        raise Invalid("INVALID_OPERATION", "What Hubbub notes about records has no topics.")
    if to == "tag" and item.author_id != him.id and not await may_tag(tx, actor, item.parent_id):
        raise Forbidden("Only its author, who may edit the record, and moderators choose a post's topics.")
    return him


async def access_stream(tx: Tx, actor: people.Actor, stream_id: int) -> StreamRow:
    """The stream, if it is the actor's: nobody else knows of it."""
    found = await tx.row(
        "select name, description from stream where org_id = %(org)s and id = %(id)s and owner_id = %(me)s",
        {"id": stream_id, "me": actor.id},
        into=StreamRow,
    )
    if found is None:
        raise NotFound()
    return found


async def access_favorite(tx: Tx, actor: people.Actor, favorite_id: int) -> FavoriteRow:
    """The favourite, if it is the actor's and he still sees its topic or has its list view."""
    found = await tx.row(
        """select search_text, target_id, followed_id from favorite
           where org_id = %(org)s and id = %(id)s and user_id = %(me)s""",
        {"id": favorite_id, "me": actor.id},
        into=FavoriteRow,
    )
    if found is None:
        raise NotFound()
    if found.target_id is not None and ids.type_of(found.target_id) == Type.LIST_VIEW:
        await records.access_view(tx, await records.viewer(tx, actor), found.target_id)
    elif found.target_id is not None:
        await access_subject(tx, actor, found.target_id)
    return found
