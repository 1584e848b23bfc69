"""My streams and favourites, and what they are made of, as far as I still see it."""

from datetime import datetime

import msgspec

from hubbub import people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.ids import Type
from hubbub.feed.access import access_favorite, access_stream
from hubbub.feed.queries.speakers import Subject, subjects
from hubbub.feed.queries.topics import topics

# SQL for the statement of every page: the keys and names of my streams and of my favourites, as JSON.
MINE = """(select jsonb_agg(jsonb_build_array(s.id, s.name) order by lower(s.name), s.id)
   from stream s where s.org_id = %(org)s and s.owner_id = %(viewer)s)"""
KEPT = """(select jsonb_agg(jsonb_build_array(f.id, f.search_text) order by f.created_at, f.id)
   from favorite f where f.org_id = %(org)s and f.user_id = %(viewer)s and f.kind = 'search')"""


class StreamSubject(msgspec.Struct, frozen=True):
    """What a stream shows."""

    id: int
    label: str
    name: str
    url: str
    subject: Subject | None = None  # none is a topic

    @property
    def key(self) -> str:
        return ids.show(self.id)


class Stream(msgspec.Struct, frozen=True):
    """A stream of mine with those of its subjects that I see."""

    id: int
    name: str
    description: str | None
    created_at: datetime
    subjects: list[StreamSubject]

    @property
    def key(self) -> str:
        return ids.show(self.id)

    @property
    def url(self) -> str:
        return f"/feeds/streams/{self.key}"


class _Row(msgspec.Struct, frozen=True):
    id: int
    name: str
    description: str | None
    created_at: datetime
    subject_ids: list[int]


async def streams(tx: Tx, actor: people.Actor) -> list[Stream]:
    """My streams, by their names."""
    rows = await tx.rows(
        """select s.id, s.name, s.description, s.created_at, array(
             select c.subject_id from stream_subject c where c.org_id = %(org)s and c.stream_id = s.id
             order by c.added_at, c.subject_id)
           from stream s where s.org_id = %(org)s and s.owner_id = %(me)s order by lower(s.name), s.id""",
        {"me": actor.id},
        into=_Row,
    )
    wanted = {id for row in rows for id in row.subject_ids}
    named = await subjects(tx, actor, {id for id in wanted if ids.type_of(id) != Type.TOPIC})
    shown = {id: StreamSubject(id, each.label, each.name, each.url, each) for id, each in named.items()}
    topic_ids = [id for id in wanted if ids.type_of(id) == Type.TOPIC]
    for each in await topics(tx, actor, topic_ids) if topic_ids else []:
        shown[each.id] = StreamSubject(each.id, "Topic", f"#{each.name}", each.url)
    return [
        Stream(
            row.id,
            row.name,
            row.description,
            row.created_at,
            [shown[id] for id in row.subject_ids if id in shown],
        )
        for row in rows
    ]


async def stream(tx: Tx, actor: people.Actor, stream_id: int) -> Stream:
    """One of my streams."""
    await access_stream(tx, actor, stream_id)
    return next(each for each in await streams(tx, actor) if each.id == stream_id)


class Favorite(msgspec.Struct, frozen=True):
    """A search, a topic or a list view that I keep as a feed."""

    id: int
    name: str
    search: str | None
    target_id: int | None
    viewed_at: datetime | None
    followed: bool = False

    @property
    def topic_id(self) -> int | None:
        return self.target_id if self._is(Type.TOPIC) else None

    @property
    def view_id(self) -> int | None:
        return self.target_id if self._is(Type.LIST_VIEW) else None

    def _is(self, type: Type) -> bool:
        return self.target_id is not None and ids.type_of(self.target_id) == type

    @property
    def key(self) -> str:
        return ids.show(self.id)

    @property
    def url(self) -> str:
        return f"/feeds/favorites/{self.key}"


async def favorites(tx: Tx, actor: people.Actor) -> list[Favorite]:
    """What I keep, the oldest first; a topic of which I see nothing any more, and a list view that I have no more, is left
    out."""
    rows = await tx.rows(
        """select f.id, f.name, f.search_text, f.target_id, f.viewed_at, f.followed_id is not null from favorite f
           where f.org_id = %(org)s and f.user_id = %(me)s order by f.created_at, f.id""",
        {"me": actor.id},
        into=Favorite,
    )
    kept = [row.topic_id for row in rows if row.topic_id]
    named = {each.id: f"#{each.name}" for each in await topics(tx, actor, kept)} if kept else {}
    if any(row.view_id for row in rows):
        him = await records.viewer(tx, actor)
        views = await records.views(tx, him, list(him.catalog.objects))
        named |= {each.id: each.name for each in views}
    return [
        msgspec.structs.replace(row, name=named[row.target_id]) if row.target_id else row
        for row in rows
        if row.target_id is None or row.target_id in named
    ]


async def kept_view(tx: Tx, actor: people.Actor, view_id: int) -> int | None:
    """The favourite as which the actor keeps that list view, if he does."""
    return await tx.value(
        """select id from favorite where org_id = %(org)s and user_id = %(me)s and kind = 'list'
             and target_id = %(view)s""",
        {"me": actor.id, "view": view_id},
    )


async def favorite(tx: Tx, actor: people.Actor, favorite_id: int) -> Favorite:
    """One of what I keep."""
    await access_favorite(tx, actor, favorite_id)
    return next(each for each in await favorites(tx, actor) if each.id == favorite_id)
