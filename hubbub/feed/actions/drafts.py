"""What somebody is writing and has not sent: kept for all his devices, posted later, or thrown away."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from hubbub import people, records
from hubbub.core import events, ids, jobs
from hubbub.core.clock import now
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound, Refused
from hubbub.core.ids import Type
from hubbub.core.languages import Text
from hubbub.feed.access import access_comment, access_item, access_subject, sight, subject_sight
from hubbub.feed.actions.bodies import Segment, clean, parse_form
from hubbub.feed.actions.items import post
from hubbub.feed.actions.kinds import check_kind
from hubbub.feed.actions.talk import comment

MOST_BYTES = 200_000  # of what a draft holds
MOST_EARLIER = 5
MOST_DRAFTS = 500
LONGEST = timedelta(days=365)  # ahead that a post is scheduled
GONE = Text("What this was written on is no longer there for you.")


class Form(msgspec.Struct, frozen=True):
    """What the composer holds: `text` as it is in a plain box, `segments` as the editor sends them (JSON)."""

    text: str = ""
    segments: str = ""
    kind: str = "TextPost"
    title: str = ""
    choices: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        return not any(each.strip() for each in (self.text, self.segments, self.title, *self.choices))


class Earlier(msgspec.Struct, frozen=True):
    """What a later save wrote over, and when it had been saved."""

    form: Form
    saved_at: datetime


class DraftRow(msgspec.Struct, frozen=True):
    """A draft as it is stored. `publish_at`: then it is posted, unless it was `refused`."""

    id: int
    user_id: int
    place_id: int
    form: Form
    earlier: tuple[Earlier, ...]
    publish_at: datetime | None
    refused: Text | None
    saved_at: datetime

    @property
    def key(self) -> str:
        return ids.show(self.id)

    @property
    def why(self) -> str | None:
        """Why it was not posted, in the language that is spoken now."""
        return self.refused.said if self.refused else None

    @property
    def version(self) -> int:
        """When it was saved, in microseconds: no two saves of a place have the same."""
        return version_of(self.saved_at)


class Saved(msgspec.Struct, frozen=True):
    """A save: the version it made (0: there is no draft now), and what it wrote over that its writer had not seen."""

    version: int
    over: Earlier | None = None


COLUMNS = "d.id, d.user_id, d.place_id, d.form, d.earlier, d.publish_at, d.refused, d.saved_at"


def version_of(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


def draft_row(row: tuple[Any, ...]) -> DraftRow:
    """A draft of a row of COLUMNS."""
    id, user_id, place_id, form, earlier, publish_at, refused, saved_at = row
    return DraftRow(
        id,
        user_id,
        place_id,
        msgspec.convert(form, Form),
        tuple(msgspec.convert(earlier, list[Earlier])),
        publish_at,
        None if refused is None else _why(refused),
        saved_at,
    )


def _kept(why: Text) -> str:
    """A reason as it is kept: whoever reads it is told in his language."""
    return msgspec.json.encode([why.template, why.values], enc_hook=str).decode()


def _why(kept: str) -> Text:
    if not kept.startswith("["):
        return Text(kept)  # kept in English before there were languages
    template, values = msgspec.json.decode(kept)
    return Text(template, **values)


def place_sight(viewer: records.Viewer, d: str = "d") -> str:
    """SQL that is true for the drafts (alias `d`) on what the viewer may see. Binds viewer.params."""
    item = f"""exists (select 1 from feed_item i where i.org_id = %(org)s and i.id = {{id}} and {sight(viewer)} offset 0)"""
    return f"""case {d}.place_id >> 48
        when {Type.FEED_ITEM:d} then {item.format(id=f"{d}.place_id")}
        when {Type.COMMENT:d} then {
        item.format(
            id=f'''(select c.item_id from feed_comment c
                    where c.org_id = %(org)s and c.id = {d}.place_id and c.deleted_at is null)'''
        )
    } else {subject_sight(viewer, f"{d}.place_id")} end"""


async def access_draft(tx: Tx, actor: people.Actor, draft_id: int) -> DraftRow:
    """The draft, locked, if it is the actor's; one on what he sees no more is forgotten, unless it was to be posted."""
    viewer = await records.viewer(tx, actor)
    rows = await tx.tuples(
        f"""select {COLUMNS} from draft d where d.org_id = %(org)s and d.id = %(id)s and d.user_id = %(user)s
            and (d.publish_at is not null or {place_sight(viewer)}) for update""",
        {"id": draft_id, "user": actor.id, **viewer.params},
    )
    if not rows:
        raise NotFound()
    return draft_row(rows[0])


async def access_place(tx: Tx, actor: people.Actor, place_id: int) -> None:
    """What can be written on: a person or record to post on, an item or comment to answer."""
    match ids.type_of(place_id):
        case Type.FEED_ITEM:
            await access_item(tx, actor, place_id, to="comment")
        case Type.COMMENT:
            await access_item(tx, actor, (await access_comment(tx, actor, place_id)).item_id, to="comment")
        case Type.TOPIC:
            raise NotFound()
        case _:
            await access_subject(tx, actor, place_id, to="post")


# --- writing -------------------------------------------------------------------------------------------------------


async def save_draft(
    tx: Tx, actor: people.Actor, *, place_id: int, form: Form, version: int, keep: bool = False
) -> Saved:
    """Keep what I am writing in this place; an empty form ends the draft.

    `version` is the one that the writer knows (0: none). Where another device saved meanwhile the newer text wins: what it
    writes over is kept beside it and told. `keep` also keeps what the writer does know.
    """
    await access_place(tx, actor, place_id)
    _check(form)
    kept = await _draft_on(tx, actor, place_id)
    if form.empty:
        if kept is None:
            return Saved(0)
        if kept.version != version:  # written on another device, and not seen on this one: it stays
            return Saved(kept.version, Earlier(kept.form, kept.saved_at))
        await _delete(tx, kept)
        await events.record(tx, actor, "feed.draft.discarded", kept.id, parent=kept.place_id)
        return Saved(0)
    if kept is None:
        moment = await _insert(tx, actor, place_id, form)
        if moment is not None:
            return Saved(version_of(moment))
        kept = await _draft_on(tx, actor, place_id)  # another device was quicker
        if kept is None:
            raise Invalid("INVALID_INPUT", "This draft is being changed elsewhere. Try again.")
    if kept.form == form:
        return Saved(kept.version)
    over = Earlier(kept.form, kept.saved_at) if kept.version != version else None
    earlier = kept.earlier
    if over or keep:
        earlier = (Earlier(kept.form, kept.saved_at), *earlier)[:MOST_EARLIER]
    moment = await tx.value(
        """update draft set form = %(form)s, earlier = %(earlier)s,
                  saved_at = greatest(%(now)s, saved_at + interval '1 microsecond')
           where org_id = %(org)s and id = %(id)s returning saved_at""",
        {"id": kept.id, "now": now(), "form": _json(form), "earlier": _json(earlier)},
    )
    return Saved(version_of(moment), over)


async def discard_draft(tx: Tx, actor: people.Actor, draft_id: int) -> None:
    """Throw a draft away, or take back a post that was to be posted later."""
    draft = await access_draft(tx, actor, draft_id)
    await _delete(tx, draft)
    await events.record(tx, actor, "feed.draft.discarded", draft.id, parent=draft.place_id)


async def use_earlier(tx: Tx, actor: people.Actor, draft_id: int, number: int) -> None:
    """Take what another device had written here instead; what stands there now is kept in its stead."""
    draft = await access_draft(tx, actor, draft_id)
    if not 0 <= number < len(draft.earlier):
        raise NotFound()
    chosen = draft.earlier[number]
    others = [each for at, each in enumerate(draft.earlier) if at != number]
    await tx.run(
        """update draft set form = %(form)s, earlier = %(earlier)s,
                  saved_at = greatest(%(now)s, saved_at + interval '1 microsecond')
           where org_id = %(org)s and id = %(id)s""",
        {
            "id": draft.id,
            "now": now(),
            "form": _json(chosen.form),
            "earlier": _json([Earlier(draft.form, draft.saved_at), *others]),
        },
    )


async def forget_draft(tx: Tx, actor: people.Actor, place_id: int) -> None:
    """What I wrote in this place has been sent: it is no draft any more."""
    await tx.run(
        """delete from draft where org_id = %(org)s and user_id = %(user)s and place_id = %(place)s
           and publish_at is null""",
        {"user": actor.id, "place": place_id},
    )


# --- sending -------------------------------------------------------------------------------------------------------


async def publish_draft(tx: Tx, actor: people.Actor, draft_id: int) -> int:
    """Send a draft now, whenever it was to be posted; the id of the item or comment that it becomes."""
    draft = await access_draft(tx, actor, draft_id)
    sent_id = await _send(tx, actor, draft.place_id, draft.form)
    await _delete(tx, draft)
    await events.record(tx, actor, "feed.draft.published", draft.id, parent=draft.place_id)
    return sent_id


async def schedule_post(
    tx: Tx, actor: people.Actor, *, place_id: int, form: Form, publish_at: datetime
) -> int:
    """Have this posted on a person or record at that time, with the sight that I have then."""
    if ids.type_of(place_id) in (Type.FEED_ITEM, Type.COMMENT):
        raise Invalid("INVALID_INPUT", "Only posts are scheduled.", fields=["publishAt"])
    await access_place(tx, actor, place_id)
    _check(form)
    # what could not be posted now is refused now
    check_kind(actor, form.kind, place_id, await body_of(tx, actor, form), form.title, form.choices, None)
    _check_time(publish_at)
    await forget_draft(tx, actor, place_id)
    draft_id = await tx.new_id(Type.DRAFT)
    await tx.run(
        """insert into draft (org_id, id, user_id, place_id, form, publish_at)
           values (%(org)s, %(id)s, %(user)s, %(place)s, %(form)s, %(at)s)""",
        {"id": draft_id, "user": actor.id, "place": place_id, "form": _json(form), "at": publish_at},
    )
    await jobs.defer(tx, "feed.publish", at=publish_at, draft_id=ids.show(draft_id))
    await events.record(
        tx, actor, "feed.draft.scheduled", draft_id, parent=place_id, after={"at": publish_at.isoformat()}
    )
    return draft_id


async def reschedule_post(tx: Tx, actor: people.Actor, draft_id: int, publish_at: datetime) -> None:
    """Have a scheduled post posted at another time; one that was refused is tried again then."""
    draft = await access_draft(tx, actor, draft_id)
    if draft.publish_at is None:
        raise Invalid("INVALID_INPUT", "This draft is not scheduled.", fields=["publishAt"])
    _check_time(publish_at)
    await tx.run(
        """update draft set publish_at = %(at)s, refused = null, saved_at = %(now)s
           where org_id = %(org)s and id = %(id)s""",
        {"id": draft_id, "at": publish_at, "now": now()},
    )
    await jobs.defer(tx, "feed.publish", at=publish_at, draft_id=draft.key)
    await events.record(
        tx,
        actor,
        "feed.draft.scheduled",
        draft_id,
        parent=draft.place_id,
        before={"at": draft.publish_at.isoformat()},
        after={"at": publish_at.isoformat()},
    )


async def unschedule_post(tx: Tx, actor: people.Actor, draft_id: int) -> None:
    """Make a scheduled post a draft again; what I am writing in its place meanwhile is kept beside it."""
    draft = await access_draft(tx, actor, draft_id)
    if draft.publish_at is None:
        return
    await access_place(tx, actor, draft.place_id)
    await _delete(tx, draft)
    await events.record(tx, actor, "feed.draft.unscheduled", draft.id, parent=draft.place_id)
    await save_draft(tx, actor, place_id=draft.place_id, form=draft.form, version=0)


async def publish_due(tx: Tx, draft_id: str) -> None:
    """Post what was scheduled, as its author and with his sight now. What he may not post any more is not, and he is
    told why in My Drafts. A post that was moved to a later time, or taken back, has another job or none."""
    rows = await tx.tuples(
        f"""select {COLUMNS} from draft d where d.org_id = %(org)s and d.id = %(id)s and d.publish_at <= now()
            and d.refused is null for update skip locked""",
        {"id": ids.parse(draft_id, Type.DRAFT)},
    )
    if not rows:
        return
    draft = draft_row(rows[0])
    try:
        async with tx.savepoint():
            author = await people.actor(tx, draft.user_id, client="scheduled post")
            await _send(tx, author, draft.place_id, draft.form)
            await _delete(tx, draft)
            await events.record(tx, author, "feed.draft.published", draft.id, parent=draft.place_id)
    except Refused as refused:
        why = GONE if isinstance(refused, NotFound) else refused.why
        await tx.run(
            "update draft set refused = %(reason)s where org_id = %(org)s and id = %(id)s",
            {"id": draft.id, "reason": _kept(why)},
        )
        await events.record(
            tx, None, "feed.draft.refused", draft.id, parent=draft.place_id, after={"reason": str(why)}
        )


async def _send(tx: Tx, actor: people.Actor, place_id: int, form: Form) -> int:
    await access_place(tx, actor, place_id)
    if ids.type_of(place_id) not in (Type.FEED_ITEM, Type.COMMENT):
        return await write_post(tx, actor, place_id, form, await body_of(tx, actor, form))
    body = await parse_form(tx, actor, text=form.text, segments=form.segments)
    item_id, above = place_id, None
    if ids.type_of(place_id) == Type.COMMENT:
        item_id, above = (await access_comment(tx, actor, place_id)).item_id, place_id
    return await comment(tx, actor, item_id=item_id, body=body, thread_parent_id=above)


async def write_post(tx: Tx, actor: people.Actor, place_id: int, form: Form, body: list[Segment]) -> int:
    """Post what the composer holds, with its body: a text, a question or a poll."""
    return await post(
        tx,
        actor,
        parent_id=place_id,
        kind=form.kind,
        title=form.title,
        choices=form.choices,
        body=body,
    )


async def body_of(tx: Tx, actor: people.Actor, form: Form) -> list[Segment]:
    """The body of what the composer holds; a question may have none."""
    if form.kind == "QuestionPost" and not form.text.strip():
        return []
    return await parse_form(tx, actor, text=form.text, segments=form.segments)


# --- rows ----------------------------------------------------------------------------------------------------------


async def _draft_on(tx: Tx, actor: people.Actor, place_id: int) -> DraftRow | None:
    rows = await tx.tuples(
        f"""select {COLUMNS} from draft d where d.org_id = %(org)s and d.user_id = %(user)s
            and d.place_id = %(place)s and d.publish_at is null for update""",
        {"user": actor.id, "place": place_id},
    )
    return draft_row(rows[0]) if rows else None


async def _insert(tx: Tx, actor: people.Actor, place_id: int, form: Form) -> datetime | None:
    if await tx.value(
        "select count(*) >= %(most)s from draft where org_id = %(org)s and user_id = %(user)s",
        {"user": actor.id, "most": MOST_DRAFTS},
    ):
        raise Invalid(
            "LIMIT_EXCEEDED", "You have {most} drafts. Send or discard some of them first.", most=MOST_DRAFTS
        )
    draft_id = await tx.new_id(Type.DRAFT)
    found = await tx.values(
        """insert into draft (org_id, id, user_id, place_id, form)
           values (%(org)s, %(id)s, %(user)s, %(place)s, %(form)s)
           on conflict (org_id, user_id, place_id) where publish_at is null do nothing returning saved_at""",
        {"id": draft_id, "user": actor.id, "place": place_id, "form": _json(form)},
    )
    if not found:
        return None
    await events.record(tx, actor, "feed.draft.created", draft_id, parent=place_id)
    return found[0]


async def _delete(tx: Tx, draft: DraftRow) -> None:
    await tx.run("delete from draft where org_id = %(org)s and id = %(id)s", {"id": draft.id})


def _json(value: Any) -> Jsonb:
    return Jsonb(msgspec.to_builtins(value))


def _check(form: Form) -> None:
    texts = [clean(each) for each in (form.text, form.segments, form.title, *form.choices)]
    if sum(len(each) for each in texts) > MOST_BYTES:
        raise Invalid(
            "STRING_TOO_LONG", "A draft holds at most {most:,} characters.", fields=["text"], most=MOST_BYTES
        )


def _check_time(publish_at: datetime) -> None:
    if publish_at <= now():
        raise Invalid(
            "INVALID_INPUT", "That time is over. Choose a later one, or post it now.", fields=["publishAt"]
        )
    if publish_at > now() + LONGEST:
        raise Invalid("INVALID_INPUT", "A post is scheduled at most a year ahead.", fields=["publishAt"])
