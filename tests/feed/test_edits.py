"""Editing: who may, what is kept and shown, what two editors lose (nothing), who finds it afterwards."""

import html as entities
import re
from typing import Any

import pytest

from hubbub.core import html, ids
from tests.cast import Company
from tests.feed.test_bodies import around, say, send_segments
from tests.feed.test_changes import save
from tests.feed.test_live import heard, listen
from tests.feed.test_posts import V, deal, follow, send, texts
from tests.feed.test_talk import comment


async def edit(
    company: Company, name: str, said: dict[str, Any], text: str, status: int = 200, **more: Any
) -> Any:
    answer = await (await company.api(name)).patch(said["url"], json={"body": {"text": text}, **more})
    assert answer.status_code == status, answer.text
    return answer.json()


async def capability(company: Company, name: str, said: dict[str, Any]) -> dict[str, Any]:
    return (await (await company.api(name)).get(said["url"])).json()["capabilities"]["edit"]


async def test_an_edit_shows_and_what_it_said_before_is_kept(company: Company) -> None:
    post = await send(company, "omar", "They want 60 days")
    assert await capability(company, "omar", post) == {
        "isEditRestricted": False,
        "isEditableByMeUrl": f"{post['url']}/capabilities/edit/is-editable-by-me",
        "lastEditedBy": None,
        "lastEditedDate": None,
        "latestRevision": 1,
        "relativeLastEditedDate": None,
    }
    edited = await edit(company, "omar", post, "They want 30 days, now")
    assert edited["body"]["text"] == "They want 30 days, now"
    assert await texts(company, "nina", "company") == ["They want 30 days, now"]
    of_nina = await capability(company, "nina", post)
    assert (of_nina["isEditRestricted"], of_nina["latestRevision"]) == (True, 2)
    assert of_nina["lastEditedBy"]["id"] == company.key("omar")
    assert of_nina["relativeLastEditedDate"] == "Just now"

    nina = await company.api("nina")
    versions = (await nina.get(f"{post['url']}/capabilities/edit/revisions")).json()["revisions"]
    assert [(each["revision"], each["body"]["text"]) for each in versions] == [
        (2, "They want 30 days, now"),
        (1, "They want 60 days"),
    ]
    assert [(each["type"], each["text"]) for each in versions[0]["changes"]] == [
        ("Same", "They want "), ("Removed", "60"), ("Added", "30"), ("Same", " days"), ("Added", ", now"),
    ]  # fmt: skip
    page = (await (await company.client("nina")).get(f"/posts/{post['id']}")).text
    assert (
        f'href="/posts/{post["id"]}/revisions">edited</a>' in page and f"/posts/{post['id']}/edit" not in page
    )
    page = (await (await company.client("nina")).get(f"/posts/{post['id']}/revisions")).text
    assert "They want <del>60</del><ins>30</ins> days<ins>, now</ins>" in page
    ((actor, noun, parent, *_, before, after),) = await company.events("feed.item.edited")
    assert (actor, ids.show(noun), parent) == (company.id("omar"), post["id"], company.id("omar"))
    assert (before["body"][0]["text"], after["body"][0]["text"]) == (
        "They want 60 days",
        "They want 30 days, now",
    )


async def test_comments_are_edited_alike(company: Company) -> None:
    said = await comment(company, "nina", await send(company, "omar", "x"), "first words")
    edited = await edit(company, "nina", said, "second words")
    assert (edited["body"]["text"], edited["capabilities"]["edit"]["latestRevision"]) == ("second words", 2)
    omar = await company.client("omar")
    page = (await omar.get(f"/comments/{said['id']}/revisions")).text
    assert "<del>first</del><ins>second</ins> words" in page
    assert len(await company.events("feed.comment.edited")) == 1


async def test_saving_the_same_words_is_no_edit(company: Company) -> None:
    post = await send(company, "omar", "as it is")
    assert (await edit(company, "omar", post, "as it is"))["capabilities"]["edit"]["latestRevision"] == 1
    assert await company.events("feed.item.edited") == []


async def test_who_may_edit(company: Company) -> None:
    key = await deal(company)
    on_profile = await send(company, "omar", "mine")
    on_deal = await send(company, "noor", "hers, on his deal", subject=key)
    under = await comment(company, "noor", on_deal, "hers too")
    await save(company, key, StageName="Qualification")
    async with company.act() as tx:
        change = await tx.value(
            "select id from feed_item where org_id = %(org)s and kind = 'TrackedChange' limit 1"
        )
    made = {"url": f"{V}/feed-elements/{ids.show(change)}", "id": ids.show(change)}
    expected = {
        "omar": (200, 200, 200, 403),  # it is his deal
        "noor": (403, 200, 200, 403),
        "ada": (200, 200, 200, 403),  # she moderates
        "nina": (403, 404, 404, 404),
        "gus": (404, 404, 404, 404),
    }
    for name, statuses in expected.items():
        api, browser = await company.api(name), await company.client(name)
        for said, path, status in zip(
            (on_profile, on_deal, under, made), ("posts", "posts", "comments", "posts"), statuses, strict=True
        ):
            answer = await api.patch(said["url"], json={"text": f"by {name}"})
            assert answer.status_code == status, (name, said["url"], answer.text)
            assert (await browser.get(f"/{path}/{said['id']}/edit")).status_code == status
            asked = await api.get(f"{said['url']}/capabilities/edit/is-editable-by-me")
            if status == 404:
                assert asked.status_code == 404
                assert (await browser.get(f"/{path}/{said['id']}/revisions")).status_code == 404
            else:
                assert asked.json()["isEditableByMe"] == (status == 200), (name, said["url"])
    element = (await (await company.api("omar")).get(made["url"])).json()
    assert "edit" not in element["capabilities"]


async def test_of_two_editors_the_second_is_shown_both_texts(company: Company) -> None:
    post = await send(company, "omar", "first")
    omar, mo = await company.client("omar"), await company.client("mo")
    for browser in (omar, mo):
        assert 'name="revision" value="1"' in (await browser.get(f"/posts/{post['id']}/edit")).text
    assert (await mo.submit(f"/posts/{post['id']}/edit", text="of mo", revision="1")).status_code == 303
    refused = await omar.submit(f"/posts/{post['id']}/edit", text="of omar", revision="1")
    assert refused.status_code == 409
    assert "of mo" in refused.text and ">\nof omar</textarea>" in refused.text
    assert await texts(company, "omar", "news/me") == ["of mo"]
    assert 'name="revision" value="2"' in refused.text
    assert (await omar.submit(f"/posts/{post['id']}/edit", text="of both", revision="2")).status_code == 303
    assert await texts(company, "omar", "news/me") == ["of both"]
    error = (await edit(company, "omar", post, "late", status=409, latestRevision=2))[0]
    assert (error["errorCode"], "of both" in error["message"]) == ("EDIT_CONFLICT", True)
    assert (await edit(company, "omar", post, "in time", latestRevision=3))["body"]["text"] == "in time"
    versions = (await (await company.api("omar")).get(f"{post['url']}/capabilities/edit/revisions")).json()
    assert [each["body"]["text"] for each in versions["revisions"]] == [
        "in time",
        "of both",
        "of mo",
        "first",
    ]


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"body": {"text": " "}}, 400, "REQUIRED_FIELD_MISSING"),
        (
            {"body": {"messageSegments": [{"type": "MarkupBegin", "markupType": "Bold"}]}},
            400,
            "INVALID_INPUT",
        ),
        ({"text": "x" * 10_001}, 400, "STRING_TOO_LONG"),
        ({"text": "x", "latestRevision": "new"}, 400, "INVALID_INPUT"),
        ({"text": "x", "latestRevision": True}, 400, "INVALID_INPUT"),
        ({"capabilities": {"poll": {}}}, 400, "INVALID_INPUT"),
        ({"capabilities": {"questionAndAnswers": {"questionTitle": "T"}}}, 400, "INVALID_INPUT"),
    ],
)
async def test_bad_edits_are_refused_and_nothing_changes(
    company: Company, given: dict[str, Any], status: int, code: str
) -> None:
    post = await send(company, "omar", "as it was")
    answer = await (await company.api("omar")).patch(post["url"], json=given)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (status, code), answer.text
    assert await texts(company, "omar", "news/me") == ["as it was"]


async def test_a_refused_form_keeps_what_was_typed(company: Company) -> None:
    post = await send(company, "omar", "as it was")
    omar = await company.client("omar")
    refused = await omar.submit(f"/posts/{post['id']}/edit", text="y" * 10_001, revision="1")
    assert (refused.status_code, "10,001 characters" in refused.text) == (422, True)
    assert "y" * 10_001 in refused.text
    refused = await omar.submit(f"/posts/{post['id']}/edit", text="x", revision="x")
    assert (refused.status_code, "Load the page again" in refused.text) == (422, True)


async def test_who_is_mentioned_now_finds_it_and_who_no_longer_is_does_not(company: Company) -> None:
    post = await send(company, "omar", "Ask @Maya Lindqvist #tides #ports")
    await send(company, "omar", "later")
    await edit(company, "omar", post, "Ask @Nina Petrova #ports #piers")
    assert await texts(company, "maya", "news/me") == []
    assert await texts(company, "nina", "news/me") == ["Ask @Nina Petrova #ports #piers"]
    browser = await company.client("nina")
    statuses = {
        name: (await browser.get(f"/topics/{name}")).status_code for name in ("tides", "ports", "piers")
    }
    assert statuses == {"tides": 404, "ports": 200, "piers": 200}
    # It stands where it stood.
    assert (await texts(company, "omar", "news/me"))[0] == "later"


async def test_a_mention_of_who_may_not_see_it_is_told_to_the_author_alone(company: Company) -> None:
    key = await deal(company)
    omar = await company.client("omar")
    answer = await omar.submit("/posts", subject=key, text="Ask @Nina Petrova and @Noor Rahman")
    page = (await omar.get(answer.headers["location"])).text
    assert "One person whom you mention cannot see this, and is not told: Nina Petrova." in page
    assert (
        "cannot see this" not in (await (await company.client("noor")).get(answer.headers["location"])).text
    )
    assert await texts(company, "nina", "news/me") == []

    post = await send(company, "omar", "for @Noor Rahman", subject=key)
    edited = await edit(company, "omar", post, "for @Noor Rahman and @Nina Petrova")
    assert [
        (each["name"], each["accessible"])
        for each in edited["body"]["messageSegments"]
        if each["type"] == "Mention"
    ] == [
        ("Noor Rahman", True),
        ("Nina Petrova", False),
    ]
    read = (await (await company.api("noor")).get(post["url"])).json()["body"]["messageSegments"]
    assert {each["accessible"] for each in read if each["type"] == "Mention"} == {True}
    async with company.act() as tx:
        under = await tx.values(
            "select subject_id from feed_entry where org_id = %(org)s and item_id = %(item)s and via = 'mention'",
            {"item": ids.parse(post["id"])},
        )
    # That nina stands beside noor tells nobody who reads it which of them may.
    assert sorted(under) == sorted([company.id("noor"), company.id("nina")])
    assert await texts(company, "nina", "news/me") == []
    assert await texts(company, "nina", "user-profile/me") == []
    stream = await omar.post(
        f"/posts/{post['id']}/comments",
        data={"_csrf_token": omar.cookies["hubbub_csrf"], "text": "@Nina Petrova?"},
        headers={"accept": "text/vnd.turbo-stream.html"},
    )
    assert "is not told: Nina Petrova." in stream.text


async def test_an_edit_keeps_what_its_editor_does_not_see(company: Company) -> None:
    hidden = await deal(company, Name="Sealed tender")
    segments = [{"type": "Text", "text": "About "}, {"type": "EntityLink", "entityId": hidden}]
    post = await send_segments(company, "omar", segments)
    mo = await company.client("mo")
    page = (await mo.get(f"/posts/{post['id']}/edit")).text
    assert "Sealed" not in page
    typed = entities.unescape(re.search(r'name="text"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)[1])  # type: ignore[index]
    assert typed == f"About [{html.unseen_record()}](/r/{hidden})"
    saved = await mo.submit(f"/posts/{post['id']}/edit", text=f"**{typed}**", revision="1")
    assert saved.status_code == 303
    assert await texts(company, "omar", "news/me") == ["About Sealed tender"]
    assert await texts(company, "nina", "company") == [f"About {html.unseen_record()}"]
    page = (await (await company.client("nina")).get(f"/posts/{post['id']}/revisions")).text
    assert "Sealed" not in page and html.unseen_record() in page and hidden not in page


async def test_an_editor_keeps_linked_records(company: Company) -> None:
    key = await deal(company, Name="Harbour tender")
    bold = [*around("Bold", say("About ")), {"type": "EntityLink", "entityId": key}]
    post = await send_segments(company, "omar", bold)
    omar = await company.client("omar")
    page = (await omar.get(f"/posts/{post['id']}/edit")).text
    given = entities.unescape(re.search(r'data-segments="([^"]*)"', page)[1])  # type: ignore[index]
    assert f'"url":"/r/{key}"' in given and '"text":"Harbour tender"' in given
    saved = await omar.submit(f"/posts/{post['id']}/edit", text="", segments=given, revision="1")
    assert saved.status_code == 303
    body = (await (await company.api("omar")).get(post["url"])).json()["body"]
    assert [(each["type"], each["text"]) for each in body["messageSegments"]][-1] == (
        "EntityLink",
        "Harbour tender",
    )
    assert body["messageSegments"][-1]["reference"]["id"] == key
    assert await company.events("feed.item.edited") == []  # nothing had changed
    hidden = given.replace(key, "006000000000zzz")
    saved = await omar.submit(f"/posts/{post['id']}/edit", text="", segments=hidden, revision="1")
    assert saved.status_code == 404


async def test_open_pages_are_told_of_an_edit(company: Company) -> None:
    key = await deal(company)
    post = await send(company, "omar", "one", subject=key)
    await follow(company, "noor", key)
    noor, nina = [
        await listen(company, name, "news", "company", f"item/{post['id']}") for name in ("noor", "nina")
    ]
    await heard(noor)
    await heard(nina)
    await edit(company, "omar", post, "two")
    public = await send(company, "omar", "public")
    told = await heard(noor, "feed.item.edited")
    assert [(type, id) for type, id, _ in told] == [("feed.item.edited", post["id"])]
    assert [id for _, id, _ in await heard(nina, "feed.item.created")] == [public["id"]]
    fragment = await (await company.client("noor")).get(
        f"/posts/{post['id']}/fragment", headers={"accept": "text/vnd.turbo-stream.html"}
    )
    assert f'target="said-{post["id"]}"' in fragment.text and "two" in fragment.text


async def test_hostile_words_stay_text_on_the_page_of_changes(company: Company) -> None:
    post = await send(company, "omar", "<script>alert(1)</script> one")
    await edit(company, "omar", post, "<img src=x onerror=alert(2)> one")
    omar = await company.client("omar")
    for path in ("revisions", "edit"):
        page = (await omar.get(f"/posts/{post['id']}/{path}")).text
        assert "<script>alert" not in page and "<img src=x" not in page, path
