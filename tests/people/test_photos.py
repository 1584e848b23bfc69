"""Photos and banners: who gives them, who sees them, and that nobody else learns of them."""

import io
import re

import httpx
import pytest
from PIL import Image

from hubbub import people, records
from hubbub.core import ids
from tests.cast import Company, found_company
from tests.core.test_images import png_of

V = "/services/data/v62.0"
POLICY = "default-src 'none'; sandbox"


def picture(colour: str = "red", size: tuple[int, int] = (400, 300), format: str = "PNG") -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", size, colour).save(kept, format)
    return kept.getvalue()


async def send(
    browser: httpx.AsyncClient, path: str, content: bytes, name: str = "me.png", **fields: str
) -> httpx.Response:
    """Send a file by a form, as a page would."""
    if "hubbub_csrf" not in browser.cookies:
        await browser.get("/sign-in")
    return await browser.post(
        path, files={"fileUpload": (name, content)}, data={"_csrf_token": browser.cookies["hubbub_csrf"], **fields}
    )  # fmt: skip


async def shown(browser: httpx.AsyncClient, address: str) -> Image.Image | None:
    """The picture at an address; None: the figure of nobody."""
    answer = await browser.get(address)
    assert answer.status_code == 200 and answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"].startswith("private")
    if answer.headers["content-type"].startswith("image/svg"):
        return None
    assert answer.headers["content-type"] in ("image/png", "image/jpeg")
    return Image.open(io.BytesIO(answer.content))


async def photo_of(company: Company, who: str, reader: str) -> dict:
    api = await company.api(reader)
    return (await api.get(f"{V}/chatter/users/{company.key(who)}/photo")).json()


async def test_a_photo_is_everywhere_where_its_person_is(company: Company) -> None:
    omar, nina = await company.client("omar"), await company.client("nina")
    done = await send(omar, f"/people/{company.key('omar')}/photo", picture())
    assert done.status_code == 303 and done.headers["location"] == f"/people/{company.key('omar')}"
    photo = await photo_of(company, "omar", "nina")
    assert photo["photoVersionId"].startswith("729")
    full, small = await shown(nina, photo["largePhotoUrl"]), await shown(nina, photo["smallPhotoUrl"])
    assert full is not None and small is not None and (full.size, small.size) == ((200, 200), (64, 64))
    item = await (await company.api("omar")).post(
        f"{V}/chatter/feed-elements", json={"subjectId": "me", "text": "Hi"}
    )
    assert item.json()["actor"]["photo"]["photoVersionId"] == photo["photoVersionId"]
    address = photo["smallPhotoUrl"]
    post = item.json()["id"]
    for path in ("/people", "/people?q=omar", f"/posts/{post}"):
        assert address in (await nina.get(path)).text, path
    assert address in (await omar.get("/")).text, "and on the bar"
    assert photo["largePhotoUrl"] in (await nina.get(f"/people/{company.key('omar')}")).text
    query = f"{V}/query?q=SELECT+SmallPhotoUrl,FullPhotoUrl+FROM+User+WHERE+Id='{company.key('omar')}'"
    (row,) = (await (await company.api("nina")).get(query)).json()["records"]
    assert (row["SmallPhotoUrl"], row["FullPhotoUrl"]) == (address, photo["largePhotoUrl"])
    # Another photo has another address; taking it away leaves the initials.
    await send(omar, f"/people/{company.key('omar')}/photo", picture("blue"))
    assert (await photo_of(company, "omar", "nina"))["photoVersionId"] != photo["photoVersionId"]
    assert await shown(nina, address) is None, "the old one is shown no more"
    assert (await omar.submit(f"/people/{company.key('omar')}/photo/delete")).status_code == 303
    assert (await photo_of(company, "omar", "nina"))["photoVersionId"] is None
    assert (
        "/profilephoto/" not in (await nina.get(f"/people/{company.key('omar')}")).text.partition("<main")[2]
    )


async def test_guests_and_strangers_learn_nothing_of_photos(company: Company) -> None:
    omar, gus, nobody = await company.client("omar"), await company.client("gus"), await company.nobody()
    deal = await company.make("omar", "Opportunity", **await company.deal_values())
    async with company.act() as tx:
        await records.share_record(tx, await people.actor(tx, company.id("omar")), deal, company.id("gus"))
    said = {"subjectId": ids.show(deal), "text": "For all of us"}
    post = (await (await company.api("omar")).post(f"{V}/chatter/feed-elements", json=said)).json()["id"]
    key = company.key("omar")
    by_person = f"/profilephoto/{key}/T"
    before = [(await each.get(by_person)) for each in (gus, nobody)]
    await send(omar, f"/people/{key}/photo", picture())
    by_photo = (await photo_of(company, "omar", "nina"))["smallPhotoUrl"]
    after = [(await each.get(by_person)) for each in (gus, nobody)]
    for one, two in zip(before, after, strict=True):
        assert one.content == two.content and one.headers["etag"] == two.headers["etag"]
    for each in (gus, nobody):
        assert await shown(each, by_photo) is None
        assert await shown(each, by_photo.replace("/T", "/F")) is None
    api = await company.api("gus")
    assert (await api.get(f"{V}/chatter/users/{key}/photo")).status_code == 404
    # What omar says to him he sees, without omar's photo or a word of it.
    page = await gus.get(f"/posts/{post}")
    assert page.status_code == 200 and "For all of us" in page.text and "/profilephoto/" not in page.text
    actor = (await api.get(f"{V}/chatter/feed-elements/{post}")).json()["actor"]
    assert (
        actor["photo"]["photoVersionId"] is None and actor["photo"]["smallPhotoUrl"] == "/profilephoto/005/T"
    )
    # His own he sees, and those inside do.
    assert (await send(gus, f"/people/{company.key('gus')}/photo", picture("green"))).status_code == 303
    mine = (await photo_of(company, "gus", "gus"))["smallPhotoUrl"]
    assert await shown(gus, mine) is not None and await shown(omar, mine) is not None
    assert mine in (await gus.get("/")).text
    assert await shown(nobody, mine) is None


async def test_people_of_another_org_see_the_figure(company: Company, house, clients) -> None:
    other = await found_company(house, clients)
    await send(await company.client("omar"), f"/people/{company.key('omar')}/photo", picture())
    photo = await photo_of(company, "omar", "omar")
    ada = await other.client("ada")
    assert await shown(ada, photo["smallPhotoUrl"]) is None
    assert await shown(ada, f"/profilephoto/{company.key('omar')}/T") is None
    assert (await send(ada, f"/people/{company.key('omar')}/photo", picture())).status_code == 404


async def test_only_the_person_and_administrators_change_it(company: Company) -> None:
    path = f"/people/{company.key('nina')}/photo"
    for name, status in (("omar", 403), ("mo", 403), ("gus", 404), ("ada", 303), ("nina", 303)):
        assert (await send(await company.client(name), path, picture())).status_code == status, name
    events = await company.events("people.photo.changed")
    assert len(events) == 2


async def test_a_browser_asks_again_and_is_told_that_nothing_changed(company: Company) -> None:
    omar = await company.client("omar")
    await send(omar, f"/people/{company.key('omar')}/photo", picture())
    first = await omar.get(f"/profilephoto/{company.key('omar')}/T")
    assert first.headers["cache-control"] == "private, no-cache"
    again = await omar.get(first.request.url.path, headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304 and not again.content
    by_id = await omar.get((await photo_of(company, "omar", "omar"))["smallPhotoUrl"])
    assert by_id.headers["cache-control"] == "private, max-age=604800, immutable"
    api = await company.api("omar")
    assert (await api.get(first.request.url.path)).content == first.content, "a program shows it by its token"


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415),
        (b"MZ" + b"\0" * 500, 415),
        (picture()[:200], 422),
        (png_of(30_000, 30_000), 422),
        (b"\x89PNG" + b"\0" * 8_000_001, 413),
    ],
    ids=["empty", "svg", "program", "truncated", "bomb", "large"],
)
async def test_what_is_no_good_is_said_on_the_form(company: Company, content: bytes, status: int) -> None:
    omar = await company.client("omar")
    for kind in ("photo", "banner"):
        answer = await send(omar, f"/people/{company.key('omar')}/{kind}", content)
        assert answer.status_code == status and 'role="alert"' in answer.text, kind
    api = await company.api("omar")
    answer = await api.post(f"{V}/chatter/users/me/photo", files={"fileUpload": ("x.png", content)})
    assert answer.status_code == (400 if status == 422 else status), answer.text
    assert answer.json()[0]["fields"] == ["fileUpload"]
    assert (await photo_of(company, "omar", "omar"))["photoVersionId"] is None


async def test_a_body_beyond_all_bounds_is_refused(company: Company) -> None:
    omar, api = await company.client("omar"), await company.api("omar")
    assert (await send(omar, f"/people/{company.key('omar')}/photo", b"x" * 10_500_000)).status_code == 413
    large = {"fileUpload": ("x.png", b"x" * 10_500_000)}
    assert (await api.post(f"{V}/chatter/users/me/photo", files=large)).status_code == 413


async def test_the_api_takes_crops_and_the_banner(company: Company) -> None:
    api = await company.api("omar")
    wide = io.BytesIO()
    image = Image.new("RGB", (600, 200), "red")
    image.paste("blue", (400, 0, 600, 200))
    image.save(wide, "PNG")
    files = {"fileUpload": ("me.png", wide.getvalue())}
    answer = await api.post(
        f"{V}/chatter/users/{company.key('omar')}/photo",
        files={**files, "json": (None, '{"cropX": 400, "cropY": 0, "cropSize": 200}', "application/json")},
    )
    assert answer.status_code == 201, answer.text
    blue = await shown(api, answer.json()["largePhotoUrl"])
    assert blue is not None and blue.convert("RGB").getpixel((5, 100))[2] > 200  # type: ignore[index]
    for fields in (
        {"cropX": "401", "cropY": "0", "cropSize": "200"},
        {"cropX": "-1", "cropY": "0", "cropSize": "10"},
        {"cropX": "1e9", "cropY": "0", "cropSize": "10"},
        {"cropX": "5"},
    ):
        answer = await api.post(f"{V}/connect/user-profiles/me/photo", files=files, data=fields)
        assert answer.status_code == 400 and "cropX" in answer.json()[0]["fields"], fields
    banner = await api.post(f"{V}/connect/user-profiles/me/banner-photo", files=files)
    assert banner.status_code == 201 and banner.json()["bannerPhotoVersionId"].startswith("729")
    drawn = await shown(api, banner.json()["bannerPhotoUrl"])
    assert drawn is not None and drawn.size == (1280, 256)
    detail = (await api.get(f"{V}/connect/user-profiles/me")).json()["userDetail"]
    assert detail["bannerPhoto"] == banner.json()
    assert (await api.delete(f"{V}/connect/user-profiles/me/banner-photo")).status_code == 204
    assert (await api.delete(f"{V}/chatter/users/me/photo")).status_code == 204
    assert (await api.delete(f"{V}/chatter/users/me/photo")).status_code == 204
    none = (await api.get(f"{V}/chatter/users/me/photo")).json()
    assert none["smallPhotoUrl"] == "/profilephoto/005/T" and await shown(api, none["smallPhotoUrl"]) is None


async def test_the_same_form_again_is_the_same_photo(company: Company) -> None:
    omar = await company.client("omar")
    path = f"/people/{company.key('omar')}/photo"
    for _ in range(2):
        assert (await send(omar, path, picture(), _key="one")).status_code == 303
    assert len(await company.events("people.photo.changed")) == 1
    assert (await send(omar, path, picture("blue"), _key="one")).status_code == 422, (
        "another picture under that key"
    )
    assert re.fullmatch(r"729\w{15}", (await photo_of(company, "omar", "omar"))["photoVersionId"])
