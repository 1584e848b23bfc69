"""Records that bodies link: named with the reader's eyes."""

from collections.abc import Iterable

from hubbub import people, records
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.feed.actions.bodies import Segment, linked


async def show_links(tx: Tx, actor: people.Actor, bodies: Iterable[list[Segment]]) -> None:
    """Write into these bodies what the records are called that they link; of what the reader does not see, or what is
    gone, nothing is left but the neutral words. One statement for all, and none where nothing is linked."""
    bodies = list(bodies)
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
