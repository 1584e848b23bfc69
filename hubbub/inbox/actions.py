"""Choosing what one is told."""

from collections.abc import Mapping

from hubbub import feed, notify, people
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid

# By the names of forms and of REST: what rooms ask for, and whether it is on for who chose nothing.
_NAMES = {kind.name: (kind.preference, kind.usual) for kind in notify.KINDS.values()} | {
    "follow_created": (feed.FOLLOW_CREATED, False)
}
_USUAL = dict(_NAMES.values())


async def preferences(tx: Tx, actor: people.Actor) -> dict[str, bool]:
    """What the actor wants, by name: each kind of notice, and to follow what he creates."""
    found = await people.preferences(tx, actor.id, _USUAL)
    return {name: found[preference] for name, (preference, _) in _NAMES.items()}


async def choose(tx: Tx, actor: people.Actor, chosen: Mapping[str, bool]) -> None:
    """Switch these on or off for myself."""
    for name in chosen:
        if name not in _NAMES:
            raise Invalid(
                "INVALID_INPUT", "There is no preference {name}.", fields=[name[:80]], name=name[:80]
            )
    await people.set_preferences(tx, actor, {_NAMES[name][0]: on for name, on in chosen.items()}, _USUAL)


def usual(name: str) -> bool:
    """What holds for who chose nothing."""
    return _NAMES[name][1]
