"""Posting: on a profile, on a record; who sees it, where it shows, what is refused."""

from typing import Any

import pytest

from tests.cast import Company

V = "/services/data/v62.0/chatter"


async def send(company: Company, name: str, text: str, subject: str = "me", **more: Any) -> dict[str, Any]:
    """A post through the API; the feed item."""
    answer = await (await company.api(name)).post(
        f"{V}/feed-elements",
        json={
            "body": {"messageSegments": [{"type": "Text", "text": text}]},
            "feedElementType": "FeedItem",
            "subjectId": subject,
            **more,
        },
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def texts(company: Company, name: str, feed: str, **query: Any) -> list[str]:
    """The texts of a feed, as that person reads it."""
    answer = await (await company.api(name)).get(f"{V}/feeds/{feed}/feed-elements", params=query)
    assert answer.status_code == 200, answer.text
    return [element["body"]["text"] for element in answer.json()["elements"]]


async def follow(company: Company, name: str, subject: str) -> None:
    answer = await (await company.api(name)).post(f"{V}/users/me/following", json={"subjectId": subject})
    assert answer.status_code == 201, answer.text


async def deal(company: Company, **more: Any) -> str:
    from datetime import date
    from decimal import Decimal

    from hubbub.core import ids

    values = {
        "Name": "Isdom",
        "StageName": "Prospecting",
        "CloseDate": date(2027, 1, 1),
        "Amount": Decimal(1000),
    }
    return ids.show(await company.make("omar", "Opportunity", **(values | more)))


async def test_a_post_shows_on_the_profile_in_the_company_feed_and_to_followers(company: Company) -> None:
    await follow(company, "noor", company.key("omar"))
    await send(company, "omar", "Signed the port")

    assert await texts(company, "omar", "news/me") == ["Signed the port"]
    assert await texts(company, "noor", "news/me") == ["Signed the port"]
    assert await texts(company, "nina", "news/me") == []
    assert await texts(company, "nina", "company") == ["Signed the port"]
    assert await texts(company, "nina", f"user-profile/{company.key('omar')}") == ["Signed the port"]


async def test_talk_on_a_deal_is_for_those_who_see_the_deal(company: Company) -> None:
    key = await deal(company)
    await follow(company, "nina", company.key("omar"))
    element = await send(company, "omar", "They want 60 days", subject=key)

    assert await texts(company, "noor", "company") == ["They want 60 days"]
    assert await texts(company, "noor", f"record/{key}") == ["They want 60 days"]
    for feed in ("news/me", "company", f"user-profile/{company.key('omar')}"):
        assert await texts(company, "nina", feed) == []
    nina = await company.api("nina")
    for method, path in [
        ("GET", f"/feeds/record/{key}/feed-elements"),
        ("GET", f"/feed-elements/{element['id']}"),
        ("POST", f"/feed-elements/{element['id']}/capabilities/chatter-likes/items"),
        ("GET", f"/feed-elements/{element['id']}/capabilities/comments/items"),
        ("DELETE", f"/feed-elements/{element['id']}"),
        ("GET", f"/records/{key}/followers"),
    ]:
        answer = await nina.request(method, V + path)
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, "NOT_FOUND"), path


async def test_what_was_shared_is_seen_and_what_is_withdrawn_is_gone(company: Company) -> None:
    key = await deal(company)
    from hubbub.core import ids

    await company.share(ids.parse(key), "maya")
    await follow(company, "maya", key)
    await send(company, "omar", "Draft is out", subject=key)
    assert await texts(company, "maya", "news/me") == ["Draft is out"]

    from hubbub import people, records

    async with company.act() as tx:
        await records.unshare_record(
            tx, await people.actor(tx, company.id("ada")), ids.parse(key), company.id("maya")
        )
    assert await texts(company, "maya", "news/me") == []
    assert await texts(company, "maya", "company") == []
    me = (await (await company.api("maya")).get(f"{V}/users/me/following")).json()
    assert (me["total"], me["following"]) == (0, [])


async def test_pages_of_a_feed_hold_each_item_once_in_both_orders(company: Company) -> None:
    await follow(company, "noor", company.key("omar"))
    await follow(company, "noor", company.key("maya"))
    sent = [await send(company, ("omar", "maya")[n % 2], f"@Noor Rahman number {n}") for n in range(30)]
    omar = await company.api("omar")
    for element in sent[::3]:
        url = f"{V}/feed-elements/{element['id']}/capabilities/comments/items"
        assert (
            await omar.post(url, json={"body": {"messageSegments": [{"type": "Text", "text": "x"}]}})
        ).status_code == 201
    noor = await company.api("noor")
    commented, others = [e["id"] for e in sent[::3]], [e["id"] for e in sent if e not in sent[::3]]
    for sort, expected in [
        ("CreatedDateDesc", [e["id"] for e in reversed(sent)]),
        ("LastModifiedDateDesc", commented[::-1] + others[::-1]),
    ]:
        seen: list[str] = []
        url: str | None = f"{V}/feeds/news/me/feed-elements?pageSize=7&sort={sort}"
        while url:
            page = (await noor.get(url)).json()
            seen += [element["id"] for element in page["elements"]]
            url = page["nextPageUrl"]
        assert seen == expected


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"subjectId": "me", "body": {"messageSegments": []}}, 400, "INVALID_INPUT"),
        (
            {"subjectId": "me", "body": {"messageSegments": [{"type": "Text", "text": "  \n"}]}},
            400,
            "REQUIRED_FIELD_MISSING",
        ),
        (
            {"subjectId": "me", "body": {"messageSegments": [{"type": "Text", "text": "x" * 10_001}]}},
            400,
            "STRING_TOO_LONG",
        ),
        (
            {"subjectId": "me", "body": {"messageSegments": [{"type": "Text", "text": "a\x00b"}]}},
            400,
            "INVALID_INPUT",
        ),
        (
            {"subjectId": "me", "body": {"messageSegments": [{"type": "Text", "text": 7}]}},
            400,
            "INVALID_INPUT",
        ),
        (
            {"subjectId": "me", "body": {"messageSegments": [{"type": "Script", "text": "x"}]}},
            400,
            "INVALID_INPUT",
        ),
        (
            {
                "subjectId": "me",
                "body": {"messageSegments": [{"type": "Link", "url": "javascript:alert(1)"}]},
            },
            400,
            "INVALID_INPUT",
        ),
        (
            {"subjectId": "me", "body": {"messageSegments": [{"type": "Mention", "id": "005000000000zzz"}]}},
            404,
            "NOT_FOUND",
        ),
        ({"subjectId": "006000000000zzz", "text": "x"}, 404, "NOT_FOUND"),
        ({"subjectId": "nonsense", "text": "x"}, 400, "MALFORMED_ID"),
        ({"text": "x"}, 400, "MISSING_ARGUMENT"),
        ({"subjectId": "me", "text": "x", "visibility": "Everyone"}, 400, "INVALID_INPUT"),
        ({"subjectId": "me", "text": "x", "feedElementType": "Bundle"}, 400, "INVALID_INPUT"),
        ({"subjectId": "me", "text": "x", "body": 4}, 400, "INVALID_INPUT"),
        ({"subjectId": ["me"], "text": "x"}, 400, "MALFORMED_ID"),
        ({"subjectId": "me", "text": "x", "capabilities": 3}, 400, "INVALID_INPUT"),
    ],
)
async def test_bad_posts_are_refused_and_nothing_is_kept(
    company: Company, given: dict[str, Any], status: int, code: str
) -> None:
    answer = await (await company.api("omar")).post(f"{V}/feed-elements", json=given)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (status, code), answer.text
    assert await texts(company, "omar", "news/me") == []


async def test_bodies_and_places_beyond_all_measure_are_refused(company: Company) -> None:
    omar = await company.api("omar")
    json = {"content-type": "application/json"}
    answer = await omar.post(f"{V}/feed-elements", content=b'{"a":' * 50_000, headers=json)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")
    for moment in ("9999-12-31T23:59:59-23:00", "0001-01-01T00:00:00+23:00"):
        page = {"page": f"{moment},0D5000000000zzz"}
        answer = await omar.get(f"{V}/feeds/news/me/feed-elements", params=page)
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_PAGE_TOKEN")


async def test_a_refused_post_on_what_i_do_not_see_says_nothing_of_it(company: Company) -> None:
    hidden = await deal(company, Name="Sealed tender")
    for name in ("nina", "gus"):
        browser = await company.client(name)
        for subject in (hidden, "006000000000zzz"):
            answer = await browser.submit("/posts", subject=subject, text="")
            assert (answer.status_code, "Sealed" in answer.text) == (404, False)


async def test_places_in_what_i_do_not_see_are_places_nowhere(company: Company) -> None:
    hidden = await send(company, "omar", "sealed", await deal(company))
    await send(company, "nina", "a")
    mine = await send(company, "nina", "b")
    nina, omar = await company.api("nina"), await company.api("omar")
    talk = f"{V}/feed-elements/{mine['id']}/capabilities/comments/items"
    await nina.post(talk, json={"text": "said"})
    about_it = f"{V}/feed-elements/{hidden['id']}/capabilities/comments/items"
    comment = (await omar.post(about_it, json={"text": "sealed"})).json()
    assert (await nina.get(talk, params={"page": comment["id"]})).json()["items"] == []

    browser = await company.client("nina")
    everything = [
        (await browser.get("/feeds/company/new", params={"since": key})).text.count('id="item-')
        for key in ("0D5000000000zzz", hidden["id"])
    ]
    assert everything == [2, 2]


async def test_the_same_key_posts_once_and_another_request_with_it_is_refused(company: Company) -> None:
    omar = await company.api("omar")
    headers = {"Idempotency-Key": "one"}
    given = {"subjectId": "me", "text": "once", "feedElementType": "FeedItem"}
    first = await omar.post(f"{V}/feed-elements", json=given, headers=headers)
    again = await omar.post(f"{V}/feed-elements", json=given, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    other = await omar.post(f"{V}/feed-elements", json=given | {"text": "twice"}, headers=headers)
    assert (other.status_code, other.json()[0]["errorCode"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert await texts(company, "omar", "news/me") == ["once"]


async def test_mentions_topics_and_links_become_segments(company: Company) -> None:
    element = await send(
        company, "omar", "Ask @Maya Lindqvist, #tides and #[big deal]: https://example.com/x?a=1."
    )
    assert [(s["type"], s["text"]) for s in element["body"]["messageSegments"]] == [
        ("Text", "Ask "),
        ("Mention", "@Maya Lindqvist"),
        ("Text", ", "),
        ("Hashtag", "#tides"),
        ("Text", " and "),
        ("Hashtag", "#big deal"),
        ("Text", ": "),
        ("Link", "https://example.com/x?a=1"),
        ("Text", "."),
    ]
    assert await texts(company, "maya", "news/me") == [element["body"]["text"]]
    assert await texts(company, "nina", "news/me") == []


@pytest.mark.parametrize("text", ["see http://[::1 please", "see https://" + "a" * 2500])
async def test_what_is_no_address_stays_text(company: Company, text: str) -> None:
    assert (await send(company, "omar", text))["body"]["text"] == text


async def test_only_author_and_moderators_delete(company: Company) -> None:
    first, second = await send(company, "omar", "one"), await send(company, "omar", "two")
    answer = await (await company.api("nina")).delete(first["url"])
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (403, "INSUFFICIENT_ACCESS")
    assert (await (await company.api("mo")).delete(first["url"])).status_code == 204
    assert (await (await company.api("omar")).delete(second["url"])).status_code == 204
    assert await texts(company, "omar", "news/me") == []
    assert (await (await company.api("omar")).get(first["url"])).status_code == 404


async def test_following_on_a_page_answers_with_its_new_button(company: Company) -> None:
    noor = await company.client("noor")
    stream = {"accept": "text/vnd.turbo-stream.html"}
    token = noor.cookies["hubbub_csrf"]
    for act, words in (("follow", "Unfollow"), ("unfollow", "Follow")):
        answer = await noor.post(
            f"/subjects/{company.key('omar')}/{act}", data={"_csrf_token": token}, headers=stream
        )
        assert (answer.status_code, words in answer.text) == (200, True), answer.text


async def test_a_topic_of_any_name_has_a_page(company: Company) -> None:
    await send(company, "omar", "#[ports/R&D? #1] it is")
    page = await (await company.client("nina")).get("/topics/ports%2FR%26D%3F%20%231")
    assert (page.status_code, "it is" in page.text) == (200, True)
