"""Secrets of questions, polls and shares: what is answered, voted and shared where somebody sees nothing."""

import io
from datetime import timedelta
from typing import Any

from PIL import Image

from hubbub import desk, feed
from hubbub.core import clock
from hubbub.feed.actions import parse_segments
from hubbub.feed.actions.images import send_picture
from tests.worlds.stories import Made, Secret, answer, say, share
from tests.worlds.worlds import Deed, World


async def write(world: World, who: str, where: int, text: str = "", **what: Any) -> int:
    """A post of some kind."""
    async with Deed(world, who) as (tx, actor):
        body = await feed.parse_text(tx, actor, text) if text else []
        return await feed.post(tx, actor, parent_id=where, body=body, **what)


async def vote(world: World, who: str, item: int, position: int) -> None:
    async with Deed(world, who) as (tx, actor):
        choice = await tx.value(
            "select id from poll_choice where org_id = %(org)s and item_id = %(item)s and position = %(at)s",
            {"item": item, "at": position},
        )
        await feed.vote_in_poll(tx, actor, item, choice)


async def kinds_on_private(world: World, public: int) -> Made:
    """A question with a best answer, a poll, a call and a move on a record that some do not see; what all see is shared
    there, and what is said there is shared elsewhere, on what they do not see either."""
    deal = world.id("private")
    question = await write(world, "omar", deal, kind="QuestionPost", title="Who pays? #Hush")
    best = await answer(world, "noor", question, "they do @Nina Petrova")
    async with Deed(world, "omar") as (tx, actor):
        await feed.choose_best_answer(tx, actor, question, best)
    async with Deed(world, "ada") as (tx, actor):
        await feed.verify_answer(tx, actor, best, verified=True)
    poll = await write(world, "omar", deal, "Which?", kind="PollPost", choices=("Radar", "Float"))
    await vote(world, "noor", poll, 1)
    call = await write(
        world, "omar", deal, "said yes", kind="CallLogPost", title="Terms", detail={"minutes": 9}
    )
    async with Deed(world, "omar") as (tx, actor):
        moved = await desk.change_status(
            tx, actor, deal, "Closed Lost", await feed.parse_text(tx, actor, "lost it")
        )
    share = await write(world, "noor", deal, "look #Hush", shared_id=public)
    return {
        "kinds question": question, "kinds best": best, "kinds poll": poll, "kinds call": call, "kinds share": share,
        **({"kinds moved": moved} if moved else {}),
    }  # fmt: skip


async def kinds_go_on(world: World) -> Made:
    await vote(world, "omar", world.id("kinds poll"), 2)
    async with Deed(world, "omar") as (tx, actor):
        await feed.choose_best_answer(tx, actor, world.id("kinds question"), None)
    return {}


async def something_public(world: World) -> Made:
    return {"post:everybody:shared": await say(world, "nina", world.id("nina"), "for all to share")}


async def kinds_here(world: World) -> Made:
    made = await something_public(world)
    return made | await kinds_on_private(world, made["post:everybody:shared"])


def shares(first: bool) -> Any:
    """Two posts that some do not see, of which one is shared on a profile that they see: which one, nothing tells."""

    async def step(world: World) -> Made:
        deal = world.id("private")
        one = await say(world, "omar", deal, "short #Hush")
        two = await write(world, "noor", deal, "a long one", kind="QuestionPost", title="Why @Nina Petrova?")
        share = await write(world, "noor", world.id("noor"), "look at this", shared_id=one if first else two)
        return {"post:everybody:share": share, "shared one": one, "shared two": two}

    return step


async def something_to_do(world: World) -> Made:
    """A post that everybody sees."""
    return {"post:common:to do": await say(world, "omar", world.id("common"), "somebody look into it #tides")}


async def made_of_it(world: World) -> Made:
    """A task and a lead that omar keeps to himself."""
    async with Deed(world, "omar") as (tx, actor):
        item = world.id("post:common:to do")
        # about nothing: who sees what a task is about sees the task
        errand = {"Subject": "A secret errand", "WhatId": None}
        task = await desk.make_of_post(tx, actor, item, "Task", errand)
        lead = await desk.make_of_post(
            tx, actor, item, "Lead", {"LastName": "Secret", "Company": "Hidden & Co"}
        )
    return {"made task": task.id, "made lead": lead.id}


async def made_later(world: World) -> Made:
    return {f"{name} later": id for name, id in (await made_of_it(world)).items()}


async def to_do_and_done(world: World) -> Made:
    made = await something_to_do(world)
    world.made |= made
    return made | await made_of_it(world)


def errand(of_post: bool) -> Any:
    """A task that some see, made of a post that they do not see, or of none."""

    async def step(world: World) -> Made:
        post = await say(world, "omar", world.id("private"), "hush #Hush")
        values = {"Subject": "An errand", "Description": "For all", "WhatId": None}
        async with Deed(world, "omar") as (tx, actor):
            if of_post:
                saved = await desk.make_of_post(tx, actor, post, "Task", values)
            else:
                saved = await desk.create_record(tx, actor, "Task", values)
        for name in ("nina", "mo", "maya"):
            await share(world, "omar", saved.id, world.id(name))
        return {"errand": saved.id, "errand post": post}

    return step


async def hidden_post(world: World) -> Made:
    """What a moderator hid, on a profile that all see, with what was said under it, and on a record."""
    made = {
        "hidden": await say(world, "omar", world.id("omar"), "hush gauge #Hush @Nina Petrova"),
        "hidden too": await say(world, "omar", world.id("common"), "secret tides #Hush"),
    }
    for item in made.values():
        await answer(world, "omar", item, "hush again")
        async with Deed(world, "ada") as (tx, actor):
            await feed.hide_item(tx, actor, item)
    return made


def taken_out(hidden: bool) -> Any:
    """A comment that a moderator hid, or deleted: who may not see it cannot tell which."""

    async def step(world: World) -> Made:
        made = await something_to_do(world)
        said = await answer(world, "omar", made["post:common:to do"], "hush gauge #Hush")
        async with Deed(world, "ada") as (tx, actor):
            await (feed.hide_comment if hidden else feed.delete_comment)(tx, actor, said)
        return made | {"taken out": said}

    return step


async def pictured(world: World) -> Made:
    """A picture in a post on what omar keeps to himself, and in a comment there."""
    kept = io.BytesIO()
    Image.new("RGB", (40, 30), (10, 120, 90)).save(kept, "PNG")
    async with Deed(world, "omar") as (tx, actor):
        file = await send_picture(tx, actor, kept.getvalue(), "secret pier.png")
        shown = [{"type": "InlineImage", "fileId": file.key, "altText": "hush"}]
        body = await parse_segments(tx, actor, shown)
        item = await feed.post(tx, actor, parent_id=world.id("private"), body=body)
        said = await feed.comment(tx, actor, item_id=item, body=body)
    return {"picture": file.id, "pictured": item, "pictured too": said}


async def announced(world: World) -> Made:
    """What guests are not told."""
    async with Deed(world, "ada") as (tx, actor):
        body = await feed.parse_text(tx, actor, "secret hush for all #Hush")
        until = clock.now() + timedelta(days=3)
        return {"announcement": await feed.announce(tx, actor, body=body, expires_at=until, must_read=True)}


KINDS = [
    Secret("a hidden comment", ("nina", "maya", "noor"), taken_out(True), taken_out(False)),
    Secret("a picture", ("nina", "mo", "gus"), pictured),
    Secret("a hidden post", ("nina", "maya", "noor", "gus"), hidden_post),
    Secret("an announcement", ("gus",), announced),
    Secret("what was made of a post", ("nina", "mo", "maya", "gus"), to_do_and_done, something_to_do, live_a=made_later),
    Secret("of which post it was made", ("nina", "mo", "maya"), errand(True), errand(False)),
    Secret(
        "questions, polls and calls on a hidden record", ("nina", "mo", "maya"), kinds_here, something_public,
        live_a=kinds_go_on,
    ),
    Secret("what is shared", ("nina", "mo", "maya"), shares(True), shares(False)),
]  # fmt: skip
