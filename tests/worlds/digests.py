"""Digests: everybody has one in the worlds, of what he follows so; and secrets of what lies in somebody else's."""

from datetime import date

from hubbub import feed
from hubbub.core import ids
from hubbub.feed import actions
from tests.worlds import stories
from tests.worlds.addresses import V
from tests.worlds.stories import Made, Secret, then
from tests.worlds.worlds import Act, Deed, Pair, World

# Who reads of whom and what once a day: of people who talk where he does not see it, too.
READERS = {
    "nina": ("noor", "mo"),
    "mo": ("omar", "noor"),
    "maya": ("noor", "harbour"),
    "noor": ("common", "campaign"),
    "omar": ("harbour", "nina"),
}
BEFORE, LAST = date(2026, 1, 1), date(2026, 1, 2)
ADDRESSES = (
    V + "/connect/notifications/status", "/notices/list", V + "/connect/notifications?size=50", V + "/hubbub/digests",
    "/digest", *(f"{at}/{day}" for at in ("/digest", V + "/hubbub/digests") for day in (BEFORE, LAST)),
)  # fmt: skip


async def for_digest(world: World, who: str, subject: int) -> None:
    async with Deed(world, who) as (tx, actor):
        await feed.follow(tx, actor, subject)
        await actions.set_level(tx, actor, subject, "digest")


async def readers(pair: Pair) -> None:
    for who, subjects in READERS.items():
        for subject in subjects:
            await pair.both(then(for_digest, who, subject))


def sends(day: date) -> Act:
    """Everybody's hour has come, on that day."""

    async def step(world: World) -> None:
        async with world.company.act() as tx:
            turns = await tx.tuples(
                "select user_id, next_at from digest_turn where org_id = %(org)s order by user_id"
            )
        for user, at in turns:
            async with world.company.act() as tx:
                await feed.JOBS["feed.digest"](tx, user=ids.show(user), turn=at.isoformat())
        async with world.company.act() as tx:  # whatever day it is, and if midnight comes between the worlds
            await tx.run(
                "update digest_day set day = %(day)s where org_id = %(org)s and day > %(last)s",
                {"day": day, "last": LAST},
            )

    return step


def in_digests(told: bool) -> Act:
    """What noor says on the private deal lies in omar's digest alone, who has set its hour; elsewhere nothing was said."""

    async def step(world: World) -> Made:
        made: Made = {}
        if told:
            made["digest post"] = await stories.say(
                world, "noor", world.id("private"), "hush of tides #Hush @Omar Haddad @Nina Petrova"
            )
            made["digest comment"] = await stories.answer(world, "omar", made["digest post"], "secret gauge")
            await for_digest(world, "omar", world.id("noor"))
            async with Deed(world, "omar") as (tx, actor):
                await actions.set_digest_hour(tx, actor, 18)
        await sends(BEFORE)(world)
        return made

    return step


def under_what_is_read(comment: bool) -> Act:
    """A post on what all see, for colleagues only: in their digests, and not in a guest's."""

    async def step(world: World) -> Made:
        made: Made = {}
        if comment:
            made["digest inside"] = await stories.say(
                world, "omar", world.id("common"), "hush inside #Hush", inside=True
            )
            made["digest answer"] = await stories.answer(world, "noor", made["digest inside"], "secret")
        await sends(BEFORE)(world)
        return made

    return step


DIGESTS = [
    Secret("what lies in a digest", ("nina", "mo", "maya", "gus"), in_digests(True), in_digests(False)),
    Secret(
        "what lies in colleagues' digests", ("gus",), under_what_is_read(True), under_what_is_read(False),
        before=then(for_digest, "gus", "common"),
    ),
]  # fmt: skip
