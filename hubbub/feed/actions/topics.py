"""Topics: choosing those of a post or record; making, describing, merging and deleting them."""

from collections.abc import Sequence

from hubbub import people, records
from hubbub.core import events, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.ids import Type
from hubbub.feed.access import access_tagged, access_topic
from hubbub.feed.actions.bodies import clean, topic_key
from hubbub.feed.actions.items import bump
from hubbub.feed.actions.naming import MOST_NAME, MOST_ON_POST, topics_named

MOST_ON_RECORD = 100
MOST_MERGED = 5
MOST_DESCRIPTION = 2000


def topic_name(given: object) -> str:
    """A topic's name as somebody gives it, with or without its #."""
    name = " ".join(clean(given).split()).removeprefix("#").strip() if given is not None else ""
    if not topic_key(name):
        raise Invalid("MISSING_ARGUMENT", "A topic needs a name.", fields=["topicName"])
    if len(name) > MOST_NAME:
        raise Invalid(
            "STRING_TOO_LONG",
            "Topic: at most {most} characters, this has {count}.",
            fields=["topicName"],
            most=MOST_NAME,
            count=len(name),
        )
    return name


# --- on posts and records ------------------------------------------------------------------------------------------


async def add_topic(tx: Tx, actor: people.Actor, tagged_id: int, name: str) -> int:
    """Put a post or record under a topic, which is made if there is none of that name; what it has already stays as it is.

    At most 10 on a post and 100 on a record. The topic's id.
    """
    him = await access_tagged(tx, actor, tagged_id, to="tag")
    name = topic_name(name)
    on_post = ids.type_of(tagged_id) == Type.FEED_ITEM
    given = {"id": tagged_id}
    # Two who add at once do so one after the other, or there would be eleven.
    if on_post:
        await tx.value(
            "select 1 from feed_item where org_id = %(org)s and id = %(id)s for no key update", given
        )
        there = await tx.values(
            "select subject_id from feed_entry where org_id = %(org)s and item_id = %(id)s and via = 'topic'",
            given,
        )
    else:
        await records.access_record(tx, actor, tagged_id, lock=True)
        there = await tx.values(
            "select topic_id from record_topic where org_id = %(org)s and record_id = %(id)s", given
        )
    ((topic_id, name),) = (await topics_named(tx, {topic_key(name): name})).items()
    if topic_id in there:
        return topic_id
    most = MOST_ON_POST if on_post else MOST_ON_RECORD
    if len(there) >= most:
        raise Invalid(
            "LIMIT_EXCEEDED",
            "At most {most} topics here. Take one away first.",
            fields=["topicName"],
            most=most,
        )
    given |= {"topic": topic_id, "name": name, "me": actor.id}
    if on_post:
        rows = await tx.tuples(
            """insert into feed_entry (org_id, subject_id, item_id, via, topic_name, question, created_at, last_activity)
               select %(org)s, %(topic)s, i.id, 'topic', %(name)s, i.kind = 'QuestionPost', i.created_at, i.last_activity
               from feed_item i where i.org_id = %(org)s and i.id = %(id)s returning last_activity""",
            given,
        )
        await bump(tx, [topic_id], rows[0][0], post=True)
    else:
        await tx.run(
            """insert into record_topic (org_id, record_id, topic_id, name, assigned_by)
               values (%(org)s, %(id)s, %(topic)s, %(name)s, %(me)s)""",
            given,
        )
    await events.record(tx, him, "feed.topic.added", tagged_id, parent=topic_id, after={"name": name})
    return topic_id


async def remove_topic(tx: Tx, actor: people.Actor, tagged_id: int, topic_id: int) -> None:
    """Take a post or record from under a topic; a hashtag in its body stays, as a word."""
    him = await access_tagged(tx, actor, tagged_id, to="tag")
    given = {"id": tagged_id, "topic": topic_id}
    if ids.type_of(tagged_id) == Type.FEED_ITEM:
        gone = await tx.run(
            """delete from feed_entry
               where org_id = %(org)s and subject_id = %(topic)s and item_id = %(id)s and via = 'topic'""",
            given,
        )
        if gone:
            await tx.run(
                "delete from feed_pin where org_id = %(org)s and subject_id = %(topic)s and item_id = %(id)s",
                given,
            )
    else:
        gone = await tx.run(
            "delete from record_topic where org_id = %(org)s and record_id = %(id)s and topic_id = %(topic)s",
            given,
        )
    if not gone:
        raise NotFound()
    await events.record(tx, him, "feed.topic.removed", tagged_id, parent=topic_id)


async def set_topics(tx: Tx, actor: people.Actor, record_id: int, names: Sequence[str]) -> None:
    """Give a record exactly these topics."""
    await access_tagged(tx, actor, record_id, to="tag")
    if len(names) > MOST_ON_RECORD:
        raise Invalid(
            "LIMIT_EXCEEDED", "At most {most} topics here.", fields=["topicNames"], most=MOST_ON_RECORD
        )
    wanted = {topic_key(name): name for name in map(topic_name, names)}
    there = await tx.tuples(
        """select t.id, t.key from record_topic r join topic t on t.org_id = %(org)s and t.id = r.topic_id
           where r.org_id = %(org)s and r.record_id = %(id)s""",
        {"id": record_id},
    )
    for topic_id, key in there:
        if key not in wanted:
            await remove_topic(tx, actor, record_id, topic_id)
    for name in wanted.values():
        await add_topic(tx, actor, record_id, name)


# --- topics themselves ---------------------------------------------------------------------------------------------


async def create_topic(tx: Tx, actor: people.Actor, *, name: object, description: object = None) -> int:
    """Make a topic by itself: everybody inside knows of it, whether anything stands under it or not."""
    if actor.guest:
        raise NotFound()
    name, described = topic_name(name), _description(description)
    key = topic_key(name)
    ((topic_id, _),) = (await topics_named(tx, {key: name})).items()
    # Who makes one that he knew nothing of makes it as if there had been none.
    made = await tx.run(
        """update topic set name = %(name)s, description = %(description)s, made_by = %(me)s, created_at = now()
           where org_id = %(org)s and id = %(id)s and made_by is null""",
        {"id": topic_id, "name": name, "description": described, "me": actor.id},
    )
    if not made:
        raise Invalid("DUPLICATE_VALUE", "There is such a topic already.", fields=["name"])
    await events.record(
        tx, actor, "feed.topic.created", topic_id, after={"name": name, "description": described}
    )
    return topic_id


async def change_topic(
    tx: Tx,
    actor: people.Actor,
    topic_id: int,
    *,
    name: object,
    description: object = None,
    merge: Sequence[int] = (),
) -> int:
    """Spell a topic otherwise (letters' case and spaces only), describe it, merge at most five others into it: who follows
    these follows it, and their names find it. From then on everybody inside knows of it. The topic's id."""
    topic_id = await access_topic(tx, actor, topic_id, to="change")
    others = [await access_topic(tx, actor, other, to="change") for other in dict.fromkeys(merge)]
    others = [other for other in dict.fromkeys(others) if other != topic_id]
    if len(others) > MOST_MERGED:
        raise Invalid(
            "LIMIT_EXCEEDED",
            "At most {most} topics are merged at once.",
            fields=["idsToMerge"],
            most=MOST_MERGED,
        )
    name, described = topic_name(name), _description(description)
    await tx.values(
        """select id from topic where org_id = %(org)s and id = any(%(ids)s::bigint[]) order by id for update""",
        {"ids": [topic_id, *others]},
    )
    before = await tx.tuples(
        "select name, description, key, made_by from topic where org_id = %(org)s and id = %(id)s",
        {"id": topic_id},
    )
    was, was_described, key, made_by = before[0]
    if (was, was_described) != (name, described) or made_by is None:
        await _spell(tx, actor, topic_id, key, name, others)
        await tx.run(
            """update topic set name = %(name)s, description = %(description)s,
                 created_at = case when made_by is null then now() else created_at end, made_by = coalesce(made_by, %(me)s)
               where org_id = %(org)s and id = %(id)s""",
            {"id": topic_id, "name": name, "description": described, "me": actor.id},
        )
        await events.record(
            tx, actor, "feed.topic.changed", topic_id,
            before={"name": was, "description": was_described}, after={"name": name, "description": described},
        )  # fmt: skip
    for other in others:
        await _merge(tx, other, topic_id)
        await events.record(tx, actor, "feed.topic.merged", other, parent=topic_id)
    return topic_id


async def _spell(
    tx: Tx, actor: people.Actor, topic_id: int, was: str, name: str, others: Sequence[int]
) -> None:
    """Give the topic the key of its new name; its old one keeps finding it."""
    key = topic_key(name)
    if key == was:
        return
    if key.replace(" ", "") != was.replace(" ", ""):
        raise Invalid(
            "INVALID_INPUT",
            "Only letters' case and spaces of a topic's name can change. For another name merge it into another topic.",
            fields=["name"],
        )
    row = await tx.tuples(
        """select id, merged_into from topic
           where org_id = %(org)s and key = %(key)s and deleted_at is null for update""",
        {"key": key},
    )
    if row:
        there, merged_into = row[0]
        if merged_into != topic_id and there not in others:
            if await _knows(tx, actor, merged_into or there):
                raise Invalid(
                    "DUPLICATE_VALUE", "There is such a topic already. Merge the two.", fields=["name"]
                )
            # Somebody uses the name where the moderator does not see it: to both it is one name, and one topic.
            await _merge(tx, merged_into or there, topic_id)
        await tx.run(
            "update topic set deleted_at = now() where org_id = %(org)s and id = %(id)s", {"id": there}
        )
    await tx.run(
        "update topic set key = %(key)s where org_id = %(org)s and id = %(id)s", {"id": topic_id, "key": key}
    )
    await tx.run(
        """insert into topic (org_id, id, name, key, merged_into)
           select %(org)s, %(fresh)s, name, %(was)s, id from topic where org_id = %(org)s and id = %(id)s""",
        {"id": topic_id, "fresh": await tx.new_id(Type.TOPIC), "was": was},
    )


async def _knows(tx: Tx, actor: people.Actor, topic_id: int) -> bool:
    try:
        await access_topic(tx, actor, topic_id)
    except NotFound:
        return False
    return True


async def _merge(tx: Tx, old: int, new: int) -> None:
    """Everything that stands under one topic stands under another."""
    given = {"old": old, "new": new}
    for table, column, thing in (
        ("feed_entry", "subject_id", "item_id"),
        ("record_topic", "topic_id", "record_id"),
        ("stream_subject", "subject_id", "stream_id"),
    ):
        await tx.run(
            f"""delete from {table} a where a.org_id = %(org)s and a.{column} = %(old)s and exists (
                  select 1 from {table} b where b.org_id = %(org)s and b.{column} = %(new)s and b.{thing} = a.{thing})""",
            given,
        )
        await tx.run(
            f"update {table} set {column} = %(new)s where org_id = %(org)s and {column} = %(old)s", given
        )
    await tx.run(
        """delete from favorite a where a.org_id = %(org)s and a.kind = 'topic' and a.target_id = %(old)s and exists (
             select 1 from favorite b where b.org_id = %(org)s and b.kind = 'topic' and b.target_id = %(new)s
               and b.user_id = a.user_id)""",
        given,
    )
    await tx.run(
        """update favorite set target_id = %(new)s
           where org_id = %(org)s and kind = 'topic' and target_id = %(old)s""",
        given,
    )
    await tx.run("delete from feed_pin where org_id = %(org)s and subject_id = %(old)s", given)
    await tx.run(
        """insert into feed_subject as s (org_id, id, bump, post_bump)
           select f.org_id, %(new)s, f.bump, f.post_bump from feed_subject f where f.org_id = %(org)s and f.id = %(old)s
           on conflict (org_id, id) do update set bump = greatest(s.bump, excluded.bump),
             post_bump = greatest(s.post_bump, excluded.post_bump) where s.org_id = %(org)s""",
        given,
    )
    await people.move_followers(tx, old, new)
    await tx.run(
        """update topic set merged_into = %(new)s
           where org_id = %(org)s and (id = %(old)s or merged_into = %(old)s)""",
        given,
    )


async def delete_topic(tx: Tx, actor: people.Actor, topic_id: int) -> None:
    """Delete a topic: nothing stands under it and nobody follows it any more; hashtags stay, as words."""
    topic_id = await access_topic(tx, actor, topic_id, to="change")
    given = {"id": topic_id}
    gone = await tx.tuples(
        """update topic set deleted_at = now()
           where org_id = %(org)s and (id = %(id)s or merged_into = %(id)s) and deleted_at is null
           returning id, name, description""",
        given,
    )
    for statement in (
        "delete from feed_entry where org_id = %(org)s and subject_id = %(id)s and via = 'topic'",
        "delete from record_topic where org_id = %(org)s and topic_id = %(id)s",
        "delete from feed_pin where org_id = %(org)s and subject_id = %(id)s",
        "delete from stream_subject where org_id = %(org)s and subject_id = %(id)s",
        "delete from favorite where org_id = %(org)s and kind = 'topic' and target_id = %(id)s",
    ):
        await tx.run(statement, given)
    await people.forget_subjects(tx, [topic_id])
    name, described = next((row[1:] for row in gone if row[0] == topic_id), (None, None))
    await events.record(
        tx, actor, "feed.topic.deleted", topic_id, before={"name": name, "description": described}
    )


def _description(given: object) -> str | None:
    text = clean(given).strip() if given is not None else ""
    if len(text) > MOST_DESCRIPTION:
        raise Invalid(
            "STRING_TOO_LONG",
            "Description: at most {most} characters, this has {count}.",
            fields=["description"],
            most=MOST_DESCRIPTION,
            count=len(text),
        )
    return text or None
