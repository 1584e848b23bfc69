"""REST: votes in polls, the best answer of a question, verified answers; and what a new element is."""

from typing import Any

import msgspec
from litestar import Response, get, patch

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.ids import Type
from hubbub.core.rest import boolean, input_of, json_answer
from hubbub.feed import actions, queries
from hubbub.feed.access import access_answer, access_question
from hubbub.feed.api.asking import shaper, shown_in
from hubbub.feed.shapes import Json
from hubbub.feed.shapes.capabilities import poll as poll_body
from hubbub.feed.shapes.capabilities import question_and_answers, verified


class NewElement(msgspec.Struct, frozen=True):
    """What an element is to be, as `actions.post` takes it; `wordless`: it may do without a body."""

    kind: str = "TextPost"
    title: object = None
    choices: tuple[object, ...] = ()
    detail: dict[str, Any] | None = None
    shared_id: int | None = None

    @property
    def wordless(self) -> bool:
        return self.kind in actions.WORDLESS or self.shared_id is not None

    @property
    def arguments(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__struct_fields__}


def new_element(given: Json) -> NewElement:
    """What the capabilities of a Feed Item Input make of it, one of them: `questionAndAnswers` {questionTitle}, `poll`
    {choices}, `link` {url, urlName}, `feedEntityShare` {feedEntityId}, and Hubbub's own `thanks` {badge} and `call` {subject,
    minutes}."""
    capabilities = given.get("capabilities") or {}
    if not isinstance(capabilities, dict):
        raise Invalid("INVALID_INPUT", "capabilities is an object.", fields=["capabilities"])
    asked = {name: value for name, value in capabilities.items() if value}
    if original := given.get("originalFeedElementId"):
        asked["feedEntityShare"] = {"feedEntityId": original}
    if not asked:
        return NewElement()
    (name, value), *more = asked.items()
    if more or not isinstance(value, dict):
        raise Invalid(
            "INVALID_INPUT", "A post has one of these capabilities, an object.", fields=["capabilities"]
        )
    match name:
        case "questionAndAnswers":
            return NewElement("QuestionPost", value.get("questionTitle"))
        case "poll":
            choices = value.get("choices")
            return NewElement("PollPost", choices=tuple(choices) if isinstance(choices, list) else ())
        case "feedEntityShare":
            return NewElement(shared_id=ids.parse(value.get("feedEntityId"), Type.FEED_ITEM))
        case "link":
            return NewElement("LinkPost", value.get("urlName"), detail={"url": value.get("url")})
        case "thanks":
            return NewElement("RypplePost", detail={"badge": value.get("badge")})
        case "call":
            return NewElement("CallLogPost", value.get("subject"), detail={"minutes": value.get("minutes")})
    raise Invalid("INVALID_INPUT", f"Posts have no {name[:40]} here.", fields=["capabilities"])


@get("/feed-elements/{key:str}/capabilities/poll")
async def read_poll(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET …/capabilities/poll — Poll Capability; until I have voted, and while the thread is open, voteCount and
    voteCountRatio (0 to 1) are null."""
    return await _poll(request, tx, actor, ids.parse(key, Type.FEED_ITEM))


@patch("/feed-elements/{key:str}/capabilities/poll")
async def vote(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """PATCH …/capabilities/poll — `{"myChoiceId"}`: votes, once and for good; 400 INVALID_OPERATION for another vote or in
    a closed thread. Answers the Poll Capability."""
    item_id = ids.parse(key, Type.FEED_ITEM)
    await queries.item(tx, actor, item_id)
    choice_id = ids.parse((await input_of(request)).get("myChoiceId"), Type.POLL_CHOICE)
    await actions.vote_in_poll(tx, actor, item_id, choice_id)
    return await _poll(request, tx, actor, item_id)


async def _poll(request: Request, tx: Tx, actor: people.Actor, item_id: int) -> Response[bytes]:
    item = await queries.item(tx, actor, item_id)
    if item.poll is None:
        raise NotFound()
    return json_answer(poll_body(await shaper(request, tx, actor), item, ""))


@get("/feed-elements/{key:str}/capabilities/question-and-answers")
async def read_question(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET …/capabilities/question-and-answers — Question and Answers Capability."""
    item = await access_question(tx, actor, ids.parse(key, Type.FEED_ITEM))
    return await _question(request, tx, actor, item.id)


@patch("/feed-elements/{key:str}/capabilities/question-and-answers")
async def answer_best(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """PATCH …/capabilities/question-and-answers — `bestAnswerId`, a comment of the first level or null for none (who asked,
    the record's owner, moderators), or `questionTitle`, at most 255 characters (who may edit). Answers the capability."""
    item = await access_question(tx, actor, ids.parse(key, Type.FEED_ITEM))
    given = await input_of(request)
    if not {"bestAnswerId", "questionTitle"} & given.keys():
        raise Invalid("MISSING_ARGUMENT", "bestAnswerId is missing.", fields=["bestAnswerId"])
    if "bestAnswerId" in given:
        best = given["bestAnswerId"]
        await actions.choose_best_answer(tx, actor, item.id, ids.parse(best, Type.COMMENT) if best else None)
    if "questionTitle" in given:
        await actions.edit_item(tx, actor, item.id, title=given["questionTitle"] or "")
    return await _question(request, tx, actor, item.id)


async def _question(request: Request, tx: Tx, actor: people.Actor, item_id: int) -> Response[bytes]:
    item = await queries.item(tx, actor, item_id)
    return json_answer(question_and_answers(await shaper(request, tx, actor, shown_in([item])), item, ""))


@get("/comments/{key:str}/capabilities/verified")
async def read_verified(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET …/capabilities/verified — Verified Capability, of answers to questions."""
    answer = await access_answer(tx, actor, ids.parse(key, Type.COMMENT))
    return await _verified(request, tx, actor, answer.id)


@patch("/comments/{key:str}/capabilities/verified")
async def verify(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """PATCH …/capabilities/verified — `{"isVerified"}` by moderators; answers the Verified Capability."""
    answer = await access_answer(tx, actor, ids.parse(key, Type.COMMENT), to="verify")
    wanted = boolean(await input_of(request), "isVerified")
    await actions.verify_answer(tx, actor, answer.id, verified=wanted)
    return await _verified(request, tx, actor, answer.id)


async def _verified(request: Request, tx: Tx, actor: people.Actor, comment_id: int) -> Response[bytes]:
    comment = await queries.comment(tx, actor, comment_id)
    by = {comment.verified_by.id} if comment.verified_by else set[int]()
    return json_answer(verified(await shaper(request, tx, actor, by), comment, ""))


ROUTES = [read_poll, vote, read_question, answer_best, read_verified, verify]
