"""Secrets of people: what somebody says of himself whom guests do not see, and whom somebody invited."""

import io

import msgspec
from PIL import Image

from hubbub import people
from hubbub.people import queries
from hubbub.people.actions import delete_photo, edit_profile, invitations, put_photo, withdraw_invitation
from tests.worlds.addresses import V
from tests.worlds.stories import Made, Secret
from tests.worlds.worlds import Deed, World

# Words by which the directory finds the two: a skill, a department, a city, a title, a nickname, and some of them mistyped.
WORDS = ("salvage", "salvgae", "radar+calibration", "radra", "wreck", "reykjavik", "reykjavk", "divemaster", "watt", "wat",
         "kenny", "omar", "omra", "omar+salvage", "haddad", "berg")  # fmt: skip
OF_PERSON = (
    "/people/{id}", "/people/{id}/chart", "/people/{id}/edit", "/people/{id}/photo", "/people/{id}/thanks",
    "/profilephoto/{id}/F", "/profilephoto/{id}/T", V + "/connect/user-profiles/{id}",
    V + "/connect/user-profiles/{id}/photo", V + "/connect/user-profiles/{id}/banner-photo", V + "/chatter/users/{id}",
    V + "/chatter/users/{id}/photo", V + "/chatter/users/batch/{id},me", V + "/hubbub/people/{id}",
    V + "/hubbub/people/{id}/chart", V + "/hubbub/people/{id}/owned", V + "/sobjects/User/{id}", "/subjects/{id}/level",
    V + "/chatter/feeds/user-profile/{id}/feed-elements", V + "/chatter/users/{id}/followers", "/r/{id}",
    V + "/query?q=SELECT+Id,Title,Department,ManagerId,SmallPhotoUrl+FROM+User+WHERE+Id='{id}'",
    V + "/query?q=SELECT+COUNT()+FROM+User+WHERE+ManagerId='{id}'",
)  # fmt: skip
DIRECTORY = (
    "/people", "/setup/people", V + "/chatter/users", V + "/chatter/users?pageSize=1",
    *(f"/people?q={word}" for word in WORDS),
    *(f"{V}/hubbub/people?q={word}" for word in WORDS),
    *(f"{V}/hubbub/people?q={word}&pageSize=1" for word in WORDS[:3]),
    *(f"{V}/chatter/users?q={word}" for word in WORDS),
    *(f"/complete/people?q={word}" for word in ("ke", "watt", "salvage", "om")),
    *(f"{V}/chatter/mentions/completions?q={word}" for word in ("ke", "watt", "salvage", "om")),
    *(f"{V}/search?q=FIND+%7B{word}%7D+RETURNING+User(Id,Name,Title)" for word in ("watt", "divemaster", "salvage")),
    "/jump/found?q=watt", "/jump/found?q=salvage", "/jump/found?q=omar",
    V + "/query?q=SELECT+Id,Name+FROM+User+ORDER+BY+LastModifiedDate+DESC",
    V + "/query?q=SELECT+Id,City+FROM+User+ORDER+BY+Department,City,Title",
    V + "/query?q=SELECT+COUNT()+FROM+User+WHERE+Department='Salvage'",
)  # fmt: skip
INVITING = (
    "/invitations", "/invitations?state=open", "/invitations?state=withdrawn", "/invitations?state=expired", "/domains",
    V + "/hubbub/invitations", V + "/hubbub/invitations?pageSize=1", V + "/hubbub/invitations?state=open",
    V + "/hubbub/invitations?state=withdrawn",
)  # fmt: skip


def picture(colour: str) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (220, 220), colour).save(kept, "PNG")
    return kept.getvalue()


async def joins(world: World) -> Made:
    """A colleague comes in, and does nothing that anybody outside could see."""
    async with world.company.act() as tx:
        newcomer = people.Newcomer(
            username=f"ken@{world.domain}", first_name="Ken", last_name="Watt", title="Surveyor",
            role_id=world.company.roles["Service"], permission_sets=(people.STANDARD,), password="correct horse battery",
        )  # fmt: skip
        world.company.ids["ken"] = await people.add_user(tx, None, newcomer)
    return {"ken": world.company.ids["ken"]}


async def tells(world: World, who: str, **said: str) -> None:
    async with Deed(world, who) as (tx, actor):
        await edit_profile(tx, actor, actor.id, said)


async def pictured(world: World, who: str, colour: str) -> Made:
    """Another photo and banner."""
    async with Deed(world, who) as (tx, actor):
        photo = (await put_photo(tx, actor, actor.id, picture(colour))).photo
        await put_photo(tx, actor, actor.id, picture(colour), kind="banner")
    assert photo
    return {f"{who}'s photo": photo}


async def speaks_of_himself(world: World) -> Made:
    """The newcomer changes all that his profile says, Omar all but his name and title: those stand beside what guests
    read of him."""
    made = await joins(world)
    world.made |= made
    said = {
        "department": "Salvage", "city": "Reykjavik", "country": "Iceland", "skills": "Radar calibration, Salvage, Wrecks",
        "about": "Wrecks and #Hush @Gus Berg", "phone": "+354 555 0100", "mobile": "+354 555 0101", "locale": "de_DE",
        "timezone": "Atlantic/Reykjavik", "work_from": "06:00", "work_to": "12:00", "nickname": "Kenny",
    }  # fmt: skip
    await tells(world, "ken", **said, title="Divemaster", first_name="Kenneth", manager="Noor Rahman")
    await tells(world, "omar", **said, manager="Kenneth Watt")
    return made | await pictured(world, "ken", "red") | await pictured(world, "omar", "blue")


async def speaks_on(world: World) -> Made:
    """While they look, another skill, place and picture; one goes."""
    await tells(world, "ken", skills="Radar calibration", city="Hull", title="Surveyor", manager="")
    await tells(world, "omar", skills="Tides", department="Wrecks", about="", manager="Noor Rahman")
    async with Deed(world, "omar") as (tx, actor):
        await delete_photo(tx, actor, actor.id)
    return {f"{name} later": id for name, id in (await pictured(world, "ken", "green")).items()}


async def invite(world: World, who: str, *names: str) -> Made:
    """Ask people of these names to come in, whoever else asked them."""
    settings = msgspec.structs.replace(world.company.house.settings, keep_mail=True)
    async with Deed(world, who) as (tx, actor):
        asked = [f"{name}@elsewhere.example" for name in names]
        outcomes = await invitations.invite(tx, actor, settings, asked, "Come in")
        assert [each.status for each in outcomes] == ["Invited"] * len(names)
        found, _more = await queries.invitations(tx, actor)
    return {f"{who}'s guest {each.email.partition('@')[0]}": each.id for each in found}


async def nina_invites(world: World) -> Made:
    return await invite(world, "nina", "iris", "pim")


async def omar_invites_too(world: World) -> Made:
    """He invites more people, one of them whom nina has invited as well, and takes one invitation back."""
    made = await nina_invites(world) | await invite(world, "omar", "iris", "secret", "gone")
    async with Deed(world, "omar") as (tx, actor):
        await withdraw_invitation(tx, actor, made["omar's guest gone"])
    return made


async def omar_goes_on(world: World) -> Made:
    return await invite(world, "omar", f"later{len(world.made)}")


PROFILES = [
    Secret(
        "what a colleague's profile says, for guests", ("gus",), speaks_of_himself, joins, live_a=speaks_on,
        looks=(
            *((path, "") for path in DIRECTORY), *((path, name) for path in OF_PERSON for name in ("ken", "omar", "gus")),
            *((f"/profilephoto/{{id}}/{size}", f"{who}'s photo") for who in ("ken", "omar") for size in "FT"),
        ),
    ),
    Secret(
        "whom somebody invited", ("nina", "mo", "maya", "noor", "gus"), omar_invites_too, nina_invites, live_a=omar_goes_on,
        looks=tuple((path, "") for path in INVITING),
    ),
]  # fmt: skip
