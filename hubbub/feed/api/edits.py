"""REST: editing posts and comments, and what they said before."""

from litestar import Response, get, patch

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.ids import Type
from hubbub.core.rest import input_of, json_answer
from hubbub.feed import actions, queries
from hubbub.feed.access import access_comment, access_item
from hubbub.feed.api.asking import body_of, shaper, shown_in
from hubbub.feed.shapes import Json


@patch("/feed-elements/{key:str}")
async def edit_element(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """PATCH /chatter/feed-elements/{id} — a Feed Item Input as JSON or `text`: the new `body`, and the title of a question
    as capabilities.questionAndAnswers.questionTitle; answers the Feed Item.

    With Hubbub's own `latestRevision`, the version that was edited, 409 EDIT_CONFLICT if there is a newer one: its message
    tells what that says. With `subjectId`, a record, a post of a profile is attached to that record: it keeps its id, and who
    sees the record sees it from then on; 403 unless by its author or a moderator.
    """
    item_id = ids.parse(key, Type.FEED_ITEM)
    await access_item(tx, actor, item_id)
    given = await input_of(request)
    if subject := given.get("subjectId"):
        await actions.move_item(tx, actor, item_id, ids.parse(subject))
        if not given.keys() & {"body", "text", "capabilities"}:
            item = await queries.item(tx, actor, item_id)
            return json_answer((await shaper(request, tx, actor, shown_in([item]))).item(item))
    await actions.access_edit(tx, actor, item_id, comment=False)
    title = _title(given)
    said = await queries.stored_body(tx, item_id)
    body = (
        await body_of(tx, actor, given, before=said)
        if "body" in given or "text" in given or title is None
        else None
    )
    await actions.edit_item(tx, actor, item_id, body=body, title=title, revision=_revision(given))
    item = await queries.item(tx, actor, item_id)
    unreached = await queries.unreached(tx, actor, item_id, item.body)
    return json_answer((await shaper(request, tx, actor, shown_in([item]), unreached)).item(item))


@patch("/comments/{key:str}")
async def edit_comment(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """PATCH /chatter/comments/{id} — a Comment Input as JSON or `text`: the new `body`, and Hubbub's own `latestRevision`
    as for feed elements; answers the Comment."""
    comment_id = ids.parse(key, Type.COMMENT)
    await actions.access_edit(tx, actor, comment_id, comment=True)
    given = await input_of(request)
    body = await body_of(tx, actor, given, before=await queries.stored_body(tx, comment_id))
    await actions.edit_comment(tx, actor, comment_id, body=body, revision=_revision(given))
    comment = await queries.comment(tx, actor, comment_id)
    unreached = await queries.unreached(tx, actor, comment.item_id, comment.body)
    return json_answer((await shaper(request, tx, actor, {comment.author.id}, unreached)).comment(comment))


@get(
    [
        "/feed-elements/{key:str}/capabilities/edit/is-editable-by-me",
        "/comments/{key:str}/capabilities/edit/is-editable-by-me",
    ]
)
async def is_editable(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET …/capabilities/edit/is-editable-by-me — Feed Entity Is Editable."""
    said, path = await _said(tx, actor, key)
    return json_answer(
        {
            "areAttachmentsEditableByMe": False,
            "feedEntityUrl": (await shaper(request, tx, actor)).url(f"/{path}/{said.key}"),
            "isEditableByMe": said.may_edit,
        }
    )


@get(
    [
        "/feed-elements/{key:str}/capabilities/edit/revisions",
        "/comments/{key:str}/capabilities/edit/revisions",
    ]
)
async def revisions(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET …/capabilities/edit/revisions — Hubbub's own: the versions, the newest first, each with `revision`, `title`,
    `body`, `editedBy`, `editedDate`, and `changes`: pieces of text that are `Same`, `Removed` or `Added`."""
    said, path = await _said(tx, actor, key)
    found = await queries.revisions(tx, actor, said)
    shape = await shaper(request, tx, actor, {each.editor.id for each in found})
    return json_answer(
        {
            "currentPageUrl": shape.url(f"/{path}/{said.key}/capabilities/edit/revisions"),
            "revisions": [shape.revision(each) for each in found],
        }
    )


async def _said(tx: Tx, actor: people.Actor, key: str) -> tuple[queries.Item | queries.Comment, str]:
    target_id = ids.parse(key, Type.FEED_ITEM, Type.COMMENT)
    if ids.type_of(target_id) == Type.FEED_ITEM:
        return await queries.item(tx, actor, target_id), "feed-elements"
    await access_comment(tx, actor, target_id)
    return await queries.comment(tx, actor, target_id), "comments"


def _title(given: Json) -> str | None:
    capabilities = given.get("capabilities") or {}
    question = capabilities.get("questionAndAnswers") if isinstance(capabilities, dict) else None
    if capabilities and (not isinstance(question, dict) or set(capabilities) != {"questionAndAnswers"}):
        raise Invalid("INVALID_INPUT", "Only questionAndAnswers can be edited here.", fields=["capabilities"])
    return question.get("questionTitle") if question else None


def _revision(given: Json) -> int | None:
    revision = given.get("latestRevision")
    if isinstance(revision, str) and revision.isascii() and revision.isdigit() and len(revision) < 9:
        return int(revision)
    if revision is not None and (not isinstance(revision, int) or isinstance(revision, bool)):
        raise Invalid("INVALID_INPUT", "latestRevision is a whole number.", fields=["latestRevision"])
    return revision


ROUTES = [edit_element, edit_comment, is_editable, revisions]
