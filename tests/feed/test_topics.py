"""Topics: on posts and records, their pages and lists, moderating them; what is hidden never shows in any of it."""

import html
from typing import Any

import httpx
import pytest

from hubbub.core import ids
from hubbub.feed.queries.suggestions import names_in, new_names
from hubbub.feed.queries.topics import trend
from tests.cast import Company
from tests.feed.test_posts import deal, follow, send, texts

ROOT = "/services/data/v62.0"
CHATTER, CONNECT = f"{ROOT}/chatter", f"{ROOT}/connect"


async def listed(company: Company, name: str, **query: Any) -> list[str]:
    answer = await (await company.api(name)).get(f"{CONNECT}/topics", params=query)
    assert answer.status_code == 200, answer.text
    return [each["name"] for each in answer.json()["topics"]]


async def topic_of(company: Company, name: str, called: str) -> dict[str, Any]:
    answer = await (await company.api(name)).get(
        f"{CONNECT}/topics", params={"q": called, "exactMatch": "true", "fallBackToRenamedTopics": "true"}
    )
    found = answer.json()["topics"]
    assert len(found) == 1, answer.text
    return found[0]


async def tagged(company: Company, name: str, key: str) -> list[str]:
    answer = await (await company.api(name)).get(f"{CONNECT}/records/{key}/topics")
    assert answer.status_code == 200, answer.text
    return [each["name"] for each in answer.json()["topics"]]


async def add(company: Company, name: str, key: str, topic: str) -> httpx.Response:
    return await (await company.api(name)).post(f"{CONNECT}/records/{key}/topics", json={"topicName": topic})


# --- what is hidden ------------------------------------------------------------------------------------------------


async def test_a_topic_is_known_to_who_sees_something_under_it_and_spelt_as_there(company: Company) -> None:
    key = await deal(company)
    await send(company, "omar", "Quiet #SecretTides", subject=key)
    assert await listed(company, "omar") == await listed(company, "noor") == ["SecretTides"]
    assert await listed(company, "nina") == await listed(company, "gus") == []
    hidden = (await topic_of(company, "omar", "secrettides"))["id"]
    nina, page = await company.api("nina"), await company.client("nina")
    for path in ("", "/related-topics", "/knowledgeable-users"):
        assert (await nina.get(f"{CONNECT}/topics/{hidden}{path}")).status_code == 404
    for path in ("/topics/SecretTides", f"/t/{hidden}", f"/feeds/topic/{hidden}/new"):
        assert (await page.get(path)).status_code == 404, path
    assert (await page.submit(f"/subjects/{hidden}/follow")).status_code == 404
    assert "SecretTides" not in (await page.get("/topics")).text
    # She uses the same word where everybody reads it: to her it is new, and as she spells it.
    post = await send(company, "nina", "Hello #secrettides")
    mine = await topic_of(company, "nina", "secrettides")
    assert (mine["id"], mine["name"], mine["talkingAbout"]) == (hidden, "secrettides", 1)
    assert mine["createdDate"] == post["createdDate"]
    assert "#secrettides" in (await page.get("/topics/SecretTides")).text.replace("</span>", "")
    # He who sees both reads it as it was first, and counts both.
    his = await topic_of(company, "omar", "secrettides")
    assert (his["name"], his["talkingAbout"]) == ("SecretTides", 2)
    assert [each["capabilities"]["topics"]["items"][0]["name"] for each in (post,)] == ["secrettides"]


async def test_what_people_follow_is_counted_only_as_far_as_one_knows_of_it(company: Company) -> None:
    key = await deal(company)
    await send(company, "omar", "#hidden", subject=key)
    topic = (await topic_of(company, "omar", "hidden"))["id"]
    await follow(company, "omar", topic)
    for name, count in (("noor", 1), ("nina", 0)):
        answer = await (await company.api(name)).get(f"{CHATTER}/users/{company.key('omar')}/following")
        assert answer.json()["total"] == count, name


async def test_guests_know_of_no_topics(company: Company) -> None:
    key = await deal(company)
    await company.share(ids.parse(key), "gus")
    post = await send(company, "omar", "For you #tides", subject=key)
    await add(company, "omar", key, "floats")
    page, program = await company.client("gus"), await company.api("gus")
    shown = html.unescape((await page.get(f"/r/{key}")).text)
    assert "#tides" in shown and "/topics" not in shown and "floats" not in shown
    element = (await program.get(f"{CHATTER}/feed-elements/{post['id']}")).json()
    assert "topics" not in element["capabilities"]
    tag = next(each for each in element["body"]["messageSegments"] if each["type"] == "Hashtag")
    assert (tag["topicUrl"], tag["url"]) == (None, None)
    for path in ("/topics", "/topics/tides", "/trending", f"/posts/{post['id']}/topics", f"/r/{key}/topics"):
        assert (await page.get(path)).status_code == 404, path
    for path in (
        f"{CONNECT}/records/{key}/topics",
        f"{CHATTER}/feed-elements/{post['id']}/capabilities/topics",
    ):
        assert (await program.get(path)).status_code == 404, path
    for path in ("topics", "topics/trending", "topics/suggestions?text=tides"):
        answer = await program.get(f"{CONNECT}/{path}")
        assert answer.status_code == 200 and not any(
            answer.json().get(name) for name in ("topics", "topicSuggestions")
        ), path
    refused = await program.post(f"{CONNECT}/topics", json={"name": "Mine"})
    assert refused.status_code == 404


async def test_hashtags_lead_only_where_something_is(company: Company) -> None:
    post = await send(company, "omar", "About #tides")
    omar, page = await company.api("omar"), await company.client("omar")
    commented = await omar.post(
        f"{CHATTER}/feed-elements/{post['id']}/capabilities/comments/items",
        json={"text": "See #tides and #nothing"},
    )
    said = commented.json()["body"]["messageSegments"]
    assert [each["topicUrl"] is not None for each in said if each["type"] == "Hashtag"] == [True, False]
    shown = html.unescape((await page.get(f"/posts/{post['id']}")).text)
    assert shown.count('href="/topics/tides"') == 2 and "/topics/nothing" not in shown
    await (await company.api("ada")).delete(
        f"{CONNECT}/topics/{(await topic_of(company, 'ada', 'tides'))['id']}"
    )
    shown = html.unescape((await page.get(f"/posts/{post['id']}")).text)
    assert "#tides" in shown and 'href="/topics/tides"' not in shown


# --- on posts and records ------------------------------------------------------------------------------------------


async def test_authors_editors_and_moderators_choose_topics(company: Company) -> None:
    key = await deal(company)
    await company.share(ids.parse(key), "nina")
    post = (await send(company, "nina", "Plain words", subject=key))["id"]
    other = (await send(company, "maya", "Mine"))["id"]
    for name, tag in (("nina", "from the author"), ("omar", "from the owner"), ("ada", "from a moderator")):
        answer = await add(company, name, post, tag)
        assert answer.status_code == 201 and answer.json()["name"] == tag, answer.text
    assert sorted(await tagged(company, "nina", post)) == [
        "from a moderator",
        "from the author",
        "from the owner",
    ]
    assert (await add(company, "nina", other, "no")).status_code == 403
    assert (await add(company, "nina", key, "no")).status_code == 403  # she only reads the deal
    assert (await add(company, "mo", key, "no")).status_code == 404
    assert (await add(company, "omar", key, "renewals")).status_code == 201
    element = (await (await company.api("maya")).get(f"{CHATTER}/feed-elements/{other}")).json()
    assert element["capabilities"]["topics"] == {"canAssignTopics": True, "items": []}
    element = (await (await company.api("nina")).get(f"{CHATTER}/feed-elements/{other}")).json()
    assert element["capabilities"]["topics"]["canAssignTopics"] is False


async def test_a_post_that_is_given_a_topic_shows_there_and_reaches_its_followers(company: Company) -> None:
    await send(company, "noor", "Old #tides")
    topic = (await topic_of(company, "maya", "tides"))["id"]
    await follow(company, "maya", topic)
    post = (await send(company, "omar", "Plain words"))["id"]
    assert "Plain words" not in await texts(company, "maya", "news/me")
    page = await company.client("omar")
    assert (await page.submit(f"/posts/{post}/topics", name="#Tides")).status_code == 303
    assert "Plain words" in await texts(company, "maya", "news/me")
    assert await texts(company, "maya", f"topics/{topic}") == ["Plain words", "Old #tides"]
    shown = html.unescape((await page.get(f"/posts/{post}")).text)
    assert 'href="/topics/Tides"' in shown  # as this post spells it
    assert (await page.submit(f"/posts/{post}/topics/{topic}/delete")).status_code == 303
    assert await texts(company, "maya", f"topics/{topic}") == ["Old #tides"]
    assert (await page.submit(f"/posts/{post}/topics/{topic}/delete")).status_code == 404
    assert (
        len(await company.events("feed.topic.added")) == len(await company.events("feed.topic.removed")) == 1
    )


async def test_ten_topics_a_post_a_hundred_a_record_and_names_of_150(company: Company) -> None:
    post, key = (await send(company, "omar", "#a1 #a2 #a3"))["id"], await deal(company)
    for number in range(7):
        assert (await add(company, "omar", post, f"More {number}")).status_code == 201
    full = await add(company, "omar", post, "One more")
    assert (full.status_code, full.json()[0]["errorCode"]) == (400, "LIMIT_EXCEEDED")
    assert (await add(company, "omar", post, "more  3")).status_code == 201  # it has that one
    assert len(await tagged(company, "omar", post)) == 10
    page = await company.client("omar")
    again = await page.submit(f"/posts/{post}/topics", name="One more")
    assert again.status_code == 422 and "At most 10" in again.text and "One more" in again.text
    eleven = await (await company.api("omar")).post(
        f"{CHATTER}/feed-elements",
        json={"subjectId": "me", "text": " ".join(f"#b{number}" for number in range(11))},
    )
    assert eleven.status_code == 400
    omar = await company.api("omar")
    names = [f"Record topic {number}" for number in range(100)]
    put = await omar.put(f"{CONNECT}/records/{key}/topics", json={"topicNames": names})
    assert put.status_code == 200 and len(put.json()["topics"]) == 100
    assert (await add(company, "omar", key, "One more")).status_code == 400
    put = await omar.put(f"{CONNECT}/records/{key}/topics", json={"topicNames": ["record TOPIC 7", "New"]})
    assert [each["name"] for each in put.json()["topics"]] == ["New", "Record topic 7"]
    for bad in ("", "  ", "#", "x" * 151, None, 7, "\x00"):
        assert (await add(company, "omar", post, bad)).status_code == 400, bad  # type: ignore[arg-type]
    assert (await add(company, "omar", key, "x" * 150)).status_code == 201


async def test_editing_a_body_keeps_the_topics_that_were_chosen(company: Company) -> None:
    post = (await send(company, "omar", "First #one #two"))["id"]
    await add(company, "omar", post, "Chosen")
    omar = await company.api("omar")
    edited = await omar.patch(
        f"{CHATTER}/feed-elements/{post}",
        json={"body": {"messageSegments": [{"type": "Text", "text": "Second #two #three"}]}},
    )
    assert edited.status_code == 200, edited.text
    assert await tagged(company, "omar", post) == ["Chosen", "three", "two"]


# --- lists and pages -----------------------------------------------------------------------------------------------


async def test_the_directory_finds_sorts_and_pages(company: Company) -> None:
    for name, text in (("omar", "#Steel #steel-price"), ("noor", "#steel"), ("maya", "#Apples")):
        await send(company, name, text)
    assert await listed(company, "nina") == ["Steel", "Apples", "steel-price"]
    assert await listed(company, "nina", sort="alphaAsc") == ["Apples", "Steel", "steel-price"]
    assert await listed(company, "nina", q="STEEL") == ["Steel", "steel-price"]
    assert await listed(company, "nina", q="steel", exactMatch="true") == ["Steel"]
    assert await listed(company, "nina", q="%") == []
    pages = [await listed(company, "nina", pageSize=1, page=page) for page in range(4)]
    assert pages == [["Steel"], ["Apples"], ["steel-price"], []]
    first = (await (await company.api("nina")).get(f"{CONNECT}/topics?pageSize=2")).json()
    assert first["nextPageUrl"] and first["currentPageUrl"] == f"{CONNECT}/topics?pageSize=2"
    for query in ("sort=x", "pageSize=0", "exactMatch=perhaps", "exactMatch=true"):
        assert (await (await company.api("nina")).get(f"{CONNECT}/topics?{query}")).status_code == 400, query
    page = (await (await company.client("nina")).get("/topics?q=steel")).text
    assert "steel-price" in page and "Apples" not in page


async def test_a_topics_page_tells_who_talks_what_goes_with_it_and_where(company: Company) -> None:
    key, hidden = await deal(company, Name="Tagged deal"), await deal(company, Name="Hidden deal")
    post = await send(company, "maya", "A #tides question")
    await send(company, "omar", "#tides and #floats")
    await send(company, "omar", "#tides on the deal #deepsecret", subject=hidden)
    noor = await company.api("noor")
    element = f"{CHATTER}/feed-elements/{post['id']}/capabilities"
    await noor.post(f"{element}/comments/items", json={"text": "Yes"})
    await noor.post(f"{element}/chatter-likes/items")
    await add(company, "omar", key, "tides")
    topic = (await topic_of(company, "noor", "tides"))["id"]
    for name, omars, along, talk in (("noor", 2, ["deepsecret", "floats"], 3), ("nina", 1, ["floats"], 3)):
        program = await company.api(name)
        found = (await program.get(f"{CONNECT}/topics/{topic}/knowledgeable-users")).json()[
            "knowledgeableUsers"
        ]
        told = {each["user"]["name"]: each["activity"] for each in found}
        assert told["Omar Haddad"]["posts"] == omars, name
        assert told["Maya Lindqvist"] == {"bestAnswers": 0, "comments": 0, "likes": 1, "posts": 1}
        assert told["Noor Bakker"]["comments"] == 1 if "Noor Bakker" in told else len(told) == 3
        beside = (await program.get(f"{CONNECT}/topics/{topic}/related-topics")).json()["topics"]
        assert [each["name"] for each in beside] == along, name
        assert (await program.get(f"{CONNECT}/topics/{topic}")).json()["talkingAbout"] == talk
        page = (await (await company.client(name)).get("/topics/tides")).text
        assert ("deepsecret" in page) == ("Tagged deal" in page) == (name == "noor")
        assert "1 post · 1 like" in page and "3 people talked about it" in page
    paged = (await noor.get(f"{CONNECT}/topics/{topic}/knowledgeable-users?pageSize=1")).json()
    assert len(paged["knowledgeableUsers"]) == 1 and paged["nextPageUrl"]


async def test_what_somebody_talks_about_as_far_as_i_see_it(company: Company) -> None:
    key = await deal(company)
    await send(company, "omar", "#tides")
    await send(company, "omar", "#floats", subject=key)
    post = await send(company, "noor", "#steel")
    await (await company.api("omar")).post(
        f"{CHATTER}/feed-elements/{post['id']}/capabilities/comments/items", json={"text": "Mine too"}
    )
    for name, posted, knows in (
        ("noor", ["floats", "tides"], ["floats", "tides", "steel"]),
        ("nina", ["tides"], ["tides", "steel"]),
    ):
        program = await company.api(name)
        recent = (await program.get(f"{CHATTER}/users/{company.key('omar')}/topics")).json()
        assert [each["name"] for each in recent["topics"]] == posted, name
        known = (
            await program.get(f"{CHATTER}/users/{company.key('omar')}/knowledgeable-about-topics")
        ).json()
        assert [each["topic"]["name"] for each in known["knowledgeableAboutTopic"]] == knows, name


async def test_trending_is_what_two_or_more_talk_about_and_only_what_i_see(company: Company) -> None:
    key = await deal(company)
    for name in ("omar", "noor"):
        await send(company, name, "#deals", subject=key)
    for name in ("omar", "noor", "maya"):
        await send(company, name, "#tides")
    await send(company, "mo", "#alone")

    async def trending(name: str) -> list[str]:
        found = (await (await company.api(name)).get(f"{CONNECT}/topics/trending")).json()["topics"]
        return [each["name"] for each in found]

    assert await trending("noor") == ["tides", "deals"]
    assert await trending("nina") == ["tides"]
    # What people talked about as much in the weeks before trends no more than what is new.
    async with company.act() as tx:
        for week in range(1, 5):
            for name in ("omar", "noor", "maya"):
                made = await send(company, name, "#tides again")
                await tx.run(
                    """update feed_item set created_at = now() - make_interval(days => 7 * %(week)s + 3)
                       where org_id = %(org)s and id = %(id)s""",
                    {"week": week, "id": ids.parse(made["id"])},
                )
                await tx.run(
                    """update feed_entry set created_at = now() - make_interval(days => 7 * %(week)s + 3)
                       where org_id = %(org)s and item_id = %(id)s""",
                    {"week": week, "id": ids.parse(made["id"])},
                )
    assert await trending("noor") == ["deals", "tides"]
    assert "tides" in (await (await company.client("nina")).get("/trending")).text


def test_the_formula_of_trending() -> None:
    assert trend(5, 0) > trend(20, 20) > trend(2, 10)
    assert trend(6, 0) > trend(5, 0)


# --- moderating ----------------------------------------------------------------------------------------------------


async def test_a_topic_made_by_itself_is_known_inside_with_nothing_under_it(company: Company) -> None:
    key = await deal(company)
    await send(company, "omar", "#nightshift", subject=key)
    nina = await company.api("nina")
    made = await nina.post(f"{CONNECT}/topics", json={"name": "Nightshift", "description": "Who works late"})
    assert made.status_code == 201
    assert (made.json()["name"], made.json()["description"]) == ("Nightshift", "Who works late")
    assert await listed(company, "mo") == await listed(company, "omar") == ["Nightshift"]
    again = await nina.post(f"{CONNECT}/topics", json={"name": "NIGHTSHIFT"})
    assert (again.status_code, again.json()[0]["errorCode"]) == (400, "DUPLICATE_VALUE")
    page = await company.client("nina")
    assert (await page.submit("/topics", name="By hand", description="")).headers[
        "location"
    ] == "/topics/By%20hand"
    assert (await page.submit("/topics", name="by hand")).status_code == 422
    assert "Who works late" in (await page.get("/topics/nightshift")).text


async def test_only_moderators_spell_describe_and_delete(company: Company) -> None:
    await send(company, "omar", "#bigidea")
    topic = (await topic_of(company, "omar", "bigidea"))["id"]
    omar, ada = await company.api("omar"), await company.api("ada")
    for answer in (
        await omar.patch(f"{CONNECT}/topics/{topic}", json={"name": "BigIdea"}),
        await omar.delete(f"{CONNECT}/topics/{topic}"),
        await (await company.client("omar")).submit(f"/t/{topic}/delete"),
        await (await company.client("omar")).get(f"/t/{topic}/edit"),
    ):
        assert answer.status_code == 403
    changed = await ada.patch(f"{CONNECT}/topics/{topic}", json={"name": "Big Idea", "description": "Large"})
    assert changed.json()["name"] == "Big Idea" and changed.json()["description"] == "Large"
    # Both spellings find it, for reading and for writing.
    post = await send(company, "noor", "#bigidea and #[big idea]")
    assert [each["name"] for each in post["capabilities"]["topics"]["items"]] == ["Big Idea"]
    page = await company.client("mo")
    assert "Large" in (await page.get("/topics/bigidea")).text
    other = await ada.patch(f"{CONNECT}/topics/{topic}", json={"name": "Small Idea"})
    assert other.status_code == 400 and "merge it" in other.text
    back = await ada.patch(f"{CONNECT}/topics/{topic}", json={"name": "BIGIDEA"})
    assert back.json()["name"] == "BIGIDEA"
    assert await listed(company, "mo") == ["BIGIDEA"]
    assert (await ada.delete(f"{CONNECT}/topics/{topic}")).status_code == 204
    assert await listed(company, "mo") == []
    assert (await page.get("/topics/bigidea")).status_code == 404
    fresh = await send(company, "noor", "#bigidea once more")
    assert fresh["capabilities"]["topics"]["items"][0]["id"] != topic
    assert len(await company.events("feed.topic.deleted")) == 1


async def test_merging_moves_posts_records_and_followers_and_old_names_lead_on(company: Company) -> None:
    key = await deal(company)
    await add(company, "omar", key, "Tidal")
    for name, text in (("omar", "One #tides"), ("noor", "Two #tidal"), ("maya", "Both #tides #tidal")):
        await send(company, name, text)
    new, old = [(await topic_of(company, "ada", name))["id"] for name in ("tides", "tidal")]
    await follow(company, "nina", old)
    for topic in (new, old):
        await follow(company, "mo", topic)
    ada = await company.api("ada")
    made = [await ada.post(f"{CONNECT}/topics", json={"name": f"T{number}"}) for number in range(5)]
    six = await ada.patch(
        f"{CONNECT}/topics/{new}", json={"idsToMerge": [old, *[each.json()["id"] for each in made]]}
    )
    assert (six.status_code, six.json()[0]["errorCode"]) == (400, "LIMIT_EXCEEDED")
    page = await company.client("ada")
    merged = await page.submit(f"/t/{new}/edit", name="tides", description="", merge="#Tidal, T1")
    assert merged.headers.get("location") == "/topics/tides", merged.text
    assert await texts(company, "nina", f"topics/{new}") == ["Both #tides #tidal", "Two #tidal", "One #tides"]
    assert await tagged(company, "omar", key) == ["tides"]
    for name in ("nina", "mo"):
        found = await (await company.api(name)).get(f"{CHATTER}/users/me/following?filterType=0TO")
        assert found.json()["total"] == 1, name
        assert "Two #tidal" in await texts(company, name, "news/me")
    assert (await page.get("/topics/Tidal")).headers["location"] == "/topics/tides"
    assert (await ada.get(f"{CONNECT}/topics/{old}")).json()["id"] == new
    assert (await topic_of(company, "mo", "tidal"))["id"] == new
    assert "tidal" not in [each.casefold() for each in await listed(company, "mo")]
    post = await send(company, "omar", "Three #tidal")
    assert [each["id"] for each in post["capabilities"]["topics"]["items"]] == [new]
    tag = next(each for each in post["body"]["messageSegments"] if each["type"] == "Hashtag")
    assert tag["topicUrl"] == f"{CONNECT}/topics/{new}"
    refused = await page.submit(f"/t/{new}/edit", name="tides", description="", merge="no such")
    assert refused.status_code == 422 and "There is no topic" in refused.text


# --- suggestions ---------------------------------------------------------------------------------------------------


async def test_suggestions_are_topics_that_i_know_of_then_names(company: Company) -> None:
    key = await deal(company)
    await send(company, "omar", "#[payment terms] #hidden-price", subject=key)
    await send(company, "noor", "#steel")
    text = "The payment terms and the hidden-price of steel. We asked Karin Voss, and steel is scarce."

    async def suggested(name: str, **query: str) -> list[tuple[str, bool]]:
        answer = await (await company.api(name)).get(f"{CONNECT}/topics/suggestions", params=query)
        assert answer.status_code == 200, answer.text
        return [
            (each["name"], each["existingTopic"] is not None) for each in answer.json()["topicSuggestions"]
        ]

    found = [("payment terms", True), ("hidden-price", True), ("steel", True), ("Karin Voss", False)]
    assert await suggested("omar", text=text) == found
    assert await suggested("nina", text=text) == [("steel", True), ("Karin Voss", False)]
    assert [name for name, known in await suggested("omar", recordId=key) if known] == [
        "hidden-price",
        "payment terms",
    ]
    await add(company, "omar", key, "hidden-price")
    assert ("hidden-price", True) not in await suggested("omar", recordId=key)
    assert (
        await (await company.api("nina")).get(f"{CONNECT}/topics/suggestions?recordId={key}")
    ).status_code == 404
    assert (await (await company.api("omar")).get(f"{CONNECT}/topics/suggestions")).status_code == 400
    post = (await send(company, "omar", "More steel"))["id"]
    page = await company.client("omar")
    assert 'value="steel"' in (await page.get(f"/posts/{post}/topics")).text


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("We met Karin Voss in Rotterdam.", ["Karin Voss", "Rotterdam"]),
        ("Prices rise. Prices fall.", ["Prices"]),
        ("I am here. It is late.", []),
        ("", []),
    ],
)
def test_new_names_of_a_text(text: str, names: list[str]) -> None:
    assert new_names(text) == names


def test_names_in_a_text_are_runs_of_its_words_the_longest_first() -> None:
    assert names_in("one two, three") == ["one two three", "one two", "two three", "one", "two", "three"]
    assert len(names_in("w " * 10_000)) <= 1000
