"""Connected apps: programs that people let act in their names, and what each may be let into."""

from typing import Any

from litestar import Response, get, post

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import Input, Option, see_other
from hubbub.core.html import translate as _
from hubbub.core.http import tells_secret
from hubbub.core.ids import Type
from hubbub.setup.pages.forms import (
    Form,
    attempt,
    find,
    id_of,
    require_setup,
    show,
    suggestions,
    typed,
)

FIELDS = {each: each for each in ("name", "callbacks", "refresh_days", "run_as")} | {
    "scopes": "api",
    "permission_sets": "audience",
}


def scope_labels() -> dict[str, str]:
    """What an app may be let into, by Salesforce's names."""
    return {
        "full": _("Everything that the person may do (full)"),
        "api": _("Records, queries and all of REST (api)"),
        "chatter_api": _("Feeds, posts and notifications (chatter_api)"),
        "id": _("Who the person is (id)"),
        "profile": _("The person's profile (profile)"),
        "openid": _("Signing in with Hubbub (openid)"),
        "refresh_token": _("Also while the person is away (refresh_token)"),
    }


@get("/setup/apps")
async def show_apps(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """The connected apps, and the form of a new one."""
    require_setup(actor)
    return await _list_page(request, tx, actor, Form())


@post("/setup/apps")
async def create_app(request: Request, tx: Transaction, actor: people.Me) -> Response[Any]:
    """Make a connected app."""
    require_setup(actor)
    form = await typed(request)
    made = 0
    async with attempt(tx, form, FIELDS):
        kind = form.value("kind")
        if kind not in ("confidential", "public"):
            form.note("kind", _("Say where it runs."))
        made = await people.create_app(
            tx,
            actor,
            people.AppSettings(
                name=form.value("name"),
                callbacks=form.value("callbacks").split(),
                public=kind == "public",
            ),
        )
    if form.refused:
        return await _list_page(request, tx, actor, form)
    return see_other(f"/setup/apps/{ids.show(made)}")


@get("/setup/apps/{key:str}")
async def show_app(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """A connected app: what it may do, for whom it is, and in whose names it acts."""
    require_setup(actor)
    return await _app_page(request, tx, actor, key, Form())


@post("/setup/apps/{key:str}")
async def save_app(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Change a connected app."""
    require_setup(actor)
    app_id = id_of(key, Type.APP)
    form = await typed(request)
    async with attempt(tx, form, FIELDS):
        days = form.value("refresh_days").strip()
        if not (days.isascii() and days.isdigit() and len(days) < 6):
            form.note("refresh_days", _("A whole number of days."))
            days = "1"
        run_as: int | None = None
        with form.noting():
            run_as = await find(tx, actor, form, "run_as", "p") if form.value("run_as").strip() else None
        sets = [each.id for each in await people.permission_sets(tx) if form.ticked(ids.show(each.id))]
        everybody = form.value("audience") != "some"
        await people.edit_app(
            tx,
            actor,
            app_id,
            people.AppSettings(
                name=form.value("name"),
                callbacks=form.value("callbacks").split(),
                scopes=[each for each in people.SCOPES if form.ticked(each)],
                rotates=form.ticked("rotates"),
                refresh_days=int(days),
                run_as=run_as,
                permission_sets=None if everybody else sets,
            ),
            seen=form.value("seen") or None,
        )
    if form.refused:
        return await _app_page(request, tx, actor, key, form)
    return see_other(f"/setup/apps/{key}")


@post("/setup/apps/{key:str}/secret", status_code=200)
async def change_secret(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Give an app a secret, which this answer alone shows; the one before stops working."""
    require_setup(actor)
    tells_secret(request)
    app_id = id_of(key, Type.APP)
    form = Form()
    secret = None
    async with attempt(tx, form):
        secret = await people.change_secret(tx, actor, app_id)
    return await _app_page(request, tx, actor, key, form, secret=secret)


@post("/setup/apps/{key:str}/tokens/delete")
async def end_tokens(tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """End all tokens of an app: everybody is asked anew."""
    require_setup(actor)
    await people.end_app_tokens(tx, actor, id_of(key, Type.APP))
    return see_other(f"/setup/apps/{key}#people")


@post("/setup/apps/{key:str}/delete")
async def delete_app(tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Delete an app; its tokens end at once."""
    require_setup(actor)
    await people.delete_app(tx, actor, id_of(key, Type.APP))
    return see_other("/setup/apps")


def _inputs(form: Form, app: people.ConnectedApp | None) -> list[Input]:
    return [
        form.input(
            "name",
            _("Name"),
            value=app.name if app else "",
            required=True,
            max_length=80,
            help=_("People read it when they are asked whether they let it in."),
        ),
        form.input(
            "callbacks",
            _("Where it lives"),
            kind="textarea",
            value="\n".join(app.callbacks) if app else "",
            help=_(
                "Addresses to which browsers go back, one a line, exactly as the app sends them (callback URLs)."
            ),
        ),
    ]


async def _list_page(request: Request, tx: Tx, actor: people.Actor, form: Form) -> Response[str]:
    name, callbacks = _inputs(form, None)
    kind = form.input(
        "kind",
        _("It runs"),
        kind="picklist",
        value="confidential",
        required=True,
        options=[
            Option("confidential", _("on a server, which keeps a secret")),
            Option("public", _("on people's devices or in their browsers (public)")),
        ],
        help=_("This stays as it is. A public app has no secret and proves itself by PKCE."),
    )
    return await show(
        request,
        tx,
        actor,
        "setup/apps.html",
        form,
        apps=await people.connected_apps(tx),
        fields=[name, kind, callbacks],
    )


async def _app_page(
    request: Request, tx: Tx, actor: people.Actor, key: str, form: Form, *, secret: str | None = None
) -> Response[str]:
    app = await people.access_app(tx, id_of(key, Type.APP))
    said = await people.app_settings(tx, app)
    given = said.permission_sets or []
    run_as = (await people.cards(tx, [app.run_as])).get(app.run_as) if app.run_as else None
    lasting = [
        form.input(
            "refresh_days",
            _("Stays let in for days"),
            kind="number",
            value=str(app.refresh_days),
            required=True,
            help=_("How long a refresh token lasts, from 1 to 3650."),
        ),
    ]
    if not app.public:
        lasting += [
            form.input(
                "run_as",
                _("By itself it acts as"),
                kind="lookup",
                value=run_as.name if run_as else "",
                max_length=121,
                options=await suggestions(tx, actor, "p"),
                help=_(
                    "For programs that sign in with their own secret alone (client credentials). Empty: none do."
                ),
            ),
            form.input(
                "rotates",
                _("A new refresh token at every use"),
                kind="checkbox",
                value="true" if app.rotates else "",
                help=_("An old one that comes again was copied: then all of them end."),
            ),
        ]
    return await show(
        request,
        tx,
        actor,
        "setup/app.html",
        form,
        app=app,
        seen=people.app_tag(said),
        secret=secret,
        fields=_inputs(form, app),
        scopes=[
            form.input(each, label, kind="checkbox", value="true" if each in app.scopes else "")
            for each, label in scope_labels().items()
        ],
        lasting=lasting,
        audience=form.input(
            "audience",
            _("Who may let it in"),
            kind="picklist",
            value="everybody" if app.for_everybody else "some",
            options=[
                Option("everybody", _("Everybody, guests too")),
                Option("some", _("Who has one of these")),
            ],
        ),
        sets=[
            form.input(
                ids.show(each.id), each.label, kind="checkbox", value="true" if each.id in given else ""
            )
            for each in await people.permission_sets(tx)
        ],
        users=await people.app_users(tx, app.id),
    )


ROUTES = [show_apps, create_app, show_app, save_app, change_secret, end_tokens, delete_app]
