"""Streams and favourites: feeds that somebody puts together, and searches and topics that he keeps as feeds."""

from collections.abc import Iterable

from hubbub import people, records
from hubbub.core import events, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid
from hubbub.core.ids import Type
from hubbub.feed.access import access_favorite, access_stream, access_subject
from hubbub.feed.actions.searches import leave_search

MOST_SUBJECTS = 25
MOST_STREAMS = 100
MOST_FAVORITES = 100
LONGEST_NAME, LONGEST_DESCRIPTION, LONGEST_SEARCH = 120, 1000, 255


async def add_stream(
    tx: Tx, actor: people.Actor, name: str, description: str | None = None, subjects: Iterable[int] = ()
) -> int:
    """Put a feed together of up to 25 people, records and topics, for myself."""
    if actor.guest:
        raise Forbidden("Guests have no streams.")
    values = _named(name, description)
    stream_id = await tx.new_id(Type.STREAM)
    made = await tx.run(
        """insert into stream (org_id, id, owner_id, name, description)
           select %(org)s, %(id)s, %(me)s, %(name)s, %(description)s
           where (select count(*) from stream where org_id = %(org)s and owner_id = %(me)s) < %(most)s""",
        {"id": stream_id, "me": actor.id, "most": MOST_STREAMS, **values},
    )
    if not made:
        raise Invalid("LIMIT_EXCEEDED", "At most {most} streams: delete one first.", most=MOST_STREAMS)
    await _add_subjects(tx, actor, stream_id, subjects)
    await events.record(tx, actor, "feed.stream.created", stream_id, after=values)
    return stream_id


async def change_stream(
    tx: Tx,
    actor: people.Actor,
    stream_id: int,
    *,
    name: str | None = None,
    description: str | None = None,
    add: Iterable[int] = (),
    remove: Iterable[int] = (),
) -> None:
    """Change what a stream of mine is called, says and holds; what is None stays as it is."""
    before = await access_stream(tx, actor, stream_id)
    await tx.value(
        "select 1 from stream where org_id = %(org)s and id = %(id)s for update", {"id": stream_id}
    )
    values = _named(
        before.name if name is None else name, before.description if description is None else description
    )
    gone = list(remove)
    await tx.run(
        """update stream set name = %(name)s, description = %(description)s
           where org_id = %(org)s and id = %(id)s""",
        {"id": stream_id, **values},
    )
    await tx.run(
        """delete from stream_subject
           where org_id = %(org)s and stream_id = %(id)s and subject_id = any(%(gone)s::bigint[])""",
        {"id": stream_id, "gone": gone},
    )
    added = await _add_subjects(tx, actor, stream_id, add)
    await events.record(
        tx,
        actor,
        "feed.stream.changed",
        stream_id,
        before={"name": before.name, "description": before.description, "removed": [*map(ids.show, gone)]},
        after=values | {"added": [*map(ids.show, added)]},
    )


async def delete_stream(tx: Tx, actor: people.Actor, stream_id: int) -> None:
    """Take a stream of mine apart. What it showed stays where it stands."""
    stream = await access_stream(tx, actor, stream_id)
    held = await tx.values(
        "delete from stream_subject where org_id = %(org)s and stream_id = %(id)s returning subject_id",
        {"id": stream_id},
    )
    await tx.run("delete from stream where org_id = %(org)s and id = %(id)s", {"id": stream_id})
    before = {"name": stream.name, "description": stream.description, "held": [*map(ids.show, held)]}
    await events.record(tx, actor, "feed.stream.deleted", stream_id, before=before)


async def _add_subjects(tx: Tx, actor: people.Actor, stream_id: int, subjects: Iterable[int]) -> list[int]:
    wanted = list(dict.fromkeys(subjects))
    if len(wanted) <= MOST_SUBJECTS:
        for subject_id in wanted:
            await access_subject(tx, actor, subject_id)
        await tx.run(
            """insert into stream_subject (org_id, stream_id, subject_id)
               select %(org)s, %(stream)s, s.id from unnest(%(subjects)s::bigint[]) s(id)
               on conflict (org_id, stream_id, subject_id) do nothing""",
            {"stream": stream_id, "subjects": wanted},
        )
    held = await tx.value(
        "select count(*) from stream_subject where org_id = %(org)s and stream_id = %(stream)s",
        {"stream": stream_id},
    )
    if max(held, len(wanted)) > MOST_SUBJECTS:
        raise Invalid(
            "LIMIT_EXCEEDED",
            "A stream holds at most {most} people, records and topics.",
            fields=["subscriptionsToAdd"],
            most=MOST_SUBJECTS,
        )
    return wanted


def _named(name: object, description: object) -> dict[str, str | None]:
    if not isinstance(name, str) or not name.strip():
        raise Invalid("REQUIRED_FIELD_MISSING", "Give the stream a name.", fields=["name"])
    if description is not None and not isinstance(description, str):
        raise Invalid("INVALID_INPUT", "description is a text.", fields=["description"])
    for field, text, most in (
        ("name", name, LONGEST_NAME),
        ("description", description, LONGEST_DESCRIPTION),
    ):
        if text and len(text.strip()) > most:
            raise Invalid(
                "STRING_TOO_LONG",
                "{where}: at most {most} characters, this has {count}.",
                fields=[field],
                where=field,
                most=most,
                count=len(text.strip()),
            )
    clean = (description or "").replace("\0", "").strip() or None
    return {"name": name.replace("\0", "").strip(), "description": clean}


# --- favourites ----------------------------------------------------------------------------------------------------


async def add_favorite(
    tx: Tx, actor: people.Actor, *, search: str | None = None, target_id: int | None = None
) -> int:
    """Keep a search over all feeds, a topic or a list view as a feed of mine; what I keep already is kept once."""
    if (search is None) == (target_id is None):
        raise Invalid(
            "INVALID_INPUT",
            "Give either searchText or targetId, the id of a topic or list view.",
            fields=["searchText", "targetId"],
        )
    text = " ".join((search or "").replace("\0", " ").split()) or None
    kind = "search"
    if target_id is not None and ids.type_of(target_id) == Type.LIST_VIEW:
        kind = "list"
        await records.access_view(tx, await records.viewer(tx, actor), target_id)
    elif target_id is not None:
        kind = "topic"
        ids.parse(ids.show(target_id), Type.TOPIC)
        await access_subject(tx, actor, target_id)
    elif text is None or len(text) > LONGEST_SEARCH:
        raise Invalid(
            "INVALID_INPUT",
            "searchText has 1 to {most} characters.",
            fields=["searchText"],
            most=LONGEST_SEARCH,
        )
    values = {"me": actor.id, "text": text, "target": target_id, "kind": kind}
    kept = await tx.value(
        """select id from favorite where org_id = %(org)s and user_id = %(me)s and kind = %(kind)s
             and search_text is not distinct from %(text)s and target_id is not distinct from %(target)s""",
        values,
    )
    if kept is not None:
        return kept
    favorite_id = await tx.new_id(Type.FAVORITE)
    made = await tx.run(
        """insert into favorite (org_id, id, user_id, kind, target_id, search_text, name)
           select %(org)s, %(id)s, %(me)s, %(kind)s, %(target)s, %(text)s, coalesce(%(text)s, '')
           where (select count(*) from favorite where org_id = %(org)s and user_id = %(me)s) < %(most)s""",
        values | {"id": favorite_id, "most": MOST_FAVORITES},
    )
    if not made:
        raise Invalid("LIMIT_EXCEEDED", "At most {most} favourites: delete one first.", most=MOST_FAVORITES)
    await events.record(
        tx, actor, "feed.favorite.created", favorite_id, after={"searchText": text, "target": target_id}
    )
    return favorite_id


async def view_favorite(tx: Tx, actor: people.Actor, favorite_id: int) -> None:
    """Say that I have just looked at a favourite."""
    await access_favorite(tx, actor, favorite_id)
    await tx.run(
        "update favorite set viewed_at = now() where org_id = %(org)s and id = %(id)s", {"id": favorite_id}
    )
    await events.record(tx, actor, "feed.favorite.viewed", favorite_id)


async def delete_favorite(tx: Tx, actor: people.Actor, favorite_id: int) -> None:
    """Keep a favourite no more."""
    kept = await access_favorite(tx, actor, favorite_id)
    await tx.run("delete from favorite where org_id = %(org)s and id = %(id)s", {"id": favorite_id})
    if kept.followed_id is not None:
        await leave_search(tx, kept.followed_id)
    await events.record(
        tx,
        actor,
        "feed.favorite.deleted",
        favorite_id,
        before={"searchText": kept.search, "target": kept.target_id},
    )


async def forget_view(tx: Tx, view_id: int) -> None:
    """Nobody keeps a list view any more that is deleted."""
    await tx.run(
        "delete from favorite where org_id = %(org)s and kind = 'list' and target_id = %(view)s",
        {"view": view_id},
    )
