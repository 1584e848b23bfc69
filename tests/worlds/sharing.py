"""More secrets: who is in which group, role, queue or team, which rules there are, what lies in the bin, what a hidden
field was. None of it may be told to who does not gain or lose anything by it."""

from datetime import date
from decimal import Decimal
from typing import Any

from hubbub import desk, feed, objects, people, records
from hubbub.records.actions.rules import fill_rule
from tests.worlds import stories
from tests.worlds.asking import ASKING
from tests.worlds.digests import DIGESTS
from tests.worlds.keeping import KEEPING
from tests.worlds.kinds import KINDS
from tests.worlds.profiles import PROFILES
from tests.worlds.stories import (
    Made,
    Secret,
    amount,
    follow,
    hidden_deal,
    make,
    newcomer,
    save,
    share,
    talk_on,
)
from tests.worlds.worlds import Act, Deed, World


async def group(world: World, name: str, *members: int, queue: bool = False) -> int:
    async with Deed(world, "ada") as (tx, actor):
        made = await people.add_group(tx, actor, name, queue=queue)
        for member in members:
            await people.add_member(tx, actor, made, member)
        return made


async def group_sees(world: World) -> Made:
    """A group to which the private deal is shared; mo is in it, and says something on it."""
    made = await group(world, "Takeover", world.id("mo"))
    await share(world, "omar", world.id("private"), made)
    await follow(world, "mo", world.id("private"))
    return {"group": made, **await talk_on(world, world.id("private"), "group")}


async def group_grows(world: World) -> None:
    async with Deed(world, "ada") as (tx, actor):
        await people.add_member(tx, actor, world.id("group"), world.id("noor"))


async def outer_group(world: World) -> Made:
    return {"outer": await group(world, "Outer", world.id("noor"))}


async def nested_group(world: World) -> Made:
    inner = await group(world, "Inner", world.id("mo"), world.company.roles["Sales Rep"])
    made = await outer_group(world)
    async with Deed(world, "ada") as (tx, actor):
        await people.add_member(tx, actor, made["outer"], inner)
    await share(world, "omar", world.id("private"), made["outer"])
    return {"inner": inner, **made}


def called(name: str) -> Act:
    async def step(world: World) -> Made:
        return {"group": await group(world, name, world.id("omar"))}

    return step


async def empty_role(world: World) -> Made:
    async with Deed(world, "ada") as (tx, actor):
        return {"role": await people.add_role(tx, actor, "Secret service", world.company.roles["Service"])}


async def rule_by_owner(world: World) -> Made:
    made = await group(world, "Favoured", world.id("mo"))
    async with Deed(world, "ada") as (tx, actor):
        rule = await records.add_rule(
            tx,
            actor,
            "Opportunity",
            "Quietly",
            source_id=world.company.roles["Sales Rep"],
            target_id=made,
            level=2,
        )
    return {"group": made, "rule": rule}


async def rule_by_criteria(world: World) -> Made:
    made = await group(world, "Favoured", world.id("mo"))
    fits = records.Condition("Name", "startsWith", "Private")
    async with Deed(world, "ada") as (tx, actor):
        rule = await records.add_rule(tx, actor, "Opportunity", "Quietly", target_id=made, conditions=[fits])
    async with world.company.act() as tx:
        await fill_rule(tx, rule)
    return {"group": made, "rule": rule, **await talk_on(world, world.id("private"), "rule")}


async def rule_goes(world: World) -> None:
    async with Deed(world, "ada") as (tx, actor):
        await records.delete_rule(tx, actor, world.id("rule"))


async def team(world: World) -> Made:
    async with Deed(world, "omar") as (tx, actor):
        member = await records.join_team(
            tx, actor, world.id("private"), world.id("mo"), team_role="Diver", level=2
        )
    return {"membership": member}


async def team_changes(world: World) -> None:
    async with Deed(world, "omar") as (tx, actor):
        await records.leave_team(tx, actor, world.id("private"), world.id("mo"))


async def share_common(world: World) -> Made:
    await share(world, "omar", world.id("common"), world.company.roles["Marketing"], 2)
    await share(world, "omar", world.id("harbour"), world.id("maya"), 2)
    return {}


async def permission_set(world: World) -> Made:
    async with Deed(world, "ada") as (tx, actor):
        made = await people.add_permission_set(tx, actor, "Auditors", (people.VIEW_ALL_DATA,))
        await people.assign_permission_set(tx, actor, world.id("omar"), "Auditors")
    return {"permission set": made}


async def queue(world: World) -> Made:
    """A queue with mo in it, and a deal that belongs to it."""
    made = await group(world, "Salvage", world.id("mo"), queue=True)
    async with Deed(world, "ada") as (tx, actor):
        deal = (await objects.catalog(tx)).object("Opportunity")
        await people.add_queue_object(tx, actor, made, deal.code)
    secret = await make(
        world, "omar", "Opportunity", Name="Secret deal", StageName="Prospecting", CloseDate=date(2026, 2, 1),
        Amount=Decimal(99_999), AccountId=world.id("harbour"),
    )  # fmt: skip
    await save(world, "ada", secret, OwnerId=made)
    return {"queue": made, "secret": secret}


async def gone_again(world: World) -> Made:
    made = await newcomer(world)
    async with Deed(world, "ada") as (tx, actor):
        await people.deactivate_user(tx, actor, made["ken"])
    return made


async def binned(world: World) -> Made:
    made = await hidden_deal(world)
    async with Deed(world, "omar") as (tx, actor):
        await desk.delete_record(tx, actor, made["secret"])
    return made


async def back_from_the_bin(world: World) -> None:
    async with Deed(world, "omar") as (tx, actor):
        await desk.restore_record(tx, actor, world.id("secret"))


async def post_for_a_guest(world: World) -> Made:
    """A post on the private deal, shared with the guest, who answers."""
    post = await stories.say(world, "omar", world.id("private"), "Only for you #Hush @Nina Petrova")
    async with Deed(world, "omar") as (tx, actor):
        await feed.share_item(tx, actor, post, world.id("gus"))
    return {"given": post, "given comment": await stories.answer(world, "gus", post, "thank you")}


async def post_is_taken_back(world: World) -> None:
    async with Deed(world, "omar") as (tx, actor):
        await feed.unshare_item(tx, actor, world.id("given"), world.id("gus"))


def there_and_back(step: Any) -> Act:
    """Twice, so that the record is as it was."""

    async def twice(world: World) -> Made:
        for number in (5, 2000):
            await step(number)(world)
        return {}

    return twice


SHARING = [
    Secret("a group's sight", ("nina", "maya", "gus"), group_sees, live_a=group_grows),
    Secret("a nested group", ("nina", "maya", "gus"), nested_group, outer_group),
    Secret("a group's name", ("omar", "nina", "mo", "gus"), called("Takeover"), called("Choir")),
    Secret("an empty role", ("omar", "nina", "mo", "maya", "gus"), empty_role),
    Secret("a rule by owner", ("nina", "maya", "gus"), rule_by_owner, live_a=rule_goes),
    Secret("a rule by criteria", ("nina", "maya", "gus"), rule_by_criteria, live_a=rule_goes),
    Secret("a team", ("nina", "maya", "gus"), team, live_a=team_changes),
    Secret("another's share of what one sees", ("nina", "mo", "gus"), share_common),
    Secret("a permission set", ("nina", "maya", "mo", "gus"), permission_set),
    Secret("a queue and what it owns", ("nina", "maya", "gus"), queue),
    Secret("somebody who was deactivated, for guests", ("gus",), gone_again),
    Secret("a recycled record", ("nina", "mo", "maya", "gus"), binned, live_a=back_from_the_bin),
    Secret("a post for a guest", ("nina", "mo", "maya"), post_for_a_guest, live_a=post_is_taken_back),
    Secret(
        "the history of a hidden field", ("maya",), there_and_back(lambda value: amount("campaign", value)),
        there_and_back(lambda _: stories.touch),
    ),
]  # fmt: skip
SECRETS = stories.SECRETS + SHARING + ASKING + KINDS + KEEPING + PROFILES + DIGESTS
