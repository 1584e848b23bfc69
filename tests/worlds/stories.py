"""What happens in the worlds: a story that both share, and secrets that make the one difference."""

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import msgspec

from hubbub import desk, feed, people, records
from tests.worlds.worlds import EVERYBODY, Act, Deed, Pair, World

Made = dict[str, int]

# --- what somebody does --------------------------------------------------------------------------------------------


async def make(world: World, who: str, object: str, **values: Any) -> int:
    async with Deed(world, who) as (tx, actor):
        return (await desk.create_record(tx, actor, object, values)).id


async def say(world: World, who: str, where: int, text: str, *, inside: bool = False) -> int:
    async with Deed(world, who) as (tx, actor):
        body = await feed.parse_text(tx, actor, text)
        return await feed.post(tx, actor, parent_id=where, body=body, internal_only=inside)


async def answer(world: World, who: str, item: int, text: str) -> int:
    async with Deed(world, who) as (tx, actor):
        return await feed.comment(tx, actor, item_id=item, body=await feed.parse_text(tx, actor, text))


async def like(world: World, who: str, target: int) -> None:
    async with Deed(world, who) as (tx, actor):
        await feed.like(tx, actor, target)


async def mark(world: World, who: str, item: int, how: str) -> None:
    """What somebody does with a thread that he sees."""
    async with Deed(world, who) as (tx, actor):
        match how:
            case "up" | "down":
                await feed.vote(tx, actor, item, up=how == "up")
            case "flag":
                await feed.flag(tx, actor, item, note="Please look at this")
            case "seen":
                await feed.see_feed(tx, actor, "news", item)
            case _:
                await feed.mark(tx, actor, item, how)


async def reply(world: World, who: str, item: int, comment: int, text: str) -> int:
    async with Deed(world, who) as (tx, actor):
        body = await feed.parse_text(tx, actor, text)
        return await feed.comment(tx, actor, item_id=item, body=body, thread_parent_id=comment)


async def keep_order(world: World, who: str, subject: int, item: int) -> None:
    """Pin an item, and close its thread."""
    async with Deed(world, who) as (tx, actor):
        await feed.pin(tx, actor, subject, item)
        await feed.close_item(tx, actor, item)


async def follow(world: World, who: str, subject: int) -> None:
    async with Deed(world, who) as (tx, actor):
        await feed.follow(tx, actor, subject)


async def save(world: World, who: str, record: int, **values: Any) -> None:
    async with Deed(world, who) as (tx, actor):
        await desk.update_record(tx, actor, record, values)


async def share(world: World, who: str, record: int, to: int, level: int = 1) -> None:
    async with Deed(world, who) as (tx, actor):
        await records.share_record(tx, actor, record, to, level)


async def take_away(world: World, who: str, item: int) -> None:
    async with Deed(world, who) as (tx, actor):
        await feed.delete_item(tx, actor, item)


async def take_back(world: World, who: str, comment: int) -> None:
    """Delete a comment and undo that."""
    async with Deed(world, who) as (tx, actor):
        await feed.delete_comment(tx, actor, comment)
    async with Deed(world, who) as (tx, actor):
        await feed.restore_comment(tx, actor, comment)


async def newest(world: World, parent: int) -> int:
    """The newest item on a record."""
    async with world.company.act() as tx:
        return await tx.value(
            "select id from feed_item where org_id = %(org)s and parent_id = %(id)s order by created_at desc, id desc",
            {"id": parent},
        )


# --- the story that both worlds share ------------------------------------------------------------------------------

STAGES = [
    "Prospecting",
    "Qualification",
    "Needs Analysis",
    "Value Proposition",
    "Proposal/Price Quote",
    "Closed Won",
]
WORDS = "tides port gauge crane night survey quote anchor harbour buoy cable depth keel lock mast".split()
SPICE = ["#tides", "#Port", "@Maya Lindqvist", "https://example.com/a?b=1&c", "<b>x</b>"]
DOINGS = [
    "on deal",
    "on deal",
    "profile",
    "account",
    "comment",
    "comment",
    "like",
    "mark",
    "mark",
    "stage",
    "amount",
    "inside",
    "gone",
]
# Who sees which deal: what follows may be done by these people alone, whatever the secret is.
AUDIENCE = {
    "common": ["ada", "omar", "maya", "noor", "nina", "mo", "gus"],
    "campaign": ["ada", "omar", "maya", "noor"],
    "private": ["ada", "omar", "noor"],
    "service": ["ada", "nina"],
}
OWNER = {"common": "omar", "campaign": "omar", "private": "omar", "service": "nina"}


async def story(pair: Pair, random: Random) -> None:
    """Weeks in the life of a company: accounts, deals, talk about them, people who follow one another."""

    async def ground(world: World) -> Made:
        made: Made = {}
        async with Deed(world, "ada") as (tx, actor):  # accounts' feeds tell what is made under them
            await feed.track_object(tx, actor, "Account", related=True)
        made["harbour"] = await make(world, "omar", "Account", Name="Harbour Light", Industry="Shipping")
        made["pilot"] = await make(world, "noor", "Account", Name="Pilot & Sons", ParentId=made["harbour"])
        made["buyer"] = await make(
            world, "omar", "Contact", FirstName="Ines", LastName="Roy", AccountId=made["harbour"]
        )
        made["gauge"] = await make(world, "ada", "Product2", Name="Tide gauge")
        for number, name in enumerate(AUDIENCE):
            made[name] = await make(
                world, OWNER[name], "Opportunity", Name=f"{name.title()} deal", StageName="Prospecting",
                CloseDate=date(2026, 1 + number, 15), Amount=Decimal(1000 * (number + 1)), AccountId=made["harbour"],
            )  # fmt: skip
        return made

    await pair.both(ground)

    async def shares(world: World) -> None:
        for name in AUDIENCE["common"]:
            if name not in ("ada", "omar"):
                await share(world, "omar", world.id("common"), world.id(name))
        await share(world, "omar", world.id("campaign"), world.id("maya"), 2)

    await pair.both(shares)
    for who, subject in [
        ("noor", "omar"), ("nina", "omar"), ("maya", "omar"), ("mo", "maya"), ("omar", "noor"), ("nina", "common"),
        ("maya", "campaign"), ("maya", "common"), ("gus", "common"), ("noor", "private"), ("noor", "harbour"),
        ("mo", "harbour"), ("nina", "harbour"), ("mo", "common"), ("nina", "service"),
    ]:  # fmt: skip
        await pair.both(then(follow, who, subject))
    for number in range(24):
        if number == 8:
            pair.late = True
        await something(pair, random, f"story{number}")


async def something(pair: Pair, random: Random, name: str) -> None:
    """One thing that somebody does with what both worlds have."""
    deal = random.choice(list(AUDIENCE))
    who = random.choice(AUDIENCE[deal])
    colleague = random.choice([each for each in EVERYBODY if each != "gus"])
    groups = {"everybody", "inside", *AUDIENCE, *(f"{each}-inside" for each in AUDIENCE)}
    items = sorted(each for each in pair.a.made if each.startswith("post:") and each.split(":")[1] in groups)
    text = f"{' '.join(random.sample(WORDS, 4))} {random.choice(SPICE)} {name}"
    match random.choice(DOINGS):
        case "profile":
            await pair.both(makes(f"post:everybody:{name}", say, colleague, colleague, text))
        case "account":
            await pair.both(
                makes(f"post:inside:{name}", say, colleague, random.choice(["harbour", "pilot"]), text)
            )
        case "inside":
            teller = random.choice([each for each in AUDIENCE[deal] if each != "gus"])
            await pair.both(makes(f"post:{deal}-inside:{name}", say, teller, deal, text, inside=True))
        case "stage":
            await pair.both(
                saves(f"post:{deal}:{name}", OWNER[deal], deal, StageName=random.choice(STAGES[:-1]))
            )
        case "amount":
            values = {"Amount": Decimal(random.randint(1, 10**6)), "NextStep": text[:60]}
            await pair.both(saves(f"amount:{deal}:{name}", OWNER[deal], deal, **values))
        case ("comment" | "like" | "mark" | "gone") as kind if items:
            item = random.choice(items)
            group = item.split(":")[1]
            if group in ("everybody", "inside"):
                seeing = [each for each in EVERYBODY if each != "gus"]
            else:
                inside = group.endswith("-inside")
                seeing = [n for n in AUDIENCE[group.removesuffix("-inside")] if n != "gus" or not inside]
            teller = random.choice(seeing)
            if kind == "comment":
                await pair.both(makes(f"comment:{name}", answer, teller, item, text))
            elif kind == "like":
                await pair.both(then(like, teller, item))
            elif kind == "mark":
                how = random.choice(["bookmarked", "muted", "followed", "read", "up", "down", "flag", "seen"])
                await pair.both(then(mark, teller, item, how))
            elif random.random() < 0.3:
                await pair.both(then(take_away, "ada", item))
                for world in (pair.a, pair.b):
                    world.made[f"gone:{name}"] = world.made.pop(item)
        case _:
            await pair.both(makes(f"post:{deal}:{name}", say, who, deal, text))


def then(act: Callable[..., Awaitable[Any]], who: str, subject: str, *more: Any) -> Act:
    async def step(world: World) -> None:
        await act(world, who, world.id(subject), *more)

    return step


def makes(
    name: str, act: Callable[..., Awaitable[int]], who: str, subject: str, text: str, **more: Any
) -> Act:
    async def step(world: World) -> Made:
        return {name: await act(world, who, world.id(subject), text, **more)}

    return step


def saves(name: str, who: str, record: str, **values: Any) -> Act:
    async def step(world: World) -> Made:
        before = await newest(world, world.id(record))
        await save(world, who, world.id(record), **values)
        after = await newest(world, world.id(record))
        return {name: after} if after != before else {}

    return step


# --- secrets: the one thing that is different ----------------------------------------------------------------------


class Secret(msgspec.Struct, frozen=True):
    """One thing that some people may not know of: what happens in the first world, and what instead in the second."""

    name: str
    persons: tuple[str, ...]
    a: Act
    b: Act | None = None
    live_a: Act | None = None  # while they look
    live_b: Act | None = None
    # Where it would show first, looked at each time: addresses with `{id}`, and the names of what they are.
    looks: tuple[tuple[str, str], ...] = ()
    before: Act | None = None  # what both share


async def talk_on(world: World, record: int, name: str) -> Made:
    """What is said and done on a record that some people may not see, with mentions of them."""
    first = await say(
        world, "omar", record, f"Quiet please @Nina Petrova @Mo Okafor @Maya Lindqvist #Hush #tides {name}"
    )
    comment = await answer(world, "noor", first, "understood @Nina Petrova")
    await like(world, "omar", first)
    await like(world, "omar", comment)
    answered = await reply(world, "omar", first, comment, "hush @Nina Petrova #Hush")
    for who, how in (
        ("noor", "bookmarked"),
        ("noor", "read"),
        ("ada", "up"),
        ("noor", "flag"),
        ("ada", "followed"),
    ):
        await mark(world, who, first, how)
    await take_back(world, "noor", comment)
    second = await say(world, "noor", record, "only between us https://example.com/secret", inside=True)
    await keep_order(world, "omar", record, first)
    return {
        f"{name} post": first,
        f"{name} comment": comment,
        f"{name} reply": answered,
        f"{name} inside": second,
    }


async def hidden_deal(world: World) -> Made:
    deal = await make(
        world, "omar", "Opportunity", Name="Secret deal", StageName="Prospecting", CloseDate=date(2026, 2, 1),
        Amount=Decimal(99_999), AccountId=world.id("harbour"),
    )  # fmt: skip
    await follow(world, "noor", deal)
    await follow(world, "omar", deal)
    await save(world, "omar", deal, StageName="Closed Won", Amount=Decimal(1))
    change = await newest(world, deal)
    gone = await say(world, "omar", deal, "never mind")
    await take_away(world, "omar", gone)
    return {
        "secret": deal,
        "secret change": change,
        "secret gone": gone,
        **await talk_on(world, deal, "secret"),
    }


async def hidden_deal_goes_on(world: World) -> Made:
    deal, post = world.id("secret"), world.id("secret post")
    await save(world, "omar", deal, StageName="Qualification")
    await answer(world, "omar", post, "more of it @Nina Petrova")
    await like(world, "noor", post)
    more = await say(world, "noor", deal, "again #tides @Mo Okafor")
    await take_away(world, "omar", post)
    return {"secret more": more}


async def talk_on_private(world: World) -> Made:
    return await talk_on(world, world.id("private"), "word")


async def talk_on_private_goes_on(world: World) -> Made:
    return {"word more": await answer(world, "omar", world.id("word post"), "yes #Hush")}


def amount(deal: str, value: int, **more: Any) -> Act:
    async def step(world: World) -> Made:
        await save(world, OWNER[deal], world.id(deal), Amount=Decimal(value), **more)
        return {}

    return step


def stage_and_amount(deal: str, value: int | None, stage: str) -> Act:
    async def step(world: World) -> Made:
        values: dict[str, Any] = {"StageName": stage} | ({"Amount": Decimal(value)} if value else {})
        await save(world, OWNER[deal], world.id(deal), **values)
        return {"post:both": await newest(world, world.id(deal))}

    return step


def only_amount(deal: str, value: int) -> Act:
    async def step(world: World) -> Made:
        await save(world, OWNER[deal], world.id(deal), Amount=Decimal(value))
        return {"amount change": await newest(world, world.id(deal))}

    return step


async def touch(world: World) -> Made:
    """That a record was saved at all is known to everybody who sees it (docs/decisions/0022)."""
    async with Deed(world, "omar") as (tx, actor):
        await tx.run(
            """update record set version = version + 1, modified_at = now(), modified_by = %(me)s
               where org_id = %(org)s and id = %(id)s""",
            {"id": world.id("campaign"), "me": actor.user_id},
        )
    return {}


async def talk_on_amount(world: World) -> Made:
    item = world.id("amount change")
    comment = await answer(world, "noor", item, "that much? @Maya Lindqvist")
    await like(world, "omar", item)
    return {"amount comment": comment}


async def share_private(world: World) -> Made:
    await share(world, "omar", world.id("private"), world.id("mo"), 2)
    await share(world, "omar", world.id("campaign"), world.id("nina"), 1)
    await share(world, "omar", world.id("common"), world.company.roles["Service"])
    return {}


async def newcomer(world: World) -> Made:
    """A colleague joins, follows what guests see, and posts where they do not."""
    domain = world.domain
    async with world.company.act() as tx:
        user = await people.add_user(
            tx, None,
            people.Newcomer(
                username=f"ken@{domain}", first_name="Ken", last_name="Watt", title="Surveyor",
                role_id=world.company.roles["Service"], permission_sets=(people.STANDARD,), password="correct horse battery",
            ),
        )  # fmt: skip
    world.company.ids["ken"] = user
    await share(world, "omar", world.id("common"), user)
    await follow(world, "ken", world.id("common"))
    await follow(world, "ken", world.id("omar"))
    post = await say(world, "ken", user, "Hello everybody #tides @Gus Berg")
    inside = await say(world, "ken", world.id("common"), "what does he pay? @Gus Berg", inside=True)
    comment = await answer(world, "nina", inside, "a lot")
    return {"ken": user, "ken post": post, "ken inside": inside, "ken comment": comment}


async def newcomer_goes_on(world: World) -> Made:
    return {"ken more": await say(world, "ken", world.id("common"), "still there? @Gus Berg", inside=True)}


async def other_roles(world: World) -> Made:
    async with world.company.act() as tx:
        await people.assign_permission_set(tx, None, world.company.ids["noor"], people.MODERATOR)
        role = await people.add_role(tx, None, "Secret service", world.company.roles["Service"])
        await people.give_role(tx, None, world.company.ids["mo"], role)
    return {"secret role": role}


async def account_for_deal(world: World) -> Made:
    account = await make(world, "omar", "Account", Name="Unseen parent", Industry="Energy")
    await save(world, "omar", world.id("common"), AccountId=account)
    return {"unseen": account}


async def no_account(world: World) -> Made:
    await save(world, "omar", world.id("common"), AccountId=None)
    return {}


async def deleted_record(world: World) -> Made:
    account = await make(world, "omar", "Account", Name="Short-lived", Industry="Energy")
    post = await say(world, "omar", account, "for a moment #tides #Gone @Nina Petrova")
    await answer(world, "nina", post, "seen")
    await follow(world, "nina", account)
    await follow(world, "mo", account)
    async with Deed(world, "ada") as (tx, actor):
        await desk.delete_record(tx, actor, account)
    return {"short": account, "short post": post}


async def inside_talk(world: World) -> Made:
    post = await say(
        world, "noor", world.id("common"), "he will pay twice #Hush #tides @Gus Berg", inside=True
    )
    comment = await answer(world, "omar", post, "sure @Gus Berg")
    await like(world, "maya", post)
    return {"inside": post, "inside comment": comment}


async def inside_talk_goes_on(world: World) -> Made:
    await like(world, "nina", world.id("inside"))
    return {"inside more": await answer(world, "maya", world.id("inside"), "really? @Gus Berg")}


async def another_org(world: World) -> Made:
    """Ids that are somebody's in another org: in the second world nobody's at all."""
    assert world.other
    names = [
        "common",
        "harbour",
        "buyer",
        "gauge",
        "nina",
        next(n for n in world.other.made if n.startswith("post:")),
    ]
    return {f"foreign {name}": world.other.id(name) for name in names}


async def sessions(world: World) -> Made:
    async with Deed(world, "omar") as (tx, actor):
        await people.issue_token(tx, actor)
    return {}


SECRETS = [
    Secret("a hidden record", ("nina", "mo", "maya", "gus"), hidden_deal, live_a=hidden_deal_goes_on),
    Secret("talk on a hidden record", ("nina", "mo", "maya", "gus"), talk_on_private, live_a=talk_on_private_goes_on),
    Secret("a hidden value", ("maya",), amount("campaign", 777), amount("campaign", 31_000_000)),
    Secret(
        "a hidden value beside one that is seen", ("maya",),
        stage_and_amount("campaign", 5, "Negotiation/Review"), stage_and_amount("campaign", None, "Negotiation/Review"),
    ),
    Secret("a hidden change", ("maya",), only_amount("campaign", 4321), touch, live_a=talk_on_amount),
    Secret("somebody else's share", ("maya", "gus"), share_private),
    Secret("a colleague, for guests", ("gus",), newcomer, live_a=newcomer_goes_on),
    Secret("roles and rights, for guests", ("gus",), other_roles),
    Secret("a hidden reference", ("gus",), account_for_deal, no_account),
    Secret("a deleted record", ("nina", "mo", "gus"), deleted_record),
    Secret("talk among colleagues", ("gus",), inside_talk, live_a=inside_talk_goes_on),
    Secret("another org", ("ada", "nina", "gus"), another_org),
    Secret("somebody's tokens", ("nina", "gus"), sessions),
]  # fmt: skip
