"""Topics where they stand: on posts and records, and as hashtags in bodies."""

from collections.abc import Iterable, Mapping
from urllib.parse import quote

import msgspec

from hubbub import people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.feed.access import topic_sight
from hubbub.feed.actions.bodies import Segment, topic_key


class Tag(msgspec.Struct, frozen=True):
    """A topic on a post or record."""

    id: int
    name: str

    @property
    def key(self) -> str:
        return ids.show(self.id)

    @property
    def url(self) -> str:
        return topic_url(self.name)


def topic_url(name: str) -> str:
    """The address of a topic's page; its name may have slashes."""
    return f"/topics/{quote(name, safe='')}"


async def show_tags(
    tx: Tx, actor: people.Actor, bodies: Iterable[list[Segment]], known: Mapping[str, int] | None = None
) -> None:
    """Write into the hashtags of these bodies which topics they name, where the reader knows of these (of `known` ones,
    keys to ids, that is certain). Others stay words: a topic that is gone, or that is nothing for him.

    One statement for all, and none where there is nothing to ask.
    """
    if actor.guest:
        return
    known = known or {}
    tags = [segment for body in bodies for segment in body if segment["type"] == "Hashtag"]
    keys = {topic_key(segment["tag"]) for segment in tags}
    found = {**known, **(await _known(tx, actor, keys - known.keys()))}
    for segment in tags:
        if (topic := found.get(topic_key(segment["tag"]))) is not None:
            segment["id"] = ids.show(topic)


async def _known(tx: Tx, actor: people.Actor, keys: set[str]) -> dict[str, int]:
    if not keys:
        return {}
    viewer = await records.viewer(tx, actor)
    return dict(
        await tx.tuples(
            f"""select named.key, t.id from topic named
                join topic t on t.org_id = %(org)s and t.id = coalesce(named.merged_into, named.id)
                where named.org_id = %(org)s and named.key = any(%(keys)s) and named.deleted_at is null
                  and {topic_sight(viewer)}""",
            {**viewer.params, "keys": list(keys)},
        )
    )
