"""The Chatter REST API of people. Mounted like the feed's, under …/chatter."""

from collections.abc import Awaitable, Callable, Collection
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, delete, get, patch, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound, Refused
from hubbub.core.ids import Type
from hubbub.core.images import Crop
from hubbub.core.rest import api_base, connect_date, input_of, json_answer, whole
from hubbub.people import queries, shapes
from hubbub.people.access import Actor, access_user
from hubbub.people.access.invitations import access_inviting, inviters
from hubbub.people.actions import (
    BadProfile,
    ask_for_domain,
    confirm_domain,
    crop_of,
    delete_photo,
    edit_profile,
    invite,
    put_photo,
    remove_domain,
    send_again,
    set_inviters,
    withdraw_invitation,
)
from hubbub.people.queries import Counts, Profile
from hubbub.people.queries.invitations import STATES as INVITATION_STATES
from hubbub.people.queries.invitations import place as invitation_place
from hubbub.people.shapes import Json

# What people follow besides people is known to rooms above: the map of the city hands in who counts it.
CountFollows = Callable[[Tx, Actor, Collection[int]], Awaitable[dict[int, Counts]]]

MOST_IN_BATCH = 500


@get("/users")
async def read_users(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], actor: NamedDependency[Actor]
) -> Response[bytes]:
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
    return json_answer(shapes.user_page(await _details(request, tx, actor, found), url, number, more=more))


@get("/users/batch/{keys:str}")
async def read_some_users(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[Actor],
    keys: FromPath[str],
) -> Response[bytes]:
    """GET /chatter/users/batch/{id,id…} — Batch Results: for each id User Detail, or an error of its own."""
    asked = keys.split(",")
    if len(asked) > MOST_IN_BATCH:
        raise Invalid("EXCEEDED_ID_LIMIT", f"At most {MOST_IN_BATCH} ids at a time.")
    wanted: dict[str, int | Refused] = {}
    for key in asked:
        try:
            wanted[key] = _user_id(key, actor)
        except Refused as refused:
            wanted[key] = refused
    profiles = await queries.profiles(tx, actor, {id for id in wanted.values() if isinstance(id, int)})
    details = dict(
        zip([each.id for each in profiles], await _details(request, tx, actor, profiles), strict=True)
    )
    results = []
    for key in asked:
        id = wanted[key]
        if not isinstance(id, Refused) and id in details:
            results.append({"result": details[id], "statusCode": 200})
        else:
            refused = id if isinstance(id, Refused) else NotFound()
            error = [{"errorCode": refused.code, "message": refused.message}]
            results.append({"result": error, "statusCode": refused.status})
    return json_answer({"hasErrors": any(each["statusCode"] != 200 for each in results), "results": results})


@get("/users/{key:str}")
async def read_user(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[Actor],
    key: FromPath[str],
) -> Response[bytes]:
    """GET /chatter/users/{id|me} — User Detail."""
    profile = await queries.profile(tx, actor, _user_id(key, actor))
    return json_answer((await _details(request, tx, actor, [profile]))[0])


@patch("/users/{key:str}")
async def update_user(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[Actor],
    key: FromPath[str],
) -> Response[bytes]:
    """PATCH /chatter/users/{id|me} — changes `aboutMe` (up to 1,000 characters); answers User Detail."""
    user_id = _user_id(key, actor)
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
    return json_answer((await _details(request, tx, actor, [profile]))[0])


@get("/users/{key:str}/photo")
async def read_photo(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[Actor],
    key: FromPath[str],
) -> Response[bytes]:
    """GET /chatter/users/{id|me}/photo — Photo. The addresses in it lead to the picture, for a bearer token too."""
    person = await access_user(tx, actor, _user_id(key, actor))
    return json_answer(shapes.photo(person, api_base(request)))


@post("/users/{key:str}/photo")
async def create_photo(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[Actor],
    key: FromPath[str],
) -> Response[bytes]:
    """POST /chatter/users/{id|me}/photo — multipart/form-data: `fileUpload` (PNG, JPEG, GIF or WebP, at most 8 MB and 40
    million pixels) and, as parts or in a part `json`, cropX, cropY, cropSize in pixels; answers Photo (201). 413 for too
    many bytes, 415 for what is no such picture, 400 for a damaged one or a crop outside of it."""
    user_id = _user_id(key, actor)
    await access_user(tx, actor, user_id, to="edit")
    content, crop = await _uploaded(request)
    person = await put_photo(tx, actor, user_id, content, crop=crop)
    return json_answer(shapes.photo(person, api_base(request)), 201)


@delete("/users/{key:str}/photo", status_code=204)
async def remove_photo(tx: NamedDependency[Tx], actor: NamedDependency[Actor], key: FromPath[str]) -> None:
    """DELETE /chatter/users/{id|me}/photo — 204, also where there is none."""
    await delete_photo(tx, actor, _user_id(key, actor))


async def _uploaded(request: Request[Any, Any, Any]) -> tuple[bytes, Crop | None]:
    """The picture of a multipart body, and which part of it to keep."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Invalid(
            "INVALID_INPUT", "Send the picture as fileUpload in multipart/form-data.", fields=["fileUpload"]
        )
    parts = await request.form()
    file = parts.get("fileUpload")
    if not isinstance(file, UploadFile):
        raise Invalid("INVALID_INPUT", "There is no file in fileUpload.", fields=["fileUpload"])
    given = {name: value for name, value in request.query_params.items() if name.startswith("crop")}
    given |= {name: value for name, value in parts.items() if isinstance(value, str)}
    said = parts.get("json")
    if isinstance(said, UploadFile):
        said = await said.read()
    if said:
        try:
            given |= msgspec.json.decode(said if isinstance(said, bytes) else str(said), type=dict[str, Any])
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise Invalid("JSON_PARSER_ERROR", f"The part json is not a JSON object: {error}") from None
    return await file.read(), crop_of(given)


def _user_id(key: str, actor: Actor) -> int:
    return actor.user_id if key == "me" else ids.parse(key, Type.USER)


async def _details(
    request: Request[Any, Any, Any], tx: Tx, actor: Actor, profiles: Collection[Profile]
) -> list[Json]:
    """User Detail of each, in a few statements for all of them."""
    count: CountFollows = request.app.state.count_follows
    user_ids = [each.id for each in profiles]
    if not user_ids:
        return []
    subscriptions = await queries.follows(tx, actor, user_ids)
    # Who else is here is not for guests to know.
    counts = {} if actor.guest else await count(tx, actor, user_ids)
    return [
        shapes.user_detail(
            each,
            api_base(request),
            subscription_id=subscriptions.get(each.id),
            counts=counts.get(each.id),
            encode=request.headers.get("x-chatter-entity-encoding", "").lower() != "false",
        )
        for each in profiles
    ]


ROUTES = [read_users, read_some_users, read_user, update_user, read_photo, create_photo, remove_photo]


# --- beside Chatter's ----------------------------------------------------------------------------------------------


@get("/user-profiles/{key:str}")
async def read_user_profile(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[Actor],
    key: FromPath[str],
) -> Response[bytes]:
    """GET /connect/user-profiles/{id|me} — User Profile: capabilities, tabs, userDetail."""
    profile = await queries.profile(tx, actor, _user_id(key, actor))
    (detail,) = await _details(request, tx, actor, [profile])
    return json_answer(shapes.user_profile(profile, detail, actor, api_base(request)))


@get("/user-profiles/{key:str}/photo")
async def read_profile_photo(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[Actor],
    key: FromPath[str],
) -> Response[bytes]:
    """GET /connect/user-profiles/{id|me}/photo — Photo."""
    person = await access_user(tx, actor, _user_id(key, actor))
    return json_answer(shapes.photo(person, api_base(request)))


@post("/user-profiles/{key:str}/photo")
async def create_profile_photo(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[Actor],
    key: FromPath[str],
) -> Response[bytes]:
    """POST /connect/user-profiles/{id|me}/photo — as POST /chatter/users/{id|me}/photo."""
    user_id = _user_id(key, actor)
    await access_user(tx, actor, user_id, to="edit")
    content, crop = await _uploaded(request)
    person = await put_photo(tx, actor, user_id, content, crop=crop)
    return json_answer(shapes.photo(person, api_base(request)), 201)


@delete("/user-profiles/{key:str}/photo", status_code=204)
async def remove_profile_photo(
    tx: NamedDependency[Tx], actor: NamedDependency[Actor], key: FromPath[str]
) -> None:
    """DELETE /connect/user-profiles/{id|me}/photo — 204, also where there is none."""
    await delete_photo(tx, actor, _user_id(key, actor))


@get("/user-profiles/{key:str}/banner-photo")
async def read_banner(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[Actor],
    key: FromPath[str],
) -> Response[bytes]:
    """GET /connect/user-profiles/{id|me}/banner-photo — Banner Photo."""
    return json_answer(
        shapes.banner(await queries.profile(tx, actor, _user_id(key, actor)), api_base(request))
    )


@post("/user-profiles/{key:str}/banner-photo")
async def create_banner(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[Actor],
    key: FromPath[str],
) -> Response[bytes]:
    """POST /connect/user-profiles/{id|me}/banner-photo — as for photos, with cropX, cropY, cropWidth and cropHeight; kept
    are 1280 × 256 pixels. Answers Banner Photo (201)."""
    user_id = _user_id(key, actor)
    await access_user(tx, actor, user_id, to="edit")
    content, crop = await _uploaded(request)
    await put_photo(tx, actor, user_id, content, kind="banner", crop=crop)
    return json_answer(shapes.banner(await queries.profile(tx, actor, user_id), api_base(request)), 201)


@delete("/user-profiles/{key:str}/banner-photo", status_code=204)
async def remove_banner(tx: NamedDependency[Tx], actor: NamedDependency[Actor], key: FromPath[str]) -> None:
    """DELETE /connect/user-profiles/{id|me}/banner-photo — 204, also where there is none."""
    await delete_photo(tx, actor, _user_id(key, actor), kind="banner")


CONNECT = [
    read_user_profile,
    read_profile_photo,
    create_profile_photo,
    remove_profile_photo,
    read_banner,
    create_banner,
    remove_banner,
]


@get("/orgs")
async def read_orgs(tx: NamedDependency[Tx], actor: NamedDependency[Actor]) -> Response[bytes]:
    """GET /hubbub/orgs — {orgs: [{id, name, domain, user, isGuest, isCurrent}]}: the orgs of the token's login. A token
    names one of them; for another, ask for a token there."""
    mine = await queries.memberships(tx, actor)
    return json_answer(
        {
            "orgs": [
                {
                    "id": org.key,
                    "name": org.name,
                    "domain": org.domain,
                    "user": org.person,
                    "isGuest": org.guest,
                    "isCurrent": org.current,
                }
                for org in mine
            ]
        }
    )


@get("/domains")
async def read_domains(tx: NamedDependency[Tx], actor: NamedDependency[Actor]) -> Response[bytes]:
    """GET /hubbub/domains — {domains, lookAlikes: [{domain, own, reason, createdDate}]}: the org's domains, and those
    founded elsewhere that look like them (reason: letters, one letter, name); 403 unless for moderators and administrators."""
    like = await queries.look_alikes(tx, actor)
    return json_answer(
        {
            "domains": await queries.own_domains(tx, actor),
            "lookAlikes": [
                {
                    "domain": each.domain,
                    "own": each.own,
                    "reason": each.reason,
                    "createdDate": connect_date(each.created_at),
                }
                for each in like
            ],
        }
    )


@post("/domains", status_code=202)
async def ask_for_a_domain(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], actor: NamedDependency[Actor]
) -> Response[bytes]:
    """POST /hubbub/domains {email} — have a link sent to an address of a domain that is to be the org's, too: {email}; 403
    unless by an administrator, 429 after 20 a day."""
    email = (await input_of(request)).get("email")
    if not isinstance(email, str):
        raise Invalid("REQUIRED_FIELD_MISSING", "email: a text is missing.", fields=["email"])
    address = await ask_for_domain(tx, actor, request.app.state.settings, email)
    return json_answer({"email": address.text}, 202)


@post("/domains/confirmations", status_code=201)
async def confirm_a_domain(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], actor: NamedDependency[Actor]
) -> Response[bytes]:
    """POST /hubbub/domains/confirmations {secret} — add the domain whose mail had a link ending with this: {domain}; 403
    unless by an administrator, 410 for a link that is old, used or another org's, 409 for a domain of another org."""
    secret = (await input_of(request)).get("secret")
    if not isinstance(secret, str):
        raise Invalid("REQUIRED_FIELD_MISSING", "secret: a text is missing.", fields=["secret"])
    return json_answer({"domain": await confirm_domain(tx, actor, secret)}, 201)


@delete("/domains/{domain:str}", status_code=204)
async def give_up_a_domain(
    tx: NamedDependency[Tx], actor: NamedDependency[Actor], domain: FromPath[str]
) -> None:
    """DELETE /hubbub/domains/{domain} — give it up; 403 unless by an administrator, and for the last one; 404 if it is not
    the org's."""
    await remove_domain(tx, actor, domain)


# --- inviting ------------------------------------------------------------------------------------------------------


@get("/invitations")
async def read_invitations(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], actor: NamedDependency[Actor]
) -> Response[bytes]:
    """GET /hubbub/invitations — {invitations: [{id, email, state, invitedBy, userId, sentDate, expiresDate}], nextPageUrl,
    inviters}: those of the user, an administrator's those of all, the latest first; state (open, expired, accepted,
    withdrawn), pageSize 1 to 250 (50). `inviters` (inside, administrators) is who may invite; 404 for guests."""
    if actor.guest:
        raise NotFound()
    state = request.query_params.get("state")
    if state is not None and state not in INVITATION_STATES:
        raise Invalid("INVALID_INPUT", f"state is one of {', '.join(INVITATION_STATES)}.", fields=["state"])
    size = whole(request, "pageSize", 50, 1, 250)
    found, more = await queries.invitations(
        tx, actor, state=state, after=invitation_place(request.query_params.get("page")), size=size
    )
    kept = {"state": state} if state else {}
    last = {"pageSize": size, "page": f"{found[-1].key},{found[-1].created_at.isoformat()}"} if more else {}
    return json_answer(
        {
            "invitations": [
                {
                    "id": each.key,
                    "email": each.email,
                    "state": each.shown_state,
                    "invitedBy": ids.show(each.inviter_id),
                    "userId": ids.show(each.accepted_by) if each.accepted_by else None,
                    "sentDate": connect_date(each.sent_at) if each.sent_at else None,
                    "expiresDate": connect_date(each.expires_at) if each.expires_at else None,
                }
                for each in found
            ],
            "nextPageUrl": f"{api_base(request)}/hubbub/invitations?{urlencode(kept | last)}"
            if more
            else None,
            "inviters": await inviters(tx),
        }
    )


@post("/invitations")
async def create_invitations(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], actor: NamedDependency[Actor]
) -> Response[bytes]:
    """POST /hubbub/invitations {invitees: [address], message, sure} — Invite Collection: each Invite with email, status
    (Invited, ActedUponUser, NoActionNeededUser, Unhandled), userId and a reason. Up to 1,000 at a time, 2,000 a day for the
    org (429). A domain that may be taken for the org's own is Unhandled unless `sure`; 403 for who may not invite."""
    await access_inviting(tx, actor)
    given = await input_of(request)
    invitees, message = given.get("invitees"), given.get("message") or ""
    if not isinstance(invitees, list) or not all(isinstance(each, str) for each in invitees):
        raise Invalid("INVALID_INPUT", "Send invitees, a list of e-mail addresses.", fields=["invitees"])
    if not isinstance(message, str):
        raise Invalid("INVALID_INPUT", "message is a text.", fields=["message"])
    outcomes = await invite(
        tx, actor, request.app.state.settings, invitees, message, sure=given.get("sure") is True
    )
    return json_answer(
        {
            "invitations": [
                {
                    "email": each.email,
                    "status": each.status,
                    "userId": ids.show(each.user_id) if each.user_id else None,
                    "reason": each.reason,
                }
                for each in outcomes
            ]
        },
        201,
    )


@patch("/invitations")
async def update_inviters(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], actor: NamedDependency[Actor]
) -> Response[bytes]:
    """PATCH /hubbub/invitations {inviters} — who may invite: inside or administrators; answers {inviters}; 403 unless by an
    administrator."""
    if actor.guest:
        raise NotFound()
    await set_inviters(tx, actor, str((await input_of(request)).get("inviters", "")))
    return json_answer({"inviters": await inviters(tx)})


@post("/invitations/{key:str}/mails", status_code=204)
async def repeat_invitation(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[Actor],
    key: FromPath[str],
) -> None:
    """POST /hubbub/invitations/{id}/mails — send it once more, with a new link; 429 within ten minutes, 403 once somebody
    came by it or it was withdrawn, 404 for who does not see it."""
    await send_again(tx, actor, request.app.state.settings, _invitation_id(key))


@delete("/invitations/{key:str}", status_code=204)
async def remove_invitation(
    tx: NamedDependency[Tx], actor: NamedDependency[Actor], key: FromPath[str]
) -> None:
    """DELETE /hubbub/invitations/{id} — withdraw it: its link stops working; 403 once somebody came by it, 404 for who does
    not see it."""
    await withdraw_invitation(tx, actor, _invitation_id(key))


def _invitation_id(key: str) -> int:
    try:
        return ids.parse(key, Type.INVITATION)
    except Invalid:
        raise NotFound() from None


@get("/people")
async def find_people(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], actor: NamedDependency[Actor]
) -> Response[bytes]:
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
async def read_profile(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[Actor],
    key: FromPath[str],
) -> Response[bytes]:
    """GET /hubbub/people/{id|me} — Profile: all that a profile says: id, name, firstName, lastName, nickname, title,
    department, about, manager {id, name}, skills, phone, mobile, city, country, timeZone, locale, workFrom and workTo
    ("09:00", on his own clock), localTime, isAtWork (null: he has not said when), photo, banner."""
    profile = await queries.profile(tx, actor, _user_id(key, actor))
    works = queries.clock_of(profile, actor).works
    return json_answer(shapes.whole_profile(profile, works, api_base(request)))


@patch("/people/{key:str}")
async def change_profile(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[Actor],
    key: FromPath[str],
) -> Response[bytes]:
    """PATCH /hubbub/people/{id|me} — changes firstName, lastName, nickname, title, department, about, manager (an id, a name
    or a username; null: none), skills (a list of at most 30), phone, mobile, city, country, timeZone, locale, workFrom,
    workTo; answers Profile. 400 with every field that is wrong, a manager who reports to the person among them."""
    user_id = _user_id(key, actor)
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
async def read_chart(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[Actor],
    key: FromPath[str],
) -> Response[bytes]:
    """GET /hubbub/people/{id|me}/chart — {person, above, peers, reports}: User Summaries; above is the way to the top, the
    top first. People who were deactivated are skipped."""
    person = await access_user(tx, actor, _user_id(key, actor))
    found = await queries.chart(tx, actor, person)
    base = api_base(request)
    return json_answer(
        {"person": shapes.user_summary(person, base)}
        | {
            name: [shapes.user_summary(each, base) for each in getattr(found, name)]
            for name in ("above", "peers", "reports")
        }
    )


HUBBUB = [
    read_orgs,
    read_domains,
    ask_for_a_domain,
    confirm_a_domain,
    give_up_a_domain,
    read_invitations,
    create_invitations,
    update_inviters,
    repeat_invitation,
    remove_invitation,
    find_people,
    read_profile,
    change_profile,
    read_chart,
]
