"""Posts, tracked changes and new records: putting them into the feed and taking them out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from hubbub import notify, people, records
from hubbub.core import events, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, NotFound
from hubbub.core.ids import Type
from hubbub.feed.access import NOTED, ItemRow, access_item, access_subject, in_name_of, in_thread, who_may_see
from hubbub.feed.actions.bodies import Segment, mentioned, topics
from hubbub.feed.actions.images import hold_images
from hubbub.feed.actions.kinds import add_choices, check_kind
from hubbub.feed.actions.naming import topics_named
from hubbub.feed.actions.previews import first_link, want_preview
from hubbub.feed.actions.seals import seal
from hubbub.feed.actions.telling import to_tell
from hubbub.feed.actions.tracking import tracking


async def post(
    tx: Tx,
    actor: people.Actor,
    *,
    parent_id: int,
    body: list[Segment],
    internal_only: bool = False,
    kind: str = "TextPost",
    title: object = None,
    choices: Sequence[object] = (),
    detail: dict[str, Any] | None = None,
    shared_id: int | None = None,
    sealed: bool = False,
) -> int:
    """Post on a profile or a record: it shows there, on the author's profile, and to everybody who follows either.

    A QuestionPost has a `title`, a PollPost 2 to 10 `choices`, a RypplePost (thanks to whose profile it is on) a badge
    and a CallLogPost minutes in its `detail`; a text may share another item. What is `sealed` is said in the record's
    name: who said it is kept where nobody reads it.
    """
    await access_subject(tx, actor, parent_id, to="post")
    him = in_name_of(actor, parent_id) if sealed else actor
    shared = await access_original(tx, actor, shared_id) if shared_id else None
    if shared is None or body or kind != "TextPost":
        title, choices, detail = check_kind(actor, kind, parent_id, body, title, choices, detail)
    item_id, moment = await _insert_item(
        tx,
        him,
        kind,
        parent_id,
        body=body,
        internal_only=internal_only and not actor.guest,
        title=title if isinstance(title, str) else None,
        detail=detail,
        shared_id=shared.id if shared else None,
    )
    await hold_images(tx, actor, him, body, item_id, item_id)
    if sealed:
        await seal(tx, actor, item_id)
    if kind == "PollPost":
        await add_choices(tx, item_id, [str(each) for each in choices])
    if shared:
        await tx.run(
            """update feed_item set was_shared = true
               where org_id = %(org)s and id = %(shared)s and not was_shared""",
            {"shared": shared.id},
        )
    item = ItemRow(item_id, kind, parent_id, him.id, internal_only, None, None)
    told = await who_may_see(tx, item, mentioned(body)) if mentioned(body) else set()
    tags = await topics_named(tx, topics(body))
    shown = {parent_id: "parent"} if sealed else {parent_id: "parent", actor.id: "author"}
    shown = {**dict.fromkeys(tags, "topic"), **dict.fromkeys(mentioned(body), "mention"), **shown}
    await _show_under(tx, item_id, moment, shown, tags=tags)
    reasons = {shared.author_id: "shared"} if shared else {}
    reasons |= {parent_id: "profile_post"} if ids.type_of(parent_id) == Type.USER else {}
    reasons |= dict.fromkeys(told, "mentioned")
    if reasons.keys() - {actor.id}:
        await notify.tell(tx, await to_tell(tx, actor, item, reasons), item_id, thread_id=item_id, by=him.id)
    after: dict[str, Any] = {"kind": kind, "body": body}
    after |= {"title": title} if title else {}
    after |= {"choices": list(choices)} if choices else {}
    after |= {"detail": detail} if detail else {}
    after |= {"shared": ids.show(shared.id)} if shared else {}
    if link := first_link(body, (detail or {}).get("url")):
        await want_preview(tx, actor, item_id, link)
    await events.record(tx, him, "feed.item.created", item_id, parent=parent_id, after=after)
    return item_id


async def access_original(tx: Tx, actor: people.Actor, item_id: int) -> ItemRow:
    """What sharing that item shares: it, or what it shares itself; raises unless the actor sees that and it can be shared."""
    item = await access_item(tx, actor, item_id)
    inner = await tx.value(
        "select shared_id from feed_item where org_id = %(org)s and id = %(id)s", {"id": item_id}
    )
    original = await access_item(tx, actor, inner) if inner else item
    if original.kind in NOTED:
        raise Forbidden("What Hubbub notes about records is not shared; the record's address can be.")
    return original


async def post_changes(
    tx: Tx,
    actor: people.Actor,
    record_id: int,
    changes: list[records.Change],
    *,
    kind: str = "TrackedChange",
    body: list[Segment] | None = None,
) -> int | None:
    """Tell in a record's feed what one save changed in its tracked fields: one item for one save. A ChangeStatusPost is
    what somebody moved from a feed, with what he says to it."""
    if not changes:
        return None
    body = body or []
    item_id, moment = await _insert_item(
        tx, actor, kind, record_id, field_ids=[change.field_id for change in changes], body=body
    )
    await tx.run_many(
        """insert into feed_change (org_id, item_id, field_id, position, old_value, new_value)
           values (%(org)s, %(item)s, %(field)s, %(position)s, %(old)s, %(new)s)""",
        [
            {"item": item_id, "field": c.field_id, "position": at, "old": _json(c.old), "new": _json(c.new)}
            for at, c in enumerate(changes)
        ],
    )
    shown = {actor.id: "author", record_id: "parent"}
    tags: dict[int, str] = {}
    if body:
        await hold_images(tx, actor, actor, body, item_id, item_id)
        tags = await topics_named(tx, topics(body))
        shown = {**dict.fromkeys(tags, "topic"), **dict.fromkeys(mentioned(body), "mention"), **shown}
    await _show_under(tx, item_id, moment, shown, tags=tags)
    after = {"kind": kind, **({"body": body} if body else {})}
    await events.record(tx, actor, "feed.item.created", item_id, parent=record_id, after=after)
    return item_id


async def post_creation(
    tx: Tx, actor: people.Actor, saved: records.Saved, values: Mapping[str, Any]
) -> int | None:
    """Tell in a new record's feed that it was made, and in the feeds of what it points at where these ask for it."""
    him = await records.viewer(tx, actor)
    setup = await tracking(tx, him)
    if not setup.told(saved.object):
        return None
    pointing: dict[int, list[int]] = {}
    for name, value in values.items():
        field = saved.object.field(name)
        if value is not None and field.type == "reference" and ids.type_of(value) in him.catalog.codes:
            if setup.related(him.catalog.of(value)):
                pointing.setdefault(value, []).append(field.id)
    item_id, moment = await _insert_item(tx, actor, "CreateRecordEvent", saved.id)
    await _show_under(tx, item_id, moment, {actor.id: "author", saved.id: "parent"}, pointing)
    await events.record(
        tx, actor, "feed.item.created", item_id, parent=saved.id, after={"kind": "CreateRecordEvent"}
    )
    return item_id


async def delete_item(tx: Tx, actor: people.Actor, item_id: int) -> None:
    """Take an item out of every feed. It is kept, with where it stood, and can be restored; the log tells who took it away."""
    item = await access_item(tx, actor, item_id, to="delete")
    him = in_thread(tx, actor, item)
    gone = await tx.run(
        """update feed_item set deleted_at = now(), deleted_by = %(actor)s
           where org_id = %(org)s and id = %(id)s and deleted_at is null""",
        {"id": item_id, "actor": him.id},
    )
    if not gone:  # somebody else was quicker
        raise NotFound()
    await events.record(tx, him, "feed.item.deleted", item_id, parent=item.parent_id)


async def _insert_item(
    tx: Tx,
    actor: people.Actor,
    kind: str,
    parent_id: int,
    *,
    body: list[Segment] | None = None,
    field_ids: list[int] | None = None,
    internal_only: bool = False,
    title: str | None = None,
    detail: dict[str, Any] | None = None,
    shared_id: int | None = None,
) -> tuple[int, datetime]:
    """The new item's id and moment. Not the transaction's beginning: a save that waited for another stands after it."""
    item_id = await tx.new_id(Type.FEED_ITEM)
    moment = await tx.value(
        """insert into feed_item (org_id, id, parent_id, author_id, kind, body, field_ids, internal_only,
                                  title, detail, shared_id, created_at, last_activity)
           select %(org)s, %(id)s, %(parent)s, %(author)s, %(kind)s, %(body)s, %(fields)s, %(internal)s,
                  %(title)s, %(detail)s, %(shared)s, at, at
           from clock_timestamp() at returning created_at""",
        {
            "id": item_id,
            "parent": parent_id,
            "author": actor.id,
            "kind": kind,
            "body": Jsonb(body or []),
            "fields": field_ids,
            "internal": internal_only,
            "title": title,
            "detail": _json(detail),
            "shared": shared_id,
        },
    )
    return item_id, moment


# SQL: is the item a question? An entry says so too, or the questions of a feed would be looked for among everything in it.
IS_QUESTION = """(select asked.kind = 'QuestionPost' from feed_item asked
    where asked.org_id = %(org)s and asked.id = %(item)s)"""


async def _show_under(
    tx: Tx,
    item_id: int,
    moment: datetime,
    via: dict[int, str],
    pointing: Mapping[int, list[int]] | None = None,
    tags: Mapping[int, str] | None = None,
) -> None:
    """List the item under its subjects, topics as it spells them, under what its record points at by which fields, and
    under the searches that people follow whose words it says; raise the bounds of all."""
    fields = {id: "{" + ",".join(map(str, field_ids)) + "}" for id, field_ids in (pointing or {}).items()}
    via = dict.fromkeys(fields, "related") | via
    subjects = sorted(via)  # in one order everywhere, or two posts lock each other out
    found = await tx.values(
        f"""insert into feed_entry (org_id, subject_id, item_id, via, field_ids, topic_name, question, created_at,
                                   last_activity)
           select %(org)s, s.id, %(item)s, s.via, s.fields::bigint[], s.tag, {IS_QUESTION}, %(at)s, %(at)s
           from unnest(%(subjects)s::bigint[], %(via)s::text[], %(fields)s::text[], %(tags)s::text[]) s(id, via, fields, tag)
           union all
           select %(org)s, s.id, i.id, 'search', null, null, i.kind = 'QuestionPost', %(at)s, %(at)s
           from feed_item i, followed_search s
           where i.org_id = %(org)s and i.id = %(item)s and s.org_id = %(org)s and i.words @@ s.query
           returning subject_id""",
        {
            "item": item_id,
            "at": moment,
            "subjects": subjects,
            "via": [via[subject] for subject in subjects],
            "fields": [fields.get(subject) for subject in subjects],
            "tags": [(tags or {}).get(subject) for subject in subjects],
        },
    )
    await bump(tx, found, moment, post=True)


async def bump(tx: Tx, subjects: list[int], moment: datetime, *, post: bool = False) -> None:
    """Raise the upper bounds of the subjects' newest activity (and newest post): at most one write a minute each."""
    # Bounds that are high enough are left out before the upsert, which would lock their rows whether it writes or not.
    await tx.run(
        f"""insert into feed_subject as s (org_id, id, bump, post_bump)
            select %(org)s, subject.id, soon.minute, soon.minute
            from unnest(%(subjects)s::bigint[]) subject(id),
                 (select date_trunc('minute', %(at)s::timestamptz) + interval '1 minute' as minute) soon
            where not exists (select 1 from feed_subject f where f.org_id = %(org)s and f.id = subject.id and f.bump > %(at)s
                              {"and f.post_bump > %(at)s" if post else ""})
            on conflict (org_id, id) do update set bump = excluded.bump {", post_bump = excluded.post_bump" if post else ""}
            where s.org_id = %(org)s""",
        # the author of a post on his own profile is its parent too
        {"subjects": sorted(set(subjects)), "at": moment},
    )


def _json(value: Any) -> Jsonb | None:
    return Jsonb(value) if value is not None else None
