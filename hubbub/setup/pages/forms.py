"""What all forms of Setup have in common: what was typed, what was refused and where, and whom a typed name means."""

import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from litestar import Response

from hubbub import people
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid, NotFound, Refused
from hubbub.core.handlers import Request
from hubbub.core.html import Input, Option
from hubbub.core.html import translate as _
from hubbub.core.ids import NUMBER_BITS, Type

SUGGESTED = 200
_TO_BELOW = (Type.ROLE_AND_BELOW - Type.ROLE) << NUMBER_BITS


class Wrong(Invalid):
    """A form with mistakes: what is wrong with each of its inputs."""

    status = 422

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("INVALID_INPUT", next(iter(self.errors.values())), fields=list(self.errors))


class Form(msgspec.Struct):
    """What was typed into a form, and, once it was refused, what is wrong with each of its inputs."""

    given: dict[str, str] = {}
    errors: dict[str, str] = {}
    refused: Refused | None = None

    def value(self, name: str, before: str = "") -> str:
        """What was typed into an input, or what stood there before."""
        return self.given.get(name, before)

    def ticked(self, name: str) -> bool:
        """Whether a box was ticked."""
        return self.given.get(name) == "true"

    def note(self, name: str, words: str) -> None:
        """Say what is wrong with an input, and go on to find what is wrong with others: see attempt."""
        self.errors.setdefault(name, words)

    @contextlib.contextmanager
    def noting(self) -> Iterator[None]:
        """Note what is wrong here, and go on."""
        try:
            yield
        except Wrong as wrong:
            for name, words in wrong.errors.items():
                self.note(name, words)

    def input(self, name: str, label: str, *, value: str = "", **how: Any) -> Input:
        """An input with what was typed, or what stands there, and what is wrong with it."""
        return Input(
            name=name, label=label, value=self.value(name, value), error=self.errors.get(name), **how
        )

    @property
    def error(self) -> str | None:
        """The sentence above a form that was refused."""
        if self.refused is None:
            return None
        return _("This could not be saved.") if self.errors else self.refused.said


@contextlib.asynccontextmanager
async def attempt(
    tx: Tx, form: Form, names: Mapping[str, str] | None = None, usual: str | None = None
) -> AsyncIterator[None]:
    """Do what a form asks for whole, or nothing of it: nothing where a mistake was noted. What is refused is told at its
    input, for the form to be shown again: `names` says which input stands for which of an action's fields; what belongs to
    none stands at `usual`."""
    try:
        async with tx.savepoint():
            yield
            if form.errors:
                raise Wrong(form.errors)
    except (Invalid, Forbidden) as refused:
        form.refused = refused
        if isinstance(refused, Wrong):
            found = refused.errors
        else:
            each_of: Sequence[Refused] = getattr(refused, "each", [refused])
            found = {
                name: each.said
                for each in reversed(each_of)
                for field in each.fields
                if (name := (names or {}).get(field))
            } or ({usual: refused.said} if usual else {})
        form.errors = found | form.errors


async def show(
    request: Request, tx: Tx, actor: people.Actor, name: str, form: Form, /, **context: Any
) -> Response[str]:
    """A page with a form: 422 once the form was refused, with the sentence that says so."""
    status = 422 if form.refused else 200
    return await html.page(request, tx, actor, name, status=status, error=form.error, **context)


def require_setup(actor: people.Actor) -> None:
    """For who does not administrate there is no Setup."""
    if not actor.admin:
        raise NotFound()


def id_of(key: str, *types: int) -> int:
    """The id in an address; what is none, or another thing's, is not found."""
    try:
        return ids.parse(key, *types)
    except Invalid:
        raise NotFound() from None


async def typed(request: Request) -> Form:
    """What was typed: of an input that is there twice (a box and what stands for it unticked) the last."""
    return Form(
        {
            name: value.replace("\0", "")
            for name, value in (await request.form()).multi_items()
            if isinstance(value, str)
        }
    )


def asked(request: Request) -> Form:
    """What was asked for in the address."""
    return Form({name: value.replace("\0", "") for name, value in request.query_params.items()})


def level_of(form: Form, name: str = "level") -> int:
    """Reading (1) or editing (2)."""
    if form.value(name) not in ("1", "2"):
        raise Wrong({name: _("Choose reading or editing.")})
    return int(form.value(name))


def levels() -> list[Option]:
    """What may be shared."""
    return [Option("1", _("May read")), Option("2", _("May read and edit"))]


# --- principals ----------------------------------------------------------------------------------------------------


def _labels(
    roles: list[tuple[int, str, int | None]], groups: list[people.Group], kinds: str
) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    if "e" in kinds:
        found.append((people.EVERYONE, _("Everyone inside")))
    if "r" in kinds:
        for id, name, _above in roles:
            found.append((id, _("Role: {name}", name=name)))
            found.append((id + _TO_BELOW, _("Role and below: {name}", name=name)))
    for group in groups:
        if group.kind == "group" and "g" in kinds:
            found.append((group.id, _("Group: {name}", name=group.name)))
        if group.kind == "queue" and "q" in kinds:
            found.append((group.id, _("Queue: {name}", name=group.name)))
    return found


async def principals(tx: Tx, kinds: str) -> list[tuple[int, str]]:
    """What things can be shared with or from, by the words that stand for it in forms: of the kinds e(veryone),
    r(oles), g(roups), q(ueues)."""
    roles = await people.role_tree(tx) if "r" in kinds else []
    groups = await people.groups(tx) if "g" in kinds or "q" in kinds else []
    return _labels(roles, groups, kinds)


async def suggestions(tx: Tx, actor: people.Actor, kinds: str) -> list[Option]:
    """The same as suggestions of an input, and people (p) by their names."""
    found = [Option(ids.show(id), label) for id, label in await principals(tx, kinds)]
    if "p" in kinds:
        found += [
            Option(person.key, person.name)
            for person in await people.find_people(tx, actor, "", size=SUGGESTED)
        ]
    return found


async def find(tx: Tx, actor: people.Actor, form: Form, name: str, kinds: str) -> int:
    """Whom the text in an input means; raises Wrong."""
    text = form.value(name).strip()
    if not text:
        raise Wrong({name: _("Say who.")})
    said = text.casefold()
    known = [id for id, label in await principals(tx, kinds) if label.casefold() == said]
    if not known and "p" in kinds:
        person = (await people.named(tx, actor, [text])).get(said)
        known = [person.id] if person else []
    if len(known) == 1:
        return known[0]
    if known:
        raise Wrong({name: _("More than one is called “{text}”.", text=text[:80])})
    raise Wrong({name: _("There is nobody called “{text}”: choose from the list.", text=text[:80])})


async def names_of(tx: Tx, principal_ids: set[int]) -> dict[int, str]:
    """What principals are called, with the kind of each that is no person."""
    found = await people.principal_names(tx, principal_ids)
    if people.EVERYONE in principal_ids:
        found[people.EVERYONE] = _("Everyone inside")
    words = {
        Type.ROLE: _("Role: {name}", name="{}"),
        Type.ROLE_AND_BELOW: _("Role and below: {name}", name="{}"),
        Type.GROUP: _("Group: {name}", name="{}"),
        Type.QUEUE: _("Queue: {name}", name="{}"),
    }
    shown = {}
    for id, name in found.items():
        word = words.get(Type(ids.type_of(id)))
        shown[id] = word.replace("{}", name) if word else name
    return shown


class Linked(msgspec.Struct, frozen=True):
    """A principal by name, and the page of Setup that tells of it."""

    id: int
    name: str
    url: str | None


_PAGES = {
    Type.USER: "/setup/people/",
    Type.ROLE: "/setup/roles/",
    Type.GROUP: "/setup/groups/",
    Type.QUEUE: "/setup/groups/",
}


async def linked(tx: Tx, principal_ids: set[int]) -> list[Linked]:
    """Principals by name, each with its page."""
    found = []
    for id, name in (await names_of(tx, principal_ids)).items():
        # A role with those below has the page of the role.
        below = ids.type_of(id) == Type.ROLE_AND_BELOW
        page = _PAGES.get(Type.ROLE if below else Type(ids.type_of(id)))
        found.append(Linked(id, name, page and page + ids.show(id - _TO_BELOW if below else id)))
    return sorted(found, key=lambda each: each.name.lower())
