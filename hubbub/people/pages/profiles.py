"""Pages: the people of the org, editing a profile, pictures."""

from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import NotFound
from hubbub.core.ids import Type
from hubbub.people import queries
from hubbub.people.access import Actor, access_user
from hubbub.people.actions import (
    BadProfile,
    edit_profile,
)
from hubbub.people.actions.users import LENGTHS, PROFILE, WORDS
from hubbub.people.pages.forms import (
    Input,
    form_of,
)

PAGE_SIZE = 50


@get("/people")
async def show_people(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], actor: NamedDependency[Actor]
) -> Response[Any]:
    """The people of the org, for those inside."""
    if actor.guest:
        raise NotFound()
    q = request.query_params.get("q", "").replace("\0", "")[:100].strip()
    after = _place(request.query_params.get("after"))
    people, more = await queries.people_after(tx, actor, q=q, after=after, size=PAGE_SIZE)
    following = await queries.follows(tx, actor, [person.id for person in people])
    last = urlencode({"q": q, "after": f"{people[-1].key},{people[-1].name}"}) if more else ""
    return await html.page(
        request,
        tx,
        actor,
        "people/people.html",
        people=people,
        followed=list(following),
        q=q,
        next_url=f"/people?{last}" if more else None,
    )


def _place(text: str | None) -> tuple[str, int] | None:
    """Where the last page ended: the id and name of its last person."""
    if not text or "\0" in text:
        return None
    key, _, name = text.partition(",")
    return name[:200], ids.parse(key, Type.USER)


@get("/people/{key:str}/edit")
async def show_edit(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[Actor],
    key: FromPath[str],
) -> Response[Any]:
    """The form for what a profile says."""
    person = await access_user(tx, actor, ids.parse(key, Type.USER), to="edit")
    profile = await queries.profile(tx, actor, person.id)
    values = {name: getattr(profile, name) or "" for name in PROFILE}
    return await html.page(
        request, tx, actor, "people/edit.html", person=person, error=None, fields=_inputs(values, {})
    )


@post("/people/{key:str}/edit", status_code=303)
async def save_edit(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[Actor],
    key: FromPath[str],
) -> Response[Any]:
    """Change what a profile says."""
    person = await access_user(tx, actor, ids.parse(key, Type.USER), to="edit")
    form = await form_of(request)
    values = {name: form[name] for name in PROFILE if name in form}
    try:
        await edit_profile(tx, actor, person.id, values)
    except BadProfile as bad:
        return await html.page(
            request,
            tx,
            actor,
            "people/edit.html",
            status=422,
            person=person,
            error=html.translate("Nothing was saved yet. Please look at the fields that are marked."),
            fields=_inputs(values, bad.by_field),
        )
    return html.see_other(f"/people/{person.key}")


def _inputs(values: dict[str, str], errors: dict[str, str]) -> list[Input]:
    return [
        Input(
            name=name,
            label=html.translate(WORDS[name]),
            kind="textarea" if name == "about" else "text",
            value=values.get(name, ""),
            max_length=LENGTHS[name],
            required=name in ("last_name", "timezone"),
            error=errors.get(name),
        )
        for name in PROFILE
    ]


@get("/profilephoto/{key:str}/{size:str}")
async def show_photo(key: FromPath[str], size: FromPath[str]) -> Response[str]:
    """The picture of who has none: a figure in the colour of his id, which says nothing about him to a stranger."""
    hue = html.hue(ids.parse(key, Type.USER)) * 30
    pixels = {"F": 200, "T": 64}.get(size)
    if pixels is None:
        raise NotFound()
    figure = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{pixels}" height="{pixels}" viewBox="0 0 64 64">'
        f'<rect width="64" height="64" fill="hsl({hue} 45% 42%)"/><g fill="#fff" fill-opacity=".9">'
        '<circle cx="32" cy="25" r="11"/><path d="M11 60c1-14 10-20 21-20s20 6 21 20z"/></g></svg>'
    )
    return Response(
        content=figure, media_type="image/svg+xml", headers={"cache-control": "public, max-age=86400"}
    )


ROUTES = [show_people, show_edit, save_edit, show_photo]
