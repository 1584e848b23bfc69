"""Drafts: on every device, newer over older with nothing lost, forgotten with the place; posts that are to be posted later."""

from datetime import timedelta
from typing import Any

import pytest

from hubbub import feed, people, records
from hubbub.core import clock, ids
from tests.cast import Browser, Company
from tests.feed.test_posts import V, deal, send, texts

JSON = {"accept": "application/json"}
RICH = (
    '[{"type":"MarkupBegin","markupType":"Bold"},{"type":"Text","text":"Now"},'
    '{"type":"MarkupEnd","markupType":"Bold"}]'
)


async def save(browser: Browser, place: str, text: str, version: int = 0, **more: str) -> dict[str, Any]:
    """What the page's script saves, and what it is told."""
    answer = await browser.post(
        "/drafts",
        data={"_csrf_token": browser.cookies["hubbub_csrf"], "place": place, "version": str(version), "text": text}
        | more,
        headers=JSON,
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    return answer.json()


async def on(browser: Browser, place: str) -> dict[str, Any]:
    return (await browser.get(f"/drafts/on/{place}", headers=JSON)).json()


async def scheduled(company: Company, name: str, place: str, text: str, **more: Any) -> dict[str, Any]:
    at = (clock.now() + timedelta(days=1)).isoformat()
    answer = await (await company.api(name)).post(
        f"{V}/drafts", json={"placeId": place, "text": text, "publishAt": at} | more
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def its_time_comes(company: Company, draft: str) -> None:
    """A day later the worker does what was left for it."""
    async with company.act() as tx:
        await tx.run(
            "update draft set publish_at = now() - interval '1 second' where org_id = %(org)s and id = %(id)s",
            {"id": ids.parse(draft)},
        )
    async with company.act() as tx:
        await feed.JOBS["feed.publish"](tx, draft_id=draft)


async def test_a_draft_is_there_on_every_device_until_it_is_sent(company: Company) -> None:
    laptop, phone, key = await company.client("omar"), await company.client("omar"), await deal(company)
    saved = await save(laptop, key, "Half a thought", segments=RICH)

    kept = await on(phone, key)
    assert (kept["text"], kept["segments"], kept["version"]) == ("Half a thought", RICH, saved["version"])
    assert "Half a thought</textarea>" in (await phone.get(f"/r/{key}?tab=chatter")).text
    assert "Half a thought" in (await phone.get("/drafts")).text

    await laptop.submit("/posts", subject=key, text="A whole thought")
    assert (await on(phone, key))["version"] == 0
    assert "thought" not in (await phone.get("/drafts")).text


async def test_the_newer_text_wins_and_the_other_is_kept_and_told(company: Company) -> None:
    laptop, phone, key = await company.client("omar"), await company.client("omar"), await deal(company)
    first = await save(laptop, key, "From the laptop")
    second = await save(phone, key, "From the phone", first["version"])
    assert second["over"] is None  # the phone knew it

    third = await save(laptop, key, "From the laptop, later", first["version"])
    assert third["over"]["text"] == "From the phone"
    assert (await on(phone, key))["text"] == "From the laptop, later"
    page = (await phone.get("/drafts")).text
    assert "From the laptop, later" in page and "From the phone" in page

    draft = page.partition('id="draft-')[2][:18]
    await phone.submit(f"/drafts/{draft}/earlier/0")
    assert (await on(laptop, key))["text"] == "From the phone"
    assert "From the laptop, later" in (await phone.get("/drafts")).text


async def test_emptying_the_box_ends_the_draft_unless_another_device_wrote(company: Company) -> None:
    laptop, phone, key = await company.client("omar"), await company.client("omar"), await deal(company)
    first = await save(laptop, key, "Something")
    second = await save(phone, key, "Something else", first["version"])
    kept = await save(laptop, key, "", first["version"])
    assert (kept["version"], kept["over"]["text"]) == (second["version"], "Something else")
    assert (await save(laptop, key, "", second["version"]))["version"] == 0
    assert (await on(phone, key))["text"] == ""


async def test_a_draft_is_nobody_elses(company: Company) -> None:
    key = await deal(company)
    omar, noor = await company.client("omar"), await company.client("noor")
    await save(omar, key, "Only mine")
    assert (await on(noor, key))["text"] == ""
    assert "Only mine" not in (await noor.get(f"/r/{key}?tab=chatter")).text
    assert "Only mine" not in (await noor.get("/drafts")).text


async def test_a_draft_on_what_i_see_no_more_is_forgotten(company: Company) -> None:
    key = await deal(company)
    await company.share(ids.parse(key), "maya")
    maya, api = await company.client("maya"), await company.api("maya")
    await save(maya, key, "About the gauges")
    post = await (await company.api("omar")).post(
        f"{V}/feed-elements", json={"subjectId": key, "text": "Listen"}
    )
    await save(maya, post.json()["id"], "I hear")
    both = (await api.get(f"{V}/drafts")).json()["drafts"]
    assert [each["text"] for each in both] == ["I hear", "About the gauges"]

    async with company.act() as tx:
        await tx.run(
            "delete from record_share where org_id = %(org)s and record_id = %(id)s", {"id": ids.parse(key)}
        )
    assert (await api.get(f"{V}/drafts")).json()["drafts"] == []
    assert (await api.get(f"{V}/feeds/draft/me/feed-elements")).json()["elements"] == []
    assert (await api.get(f"{V}/drafts/{both[0]['id']}")).status_code == 404
    assert "gauges" not in (await maya.get("/drafts")).text
    assert (await maya.get(f"/drafts/on/{key}")).status_code == 404


async def test_drafts_go_with_the_record_that_is_purged(company: Company) -> None:
    key = await deal(company)
    await save(await company.client("omar"), key, "Gone soon")
    omar = await company.client("omar")
    await omar.submit(f"/r/{key}/delete")
    async with company.act() as tx:
        await feed.forget(tx, [ids.parse(key)])
    async with company.act() as tx:
        assert not await tx.value("select count(*) from draft where org_id = %(org)s")


async def test_the_draft_feed_and_publish_draft(company: Company) -> None:
    key, api = await deal(company), await company.api("omar")
    made = await api.post(
        f"{V}/drafts",
        json={"placeId": key, "body": {"messageSegments": [{"type": "Text", "text": "Ask #tides"}]}},
    )
    assert made.status_code == 201, made.text
    (element,) = (await api.get(f"{V}/feeds/draft/me/feed-elements")).json()["elements"]
    assert element["id"] == made.json()["id"]
    assert element["body"]["text"] == "Ask #tides"
    assert element["capabilities"] == {"status": {"feedEntityStatus": "Draft", "isApprovableByMe": False}}
    assert element["parent"]["id"] == key

    sent = await api.post(f"{V}/feed-elements/publish-draft", json={"feedElementId": element["id"]})
    assert sent.status_code == 201, sent.text
    assert sent.json()["id"].startswith("0D5")
    assert await texts(company, "omar", f"record/{key}") == ["Ask #tides"]
    assert (await api.get(f"{V}/feeds/draft/me/feed-elements")).json()["elements"] == []
    again = await api.post(f"{V}/feed-elements/publish-draft", json={"feedElementId": element["id"]})
    assert again.status_code == 404


async def test_a_comment_is_kept_and_sent_as_one(company: Company) -> None:
    key, omar = await deal(company), await company.client("omar")
    api = await company.api("omar")
    post = (await api.post(f"{V}/feed-elements", json={"subjectId": key, "text": "Listen"})).json()
    await save(omar, post["id"], "I hear")
    (draft,) = (await api.get(f"{V}/drafts")).json()["drafts"]
    answer = await omar.submit(f"/drafts/{draft['id']}/posts")
    assert answer.status_code == 303
    shown = (await api.get(f"{V}/feed-elements/{post['id']}")).json()
    assert shown["capabilities"]["comments"]["page"]["items"][0]["body"]["text"] == "I hear"


# --- later ---------------------------------------------------------------------------------------------------------


async def test_a_scheduled_post_is_posted_once_and_by_its_author(company: Company) -> None:
    key, api = await deal(company), await company.api("omar")
    draft = await scheduled(company, "omar", key, "Good morning")
    assert await texts(company, "omar", f"record/{key}") == []
    async with company.act() as tx:  # before its time nothing happens
        await feed.JOBS["feed.publish"](tx, draft_id=draft["id"])
    assert await texts(company, "omar", f"record/{key}") == []

    await its_time_comes(company, draft["id"])
    async with company.act() as tx:  # the worker may be told twice
        await feed.JOBS["feed.publish"](tx, draft_id=draft["id"])
    assert await texts(company, "omar", f"record/{key}") == ["Good morning"]
    (element,) = (await api.get(f"{V}/feeds/record/{key}/feed-elements")).json()["elements"]
    assert element["actor"]["id"] == company.key("omar")
    assert (await api.get(f"{V}/drafts")).json()["drafts"] == []


async def test_the_worker_is_left_a_job_for_that_time(company: Company) -> None:
    draft = await scheduled(company, "omar", "me", "Good morning")
    async with company.act() as tx:
        ((at, kept),) = await tx.tuples(
            """select j.scheduled_at, d.publish_at from procrastinate_jobs j
               join draft d on d.org_id = %(org)s and d.id = %(id)s
               where j.task_name = 'feed.publish' and j.args ->> 'draft_id' = %(key)s and j.status = 'todo'""",
            {"id": ids.parse(draft["id"]), "key": draft["id"]},
        )
    assert at == kept


async def test_a_scheduled_post_that_may_not_be_posted_says_why(company: Company) -> None:
    key = await deal(company)
    await company.share(ids.parse(key), "maya")
    maya, draft = await company.client("maya"), await scheduled(company, "maya", key, "To be said on Monday")
    async with company.act() as tx:
        await tx.run(
            "delete from record_share where org_id = %(org)s and record_id = %(id)s", {"id": ids.parse(key)}
        )
    page = (await maya.get("/drafts")).text
    assert (
        "To be said on Monday" in page and "Isdom" not in page
    )  # hers to take back; on what, is told no more

    await its_time_comes(company, draft["id"])
    assert await texts(company, "omar", f"record/{key}") == []
    page = (await maya.get("/drafts")).text
    assert "What this was written on is no longer there for you." in page and "Isdom" not in page
    shown = (await (await company.api("maya")).get(f"{V}/drafts")).json()["drafts"][0]
    assert shown["placeId"] is None and shown["refused"].startswith("What this was written on")
    assert len(await company.events("feed.draft.refused")) == 1


async def test_who_was_shut_out_posts_nothing(company: Company) -> None:
    draft = await scheduled(company, "nina", company.key("omar"), "From beyond")
    async with company.act() as tx:
        await tx.run(
            "update app_user set active = false where org_id = %(org)s and id = %(id)s",
            {"id": company.ids["nina"]},
        )
    await its_time_comes(company, draft["id"])
    assert await texts(company, "omar", f"user-profile/{company.key('omar')}") == []


async def test_a_scheduled_post_is_moved_taken_back_and_made_a_draft_again(company: Company) -> None:
    key, omar, api = await deal(company), await company.client("omar"), await company.api("omar")
    draft = await scheduled(company, "omar", key, "Later")
    moved = await api.patch(
        f"{V}/drafts/{draft['id']}", json={"publishAt": (clock.now() + timedelta(days=3)).isoformat()}
    )
    assert moved.status_code == 200 and moved.json()["publishAt"] > draft["publishAt"]
    for wrong in ("2001-01-01T00:00:00Z", "2999-01-01T00:00:00Z", "tomorrow", "2027-01-01T00:00:00"):
        assert (await api.patch(f"{V}/drafts/{draft['id']}", json={"publishAt": wrong})).status_code == 400, (
            wrong
        )

    await save(omar, key, "Meanwhile")
    again = await api.patch(f"{V}/drafts/{draft['id']}", json={"publishAt": None})
    assert (again.json()["text"], again.json()["earlier"][0]["text"]) == ("Later", "Meanwhile")
    await its_time_comes(company, draft["id"])
    assert await texts(company, "omar", f"record/{key}") == []

    draft = await scheduled(company, "omar", key, "Never")
    assert (await api.delete(f"{V}/drafts/{draft['id']}")).status_code == 204
    await its_time_comes(company, draft["id"])
    assert await texts(company, "omar", f"record/{key}") == []


async def test_the_form_schedules_in_my_own_time(company: Company) -> None:
    async with company.act() as tx:
        await tx.run(
            "update app_user set timezone = 'Asia/Kolkata' where org_id = %(org)s and id = %(id)s",
            {"id": company.ids["omar"]},
        )
    omar, api = await company.client("omar"), await company.api("omar")
    day = (clock.now() + timedelta(days=2)).date()
    answer = await omar.submit(
        "/drafts/scheduled", subject=company.key("omar"), text="Tea", publish_at=f"{day}T09:30"
    )
    assert answer.status_code == 303 and answer.headers["location"].startswith("/drafts#draft-")
    (draft,) = (await api.get(f"{V}/drafts")).json()["drafts"]
    assert draft["publishAt"].startswith(f"{day}T04:00")
    refused = await omar.submit(
        "/drafts/scheduled", subject=company.key("omar"), text="Tea", publish_at="2001-01-01T09:30"
    )
    assert (
        refused.status_code == 422
        and "That time is over" in refused.text
        and "Tea</textarea>" in refused.text
    )


# --- who will see it -----------------------------------------------------------------------------------------------


async def test_who_will_see_it_is_counted_and_outsiders_are_named(company: Company) -> None:
    key = await deal(company)
    await company.share(ids.parse(key), "maya")
    await company.share(ids.parse(key), "gus")
    omar = await company.client("omar")
    page = (await omar.get(f"/audience/{key}")).text
    for seen in ("Noor", "Ada", "Maya", "Gus"):
        assert seen in page, seen
    assert "Nina" not in page
    line = await omar.get(f"/audience/{key}", headers={"accept": "text/vnd.turbo-stream.html"})
    assert "3 people inside" in line.text and "Gus Berg" in line.text


@pytest.mark.parametrize("stream", [True, False])
async def test_a_guest_is_told_of_nobody(company: Company, stream: bool) -> None:
    key = await deal(company)
    await company.share(ids.parse(key), "gus")
    async with company.act() as tx:
        await tx.run(
            "update app_user set guest = true where org_id = %(org)s and id = %(id)s",
            {"id": company.ids["mo"]},
        )
    await company.share(ids.parse(key), "mo")
    gus = await company.client("gus")
    asked = {"accept": "text/vnd.turbo-stream.html"} if stream else {}
    for page in ((await gus.get(f"/audience/{key}", headers=asked)).text, (await gus.get(f"/r/{key}")).text):
        for other in ("Mo ", "Noor", "Ada "):
            assert other not in page, other


async def test_a_draft_on_what_one_sees_no_more_is_out_of_reach(company: Company) -> None:
    key = await deal(company)
    await company.share(ids.parse(key), "nina")
    draft = (
        await (await company.api("nina")).post(f"{V}/drafts", json={"placeId": key, "text": "Mine"})
    ).json()
    nina = await company.api("nina")
    assert (await nina.get(f"{V}/drafts/{draft['id']}")).status_code == 200
    async with company.act() as tx:
        omar = await people.actor(tx, company.id("omar"))
        await records.unshare_record(tx, omar, ids.parse(key), company.id("nina"))
    assert (await nina.get(f"{V}/drafts/{draft['id']}")).status_code == 404
    assert (await nina.delete(f"{V}/drafts/{draft['id']}")).status_code == 404
    sent = await nina.post(f"{V}/feed-elements/publish-draft", json={"feedElementId": draft["id"]})
    assert sent.status_code == 404


async def test_a_reply_that_was_begun_is_there_without_script_too(company: Company) -> None:
    key = await deal(company)
    element = await send(company, "omar", "Hi", key)
    api = await company.api("noor")
    items = f"{V}/feed-elements/{element['id']}/capabilities/comments/items"
    comment = (await api.post(items, json={"text": "First"})).json()["id"]
    laptop, phone = await company.client("omar"), await company.client("omar")
    saved = await save(laptop, comment, "Half a reply", segments=RICH)
    page = (await phone.get(f"/comments/{comment}/reply")).text
    assert "Half a reply</textarea>" in page and f'data-version="{saved["version"]}"' in page
    assert "Half a reply" not in (await phone.get(f"/posts/{element['id']}")).text
    await phone.submit(f"/posts/{element['id']}/comments", text="A reply", thread_parent=comment)
    assert (await on(laptop, comment))["version"] == 0
    assert "Half a reply" not in (await phone.get(f"/comments/{comment}/reply")).text


async def test_the_box_counts_to_what_the_org_allows(company: Company) -> None:
    ada = await company.client("ada")
    assert "data-most" not in (await ada.get("/")).text
    limits = f"{V.removesuffix('/chatter')}/feed-tracking"
    assert (await (await company.api("ada")).patch(limits, json={"mostCharacters": 2000})).status_code == 204
    assert ' data-most="2000">' in (await ada.get("/")).text
