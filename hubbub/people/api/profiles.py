"""Profiles: Connect's User Profile with its pictures, and all that Hubbub's own profile, directory and chart say."""

from urllib.parse import urlencode

from litestar import Response, delete, get, patch, post

from hubbub.core.errors import Invalid
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.rest import api_base, input_of, json_answer, whole
from hubbub.people import queries, shapes
from hubbub.people.access import Me, access_user
from hubbub.people.actions import BadProfile, delete_photo, edit_profile, put_photo
from hubbub.people.api.shared import create_photo_of, details, read_photo_of, uploaded, user_id_of


@get("/user-profiles/{key:str}")
async def read_user_profile(request: Request, tx: Transaction, actor: Me, key: InPath) -> Response[bytes]:
    """GET /connect/user-profiles/{id|me} — User Profile: capabilities, tabs, userDetail."""
    profile = await queries.profile(tx, actor, user_id_of(key, actor))
    (detail,) = await details(request, tx, actor, [profile])
    return json_answer(shapes.user_profile(profile, detail, actor, api_base(request)))


@get("/user-profiles/{key:str}/photo")
async def read_profile_photo(request: Request, tx: Transaction, actor: Me, key: InPath) -> Response[bytes]:
    """GET /connect/user-profiles/{id|me}/photo — Photo."""
    return await read_photo_of(request, tx, actor, key)


@post("/user-profiles/{key:str}/photo")
async def create_profile_photo(request: Request, tx: Transaction, actor: Me, key: InPath) -> Response[bytes]:
    """POST /connect/user-profiles/{id|me}/photo — as POST /chatter/users/{id|me}/photo."""
    return await create_photo_of(request, tx, actor, key)


@delete("/user-profiles/{key:str}/photo", status_code=204)
async def remove_profile_photo(tx: Transaction, actor: Me, key: InPath) -> None:
    """DELETE /connect/user-profiles/{id|me}/photo — 204, also where there is none."""
    await delete_photo(tx, actor, user_id_of(key, actor))


@get("/user-profiles/{key:str}/banner-photo")
async def read_banner(request: Request, tx: Transaction, actor: Me, key: InPath) -> Response[bytes]:
    """GET /connect/user-profiles/{id|me}/banner-photo — Banner Photo."""
    return json_answer(
        shapes.banner(await queries.profile(tx, actor, user_id_of(key, actor)), api_base(request))
    )


@post("/user-profiles/{key:str}/banner-photo")
async def create_banner(request: Request, tx: Transaction, actor: Me, key: InPath) -> Response[bytes]:
    """POST /connect/user-profiles/{id|me}/banner-photo — as for photos, with cropX, cropY, cropWidth and cropHeight; kept
    are 1280 × 256 pixels. Answers Banner Photo (201)."""
    user_id = user_id_of(key, actor)
    await access_user(tx, actor, user_id, to="edit")
    content, crop = await uploaded(request)
    await put_photo(tx, actor, user_id, content, kind="banner", crop=crop)
    return json_answer(shapes.banner(await queries.profile(tx, actor, user_id), api_base(request)), 201)


@delete("/user-profiles/{key:str}/banner-photo", status_code=204)
async def remove_banner(tx: Transaction, actor: Me, key: InPath) -> None:
    """DELETE /connect/user-profiles/{id|me}/banner-photo — 204, also where there is none."""
    await delete_photo(tx, actor, user_id_of(key, actor), kind="banner")


@get("/people")
async def find_people(request: Request, tx: Transaction, actor: Me) -> Response[bytes]:
    """GET /hubbub/people — {people: [{id, name, title, department, city, country, skills, isActive, isGuest, photo}],
    nextPageUrl}: those whom q means (names, skills, titles, departments, places; may be mistyped), the likeliest first;
    page, pageSize 1 to 250 (25). A guest finds himself."""
    size, number = whole(request, "pageSize", 25, 1, 250), whole(request, "page", 0, 0, 1000)
    q = request.query_params.get("q", "").replace("\0", "")[:100]
    found, more = await queries.search_people(tx, actor, q, page=number, size=size)
    base = api_base(request)
    following = urlencode({"q": q, "pageSize": size, "page": number + 1})
    return json_answer(
        {
            "people": [shapes.hit(each, base) for each in found],
            "nextPageUrl": f"{base}/hubbub/people?{following}" if more else None,
        }
    )


@get("/people/{key:str}")
async def read_profile(request: Request, tx: Transaction, actor: Me, key: InPath) -> Response[bytes]:
    """GET /hubbub/people/{id|me} — Profile: all that a profile says: id, name, firstName, lastName, nickname, title,
    department, about, manager {id, name}, skills, phone, mobile, city, country, timeZone, locale, workFrom and workTo
    ("09:00", on his own clock), localTime, isAtWork (null: he has not said when), photo, banner."""
    profile = await queries.profile(tx, actor, user_id_of(key, actor))
    works = queries.clock_of(profile, actor).works
    return json_answer(shapes.whole_profile(profile, works, api_base(request)))


@patch("/people/{key:str}")
async def change_profile(request: Request, tx: Transaction, actor: Me, key: InPath) -> Response[bytes]:
    """PATCH /hubbub/people/{id|me} — changes firstName, lastName, nickname, title, department, about, manager (an id, a name
    or a username; null: none), skills (a list of at most 30), phone, mobile, city, country, timeZone, locale, workFrom,
    workTo; answers Profile. 400 with every field that is wrong, a manager who reports to the person among them."""
    user_id = user_id_of(key, actor)
    await access_user(tx, actor, user_id, to="edit")
    given = await input_of(request)
    values: dict[str, str | None] = {}
    for name, value in given.items():
        column = shapes.PROFILE_NAMES.get(name)
        if column is None:
            raise Invalid("INVALID_INPUT", f"There is no {name[:40]} to change.", fields=[name])
        if column == "skills" and isinstance(value, list) and all(isinstance(each, str) for each in value):
            value = "\n".join(value)
        if not isinstance(value, str | None):
            raise Invalid("INVALID_INPUT", f"{name} is a text.", fields=[name])
        values[column] = value
    try:
        await edit_profile(tx, actor, user_id, values)
    except BadProfile as bad:
        names = {column: name for name, column in shapes.PROFILE_NAMES.items()}
        raise Invalid(bad.code, bad.message, fields=[names[each] for each in bad.by_field]) from None
    profile = await queries.profile(tx, actor, user_id)
    works = queries.clock_of(profile, actor).works
    return json_answer(shapes.whole_profile(profile, works, api_base(request)))


@get("/people/{key:str}/chart")
async def read_chart(request: Request, tx: Transaction, actor: Me, key: InPath) -> Response[bytes]:
    """GET /hubbub/people/{id|me}/chart — {person, above, peers, reports}: User Summaries; above is the way to the top, the
    top first. People who were deactivated are skipped."""
    person = await access_user(tx, actor, user_id_of(key, actor))
    found = await queries.chart(tx, actor, person)
    base = api_base(request)
    return json_answer(
        {"person": shapes.user_summary(person, base)}
        | {
            name: [shapes.user_summary(each, base) for each in getattr(found, name)]
            for name in ("above", "peers", "reports")
        }
    )


CONNECT = [
    read_user_profile,
    read_profile_photo,
    create_profile_photo,
    remove_profile_photo,
    read_banner,
    create_banner,
    remove_banner,
]
HUBBUB = [find_people, read_profile, change_profile, read_chart]
