"""Pages of the feed: home, company, profiles, topics, single posts, and the forms on them."""

from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from hubbub import people, records
from hubbub.core import html, ids
from hubbub.core.clock import now
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.html import see_other, wants_stream
from hubbub.core.ids import Type
from hubbub.feed import actions, queries
from hubbub.feed.access import access_comment, access_item
from hubbub.feed.queries import ACTIVE, NEWEST, Item, Page, Place

PAGE = 25
ORDERS = {"posts": NEWEST, "activity": ACTIVE}


# --- what the templates show ---------------------------------------------------------------------------------------


class Feed(msgspec.Struct, frozen=True):
    """A feed on a page."""

    topic: str
    url: str
    sort: str
    show: str
    items: list[Item]
    older_url: str | None
    first: bool


class Composer(msgspec.Struct, frozen=True):
    """The publisher: where it posts to, and who will see that."""

    subject: int
    to: str
    audience: str
    placeholder: str
    outsiders: list[people.Person] = []
    text: str = ""
    error: str | None = None


class Need(msgspec.Struct, frozen=True):
    """A deal of mine that needs me, and why."""

    name: str
    url: str
    stage: str | None
    amount: str | None
    days_past: int | None
    quiet_days: int | None


class Choice(msgspec.Struct, frozen=True):
    """How a feed was asked for: its order, what it shows, where it goes on."""

    sort: str
    show: str
    after: Place | None

    @property
    def arguments(self) -> dict[str, Any]:
        return {"order": ORDERS[self.sort], "talk": self.show == "talk", "after": self.after, "size": PAGE}


def choice(request: Request[Any, Any, Any]) -> Choice:
    """The order, content and place that the address asks for; what it does not say is as usual."""
    asked = request.query_params
    sort, show, after = asked.get("sort", "posts"), asked.get("show", "all"), asked.get("after")
    return Choice(
        sort if sort in ORDERS else "posts",
        "talk" if show == "talk" else "all",
        Place.parse(after) if after else None,
    )


def show_feed(topic: str, url: str, chosen: Choice, page: Page) -> Feed:
    """A page of a feed for the template feed/_feed.html."""
    older = (
        f"{url}?{urlencode({'sort': chosen.sort, 'show': chosen.show, 'after': str(page.next)})}"
        if page.next
        else None
    )
    return Feed(topic, url, chosen.sort, chosen.show, page.items, older, chosen.after is None)


async def record_feed(request: Request[Any, Any, Any], tx: Tx, actor: people.Actor, record_id: int) -> Feed:
    """The feed of a record that the actor is known to see."""
    chosen = choice(request)
    key = ids.show(record_id)
    return show_feed(
        f"record/{key}", f"/r/{key}", chosen, await queries.subject(tx, actor, record_id, **chosen.arguments)
    )


async def composer(
    tx: Tx, actor: people.Actor, subject_id: int, *, text: str = "", error: str | None = None
) -> Composer | None:
    """The publisher for a person or record that the actor is known to see; none where he may not post."""
    if ids.type_of(subject_id) == Type.USER:
        if actor.guest:
            return None
        if subject_id == actor.id:
            return Composer(
                actor.id,
                "My followers",
                "and everybody inside may see it",
                "Share an update…",
                text=text,
                error=error,
            )
        person = await people.access_user(tx, actor, subject_id)
        return Composer(
            person.id,
            person.name,
            "and everybody inside may see it",
            f"Write to {person.name}…",
            text=text,
            error=error,
        )
    card = (await records.cards(tx, actor, [subject_id]))[subject_id]
    guests = await records.viewers_of(tx, subject_id, await people.guests(tx)) - {actor.id}
    return Composer(
        subject_id,
        card.name,
        f"and everybody who may see this {card.label.lower()}",
        f"Share with the people on this {card.label.lower()}…",
        list((await people.cards(tx, guests)).values()),
        text,
        error,
    )


async def needs_of(tx: Tx, actor: people.Actor) -> tuple[list[Need], int]:
    """My open deals past their close date, or without a change or a word for two weeks; the most pressing first."""
    deals = await records.waiting_deals(tx, actor)
    talked = await queries.last_talk(tx, [deal.id for deal in deals])
    needs = []
    for deal in deals:
        quiet = deal.quiet_days
        if quiet is not None and deal.id in talked:
            quiet = min(quiet, (now() - talked[deal.id]).days)
        if quiet is not None and quiet < records.QUIET_DAYS:
            quiet = None
        if deal.days_past or quiet:
            amount = html.money(deal.amount) if deal.amount is not None else None
            needs.append(Need(deal.name, deal.url, deal.stage, amount, deal.days_past, quiet))
    return needs[:10], len(needs)


# --- feeds ---------------------------------------------------------------------------------------------------------


@get("/")
async def home(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], actor: NamedDependency[people.Actor]
) -> Response[str]:
    """What needs me, then what happens to whom and what I follow."""
    chosen = choice(request)
    page = await queries.news(tx, actor, **chosen.arguments)
    needs, count = await needs_of(tx, actor) if chosen.after is None else ([], 0)
    worth = await people.worth_following(tx, actor, 5) if not actor.guest else []
    return await html.page(
        request,
        tx,
        actor,
        "feed/home.html",
        feed=show_feed("news", "/", chosen, page),
        composer=await composer(tx, actor, actor.id),
        here=actor.id,
        needs=needs,
        needs_count=count,
        people=worth,
        followed=[],
        following_count=await queries.count_following(tx, actor, actor.id),
    )


@get("/company")
async def company(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], actor: NamedDependency[people.Actor]
) -> Response[str]:
    """What everybody here says, as far as I may see it."""
    chosen = choice(request)
    page = await queries.company(tx, actor, **chosen.arguments)
    return await html.page(
        request,
        tx,
        actor,
        "feed/company.html",
        feed=show_feed("company", "/company", chosen, page),
        composer=await composer(tx, actor, actor.id),
        here=None,
    )


@get("/people/{key:str}")
async def profile(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[str]:
    """A person: who he is, and what is said by him, to him and about him."""
    user_id = ids.parse(key, Type.USER)
    person = await people.profile(tx, actor, user_id)
    chosen = choice(request)
    page = await queries.subject(tx, actor, user_id, **chosen.arguments)
    return await html.page(
        request,
        tx,
        actor,
        "feed/profile.html",
        person=person,
        following=await people.is_following(tx, actor.id, user_id),
        followers=await people.count_followers(tx, user_id) if not actor.guest else 0,
        follows=await queries.count_following(tx, actor, user_id) if not actor.guest else 0,
        is_me=user_id == actor.id,
        composer=await composer(tx, actor, user_id),
        feed=show_feed(f"profile/{ids.show(user_id)}", f"/people/{ids.show(user_id)}", chosen, page),
        here=user_id,
    )


@get("/topics/{name:str}")
async def topic(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    name: FromPath[str],
) -> Response[str]:
    """What was said under a topic."""
    chosen = choice(request)
    found = await queries.find_topic(tx, actor, name)
    page = await queries.subject(tx, actor, found.id, **chosen.arguments)
    return await html.page(
        request,
        tx,
        actor,
        "feed/topic.html",
        topic_name=found.name,
        feed=show_feed(f"topic/{ids.show(found.id)}", f"/topics/{found.name}", chosen, page),
        here=None,
    )


@get(["/feeds/{kind:str}/new", "/feeds/{kind:str}/{key:str}/new"])
async def new_items(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    kind: FromPath[str],
) -> Response[str]:
    """What an open feed does not show yet, as changes to the page."""
    key, since = request.path_params.get("key", ""), request.query_params.get("since", "")
    chosen = choice(request)
    arguments = chosen.arguments
    if since and chosen.sort == "posts":
        arguments["since"] = await queries.place_of(tx, ids.parse(since, Type.FEED_ITEM))
    page, here = await _feed_page(tx, actor, kind, key, arguments)
    return html.stream(request, "feed/streams/new.html", actor=actor, items=page.items, here=here)


async def _feed_page(
    tx: Tx, actor: people.Actor, kind: str, key: str, arguments: dict[str, Any]
) -> tuple[Page, int | None]:
    match kind:
        case "news":
            return await queries.news(tx, actor, **arguments), actor.id
        case "company":
            return await queries.company(tx, actor, **arguments), None
        case "profile":
            user_id = ids.parse(key, Type.USER)
            await people.access_user(tx, actor, user_id)
            return await queries.subject(tx, actor, user_id, **arguments), user_id
        case "record":
            record_id = ids.parse(key)
            await records.access_record(tx, actor, record_id)
            return await queries.subject(tx, actor, record_id, **arguments), record_id
        case "topic":
            if actor.guest:
                raise NotFound()
            return await queries.subject(tx, actor, ids.parse(key, Type.TOPIC), **arguments), None
    raise NotFound()


# --- posts ---------------------------------------------------------------------------------------------------------


@post("/posts")
async def share(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], actor: NamedDependency[people.Actor]
) -> Response[Any]:
    """Post on my profile, a colleague's, or a record."""
    form = await request.form()
    subject_id = ids.parse(form.get("subject"))
    text = form.get("text")
    try:
        async with tx.savepoint():
            body = await actions.parse_text(tx, actor, text)
            item_id = await actions.post(tx, actor, parent_id=subject_id, body=body)
    except Invalid as refused:
        again = await composer(tx, actor, subject_id, text=str(text or "")[:20_000], error=refused.message)
        if wants_stream(request):
            return html.stream(request, "feed/streams/refused.html", actor=actor, status=422, composer=again)
        return await html.page(request, tx, actor, "feed/refused.html", status=422, composer=again, here=None)
    if wants_stream(request):
        return html.stream(
            request,
            "feed/streams/posted.html",
            actor=actor,
            item=await queries.item(tx, actor, item_id),
            composer=await composer(tx, actor, subject_id),
            here=subject_id,
        )
    return see_other(f"/posts/{ids.show(item_id)}" if subject_id != actor.id else "/")


@get("/posts/{key:str}")
async def show_post(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[str]:
    """One post with all that was said about it."""
    item = await _whole_item(tx, actor, ids.parse(key, Type.FEED_ITEM))
    return await html.page(request, tx, actor, "feed/post.html", item=item, here=None)


@get("/posts/{key:str}/fragment")
async def post_fragment(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[str]:
    """The talk of a post as it stands now, as changes to an open page; its removal if it is gone for me."""
    item_id = ids.parse(key, Type.FEED_ITEM)
    try:
        item = await _item_as_shown(request, tx, actor, item_id)
    except NotFound:
        return html.stream(request, "feed/streams/removed.html", actor=actor, item_id=item_id)
    return html.stream(request, "feed/streams/talk.html", actor=actor, item=item)


@post("/posts/{key:str}/delete")
async def delete_post(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[Any]:
    """Take a post away for everybody."""
    item_id = ids.parse(key, Type.FEED_ITEM)
    await actions.delete_item(tx, actor, item_id)
    if wants_stream(request):
        return html.stream(request, "feed/streams/removed.html", actor=actor, item_id=item_id)
    return see_other(await html.back(request, away_from=f"/posts/{key}"))


# --- comments and likes --------------------------------------------------------------------------------------------


@get("/posts/{key:str}/comments")
async def comments(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[Any]:
    """All comments of a post: put into the open page, or as the post's own page."""
    item = await _whole_item(tx, actor, ids.parse(key, Type.FEED_ITEM))
    if wants_stream(request):
        return html.stream(request, "feed/streams/comments.html", actor=actor, item=item)
    return see_other(f"/posts/{item.key}")


@post("/posts/{key:str}/comments")
async def add_comment(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[Any]:
    """Comment on a post."""
    item_id = ids.parse(key, Type.FEED_ITEM)
    await access_item(tx, actor, item_id, to="comment")
    text = (await request.form()).get("text")
    refused: str | None = None
    try:
        async with tx.savepoint():
            await actions.comment(tx, actor, item_id=item_id, body=await actions.parse_text(tx, actor, text))
    except Invalid as invalid:
        refused = invalid.message
    item = await _item_as_shown(request, tx, actor, item_id)
    status = 422 if refused else 200
    typed = (
        {"refused": refused, "text": str(text or "")[:20_000]} if refused else {"refused": None, "text": ""}
    )
    if wants_stream(request):
        return html.stream(
            request, "feed/streams/commented.html", actor=actor, status=status, item=item, **typed
        )
    if refused:
        return await html.page(
            request, tx, actor, "feed/post.html", status=422, item=item, here=None, **typed
        )
    return see_other(f"{await html.back(request)}#item-{item.key}")


@post("/comments/{key:str}/delete")
async def delete_comment(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[Any]:
    """Take a comment away."""
    comment = await access_comment(tx, actor, ids.parse(key, Type.COMMENT), to="delete")
    await actions.delete_comment(tx, actor, comment.id)
    return await _talk(request, tx, actor, comment.item_id)


@post(
    [
        "/posts/{key:str}/likes",
        "/posts/{key:str}/likes/delete",
        "/comments/{key:str}/likes",
        "/comments/{key:str}/likes/delete",
    ]
)
async def like(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[Any]:
    """Like a post or a comment, or take that back."""
    target_id = ids.parse(key, Type.FEED_ITEM, Type.COMMENT)
    if request.scope["path"].endswith("/delete"):
        await actions.unlike(tx, actor, target_id)
    else:
        await actions.like(tx, actor, target_id)
    if ids.type_of(target_id) == Type.FEED_ITEM:
        return await _talk(request, tx, actor, target_id)
    comment = await queries.comment(tx, actor, target_id)
    if wants_stream(request):
        return html.stream(request, "feed/streams/comment.html", actor=actor, comment=comment)
    return see_other(f"{await html.back(request)}#comment-on-{comment.key}")


async def _talk(request: Request[Any, Any, Any], tx: Tx, actor: people.Actor, item_id: int) -> Response[Any]:
    if wants_stream(request):
        return html.stream(
            request, "feed/streams/talk.html", actor=actor, item=await _item_as_shown(request, tx, actor, item_id)
        )
    return see_other(f"{await html.back(request)}#item-{ids.show(item_id)}")


async def _item_as_shown(request: Request[Any, Any, Any], tx: Tx, actor: people.Actor, item_id: int) -> Item:
    """The item with its last comments, or with all where the open page has them unfolded."""
    whole = not wants_stream(request) or request.headers.get("x-comments") == "all"
    return await (_whole_item if whole else queries.item)(tx, actor, item_id)


async def _whole_item(tx: Tx, actor: people.Actor, item_id: int) -> Item:
    item = await queries.item(tx, actor, item_id)
    if item.comment_count <= len(item.comments):
        return item
    all_of_them = await queries.comments(tx, actor, item_id, size=1000)
    return msgspec.structs.replace(item, comments=all_of_them.comments)


# --- following -----------------------------------------------------------------------------------------------------


@post(["/subjects/{key:str}/follow", "/subjects/{key:str}/unfollow"])
async def follow(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[Any]:
    """Follow a person or a record, or stop following."""
    subject_id = ids.parse(key)
    following = request.scope["path"].endswith("/follow")
    await (actions.follow if following else actions.unfollow)(tx, actor, subject_id)
    if not wants_stream(request):
        return see_other(await html.back(request))
    subject = (await queries.subjects(tx, actor, [subject_id])).get(subject_id)
    return html.stream(
        request,
        "people/streams/follow.html",
        actor=actor,
        subject_id=subject_id,
        name=subject.name if subject else "",
        following=following,
        followers=await people.count_followers(tx, subject_id) if subject and not actor.guest else 0,
    )


ROUTES = [
    home, company, profile, topic, new_items, share, show_post, post_fragment, delete_post, comments, add_comment,
    delete_comment, like, follow,
]  # fmt: skip
