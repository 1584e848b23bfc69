"""The people of the org, as administrators look for them."""

from urllib.parse import urlencode

from litestar import Response, get

from hubbub import people
from hubbub.core import ids
from hubbub.core.handlers import Request, Transaction
from hubbub.core.html import Option
from hubbub.core.html import translate as _
from hubbub.core.ids import Type
from hubbub.setup.pages.forms import Form, asked, id_of, require_setup, show
from hubbub.setup.pages.roles import role_options, tree

PAGE_SIZE = 50


@get("/setup/people")
async def show_people(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """The people of the org by name, role, permission set and state."""
    require_setup(actor)
    form = asked(request)
    roles, sets = await tree(tx), await people.permission_sets(tx)
    states = {
        "active": _("Active"),
        "inside": _("Active, from inside"),
        "guests": _("Active guests"),
        "inactive": _("Inactive"),
    }
    state = form.value("state") if form.value("state") in states else None
    q = form.value("q").strip()[:100]
    found, more = await people.directory(
        tx,
        actor,
        q=q,
        role_id=_chosen(form, "role", Type.ROLE),
        set_id=_chosen(form, "set", Type.PERMISSION_SET),
        state=state,
        after=_place(form.value("after")),
        size=PAGE_SIZE,
    )
    kept = {name: form.value(name) for name in ("q", "role", "set", "state") if form.value(name)}
    last = {"after": f"{found[-1].key},{found[-1].name}"} if more else {}
    return await show(
        request,
        tx,
        actor,
        "setup/people.html",
        form,
        people=found,
        fields=[
            form.input("q", _("Name"), max_length=100),
            form.input("role", _("Role"), kind="picklist", options=role_options(roles)),
            form.input(
                "set",
                _("Profile or permission set"),
                kind="picklist",
                options=[Option(ids.show(each.id), each.label) for each in sets],
            ),
            form.input(
                "state",
                _("State"),
                kind="picklist",
                options=[Option(value, words) for value, words in states.items()],
            ),
        ],
        narrowed=bool(kept),
        first=not form.value("after"),
        first_url="/setup/people" + (f"?{urlencode(kept)}" if kept else ""),
        next_url=f"/setup/people?{urlencode(kept | last)}" if more else None,
    )


def _chosen(form: Form, name: str, type: Type) -> int | None:
    return id_of(form.value(name), type) if form.value(name) else None


def _place(text: str) -> tuple[str, int] | None:
    """Where the last page ended: the id and name of its last person."""
    key, _comma, name = text.partition(",")
    return (name[:200], id_of(key, Type.USER)) if text else None


ROUTES = [show_people]
