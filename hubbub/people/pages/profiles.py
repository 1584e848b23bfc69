"""Pages: the people of the org, the org chart, editing a profile."""

from typing import Any
from urllib.parse import urlencode

from babel import Locale
from litestar import Response, get, post

from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import Input, Option
from hubbub.core.ids import Type
from hubbub.core.languages import mark
from hubbub.people import queries
from hubbub.people.access import Actor, Me, access_user
from hubbub.people.actions import BadProfile, edit_profile
from hubbub.people.actions.profiles import LENGTHS, PROFILE, WORDS, zones
from hubbub.people.pages.forms import form_of
from hubbub.people.queries.finding import Hit

PAGE_SIZE = 50
FOUND_SIZE = 25


@get("/people")
async def show_people(request: Request, tx: Transaction, actor: Me) -> Response[Any]:
    """The people of the org, for those inside; of those that are searched for, the likeliest first."""
    if actor.guest:
        raise NotFound()
    q = request.query_params.get("q", "").replace("\0", "")[:100].strip()
    people: list[Hit]
    if q:
        number = request.query_params.get("page", "0")
        number = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0
        people, more = await queries.search_people(tx, actor, q, page=number, size=FOUND_SIZE)
        last = urlencode({"q": q, "page": number + 1})
    else:
        after = _place(request.query_params.get("after"))
        people, more = await queries.people_after(tx, actor, after=after, size=PAGE_SIZE)
        last = urlencode({"after": f"{people[-1].key},{people[-1].name}"}) if more else ""
    following = await queries.follows(tx, actor, [person.id for person in people])
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


@get("/people/{key:str}/chart")
async def show_chart(request: Request, tx: Transaction, actor: Me, key: InPath) -> Response[Any]:
    """Who stands above a person, beside him, and who reports to him."""
    person = await access_user(tx, actor, ids.parse(key, Type.USER))
    return await html.page(
        request, tx, actor, "people/chart.html", person=person, chart=await queries.chart(tx, actor, person)
    )


# --- editing -------------------------------------------------------------------------------------------------------


@get("/people/{key:str}/edit")
async def show_edit(request: Request, tx: Transaction, actor: Me, key: InPath) -> Response[Any]:
    """The form for what a profile says."""
    person = await access_user(tx, actor, ids.parse(key, Type.USER), to="edit")
    profile = await queries.profile(tx, actor, person.id)
    values = {name: getattr(profile, name, None) or "" for name in PROFILE}
    values["manager"] = profile.manager_name or ""
    values["skills"] = ", ".join(profile.skills)
    return await _form(request, tx, actor, person, values)


@post("/people/{key:str}/edit", status_code=303)
async def save_edit(request: Request, tx: Transaction, actor: Me, key: InPath) -> Response[Any]:
    """Change what a profile says."""
    person = await access_user(tx, actor, ids.parse(key, Type.USER), to="edit")
    form = await form_of(request)
    values = {name: form[name] for name in PROFILE if name in form}
    try:
        await edit_profile(
            tx, actor, person.id, _as_meant(values, await queries.profile(tx, actor, person.id))
        )
    except BadProfile as bad:
        return await _form(request, tx, actor, person, values, bad.by_field)
    return html.see_other(f"/people/{person.key}")


def _as_meant(values: dict[str, str], before: queries.Profile) -> dict[str, str]:
    """The manager's name as the form showed it means the manager who was there, whoever else has that name."""
    if "manager" in values and before.manager_id and values["manager"].strip() == before.manager_name:
        return values | {"manager": ids.show(before.manager_id)}
    return values


async def _form(
    request: Request,
    tx: Tx,
    actor: Actor,
    person: Any,
    values: dict[str, str],
    errors: dict[str, str] | None = None,
) -> Response[Any]:
    suggested = [] if actor.guest else (await queries.people_after(tx, actor, size=300))[0]
    options = {
        "manager": [
            Option(each.name, each.name)
            for each in suggested
            if each.active and not each.guest and each.id != person.id
        ],
        "timezone": [
            Option(zone, zone.replace("_", " ")) for zone in sorted(zones()) if "/" in zone or zone == "UTC"
        ],
        "locale": _languages(),
    }
    wrong = html.translate("Nothing was saved yet. Please look at the fields that are marked.")
    return await html.page(
        request,
        tx,
        actor,
        "people/edit.html",
        status=422 if errors else 200,
        person=person,
        error=wrong if errors else None,
        fields=[
            Input(
                name=name,
                label=html.translate(WORDS[name]),
                kind=_KINDS.get(name, "text"),
                value=values.get(name, ""),
                max_length=LENGTHS[name],
                required=name in ("last_name", "timezone", "locale"),
                error=(errors or {}).get(name),
                help=html.translate(_HELP[name]) if name in _HELP else None,
                options=options.get(name, []),
                wide=name == "skills",
            )
            for name in PROFILE_ORDER
            if name != "manager" or not actor.guest
        ],
    )


PROFILE_ORDER = (
    "first_name", "last_name", "nickname", "title", "department", "manager", "about", "skills", "phone", "mobile",
    "city", "country", "timezone", "locale", "work_from", "work_to",
)  # fmt: skip
_KINDS = {
    "about": "textarea",
    "manager": "lookup",
    "phone": "phone",
    "mobile": "phone",
    "timezone": "picklist",
    "locale": "picklist",
}
_HELP = {
    "skills": mark("Separated by commas. People find you by them."),
    "manager": mark("A colleague's name or username."),
    "work_from": mark("For instance 9 or 8:30, on your own clock."),
    "nickname": mark("What colleagues call you, if it is not your first name."),
}
_LOCALES = (
    "en_US en_GB en_IE en_AU en_CA en_IN de_DE de_AT de_CH fr_FR fr_BE fr_CA es_ES es_MX it_IT nl_NL nl_BE pt_BR pt_PT "
    "da_DK sv_SE nb_NO fi_FI is_IS pl_PL cs_CZ sk_SK hu_HU ro_RO bg_BG el_GR tr_TR uk_UA hr_HR sl_SI et_EE lv_LV lt_LT "
    "ar_EG he_IL hi_IN id_ID th_TH vi_VN ja_JP ko_KR zh_CN zh_TW"
).split()


def _languages() -> list[Option]:
    """Languages and regions by their own names."""
    return sorted(
        (
            Option(name, (own := str(Locale.parse(name).get_display_name(name)))[:1].upper() + own[1:])
            for name in _LOCALES
        ),
        key=lambda option: option.label.casefold(),
    )


ROUTES = [show_people, show_chart, show_edit, save_edit]
