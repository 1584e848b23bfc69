"""The story that the city's tests look at: a private deal, what is said on it, and what everybody may see."""

import base64
import hashlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import httpx
import msgspec
import pytest_asyncio

from hubbub import desk, feed, notify, objects, people, records
from hubbub.core import clock, ids
from hubbub.core.db import Tx
from hubbub.core.http import COOKIE, Credential
from hubbub.feed import queries
from hubbub.feed.actions import acknowledge, add_topic, change_announcement, create_topic, drafts, set_level
from hubbub.feed.actions.bodies import parse_segments
from hubbub.feed.actions.images import send_picture
from hubbub.feed.actions.searches import follow_search
from hubbub.people.actions import invitations
from tests.cast import Browser, Company, House, found_company
from tests.feed.test_images import picture

PEOPLE = ["ada", "omar", "maya", "noor", "nina", "mo", "gus", "nobody"]


class Story:
    """Nouns of the story by their names, as addresses show them. `fresh` ones are made for one request."""

    def __init__(self, company: Company, elsewhere: Company) -> None:
        self.company = company
        self.elsewhere = elsewhere
        self.kept: dict[str, str] = {}
        self.browsers: dict[str, Browser] = {}
        self.programs: dict[str, httpx.AsyncClient] = {}

    async def browser(self, name: str) -> Browser:
        """The browser in which that person is signed in."""
        if name not in self.browsers:
            company = self.company
            self.browsers[name] = await (company.nobody() if name == "nobody" else company.client(name))
            await self.browsers[name].get("/sign-in")  # has the token for forms
        return self.browsers[name]

    async def program(self, name: str) -> httpx.AsyncClient:
        """The program that acts as that person."""
        if name not in self.programs:
            company = self.company
            self.programs[name] = await (company.nobody() if name == "nobody" else company.api(name))
        return self.programs[name]

    async def noun(self, name: str, who: str, *, fresh: bool) -> str:
        """What a name in the table stands for, for the person who asks."""
        if name in (*self.company.ids, "me"):
            who = who if name == "me" and who != "nobody" else "nina" if name == "me" else name
            return self.company.key(who)
        at = f"{name} {who}" if name.startswith("my_") else name
        if not fresh and at in self.kept:
            return self.kept[at]
        made = await _NOUNS[name](self, who if who != "nobody" else "nina")
        shown = made if isinstance(made, str) else ids.show(made)
        if not fresh:
            self.kept[at] = shown
        return shown

    async def act(self, who: str, do: Callable[[Tx, people.Actor], Awaitable[Any]]) -> Any:
        async with self.company.act() as tx:
            return await do(tx, await people.actor(tx, self.company.id(who), client="test"))

    async def old(self, name: str) -> int:
        """The id of a noun that is made once."""
        return ids.parse(await self.noun(name, "omar", fresh=False))


async def _deal(company: Company) -> int:
    return await company.make(
        "omar", "Opportunity", Name="Isdom, tide gauges", StageName="Prospecting", CloseDate=date(2027, 1, 1),
        Amount=Decimal(1000),
    )  # fmt: skip


async def deal(story: Story, _: str) -> int:
    """omar's, for those above him and for maya, who may read it but not its amount."""
    made = await _deal(story.company)
    await story.company.share(made, "maya")
    return made


async def lead(story: Story, _: str) -> int:
    """omar's own: nobody beside him has it but those above."""
    return await story.company.make("omar", "Lead", LastName="Reed", Company="Reed & Co")


async def campaign(story: Story, _: str) -> int:
    """omar's: everybody inside reads it."""
    return await story.company.make("omar", "Campaign", Name="Harbour Days")


async def binned_deal(story: Story, _: str) -> int:
    """omar's, deleted by him."""
    made = await _deal(story.company)
    await story.act("omar", lambda tx, omar: records.delete_record(tx, omar, made))
    return made


async def queued_deal(story: Story, _: str) -> int:
    """A queue's, of which omar is a member; maya may read it."""
    made = await _deal(story.company)

    async def give(tx: Tx, ada: people.Actor) -> None:
        queue = await people.add_group(tx, ada, f"Queue {made}", queue=True)
        await people.add_member(tx, ada, queue, story.company.id("omar"))
        await records.add_queue_object(tx, ada, queue, "Opportunity")
        await records.update_record(tx, ada, made, {"OwnerId": queue})

    await story.act("ada", give)
    await story.company.share(made, "maya")
    return made


async def guest_deal(story: Story, _: str) -> int:
    """omar's, shared with the guest."""
    made = await _deal(story.company)
    await story.company.share(made, "gus")
    return made


async def elsewhere_deal(story: Story, _: str) -> int:
    """Of another org."""
    return await _deal(story.elsewhere)


async def elsewhere_post(story: Story, _: str) -> int:
    async with story.elsewhere.act() as tx:
        me = await people.actor(tx, story.elsewhere.id("omar"))
        return await feed.post(tx, me, parent_id=me.id, body=await feed.parse_text(tx, me, "Elsewhere"))


async def account(story: Story, _: str) -> int:
    """omar's; all inside may read it."""
    return await story.company.make("omar", "Account", Name="Isdom")


async def _post(story: Story, parent_id: int, text: str) -> int:
    async def do(tx: Tx, actor: people.Actor) -> int:
        return await feed.post(tx, actor, parent_id=parent_id, body=await feed.parse_text(tx, actor, text))

    return await story.act("omar", do)


async def post(story: Story, _: str) -> int:
    """omar's on the deal."""
    return await _post(story, await story.old("deal"), "They want 60 days #tides")


async def guest_post(story: Story, _: str) -> int:
    """omar's on the deal that is shared with the guest."""
    return await _post(story, await story.old("guest_deal"), "Welcome")


async def shared_post(story: Story, _: str) -> int:
    """omar's on the deal, shared with gus alone."""
    made = await _post(story, await story.old("deal"), "For our guest")
    await story.act("omar", lambda tx, omar: feed.share_item(tx, omar, made, story.company.id("gus")))
    return made


async def profile_post(story: Story, _: str) -> int:
    """omar's on his profile."""
    return await _post(story, story.company.id("omar"), "Back from the port #tides")


async def _change(story: Story, **values: Any) -> int:
    async def do(tx: Tx, actor: people.Actor) -> int:
        made = await story.old("deal")
        await desk.update_record(tx, actor, made, values)
        return await tx.value(
            """select id from feed_item where org_id = %(org)s and parent_id = %(deal)s and kind = 'TrackedChange'
               order by created_at desc limit 1""",
            {"deal": made},
        )

    return await story.act("omar", do)


_amounts = iter(range(2000, 100_000))


async def stage_change(story: Story, _: str) -> int:
    """What the deal's feed tells of its stage, and of its amount too."""
    stage = ("Qualification", "Prospecting")[(amount := next(_amounts)) % 2]
    return await _change(story, StageName=stage, Amount=Decimal(amount))


async def amount_change(story: Story, _: str) -> int:
    """What the deal's feed tells of its amount alone, which maya may not read."""
    return await _change(story, Amount=Decimal(next(_amounts)))


async def _comment(story: Story, item_id: int) -> int:
    async def do(tx: Tx, actor: people.Actor) -> int:
        return await feed.comment(
            tx, actor, item_id=item_id, body=await feed.parse_text(tx, actor, "Say yes")
        )

    return await story.act("omar", do)


async def comment(story: Story, _: str) -> int:
    """omar's under his post on the deal."""
    return await _comment(story, await story.old("post"))


async def profile_comment(story: Story, _: str) -> int:
    """omar's under his post on his profile."""
    return await _comment(story, await story.old("profile_post"))


async def question(story: Story, _: str) -> int:
    """omar's on the deal."""
    where = await story.old("deal")

    async def do(tx: Tx, actor: people.Actor) -> int:
        return await feed.post(
            tx, actor, parent_id=where, body=[], kind="QuestionPost", title="Who knows them?"
        )

    return await story.act("omar", do)


async def answer(story: Story, who: str) -> int:
    """omar's to a question of his on the deal: the best one, and verified."""
    item = await question(story, who)
    made = await _comment(story, item)
    await story.act("omar", lambda tx, omar: feed.choose_best_answer(tx, omar, item, made))
    await story.act("ada", lambda tx, ada: feed.verify_answer(tx, ada, made, verified=True))
    return made


async def sealed(story: Story, _: str) -> int:
    """omar's on the deal, in its name; he asks noor."""
    where = await story.old("deal")

    async def do(tx: Tx, omar: people.Actor) -> int:
        return await feed.ask(
            tx, omar, record_id=where, need="advice", urgency="week", title="Who knows them?", body=[],
            asked={story.company.id("noor"): "chosen"}, sealed=True,
        )  # fmt: skip

    return await story.act("omar", do)


async def answered(story: Story, who: str) -> int:
    """A question of omar's in the deal's name, with noor's answer: `its_answer`, in the same line."""
    made = await sealed_answer(story, who)
    story.kept["its answer"] = ids.show(made)
    async with story.company.act() as tx:
        return await tx.value(
            "select item_id from feed_comment where org_id = %(org)s and id = %(id)s", {"id": made}
        )


async def its_answer(story: Story, _: str) -> str:
    """noor's to the question before."""
    return story.kept["its answer"]


async def sealed_answer(story: Story, who: str) -> int:
    """noor's to a question of omar's in the deal's name."""
    item = await sealed(story, who)

    async def do(tx: Tx, noor: people.Actor) -> int:
        return await feed.comment(tx, noor, item_id=item, body=await feed.parse_text(tx, noor, "I do"))

    return await story.act("noor", do)


async def poll(story: Story, _: str) -> int:
    """omar's on the deal, with his vote for its first choice."""
    where = await story.old("deal")

    async def do(tx: Tx, actor: people.Actor) -> int:
        body = await feed.parse_text(tx, actor, "Radar or float?")
        made = await feed.post(
            tx, actor, parent_id=where, body=body, kind="PollPost", choices=("Radar", "Float")
        )
        await feed.vote_in_poll(tx, actor, made, await _first_choice(tx, made))
        return made

    return await story.act("omar", do)


async def poll_choice(story: Story, who: str) -> int:
    """The first choice of the poll that was made last."""
    async with story.company.act() as tx:
        last = await tx.value(
            """select id from feed_item where org_id = %(org)s and kind = 'PollPost' order by created_at desc, id desc
               limit 1"""
        )
        return await _first_choice(tx, last or await poll(story, who))


async def _first_choice(tx: Tx, item_id: int) -> int:
    return await tx.value(
        "select id from poll_choice where org_id = %(org)s and item_id = %(item)s and position = 1",
        {"item": item_id},
    )


async def shared_on(story: Story, _: str) -> int:
    """omar's on his profile: it shares his post on the deal."""
    original = await story.old("post")

    async def do(tx: Tx, omar: people.Actor) -> int:
        return await feed.post(tx, omar, parent_id=omar.id, body=[], shared_id=original)

    return await story.act("omar", do)


async def gone_post(story: Story, _: str) -> int:
    """omar's on the deal, deleted by him."""
    made = await _post(story, await story.old("deal"), "Better not")
    await story.act("omar", lambda tx, omar: feed.delete_item(tx, omar, made))
    return made


async def gone_comment(story: Story, _: str) -> int:
    """omar's under his post on the deal, deleted by him."""
    made = await _comment(story, await story.old("post"))
    await story.act("omar", lambda tx, omar: feed.delete_comment(tx, omar, made))
    return made


async def like(story: Story, _: str) -> int:
    """omar's of a post on the deal."""
    target = await post(story, "omar")
    return await story.act("omar", lambda tx, actor: feed.like(tx, actor, target))


async def profile_like(story: Story, _: str) -> int:
    """omar's of a post on his profile."""
    target = await profile_post(story, "omar")
    return await story.act("omar", lambda tx, actor: feed.like(tx, actor, target))


async def omars_stream(story: Story, _: str) -> int:
    """A feed that omar has put together, for himself."""
    subjects = [await story.old("account"), await story.old("deal")]
    return await story.act("omar", lambda tx, omar: feed.add_stream(tx, omar, "Port", subjects=subjects))


_searches = itertools.count(1)


async def omars_favorite(story: Story, _: str) -> int:
    """A search that omar keeps."""
    words = f"tides {next(_searches)}"
    return await story.act("omar", lambda tx, omar: feed.add_favorite(tx, omar, search=words))


async def first_follow(story: Story, _: str) -> int:
    """A person whom new people follow."""
    noor = story.company.id("noor")
    await story.act("ada", lambda tx, ada: feed.first_follow(tx, ada, noor))
    return noor


async def _view(story: Story, *, shared: bool) -> int:
    async def save(tx: Tx, actor: people.Actor) -> int:
        wanted = records.Wanted((records.FilterOn("Amount", "greaterThan", "5"),), ("Amount",))
        return (await records.save_view(tx, actor, "Opportunity", "Big", wanted, shared=shared)).id

    return await story.act("omar", save)


async def view(story: Story, _: str) -> int:
    """A list view that omar keeps for himself."""
    return await _view(story, shared=False)


async def shared_view(story: Story, _: str) -> int:
    """A list view of omar's that everybody inside has."""
    return await _view(story, shared=True)


async def my_follow(story: Story, who: str) -> int:
    """That the person who asks follows a deal that he sees, or used to see."""
    subject = await deal(story, who)
    return (await story.act(who, lambda tx, actor: people.follow(tx, actor, subject))).id


async def noors_follow(story: Story, _: str) -> int:
    """That noor follows omar."""
    subject = story.company.id("omar")
    return (await story.act("noor", lambda tx, actor: people.follow(tx, actor, subject))).id


async def _notice(story: Story, who: str) -> int:
    """What somebody is told of: a post of mo's on his own profile mentions him; mo is told of another's."""
    by = "mo" if who != "mo" else "nina"

    async def do(tx: Tx, actor: people.Actor) -> int:
        item = await feed.post(tx, actor, parent_id=actor.id, body=await feed.parse_text(tx, actor, "Hello"))
        if who == "gus":
            await feed.share_item(tx, actor, item, story.company.id("gus"))
        await notify.tell(tx, {story.company.id(who): "mentioned"}, item, thread_id=item, by=actor.id)
        return await tx.value(
            "select id from notice where org_id = %(org)s and thread_id = %(item)s", {"item": item}
        )

    return await story.act(by, do)


async def my_notice(story: Story, who: str) -> int:
    """What the person who asks was told."""
    return await _notice(story, who)


async def noors_notice(story: Story, _: str) -> int:
    """What noor was told."""
    return await _notice(story, "noor")


async def _app(company: Company, *, public: bool = False) -> int:
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"), client="test")
        asked = people.AppSettings(name="Reports", callbacks=["https://reports.example/"], public=public)
        return await people.create_app(tx, ada, asked)


async def app(story: Story, _: str) -> int:
    """An app of the org, for everybody."""
    return await _app(story.company)


async def elsewhere_app(story: Story, _: str) -> int:
    return await _app(story.elsewhere)


async def elsewhere_person(story: Story, _: str) -> int:
    return story.elsewhere.id("omar")


async def client(story: Story, _: str) -> str:
    """The client id of an app that runs on people's devices."""
    app_id = await _app(story.company, public=True)
    async with story.company.act() as tx:
        return (await people.access_app(tx, app_id)).client_id


async def my_app(story: Story, who: str) -> int:
    """An app that acts in the name of the person who asks."""
    made = await _app(story.company)
    await story.act(who, lambda tx, actor: people.issue_token(tx, actor, app_id=made, scopes=["api"]))
    return made


async def my_session(story: Story, who: str) -> int:
    """Another browser of the person who asks."""
    await story.company.client(who)
    return await _last_session(story, who)


async def omars_session(story: Story, _: str) -> int:
    return await my_session(story, "omar")


async def _last_session(story: Story, who: str) -> int:
    async with story.company.act() as tx:
        return await tx.value(
            """select id from session where org_id = %(org)s and user_id = %(user)s and ended_at is null
               order by created_at desc limit 1""",
            {"user": story.company.id(who)},
        )


async def topic(story: Story, _: str) -> int:
    await story.old("post")
    async with story.company.act() as tx:
        return await tx.value("select id from topic where org_id = %(org)s and key = 'tides'")


async def idle_topic(story: Story, _: str) -> int:
    """A topic that somebody made by itself."""
    return await story.act("ada", lambda tx, actor: create_topic(tx, actor, name=f"Idle {next(_names)}"))


async def new_topic(story: Story, _: str) -> str:
    """A name that no topic has."""
    return f"Fresh {next(_names)}"


async def tagged(story: Story, who: str) -> int:
    """An account of omar's under a topic."""
    await story.old("post")
    made = await story.company.make("omar", "Account", Name="Tagged")
    await story.act("omar", lambda tx, actor: add_topic(tx, actor, made, "tides"))
    return made


async def tides(story: Story, _: str) -> str:
    """The name of a topic that posts are about."""
    await story.old("profile_post")
    return "tides"


async def org(story: Story, _: str) -> int:
    return ids.make(ids.Type.ORG, story.company.org_id)


_keys = itertools.count(1)


async def key(story: Story, _: str) -> str:
    """The external id of an account of omar's."""
    value = f"K{next(_keys)}"
    await story.company.make("omar", "Account", Name="Isdom", ExternalKey__c=value)
    return value


async def new_key(story: Story, _: str) -> str:
    """An external id that no account has."""
    return f"N{next(_keys)}"


async def username(story: Story, who: str) -> str:
    return story.company.username(who)


_names = itertools.count(1)


async def role(story: Story, _: str) -> int:
    """A role below all others."""
    above = story.company.roles["Service"]
    name = f"Pilot {next(_names)}"
    return await story.act("ada", lambda tx, actor: people.add_role(tx, actor, name, above))


async def group(story: Story, _: str) -> int:
    """A group in which ada is alone."""

    async def do(tx: Tx, actor: people.Actor) -> int:
        made = await people.add_group(tx, actor, f"Desk {next(_names)}")
        await people.add_member(tx, actor, made, actor.id)
        return made

    return await story.act("ada", do)


async def queue(story: Story, _: str) -> int:
    """A queue without members, which may own nothing yet."""
    name = f"Inbox {next(_names)}"
    return await story.act("ada", lambda tx, actor: people.add_group(tx, actor, name, queue=True))


async def newcomer(story: Story, _: str) -> int:
    """Somebody without a role who has never signed in."""
    number = next(_names)
    new = people.Newcomer(username=f"new{number}@{story.company.org.domain}", last_name=f"Newcomer {number}")
    return await story.act("ada", lambda tx, actor: people.add_user(tx, actor, new))


async def newcomer_name(story: Story, who: str) -> str:
    """The username of such a one."""
    made = await newcomer(story, who)
    async with story.company.act() as tx:
        return (await people.profile(tx, await people.actor(tx, story.company.id("ada")), made)).username


async def permission_set(story: Story, _: str) -> int:
    """A permission set that grants nothing, and that ada has."""

    async def do(tx: Tx, actor: people.Actor) -> int:
        name = f"Extra {next(_names)}"
        made = await people.add_permission_set(tx, actor, name)
        await people.assign_permission_set(tx, actor, actor.id, name)
        return made

    return await story.act("ada", do)


async def field_name(story: Story, _: str) -> str:
    """A name that no field has yet."""
    return f"Key{next(_names)}__c"


async def rule(story: Story, _: str) -> int:
    """A sharing rule by owner that shares nothing: nobody owns anything as Service."""

    async def do(tx: Tx, actor: people.Actor) -> int:
        roles = story.company.roles
        name = f"Rule {next(_names)}"
        return await records.add_rule(
            tx, actor, "Opportunity", name, source_id=roles["Service"], target_id=roles["Marketing"]
        )

    return await story.act("ada", do)


async def team_deal(story: Story, _: str) -> int:
    """omar's, with omar and ada on its team."""
    made = await _deal(story.company)

    async def do(tx: Tx, actor: people.Actor) -> None:
        await records.join_team(tx, actor, made, actor.id)
        await records.join_team(tx, actor, made, story.company.id("ada"))

    await story.act("omar", do)
    return made


async def my_draft(story: Story, who: str) -> int:
    """On the account; a guest has none there, and is given the address of omar's."""
    place, key = await story.noun("account", who, fresh=True), who if who != "gus" else "omar"
    return await story.act(
        key, lambda tx, actor: _draft(tx, actor, place_id=ids.parse(place), form=drafts.Form("Soon"))
    )


async def _draft(tx: Tx, actor: people.Actor, *, place_id: int, form: drafts.Form) -> int:
    await drafts.save_draft(tx, actor, place_id=place_id, form=form, version=0)
    found = await queries.draft_on(tx, actor, place_id)
    assert found is not None
    return found.id


async def omars_draft(story: Story, _: str) -> int:
    return await my_draft(story, "omar")


async def my_scheduled(story: Story, who: str) -> int:
    """A post on the account that is to be posted in a year's time; the guest is given the address of omar's."""
    place, key = await story.noun("account", who, fresh=True), who if who != "gus" else "omar"
    at = clock.now() + timedelta(days=300)
    return await story.act(
        key,
        lambda tx, actor: drafts.schedule_post(
            tx, actor, place_id=ids.parse(place), form=drafts.Form("Later"), publish_at=at
        ),
    )


async def _invitation(story: Story, who: str) -> int:
    async def do(tx: Tx, actor: people.Actor) -> int:
        settings = msgspec.structs.replace(story.company.house.settings, keep_mail=True)
        email = f"n{next(_amounts)}@harbour.example"
        await invitations.invite(tx, actor, settings, [email])
        return await tx.value(
            "select id from invitation where org_id = %(org)s and email = %(email)s", {"email": email}
        )

    return await story.act(who, do)


async def my_invitation(story: Story, who: str) -> int:
    """Somebody whom he invited; omar where a guest asks."""
    return await _invitation(story, "omar" if who == "gus" else who)


async def omars_invitation(story: Story, _: str) -> int:
    """Somebody whom omar invited."""
    return await _invitation(story, "omar")


async def domain(story: Story, _: str) -> str:
    """The company's only one."""
    return story.company.org.domain


async def image(story: Story, _: str) -> int:
    """omar's, in a post on the deal."""
    deal = await story.old("deal")

    async def send(tx: Tx, omar: people.Actor) -> int:
        made = await send_picture(tx, omar, picture(), "The pier.png")
        body = await feed.parse_text(tx, omar, "See")
        body += await parse_segments(
            tx, omar, [{"type": "InlineImage", "fileId": made.key, "altText": "The pier"}]
        )
        await feed.post(tx, omar, parent_id=deal, body=body)
        return made.id

    return await story.act("omar", send)


async def unused_image(story: Story, _: str) -> int:
    """omar's, used nowhere, and swept."""

    async def send(tx: Tx, omar: people.Actor) -> int:
        made = await send_picture(tx, omar, picture(), "Nothing.png")
        await feed.JOBS["feed.sweep_image"](tx, file=made.key)
        return made.id

    return await story.act("omar", send)


async def announcement(story: Story, _: str) -> int:
    """mo's, for everybody inside, who must read it."""

    async def make(tx: Tx, mo: people.Actor) -> int:
        body = await feed.parse_text(tx, mo, "The office moves")
        return await feed.announce(
            tx, mo, body=body, expires_at=clock.now() + timedelta(days=3), must_read=True
        )

    return await story.act("mo", make)


_NOUNS: dict[str, Callable[[Story, str], Awaitable[int | str]]] = {
    make.__name__: make
    for make in (
        my_invitation, omars_invitation, domain,
        view, shared_view,
        campaign,
        deal, lead, binned_deal, queued_deal, guest_deal, elsewhere_deal, elsewhere_post, account, post, guest_post, shared_post,
        profile_post, stage_change,
        amount_change, gone_post, gone_comment, question, answer, sealed, sealed_answer, answered, its_answer, poll, poll_choice,
        shared_on,
        comment, profile_comment, like, profile_like, omars_stream, omars_favorite, first_follow, my_follow, noors_follow,
        my_notice, noors_notice, my_session, omars_session, app, elsewhere_app, elsewhere_person, client, my_app,
        topic, idle_topic, new_topic, tagged, tides, org, key, new_key, username, role, group, queue, newcomer, newcomer_name,
        permission_set, field_name, rule, team_deal, my_draft, omars_draft, my_scheduled, announcement, image,
        unused_image,
    )
}  # fmt: skip


async def add_key(tx: Tx, actor: people.Actor) -> None:
    """Accounts get an external id."""
    account = (await objects.catalog(tx)).object("Account")
    new = objects.NewField(
        name="ExternalKey__c", label="External key", type="string", unique=True, external_id=True
    )
    await objects.add_field(tx, actor, account, new)


async def share_more(tx: Tx, actor: people.Actor) -> None:
    """A group with a member, a rule that shares with it, a default, a team: nothing that the story's people would see."""
    if any(group.name == "Board" for group in await people.groups(tx)):
        return
    group = await people.add_group(tx, actor, "Board")
    await people.add_member(tx, actor, group, actor.id)
    away = records.Condition("Name", "equals", "Nothing is called so")
    await feed.track_fields(tx, actor, "Account", {"Phone": True})
    await feed.track_object(tx, actor, "Product2", related=True)
    await people.set_preferences(tx, actor, {"notice.liked": False}, {"notice.liked": True})
    await feed.limit_tracking(tx, actor, most_tracked=30, quiet_days=45)
    await feed.turn_previews(tx, actor, on=True)
    page = await feed.parse_text(tx, actor, "See https://tides.example/isdom")
    await feed.post(tx, actor, parent_id=actor.id, body=page)
    await feed.turn_previews(tx, actor, on=False)
    await records.add_rule(tx, actor, "Opportunity", "Board", target_id=group, conditions=[away])
    await objects.set_default(tx, actor, "Opportunity", "Private")
    deal = await records.insert_record(tx, actor, "Account", {"Name": "Its own account"})
    await records.join_team(tx, actor, deal.id, actor.id)


async def tell_digest(story: Story) -> None:
    """Nina follows mo for her digest, and the worker tells her what he posted."""

    async def begin(tx: Tx, nina: people.Actor) -> None:
        await feed.follow(tx, nina, story.company.id("mo"))
        await set_level(tx, nina, story.company.id("mo"), "digest")

    async def end(tx: Tx, mo: people.Actor) -> None:
        await feed.post(tx, mo, parent_id=mo.id, body=await feed.parse_text(tx, mo, "Good morning"))

    await story.act("nina", begin)
    await story.act("mo", end)
    async with story.company.act() as tx:
        at = await tx.value("select next_at from digest_turn where org_id = %(org)s")
        await feed.JOBS["feed.digest"](tx, user=story.company.key("nina"), turn=at.isoformat())


async def announce(tx: Tx, mo: people.Actor) -> None:
    """What everybody must read, and one has."""
    body = await feed.parse_text(tx, mo, "The office moves")
    made = await feed.announce(tx, mo, body=body, expires_at=clock.now() + timedelta(days=3), must_read=True)
    await change_announcement(tx, mo, made, archived=False)
    await acknowledge(tx, mo, made)


async def edit_once(tx: Tx, actor: people.Actor) -> None:
    """A post of his own, which does not say what it said."""
    first = await feed.parse_text(tx, actor, "First")
    made = await feed.post(tx, actor, parent_id=actor.id, body=first)
    await feed.edit_item(tx, actor, made, body=await feed.parse_text(tx, actor, "Second"))


async def fill_profile(tx: Tx, actor: people.Actor) -> None:
    """A profile with a photo and a skill."""
    await people.put_photo(tx, actor, actor.id, picture())
    await people.edit_profile(tx, actor, actor.id, {"skills": "Tides"})


async def mark_all(tx: Tx, omar: people.Actor, post: int, deal: int) -> None:
    """What a reader does with a post."""
    for name in ("bookmarked", "muted", "followed", "read"):
        await feed.mark(tx, omar, post, name)
        await feed.mark(tx, omar, post, name, on=False)
    await feed.mark(tx, omar, post, "read")
    await feed.see_feed(tx, omar, "news", post)
    await feed.vote(tx, omar, post, up=True)
    await feed.pin(tx, omar, deal, post)
    await feed.unpin(tx, omar, deal, post)
    await feed.pin(tx, omar, deal, post)
    await feed.flag(tx, omar, post)
    await feed.like(tx, omar, post, "love")
    await feed.like(tx, omar, post, "wow")
    await feed.close_item(tx, omar, post)
    await feed.close_item(tx, omar, post, closed=False)
    await feed.unpin(tx, omar, deal, post)
    await feed.pin(tx, omar, deal, post)


async def let_in(story: Story) -> None:
    """omar lets an app in that is for some, and it comes back for more."""
    verifier = "v" * 43
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    cookie = (await story.company.client("omar")).cookies[COOKIE].strip('"')
    async with story.company.act() as tx:
        ada = await people.actor(tx, story.company.id("ada"), client="test")
        omar = await people.authenticate(tx, Credential("session", story.company.org_id, cookie))
        theirs = [each.id for each in await people.permission_sets(tx) if each.people]
        asked = people.AppSettings(
            name="Reports", callbacks=["https://reports.example/"], public=True, permission_sets=theirs
        )
        found = await people.access_app(tx, await people.create_app(tx, ada, asked))
        code = await people.allow_app(
            tx, omar, found, callback=found.callbacks[0], scopes=found.scopes, challenge=challenge
        )
    origin, database = people.Origin(), story.company.database
    tokens = await people.issue_by_code(
        database, found.client_id, "", code, found.callbacks[0], verifier, origin
    )
    assert tokens.refresh_token
    await people.issue_by_refresh(database, found.client_id, "", tokens.refresh_token, origin)


async def tell_all(story: Story) -> None:
    """Everything of the story, and what programs leave behind."""
    for name in _NOUNS:
        await story.noun(name, "omar", fresh=False)
    await story.act("ada", lambda tx, actor: people.add_app(tx, actor, "Reports"))
    await let_in(story)
    await story.act("ada", share_more)
    async with story.elsewhere.act() as tx:
        await people.JOBS["people.compare_domain"](
            tx, domain=f"a{story.company.org.domain}", base="https://hub.example"
        )
    post, deal = await story.old("post"), await story.old("deal")
    await story.act("omar", lambda tx, omar: mark_all(tx, omar, post, deal))
    kept = await omars_favorite(story, "omar")
    await story.act("omar", lambda tx, omar: follow_search(tx, omar, kept))
    await story.act("omar", lambda tx, omar: desk.make_of_post(tx, omar, post, "Case", {}))
    await story.act("omar", edit_once)
    await story.act("omar", fill_profile)
    await tell_digest(story)
    await story.act("mo", announce)
    omar = await story.program("omar")
    opened, browser = await story.noun("deal", "omar", fresh=False), await story.browser("omar")
    assert (await browser.get(f"/r/{opened}")).status_code == 200
    assert (await browser.submit("/digest/hour", hour="18")).status_code == 303
    answer = await omar.post(
        "/services/data/v62.0/chatter/feed-elements",
        json={"subjectId": "me", "text": "Once"},
        headers={"idempotency-key": "once"},
    )
    assert answer.status_code in (200, 201), answer.text


async def begin(house: House, clients: AsyncExitStack) -> Story:
    """A story of two companies."""
    told = Story(await found_company(house, clients), await found_company(house, clients))
    await told.act("ada", add_key)
    return told


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def story(house: House) -> AsyncIterator[Story]:
    """The story, told once for all tests of the city."""
    async with AsyncExitStack() as clients:
        yield await begin(house, clients)
