"""Notices as their reader sees them."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from hubbub import feed, notify, people, records
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.events import Event
from hubbub.core.ids import Type
from hubbub.core.languages import mark

# What happened, by reason; {who} did it.
SENTENCES = {
    "asked": mark("{who} asks for your help"),
    "mentioned": mark("{who} mentioned you in a post"),
    "mentioned_comment": mark("{who} mentioned you in a comment"),
    "announced": mark("{who} announced something that you must read"),
    "hidden": mark("{who} hid your post: only you and moderators see it"),
    "hidden_comment": mark("{who} hid your comment: only you and moderators see it"),
    "best_answer": mark("{who} chose your answer as the best"),
    "assigned": mark("{who} made you the owner"),
    "handed_over": mark("{who} handed over to you what a colleague owned"),
    "joined": mark("{who} accepted your invitation"),
    "profile_post": mark("{who} posted on your profile"),
    "comment_mine": mark("{who} commented on your post"),
    "comment_profile": mark("{who} commented on a post on your profile"),
    "comment_followed": mark("{who} commented in a thread that you follow"),
    "comment_joined": mark("{who} commented after you"),
    "comment_bookmarked": mark("{who} commented on a post that you bookmarked"),
    "comment_liked": mark("{who} commented on a post that you like"),
    "shared": mark("{who} shared your post"),
    "liked": mark("{who} likes what you wrote"),
    "follower": mark("{who} follows you"),
    "digest": mark("Your digest is ready"),
}


class Line(msgspec.Struct, frozen=True):
    """One notice, as it is read."""

    id: int
    kind: str
    title: str
    excerpt: str
    place: str | None
    url: str
    item: str | None  # the key of the post that it is about
    actor: feed.Speaker | None
    count: int
    created_at: datetime
    last_at: datetime
    seen: bool
    read: bool
    thread_id: int

    @property
    def key(self) -> str:
        return ids.show(self.id)


async def sight(tx: Tx, actor: people.Actor) -> notify.Sight:
    """Which of the actor's notices he may read now."""
    return feed.notice_sight(await records.viewer(tx, actor))


def unseen(viewer: records.Viewer) -> str:
    """SQL: how many notices the viewer has not seen, of a hundred at most. Binds viewer.params."""
    return notify.unseen(feed.notice_sight(viewer))


async def count_unseen(tx: Tx, actor: people.Actor) -> int:
    """How many notices the actor has not seen, of a hundred at most."""
    viewer = await records.viewer(tx, actor)
    return await tx.value(f"select {unseen(viewer)}", viewer.params)


async def lines(tx: Tx, actor: people.Actor, found: Iterable[notify.Notice]) -> list[Line]:
    """These notices of the actor's, each with what it is about as he sees it now."""
    notices = list(found)
    threads = [each for each in notices if ids.type_of(each.thread_id) == Type.FEED_ITEM]
    told = await feed.told_of(tx, actor, [(n.thread_id, n.noun_id) for n in threads]) if threads else {}
    spoke = {id for each in notices for id in each.actor_ids}
    others = {
        each.noun_id for each in notices if ids.type_of(each.thread_id) not in (Type.FEED_ITEM, Type.DIGEST)
    }
    places = await feed.subjects(tx, actor, others | {id for id in spoke if ids.type_of(id) != Type.USER})
    persons = await people.cards(tx, {id for id in spoke if ids.type_of(id) == Type.USER}, actor)
    return [
        _line(each, told.get(each.thread_id), persons, places)
        for each in notices
        if ids.type_of(each.thread_id) != Type.FEED_ITEM or each.thread_id in told
    ]


def _line(
    notice: notify.Notice,
    told: feed.Told | None,
    persons: Mapping[int, people.Person],
    places: Mapping[int, feed.Subject],
) -> Line:
    digest = ids.type_of(notice.thread_id) == Type.DIGEST  # Hubbub tells of it, and nobody acts in it
    speakers: list[feed.Speaker] = [
        shown
        for id in ([] if digest else notice.actor_ids)
        if (shown := persons.get(id) or places.get(id)) is not None
    ]
    kind = notify.KINDS[notice.reason]
    place = told.place if told else places.get(notice.noun_id)
    if told is not None:
        said = f"#comment-{ids.show(notice.noun_id)}" if ids.type_of(notice.noun_id) == Type.COMMENT else ""
        url = f"/posts/{ids.show(notice.thread_id)}{said}"
    else:
        url = place.url if place else "/digest" if digest else "/notices"
    return Line(
        id=notice.id,
        kind=notice.reason,
        title=html.translate(SENTENCES[notice.reason]).replace(
            "{who}", _names(speakers[:1] if kind.personal else speakers, notice.count)
        ),
        excerpt=told.excerpt if told else "",
        place=place.name if place and notice.noun_id not in notice.actor_ids else None,
        url=url,
        item=ids.show(notice.thread_id) if told else None,
        actor=speakers[0] if speakers else None,
        count=1 if digest else notice.count,
        created_at=notice.created_at,
        last_at=notice.last_at,
        seen=notice.seen,
        read=notice.read,
        thread_id=notice.thread_id,
    )


def _names(speakers: list[feed.Speaker], count: int) -> str:
    """At most three names, and that there are others."""
    names = [each.name for each in speakers]
    if not names:
        return html.translate("Somebody")
    if len(names) == 3 and count > 3:
        return html.translate("{a}, {b} and others").format(a=names[0], b=names[1])
    if len(names) == 1:
        return names[0]
    return html.translate("{a} and {b}").format(a=", ".join(names[:-1]), b=names[-1])


async def audience(tx: Tx, event: Event, users: set[int]) -> Mapping[str, set[int]]:
    """The bells that an event of a notice rings: of those who were told, or told no more, and may still see what it is
    about; or of who changed his own."""
    if event.noun_id is None:
        return {}
    if event.name == "notify.notice.changed":
        return {"notices": users & {event.noun_id}}
    told = users & {ids.parse(key) for key in (event.after or {}).get("users", ())}
    if told:
        told = await feed.thread_readers(tx, event.noun_id, told)
    return {"notices": told} if told else {}
