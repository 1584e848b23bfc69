"""Who will see what is posted somewhere, told to who is about to post there."""

import msgspec

from hubbub import people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.ids import Type
from hubbub.feed.access import access_subject

MOST_NAMED = 200


class Readers(msgspec.Struct, frozen=True):
    """The people who may see posts on a person or record, the author left out. For a guest: nobody is counted or named,
    and that there are `others` is always said."""

    inside: int  # how many
    everybody: bool  # everybody inside
    followers: int  # of these, how many are told of it by what they follow
    outside: list[people.Person]
    named: list[people.Person] = []  # those inside, by name: the first 200
    counted: bool = True


async def readers(tx: Tx, actor: people.Actor, subject_id: int, *, named: bool = False) -> Readers:
    """Who may see what the actor posts on a person or record that he may post on."""
    await access_subject(tx, actor, subject_id, to="post")
    if actor.guest:
        return Readers(0, False, 0, [], counted=False)
    colleagues = await people.insiders(tx)
    if ids.type_of(subject_id) == Type.USER:
        inside, outside = colleagues, {subject_id} - colleagues
    else:
        guests = await people.guests(tx)
        seeing = await records.viewers_of(tx, subject_id, colleagues | guests)
        inside, outside = seeing & colleagues, seeing & guests
    inside, outside = inside - {actor.id}, outside - {actor.id}
    reached = (inside | outside) & {subject_id}
    reached |= {who for who, _ in await people.followers_among(tx, {subject_id, actor.id}, inside | outside)}
    cards = await people.cards(tx, outside | (inside if named and len(inside) <= 5000 else set()), actor)
    by_name = sorted(cards.values(), key=lambda person: (person.name.casefold(), person.id))
    return Readers(
        inside=len(inside),
        everybody=inside == colleagues - {actor.id},
        followers=len(reached),
        outside=[person for person in by_name if person.id in outside],
        named=[person for person in by_name if person.id in inside][:MOST_NAMED],
    )
