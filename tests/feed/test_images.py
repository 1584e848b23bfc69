"""Pictures in posts and comments: sent by their author, seen by who sees what holds them."""

import io
from typing import Any

import httpx
from PIL import Image

from hubbub import feed
from hubbub.core import ids
from tests.cast import Company
from tests.feed.test_posts import V, deal

CONNECT = "/services/data/v62.0/connect/files"


def picture(size: tuple[int, int] = (60, 40), kind: str = "PNG") -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", size, (10, 120, 90)).save(kept, kind)
    return kept.getvalue()


async def upload(
    company: Company, who: str, content: bytes | None = None, name: str = "pier.png"
) -> httpx.Response:
    return await (await company.api(who)).post(
        f"{CONNECT}/users/me", files={"fileData": (name, content or picture(), "image/png")}
    )


async def sent(company: Company, who: str) -> str:
    answer = await upload(company, who)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def shows(file: str, **more: Any) -> dict[str, Any]:
    return {
        "messageSegments": [
            {"type": "Text", "text": "Look: "},
            {"type": "InlineImage", "fileId": file, "altText": "The pier at low tide"},
        ],
        **more,
    }


async def post(company: Company, who: str, file: str, subject: str = "me") -> httpx.Response:
    return await (await company.api(who)).post(
        f"{V}/feed-elements", json={"subjectId": subject, "feedElementType": "FeedItem", "body": shows(file)}
    )


async def statuses(company: Company, who: str, file: str) -> set[int]:
    """What every address of a picture answers."""
    api, browser = await company.api(who), await company.client(who)
    return {
        (await browser.get(f"/files/{file}")).status_code,
        *[
            (await api.get(f"{CONNECT}/{file}{more}")).status_code
            for more in ("", "/content", "/rendition", "/rendition?type=THUMB720BY480")
        ],
    }


async def test_a_picture_is_seen_by_who_sees_the_post(company: Company) -> None:
    key = await deal(company)
    await company.share(ids.parse(key), "maya")
    file = await sent(company, "omar")
    assert await statuses(company, "omar", file) == {200}
    for who in ("maya", "noor", "nina", "gus"):
        assert await statuses(company, who, file) == {404}, f"{who}: it is in no post yet"
    made = await post(company, "omar", file, key)
    assert made.status_code == 201, made.text
    segment = made.json()["body"]["messageSegments"][1]
    assert (segment["type"], segment["altText"]) == ("InlineImage", "The pier at low tide")
    assert segment["url"].endswith(f"/connect/files/{file}/content")
    assert segment["thumbnails"]["fileId"] == file and segment["contentSize"] > 0
    assert made.json()["body"]["text"] == "Look: [The pier at low tide]"
    for who, status in (("maya", 200), ("noor", 200), ("nina", 404), ("gus", 404)):
        assert await statuses(company, who, file) == {status}, who
    maya = await company.api("maya")
    assert (await maya.get(f"{CONNECT}/{file}")).json()["owner"] is None
    page = (await (await company.client("maya")).get(f"/posts/{made.json()['id']}")).text
    assert f'<img src="/files/{file}" alt="The pier at low tide" width="60" height="40"' in page
    # The sight of the reader, each time: an answer that is kept is asked for again.
    first = await maya.get(f"{CONNECT}/{file}/content")
    assert first.headers["cache-control"] == "private, no-cache"
    again = await maya.get(f"{CONNECT}/{file}/content", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    async with company.act() as tx:
        await tx.run(
            "delete from record_share where org_id = %(org)s and record_id = %(id)s", {"id": ids.parse(key)}
        )
    assert await statuses(company, "maya", file) == {404}
    gone = await maya.get(f"{CONNECT}/{file}/content", headers={"if-none-match": first.headers["etag"]})
    assert gone.status_code == 404


async def test_a_picture_goes_with_its_comment_and_with_a_hidden_post(company: Company) -> None:
    file, other = await sent(company, "omar"), await sent(company, "omar")
    made = (await post(company, "omar", other)).json()
    omar, mo = await company.api("omar"), await company.api("mo")
    said = await omar.post(
        f"{V}/feed-elements/{made['id']}/capabilities/comments/items", json={"body": shows(file)}
    )
    assert said.status_code == 201, said.text
    assert await statuses(company, "nina", file) == await statuses(company, "nina", other) == {200}
    assert (await omar.delete(f"{V}/comments/{said.json()['id']}")).status_code == 204
    assert await statuses(company, "nina", file) == {404}
    await mo.patch(
        f"{V}/feed-elements/{made['id']}/capabilities/status", json={"feedEntityStatus": "PendingReview"}
    )
    assert await statuses(company, "nina", other) == {404}
    assert await statuses(company, "mo", other) == await statuses(company, "omar", other) == {200}


async def test_nobody_posts_a_picture_of_somebody_else(company: Company) -> None:
    file = await sent(company, "omar")
    assert (await post(company, "nina", file)).status_code == 404
    never = ids.show(ids.make(ids.Type.FILE, 1))
    assert (await post(company, "nina", never)).status_code == 404, "as one that is not there"
    await post(company, "omar", file)
    assert (await post(company, "nina", file)).status_code == 404, "nor one that she sees"
    # A moderator who edits what holds it leaves it there.
    made = (await post(company, "omar", file)).json()
    kept = await (await company.api("mo")).patch(
        f"{V}/feed-elements/{made['id']}", json={"body": shows(file, latestRevision=1)}
    )
    assert kept.status_code == 200, kept.text


async def test_what_is_said_in_a_records_name_holds_no_picture(company: Company) -> None:
    key = await deal(company)
    file = await sent(company, "omar")
    asked = await (await company.api("omar")).post(
        "/services/data/v62.0/hubbub/asks",
        json={"recordId": key, "title": "Who knows?", "inRecordsName": True, "userIds": [company.key("noor")],
              "body": shows(file)},
    )  # fmt: skip
    assert asked.status_code == 400, asked.text
    assert await statuses(company, "noor", file) == {404}


async def test_what_is_no_picture_is_refused(company: Company) -> None:
    assert (await upload(company, "omar", b"<svg onload=alert(1)>")).status_code == 415
    assert (await upload(company, "omar", picture()[:60])).status_code == 400
    assert (await upload(company, "omar", b"\x89PNG" + b"0" * 8_000_001)).status_code == 413
    none = await (await company.api("omar")).post(f"{CONNECT}/users/me", data={"title": "x"})
    assert none.status_code == 400
    large = (await upload(company, "omar", picture((4000, 1000), "JPEG"))).json()
    assert (large["width"], large["height"], large["mimeType"]) == (1600, 400, "image/jpeg")
    mine = (await (await company.api("omar")).get(f"{CONNECT}/users/me")).json()["files"]
    assert [each["id"] for each in mine] == [large["id"]]
    assert (
        await (await company.api("nina")).get(f"{CONNECT}/users/{company.key('omar')}")
    ).status_code == 404


async def test_without_script_a_form_sends_it(company: Company) -> None:
    omar = await company.client("omar")
    page = (await omar.get("/company")).text
    token = page.split('name="_csrf_token" value="')[1].split('"')[0]
    answer = await omar.post(
        "/posts",
        data={
            "_csrf_token": token,
            "subject": company.key("omar"),
            "text": "Here",
            "picture_alt": "A [pier]",
        },
        files={"picture": ("pier.png", picture(), "image/png")},
    )
    assert answer.status_code == 303, answer.text
    shown = (await (await company.client("nina")).get("/company")).text
    assert 'alt="A pier"' in shown
    wrong = await omar.post(
        "/posts",
        data={"_csrf_token": token, "subject": company.key("omar"), "text": "Here", "picture_alt": ""},
        files={"picture": ("pier.txt", b"words", "text/plain")},
    )
    assert wrong.status_code == 422 and "not a picture" in wrong.text


async def test_what_is_used_nowhere_is_swept(company: Company) -> None:
    unused, used = await sent(company, "omar"), await sent(company, "omar")
    drafted = await sent(company, "omar")
    await post(company, "omar", used)
    browser = await company.client("omar")
    await browser.submit("/drafts", place=company.key("omar"), text=f"![it](/files/{drafted})")
    async with company.act() as tx:
        for file in (unused, used, drafted):
            await feed.JOBS["feed.sweep_image"](tx, file=file)
    assert await statuses(company, "omar", unused) == {404}
    assert await statuses(company, "omar", used) == await statuses(company, "omar", drafted) == {200}
    assert len(await company.events("files.file.deleted")) == 1
