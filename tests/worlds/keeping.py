"""What people keep for themselves: streams, favourites and drafts; in the story, and as a secret."""

from hubbub import feed, records
from hubbub.core.errors import Forbidden
from hubbub.feed.actions import drafts, streams
from tests.worlds.stories import Made, Secret
from tests.worlds.worlds import Act, Deed, Pair, World

SEARCHES = ("secret*", "tides", "hush or gauge")
# What each of them puts into a stream, and writes a draft on: the last they see for a moment only.
KEEPERS = {
    "nina": ("common", "omar", "harbour", "service", "private"),
    "maya": ("campaign", "harbour", "omar", "private"),
    "mo": ("common", "maya", "harbour", "private"),
    "noor": ("private", "omar", "harbour"),
    "omar": ("common", "noor", "pilot"),
}
FOR_A_MOMENT = ("nina", "maya", "mo")


async def keep(world: World, who: str, subjects: tuple[str, ...], searches: tuple[str, ...]) -> Made:
    """A stream of these, a search for each of these words, and a draft on each that can be written on."""
    made: Made = {}
    async with Deed(world, who) as (tx, actor):
        if not actor.guest:
            of = [world.id(name) for name in subjects]
            made[f"{who}'s stream"] = await feed.add_stream(tx, actor, f"Of {who}", subjects=of)
        for words in searches:
            made[f"{who}'s favourite {words}"] = await feed.add_favorite(tx, actor, search=words)
        for name in subjects:
            try:
                async with tx.savepoint():
                    form = drafts.Form(text=f"Half a thought of {who}'s #Hush @Nina Petrova")
                    await drafts.save_draft(tx, actor, place_id=world.id(name), form=form, version=0)
            except Forbidden:  # one may see something and not write on it
                continue
        drafted = await tx.tuples(
            "select id, place_id from draft where org_id = %(org)s and user_id = %(me)s", {"me": actor.id}
        )
        for name in subjects:
            made |= {f"{who}'s draft on {name}": id for id, place in drafted if place == world.id(name)}
    return made


def keeps(who: str, subjects: tuple[str, ...], searches: tuple[str, ...] = SEARCHES) -> Act:
    async def step(world: World) -> Made:
        return await keep(world, who, subjects, searches)

    return step


async def habits(pair: Pair) -> None:
    """Each keeps something of what he sees, and some something of what is taken from them again."""

    async def give(world: World) -> None:
        async with Deed(world, "omar") as (tx, actor):
            for who in FOR_A_MOMENT:
                await records.share_record(tx, actor, world.id("private"), world.id(who), 1)

    async def take(world: World) -> None:
        async with Deed(world, "omar") as (tx, actor):
            for who in FOR_A_MOMENT:
                await records.unshare_record(tx, actor, world.id("private"), world.id(who))

    await pair.both(give)
    for who, subjects in KEEPERS.items():
        await pair.both(keeps(who, subjects))
    await pair.both(keeps("gus", ("common",)))
    await pair.both(shares_views)
    await pair.both(take)


async def shares_views(world: World) -> Made:
    """List views of omar's that everybody inside has: one asks for amounts, which not all may read."""
    made: Made = {}
    shown = ("Name", "Amount", "AccountId", "StageName")
    for name, filters in (("amounts", (records.FilterOn("Amount", "greaterThan", "500"),)), ("deals", ())):
        async with Deed(world, "omar") as (tx, actor):
            wanted = records.Wanted(filters, shown, "Amount", descending=True)
            made[f"view:{name}"] = (
                await records.save_view(tx, actor, "Opportunity", f"All {name}", wanted, shared=True)
            ).id
    return made


async def kept_by_omar(world: World) -> Made:
    """He keeps more than before, and marks what all see."""
    made = await keep(world, "omar", ("nina", "private"), ("merger",))
    async with Deed(world, "omar") as (tx, actor):
        for name in sorted(world.made):
            if name.startswith("post:common:"):
                for how in ("bookmarked", "muted", "followed"):
                    await feed.mark(tx, actor, world.id(name), how)
        wanted = records.Wanted((records.FilterOn("Name", "contains", "secret"),), ("Name",))
        made["view"] = (await records.save_view(tx, actor, "Opportunity", "Merger", wanted)).id
        made["view kept"] = await feed.add_favorite(tx, actor, target_id=made["view"])
    return {f"kept {name}": id for name, id in made.items()}


async def keeps_on(world: World) -> None:
    async with Deed(world, "omar") as (tx, actor):
        stream, favorite = world.id("kept omar's stream"), world.id("kept omar's favourite merger")
        await streams.change_stream(tx, actor, stream, name="Merger", add=[world.id("common")])
        await streams.delete_favorite(tx, actor, favorite)
        await drafts.discard_draft(tx, actor, world.id("kept omar's draft on private"))


KEEPING = [
    Secret("what somebody keeps for himself", ("nina", "ada", "mo", "noor", "maya", "gus"), kept_by_omar, live_a=keeps_on),
]  # fmt: skip
