"""Writing: the publisher, its tools, and who will see what is posted."""

import msgspec
from litestar import Response, get

from hubbub import people, records
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import wants_stream
from hubbub.core.ids import Type
from hubbub.feed import queries
from hubbub.feed.actions.drafts import Form


class Composer(msgspec.Struct, frozen=True):
    """The publisher: where it posts to, who will see that, and what I have begun to write there."""

    subject: int
    to: str
    audience: str
    placeholder: str
    outsiders: list[people.Person] = []
    form: Form = Form()
    version: int = 0
    kinds: tuple[str, ...] = ("TextPost", "QuestionPost", "PollPost")
    error: str | None = None


async def composer(
    tx: Tx,
    actor: people.Actor,
    subject_id: int,
    *,
    person: people.Person | None = None,
    form: Form | None = None,
    error: str | None = None,
) -> Composer | None:
    """The publisher for a person or record that the actor is known to see; none where he may not post.

    `person`: whose profile that is, where he has been read already. `form`: what was refused, with the `error`; without it
    what the actor has begun to write there.
    """
    mine = ids.type_of(subject_id) == Type.USER
    if mine and actor.guest:
        return None
    draft = await queries.draft_on(tx, actor, subject_id) if form is None else None
    shown = form or (draft.form if draft else Form())
    version = draft.version if draft else 0
    _ = html.translate
    if mine:
        if subject_id == actor.id:
            person = None
        elif person is None:
            person = await people.access_user(tx, actor, subject_id)
        return Composer(
            subject_id,
            person.name if person else _("My followers"),
            _("everybody inside may see it"),
            _("Write to {name}…", name=person.name) if person else _("Share an update…"),
            [person] if person and person.guest else [],
            shown,
            version,
            error=error,
        )
    card = (await records.cards(tx, actor, [subject_id]))[subject_id]
    # A guest is told of no other guest.
    guests = (
        await records.viewers_of(tx, subject_id, await people.guests(tx)) - {actor.id}
        if not actor.guest
        else set()
    )
    outsiders = sorted((await people.cards(tx, guests)).values(), key=lambda person: person.name)
    return Composer(
        subject_id,
        card.name,
        _("everybody who may see this {thing:lower}", thing=card.label),
        _("Share with the people on this {thing:lower}…", thing=card.label),
        outsiders,
        shown,
        version,
        error=error,
    )


@get("/editor")
async def editor(request: Request, actor: people.Me) -> Response[str]:
    """The tools of the rich box, fetched when somebody first writes."""
    return html.fragment(request, "feed/_editor.html", actor=actor)


@get("/audience/{key:str}")
async def audience(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """Who will see what I post on a person or record: its count and kinds for the open page, else all by name."""
    subject_id = ids.parse(key)
    stream = wants_stream(request)
    found = await queries.readers(tx, actor, subject_id, named=not stream)
    subject = (await queries.subjects(tx, actor, [subject_id]))[subject_id]
    if stream:
        return html.stream(request, "feed/streams/audience.html", actor=actor, subject=subject, readers=found)
    return await html.page(
        request, tx, actor, "feed/audience.html", subject=subject, readers=found, here=None
    )


ROUTES = [editor, audience]
