"""People in the Chatter REST API. Mounted like the feed's, under …/chatter."""

from urllib.parse import urlencode

from litestar import Response, delete, get, patch, post

from hubbub.core.errors import Invalid, NotFound, Refused
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.rest import api_base, input_of, json_answer, whole
from hubbub.people import queries, shapes
from hubbub.people.access import Me, access_user
from hubbub.people.actions import BadProfile, delete_photo, edit_profile
from hubbub.people.api.shared import create_photo_of, details, read_photo_of, user_id_of

MOST_IN_BATCH = 500


@get("/users")
async def read_users(request: Request, tx: Transaction, actor: Me) -> Response[bytes]:
    """GET /chatter/users — User Page: q (names, skills, titles, places; may be mistyped: the likeliest first), page,
    pageSize 1 to 250 (25). Without q by name. A guest sees himself."""
    size, number = whole(request, "pageSize", 25, 1, 250), whole(request, "page", 0, 0, 100_000)
    q = request.query_params.get("q", "")
    words = q.translate(str.maketrans("*?\0", "   ")).strip()
    if q and len(words) < 2:
        raise Invalid("INVALID_INPUT", "q has at least two characters that are not wildcards.", fields=["q"])
    if words:
        hits, more = await queries.search_people(
            tx, actor, words[:100], page=number, size=size, inactive=False
        )
        found = await queries.profiles(tx, actor, [each.id for each in hits])
    else:
        found, more = await queries.page_of_profiles(tx, actor, page=number, size=size)
    base = api_base(request)
    kept = ({"q": q} if q else {}) | ({"pageSize": size} if size != 25 else {})
    url = f"{base}/chatter/users?" + (f"{urlencode(kept)}&page=" if kept else "page=")
    return json_answer(shapes.user_page(await details(request, tx, actor, found), url, number, more=more))


@get("/users/batch/{keys:str}")
async def read_some_users(request: Request, tx: Transaction, actor: Me, keys: InPath) -> Response[bytes]:
    """GET /chatter/users/batch/{id,id…} — Batch Results: for each id User Detail, or an error of its own."""
    asked = keys.split(",")
    if len(asked) > MOST_IN_BATCH:
        raise Invalid("EXCEEDED_ID_LIMIT", f"At most {MOST_IN_BATCH} ids at a time.")
    wanted: dict[str, int | Refused] = {}
    for key in asked:
        try:
            wanted[key] = user_id_of(key, actor)
        except Refused as refused:
            wanted[key] = refused
    profiles = await queries.profiles(tx, actor, {id for id in wanted.values() if isinstance(id, int)})
    found = dict(
        zip([each.id for each in profiles], await details(request, tx, actor, profiles), strict=True)
    )
    results = []
    for key in asked:
        id = wanted[key]
        if not isinstance(id, Refused) and id in found:
            results.append({"result": found[id], "statusCode": 200})
        else:
            refused = id if isinstance(id, Refused) else NotFound()
            error = [{"errorCode": refused.code, "message": refused.message}]
            results.append({"result": error, "statusCode": refused.status})
    return json_answer({"hasErrors": any(each["statusCode"] != 200 for each in results), "results": results})


@get("/users/{key:str}")
async def read_user(request: Request, tx: Transaction, actor: Me, key: InPath) -> Response[bytes]:
    """GET /chatter/users/{id|me} — User Detail."""
    profile = await queries.profile(tx, actor, user_id_of(key, actor))
    return json_answer((await details(request, tx, actor, [profile]))[0])


@patch("/users/{key:str}")
async def update_user(request: Request, tx: Transaction, actor: Me, key: InPath) -> Response[bytes]:
    """PATCH /chatter/users/{id|me} — changes `aboutMe` (up to 1,000 characters); answers User Detail."""
    user_id = user_id_of(key, actor)
    await access_user(tx, actor, user_id, to="edit")
    given = await input_of(request)
    about = given.get("aboutMe", "")
    if "aboutMe" not in given or not isinstance(about, str | None):
        raise Invalid("INVALID_INPUT", "Send aboutMe, a text.", fields=["aboutMe"])
    try:
        await edit_profile(tx, actor, user_id, {"about": about})
    except BadProfile as bad:
        raise Invalid(bad.code, bad.message, fields=["aboutMe"]) from None
    profile = await queries.profile(tx, actor, user_id)
    return json_answer((await details(request, tx, actor, [profile]))[0])


@get("/users/{key:str}/photo")
async def read_photo(request: Request, tx: Transaction, actor: Me, key: InPath) -> Response[bytes]:
    """GET /chatter/users/{id|me}/photo — Photo. The addresses in it lead to the picture, for a bearer token too."""
    return await read_photo_of(request, tx, actor, key)


@post("/users/{key:str}/photo")
async def create_photo(request: Request, tx: Transaction, actor: Me, key: InPath) -> Response[bytes]:
    """POST /chatter/users/{id|me}/photo — multipart/form-data: `fileUpload` (PNG, JPEG, GIF or WebP, at most 8 MB and 40
    million pixels) and, as parts or in a part `json`, cropX, cropY, cropSize in pixels; answers Photo (201). 413 for too
    many bytes, 415 for what is no such picture, 400 for a damaged one or a crop outside of it."""
    return await create_photo_of(request, tx, actor, key)


@delete("/users/{key:str}/photo", status_code=204)
async def remove_photo(tx: Transaction, actor: Me, key: InPath) -> None:
    """DELETE /chatter/users/{id|me}/photo — 204, also where there is none."""
    await delete_photo(tx, actor, user_id_of(key, actor))


CHATTER = [read_users, read_some_users, read_user, update_user, read_photo, create_photo, remove_photo]
