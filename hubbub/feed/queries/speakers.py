"""Who speaks in the feed, and where: people and records by their ids, as one reader sees them."""

from collections.abc import Iterable, Mapping

import msgspec

from hubbub import people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.ids import Type
from hubbub.core.languages import mark
from hubbub.feed.queries.tags import topic_url
from hubbub.feed.queries.topics import topics


class Subject(msgspec.Struct, frozen=True):
    """Where an item stands: a person's profile or a record; a record may also be who speaks."""

    id: int
    object: str
    label: str
    name: str
    person: people.Person | None = None
    guest: bool = False
    icon: str = "record"

    @property
    def key(self) -> str:
        return ids.show(self.id)

    @property
    def url(self) -> str:
        if self.object == "Topic":
            return topic_url(self.name)
        return f"/people/{self.key}" if self.object == "User" else f"/r/{self.key}"


# Who speaks is a person; or a record, in whose name somebody asks.
Speaker = people.Person | Subject
Speakers = Mapping[int, Subject]


async def speaker(tx: Tx, actor: people.Actor, id: int) -> Speaker:
    """Who speaks, where the actor is known to see what is said."""
    return speaker_of(id, await find_speakers(tx, actor, {id}))


async def speakers_of(tx: Tx, actor: people.Actor, shown: set[int]) -> dict[int, Speaker]:
    """The same for many."""
    found = await find_speakers(tx, actor, shown)
    return {id: speaker_of(id, found) for id in shown}


async def find_speakers(tx: Tx, actor: people.Actor, shown: set[int]) -> Speakers:
    """People and records that items name, which the actor is known to see."""
    persons = await people.cards(tx, {id for id in shown if ids.type_of(id) == Type.USER}, actor)
    cards = await records.cards(tx, actor, [id for id in shown if ids.type_of(id) != Type.USER])
    return {id: _subject(id, persons, cards) for id in shown}


def speaker_of(id: int, speakers: Speakers) -> Speaker:
    """The person or the record with that id, of those that were found."""
    subject = speakers[id]
    return subject.person or subject


async def subjects(tx: Tx, actor: people.Actor, subject_ids: Iterable[int]) -> dict[int, Subject]:
    """People, records and topics by their ids, as far as the actor may see them."""
    wanted = set(subject_ids)
    persons = await people.visible_cards(tx, actor, {id for id in wanted if ids.type_of(id) == Type.USER})
    cards = await records.visible_cards(
        tx, actor, [id for id in wanted if ids.type_of(id) not in (Type.USER, Type.TOPIC)]
    )
    tags = await topics(tx, actor, [id for id in wanted if ids.type_of(id) == Type.TOPIC])
    return {id: _subject(id, persons, cards) for id in wanted if id in persons or id in cards} | {
        each.id: Subject(each.id, "Topic", mark("Topic"), each.name, icon="topic") for each in tags
    }


def _subject(id: int, persons: dict[int, people.Person], cards: dict[int, records.Card]) -> Subject:
    if ids.type_of(id) == Type.USER:
        return Subject(id, "User", mark("Person"), persons[id].name, persons[id], persons[id].guest)
    card = cards[id]
    return Subject(id, card.object, card.label, card.name, icon=card.icon)
