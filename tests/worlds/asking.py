"""Who asked in a record's name: Omar in one world, Maya in the other. Nobody else can tell the worlds apart."""

from hubbub.feed import actions
from tests.worlds import stories
from tests.worlds.stories import Made, Secret
from tests.worlds.worlds import Act, Deed, World

# Whatever permissions they have; gus sees the record as a guest, ada all data, mo moderates.
OTHERS = ("nina", "ada", "mo", "noor", "gus")


def asks(who: str) -> Act:
    """He asks Nina and Mo on the common deal, talks, likes, votes, edits, takes away and chooses in the thread."""

    async def step(world: World) -> Made:
        deal = world.id("common")
        async with Deed(world, who) as (tx, actor):
            asked = await actions.ask(
                tx, actor, record_id=deal, need="advice", urgency="today", title="How do we tell them #tides?",
                body=await actions.parse_text(tx, actor, "Nobody here knows @Nina Petrova #Port"),
                asked={world.id("nina"): "chosen", world.id("mo"): "expert"}, sealed=True,
            )  # fmt: skip
        answer = await stories.answer(world, "nina", asked, "Say it at once")
        async with Deed(world, who) as (tx, actor):
            back = await actions.comment(
                tx, actor, item_id=asked, body=[{"type": "Text", "text": "To whom?"}], thread_parent_id=answer
            )
            slip = await actions.comment(
                tx, actor, item_id=asked, body=[{"type": "Text", "text": "I was ther"}]
            )
            await actions.edit_comment(tx, actor, slip, body=[{"type": "Text", "text": "It was there"}])
            for target in (asked, answer):
                await actions.like(tx, actor, target, "thanks")
            await actions.vote(tx, actor, answer, up=True)
            await actions.edit_item(tx, actor, asked, title="How do we tell them?")
            await actions.choose_best_answer(tx, actor, asked, answer)
            await actions.flag(tx, actor, answer, note="Rude")
            for mark in ("bookmarked", "muted", "read"):
                await actions.mark(tx, actor, asked, mark)
        return {"asked": asked, "answer": answer, "back": back, "slip": slip}

    return step


def goes_on(who: str) -> Act:
    """While others look, he writes on, takes a comment and the question away and brings them back, closes the thread and
    publishes the answer."""

    async def step(world: World) -> None:
        asked = world.id("asked")
        async with Deed(world, who) as (tx, actor):
            more = await actions.comment(
                tx, actor, item_id=asked, body=[{"type": "Text", "text": "Thank you"}]
            )
            await actions.delete_comment(tx, actor, more)
            await actions.restore_comment(tx, actor, more)
            await actions.unlike(tx, actor, asked)
            await actions.delete_item(tx, actor, asked)
            await actions.restore_item(tx, actor, asked)
            await actions.publish_answer(
                tx,
                actor,
                asked,
                world.id("answer"),
                title="Telling them",
                answer=[{"type": "Text", "text": "At once"}],
            )
            await actions.close_item(tx, actor, asked)

    return step


ASKING = [
    Secret(
        "who asked in a record's name", OTHERS, asks("omar"), asks("maya"), goes_on("omar"), goes_on("maya")
    ),
]
