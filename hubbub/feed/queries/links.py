"""Records and topics that bodies name: shown with the reader's eyes."""

from collections.abc import Iterable, Mapping

from hubbub import people, records
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.feed.actions.bodies import Segment, linked
from hubbub.feed.queries.tags import show_tags


async def show_links(
    tx: Tx, actor: people.Actor, bodies: Iterable[list[Segment]], known: Mapping[str, int] | None = None
) -> None:
    """Write into these bodies what the records are called that they link; of what the reader does not see, or what is
    gone, nothing is left but the neutral words. And which topics their hashtags name, of those that he knows (`known`:
    certainly, keys to ids). One statement for all of each, and none where nothing is linked."""
    bodies = list(bodies)
    await show_tags(tx, actor, bodies, known)
    wanted = {record_id for body in bodies for record_id in linked(body)}
    if not wanted:
        return
    cards = await records.visible_cards(tx, actor, wanted)
    for body in bodies:
        for segment in body:
            if segment["type"] == "EntityLink":
                card = cards.get(ids.parse(segment["id"]))
                segment["text"] = card.name if card else html.unseen_record()
                if card is None:
                    del segment["id"]


async def names_of_links(tx: Tx, actor: people.Actor, body: list[Segment]) -> dict[str, str]:
    """What the records are called that a body links, by their ids, as far as the reader sees them."""
    wanted = linked(body)
    cards = await records.visible_cards(tx, actor, wanted) if wanted else {}
    return {card.key: card.name for card in cards.values()}
