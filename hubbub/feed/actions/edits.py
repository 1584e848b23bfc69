"""Changing what a post or comment says: what it said before is kept, and two who change it at once lose nothing."""

from datetime import datetime

import msgspec
from psycopg.types.json import Jsonb

from hubbub import notify, people, records
from hubbub.core import events, html
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid, NotFound
from hubbub.feed.access import ItemRow, access_comment, access_item, in_thread, may_edit
from hubbub.feed.actions.bodies import Segment, clean, mentioned, topics
from hubbub.feed.actions.images import hold_images
from hubbub.feed.actions.items import IS_QUESTION, bump
from hubbub.feed.actions.kinds import MOST_TITLE
from hubbub.feed.actions.naming import topics_known, topics_named
from hubbub.feed.actions.previews import first_link, want_preview
from hubbub.feed.actions.searches import find_again
from hubbub.feed.actions.telling import to_tell


class Version(msgspec.Struct, frozen=True):
    """What a post or comment says now, and which of its versions that is."""

    title: str | None
    body: list[Segment]
    revision: int
    created_at: datetime
    last_activity: datetime
    read_at: datetime  # when it was asked for, which is when an edit is made


class Conflict(Invalid):
    """Somebody else changed it meanwhile. `latest` is what it says now; nothing was written."""

    def __init__(self, latest: Version) -> None:
        self.latest = latest
        super().__init__(
            "EDIT_CONFLICT",
            "Somebody else changed this meanwhile, and nothing of yours was saved. "
            f"Version {latest.revision} says: {html.plain(latest.body)}",
            fields=["latestRevision"],
            status=409,
        )


async def access_edit(tx: Tx, actor: people.Actor, target_id: int, *, comment: bool) -> ItemRow:
    """The item that the actor may edit, or a `comment` of which he may; raises Forbidden where he only sees it."""
    said = await access_comment(tx, actor, target_id) if comment else None
    item = await access_item(tx, actor, said.item_id if said else target_id)
    owns = await tx.value(
        f"select {records.owns('%(parent)s')}", {"parent": item.parent_id, "viewer": actor.id}
    )
    author_id, kind = (said.author_id, "TextComment") if said else (item.author_id, item.kind)
    if not may_edit(in_thread(tx, actor, item), author_id, kind, owns):
        raise Forbidden("Only its author, the record's owner and moderators may edit this.")
    return item


async def edit_item(
    tx: Tx,
    actor: people.Actor,
    item_id: int,
    *,
    body: list[Segment] | None = None,
    title: str | None = None,
    revision: int | None = None,
) -> None:
    """Change what a post says (None: as it is): who is mentioned now finds it, who no longer is does not.

    `revision` is the version that the editor saw: Conflict (409) if another was saved since.
    """
    item = await access_edit(tx, actor, item_id, comment=False)
    before = await _lock(tx, "feed_item", item_id, revision)
    after = msgspec.structs.replace(
        before, body=before.body if body is None else body, title=_title(before, title)
    )
    him = in_thread(tx, actor, item)
    if not await _save(tx, him, "feed_item", item_id, before, after):
        return
    await hold_images(tx, actor, him, after.body, item_id, item_id)
    await _move(tx, item, before, after)
    await find_again(tx, item_id)
    if item.kind != "LinkPost" and first_link(after.body) != first_link(before.body):
        await want_preview(tx, actor, item_id, first_link(after.body))
    await _tell_named(tx, actor, item, item_id, "mentioned", before, after)
    await events.record(
        tx,
        him,
        "feed.item.edited",
        item_id,
        parent=item.parent_id,
        before=_told(before),
        after=_told(after),
    )


async def edit_comment(
    tx: Tx, actor: people.Actor, comment_id: int, *, body: list[Segment], revision: int | None = None
) -> None:
    """Change what a comment says. `revision` is the version that the editor saw: Conflict (409) if another was saved
    since."""
    item = await access_edit(tx, actor, comment_id, comment=True)
    before = await _lock(tx, "feed_comment", comment_id, revision)
    after = msgspec.structs.replace(before, body=body)
    him = in_thread(tx, actor, item)
    if not await _save(tx, him, "feed_comment", comment_id, before, after):
        return
    await hold_images(tx, actor, him, body, item.id, comment_id)
    await find_again(tx, item.id)
    await _tell_named(tx, actor, item, comment_id, "mentioned_comment", before, after)
    await events.record(
        tx,
        him,
        "feed.comment.edited",
        comment_id,
        parent=item.id,
        before=_told(before),
        after=_told(after),
    )


async def remove_preview(tx: Tx, actor: people.Actor, item_id: int) -> None:
    """Take the preview of a linked page away from a post that I may edit; it does not come back for that page."""
    await access_item(tx, actor, item_id)
    shown = await tx.value(
        "select 1 from link_preview where org_id = %(org)s and item_id = %(item)s and state = 'shown'",
        {"item": item_id},
    )
    if not shown:
        raise NotFound()
    item = await access_edit(tx, actor, item_id, comment=False)
    him = in_thread(tx, actor, item)
    await tx.run(
        """update link_preview set state = 'removed', title = null, description = null, site = null
           where org_id = %(org)s and item_id = %(item)s""",
        {"item": item_id},
    )
    await events.record(tx, him, "feed.preview.removed", item_id, parent=item.parent_id)


async def _lock(tx: Tx, table: str, id: int, revision: int | None) -> Version:
    """What it says now; nobody else changes it until this act ends."""
    title, moved = ("title", "last_activity") if table == "feed_item" else ("null::text", "created_at")
    now = await tx.row(
        f"""select {title}, body, revision, created_at, {moved}, clock_timestamp() from {table}
            where org_id = %(org)s and id = %(id)s and deleted_at is null for no key update""",
        {"id": id},
        into=Version,
    )
    if now is None:  # taken away a moment ago
        raise NotFound()
    if revision is not None and revision != now.revision:
        raise Conflict(now)
    return now


def _title(before: Version, title: str | None) -> str | None:
    if title is None:
        return before.title
    if before.title is None:
        raise Invalid("INVALID_INPUT", "This post has no title.", fields=["title"])
    title = " ".join(clean(title).split())
    if not title:
        raise Invalid("REQUIRED_FIELD_MISSING", "The title is empty.", fields=["title"])
    if len(title) > MOST_TITLE:
        raise Invalid(
            "STRING_TOO_LONG",
            "The title has {count} characters; {most} is the most.",
            fields=["title"],
            count=len(title),
            most=MOST_TITLE,
        )
    return title


async def _save(tx: Tx, actor: people.Actor, table: str, id: int, before: Version, after: Version) -> bool:
    """Keep what was said and write what is said now; does nothing where both are the same."""
    if (after.body, after.title) == (before.body, before.title):
        return False
    params = {
        "id": id,
        "revision": before.revision,
        "old_title": before.title,
        "old_body": Jsonb(before.body),
        "title": after.title,
        "body": Jsonb(after.body),
        "actor": actor.id,
        "at": before.read_at,
    }
    await tx.run(
        """insert into feed_revision (org_id, target_id, revision, title, body, edited_at, edited_by)
           values (%(org)s, %(id)s, %(revision)s, %(old_title)s, %(old_body)s, %(at)s, %(actor)s)""",
        params,
    )
    title = "title = %(title)s, " if table == "feed_item" else ""
    await tx.run(
        f"""update {table} set {title}body = %(body)s, revision = revision + 1, edited_at = %(at)s, edited_by = %(actor)s
            where org_id = %(org)s and id = %(id)s""",
        params,
    )
    return True


async def _move(tx: Tx, item: ItemRow, before: Version, after: Version) -> None:
    """Where the item is found: under people and topics that are named now, and no longer under those that were."""
    named, was = mentioned(after.body), mentioned(before.body)
    tags, had = topics(after.body), topics(before.body)
    new = {key: tag for key, tag in tags.items() if key not in had}
    gone = {key: tag for key, tag in had.items() if key not in tags}
    made = await topics_named(tx, new)
    kept = {key: tag for key, tag in tags.items() if key in had} if gone else {}
    # Two names may mean one topic, since one was merged into the other.
    lost = was - named | (set(await topics_known(tx, gone)) - set(made) - set(await topics_known(tx, kept)))
    if lost:
        await tx.run(
            """delete from feed_entry where org_id = %(org)s and item_id = %(item)s and via in ('mention', 'topic')
                 and subject_id = any(%(lost)s::bigint[])""",
            {"item": item.id, "lost": sorted(lost)},
        )
    # Whoever is mentioned: that somebody is found under nobody who may not see it would tell others that he may not.
    found = dict.fromkeys(made, "topic") | dict.fromkeys(named - was, "mention")
    if not found:
        return
    subjects = sorted(found)  # in one order everywhere, or two edits lock each other out
    await tx.run(
        f"""insert into feed_entry (org_id, subject_id, item_id, via, topic_name, question, created_at, last_activity)
           select %(org)s, s.id, %(item)s, s.via, s.tag, {IS_QUESTION}, %(at)s, %(active)s
           from unnest(%(subjects)s::bigint[], %(via)s::text[], %(tags)s::text[]) s(id, via, tag)
           on conflict (org_id, subject_id, item_id) do nothing""",
        {
            "item": item.id,
            "at": before.created_at,
            "active": before.last_activity,
            "subjects": subjects,
            "via": [found[subject] for subject in subjects],
            "tags": [made.get(subject) for subject in subjects],
        },
    )
    # The bounds may be higher than what they bound, never lower.
    await bump(tx, subjects, before.read_at, post=True)


async def _tell_named(
    tx: Tx, actor: people.Actor, item: ItemRow, said_id: int, reason: str, before: Version, after: Version
) -> None:
    """Tell those who are mentioned now and were not."""
    if named := mentioned(after.body) - mentioned(before.body):
        told = await to_tell(tx, actor, item, dict.fromkeys(named, reason))
        await notify.tell(tx, told, said_id, thread_id=item.id, by=in_thread(tx, actor, item).id)


def _told(version: Version) -> dict[str, object]:
    return {"body": version.body, **({"title": version.title} if version.title is not None else {})}
