"""My feeds and their filters, the search inside them, and runs of changes as one: each holds what it says and nothing else."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hubbub import desk, feed, people
from hubbub.core import ids
from hubbub.core.errors import Invalid
from hubbub.feed import actions, queries
from hubbub.feed.queries import ACTIVE, Ask, Bundle, Page, Sift
from tests.cast import Company

FEEDS = "/services/data/v62.0/chatter/feeds"


async def post(company: Company, who: str, text: str, on: int | None = None) -> int:
    async with company.act() as tx:
        actor = await people.actor(tx, company.id(who))
        return await feed.post(
            tx, actor, parent_id=on or actor.id, body=await feed.parse_text(tx, actor, text)
        )


async def comment(company: Company, who: str, item: int, text: str = "yes") -> int:
    async with company.act() as tx:
        actor = await people.actor(tx, company.id(who))
        return await feed.comment(tx, actor, item_id=item, body=await feed.parse_text(tx, actor, text))


async def follow(company: Company, who: str, *subjects: int) -> None:
    async with company.act() as tx:
        for subject in subjects:
            await feed.follow(tx, await people.actor(tx, company.id(who)), subject)


async def change(company: Company, deal: int, **values: Any) -> None:
    async with company.act() as tx:
        await desk.update_record(tx, await people.actor(tx, company.id("omar")), deal, values)


async def deal_of(company: Company) -> int:
    return await company.make(
        "omar", "Opportunity", Name="Tide gauges", StageName="Prospecting", CloseDate=date(2027, 1, 1)
    )


async def elements(company: Company, who: str, path: str, **query: Any) -> list[str]:
    answer = await (await company.api(who)).get(f"{FEEDS}/{path}/feed-elements", params=query)
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["elements"]]


async def test_to_me(company: Company) -> None:
    mine = await post(company, "nina", "Nobody answers this")
    answered = await post(company, "nina", "Who has the keys?")
    await comment(company, "mo", answered)
    mention = await post(company, "mo", "Ask @Nina Petrova about it")
    joined = await post(company, "omar", "What I joined")
    await comment(company, "nina", joined)
    written = await post(company, "mo", "For you", company.id("nina"))
    await post(company, "omar", "Not hers")
    deal = await deal_of(company)
    hidden = await post(company, "omar", "Ask @Nina Petrova", deal)
    expected = [ids.show(each) for each in (written, joined, mention, answered)]
    assert await elements(company, "nina", "to/me") == expected
    assert ids.show(mine) not in expected and ids.show(hidden) not in expected
    page = await (await company.client("nina")).get("/feeds/to")
    assert "Who has the keys?" in page.text and "Nobody answers this" not in page.text
    assert "Not hers" not in page.text


async def test_people_topics_and_types(company: Company) -> None:
    deal = await deal_of(company)
    by_omar = await post(company, "omar", "From a person #tides")
    on_deal = await post(company, "omar", "On the deal", deal)
    by_nina = await post(company, "nina", "From nobody followed #tides")
    async with company.act() as tx:
        maya = await people.actor(tx, company.id("noor"))
        topic = (await queries.find_topic(tx, maya, "tides")).id
    await follow(company, "noor", company.id("omar"), deal, topic)
    show = ids.show
    assert await elements(company, "noor", "people/me") == [show(on_deal), show(by_omar)]
    assert await elements(company, "noor", "topics/me") == [show(by_nina), show(by_omar)]
    assert await elements(company, "noor", "filter/me/006") == [show(on_deal)]
    assert show(by_nina) in await elements(company, "noor", "filter/me/005")
    api = await company.api("noor")
    assert (await api.get(f"{FEEDS}/filter/me/ZZZ/feed-elements")).status_code == 400
    assert (await api.get(f"{FEEDS}/people/{company.key('omar')}/feed-elements")).status_code == 404
    labels = {each["label"]: each for each in (await api.get(f"{FEEDS}/filter/me")).json()["feeds"]}
    assert labels["Opportunities"]["keyPrefix"] == "006"
    page = await (await company.client("noor")).get("/feeds/filter/006")
    assert "On the deal" in page.text and "From a person" not in page.text


async def test_filters(company: Company) -> None:
    first = await post(company, "omar", "One")
    second = await post(company, "omar", "Two")
    third = await post(company, "nina", "Three")
    async with company.act() as tx:
        await tx.run(
            """insert into feed_mark (org_id, user_id, item_id, read_at) values (%(org)s, %(user)s, %(item)s, now())""",
            {"user": company.id("nina"), "item": first},
        )
    show = ids.show
    assert await elements(company, "nina", "company", filter="Unread") == [show(second)]
    assert await elements(company, "nina", "company", filter="Read") == [show(third), show(first)]
    profile = f"user-profile/{company.key('nina')}"
    to_nina = await post(company, "omar", "For her", company.id("nina"))
    assert await elements(company, "mo", profile) == [show(to_nina), show(third)]
    assert await elements(company, "mo", profile, filter="AuthoredBy") == [show(third)]
    api = await company.api("mo")
    assert (await api.get(f"{FEEDS}/company/feed-elements?filter=AuthoredBy")).status_code == 400
    assert (await api.get(f"{FEEDS}/company/feed-elements?filter=Nonsense")).status_code == 400
    page = await (await company.client("nina")).get("/company?filter=unread")
    assert "Two" in page.text and "One" not in page.text


async def test_questions(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    items = [await post(company, "omar", text) for text in ("open", "answered", "solved", "no question")]
    told = await comment(company, "mo", items[1])
    best = await comment(company, "mo", items[2])
    async with company.act() as tx:
        await tx.run(
            "update feed_item set kind = 'QuestionPost' where org_id = %(org)s and id = any(%(ids)s::bigint[])",
            {"ids": items[:3]},
        )
        await tx.run(
            "update feed_entry set question = true where org_id = %(org)s and item_id = any(%(ids)s::bigint[])",
            {"ids": items[:3]},
        )
        await tx.run(
            "update feed_item set best_comment_id = %(best)s where org_id = %(org)s and id = %(id)s",
            {"id": items[2], "best": best},
        )
    assert told
    asked, answered, solved, _ = map(ids.show, items)
    wanted = {
        "AllQuestions": [solved, answered, asked],
        "UnansweredQuestions": [asked],
        "UnsolvedQuestions": [answered, asked],
        "SolvedQuestions": [solved],
    }
    await follow(company, "nina", company.id("omar"))
    for name, expected in wanted.items():
        assert await elements(company, "nina", "company", filter=name) == expected, name
        assert await elements(company, "nina", "news/me", filter=name) == expected, name
    monkeypatch.setattr(
        "hubbub.feed.queries.feeds.searching.FEW", 0
    )  # as where there are too many to look them up by their ids
    for name, expected in wanted.items():
        assert await elements(company, "nina", "company", filter=name) == expected, name
        assert await elements(company, "nina", "news/me", filter=name) == expected, name


async def test_what_is_read_and_what_is_unread_make_up_the_news(company: Company) -> None:
    await follow(company, "nina", company.id("omar"))
    items = [
        await post(company, "nina" if number in (5, 8) else "omar", f"Number {number}")
        for number in range(12)
    ]
    for number in (1, 6, 9):
        await comment(company, "omar", items[number])
    browser = await company.client("nina")
    seen = await browser.submit("/feeds/news/seen", up_to=ids.show(items[3]))
    assert seen.status_code == 303
    for number in (2, 6, 10):
        assert (await browser.submit(f"/posts/{ids.show(items[number])}/reading")).status_code == 303
    read = {ids.show(items[number]) for number in (0, 1, 2, 3, 5, 6, 8, 10)}
    for sort in ("CreatedDateDesc", "LastModifiedDateDesc"):
        everything = await elements(company, "nina", "news/me", sort=sort)
        assert len(everything) == 12
        assert await elements(company, "nina", "news/me", sort=sort, filter="Read") == [
            each for each in everything if each in read
        ], sort
        assert await elements(company, "nina", "news/me", sort=sort, filter="Unread") == [
            each for each in everything if each not in read
        ], sort
    api = await company.api("nina")
    path, paged = f"{FEEDS}/news/me/feed-elements?filter=Read&pageSize=3", list[str]()
    while path:
        page = (await api.get(path)).json()
        paged += [each["id"] for each in page["elements"]]
        path = page["nextPageUrl"]
    assert paged == [each for each in await elements(company, "nina", "news/me") if each in read]


def look_up(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """Which of the ways of a search is taken: the items that say the words are told to the feed; the feed is read for the
    words; they are looked up where the feed was read in vain."""
    monkeypatch.setattr("hubbub.feed.queries.feeds.searching.FEW", 2000 if how == "told" else 0)
    if how == "looked up":
        for name in ("listed.NEAREST", "listed.FARTHEST", "followed.FIRST_ENTRIES"):
            monkeypatch.setattr(f"hubbub.feed.queries.feeds.{name}", 1)
        monkeypatch.setattr("hubbub.feed.queries.feeds.followed.DEEP", 0)


WAYS = ["told", "read", "looked up"]


async def test_questions_are_found_under_whatever_they_stand(company: Company) -> None:
    """Posted, tagged afterwards, edited to mention somebody, moved to a record: among what I follow it stays a question."""
    deal = await deal_of(company)
    async with company.act() as tx:
        omar = await people.actor(tx, company.id("omar"))
        body = await feed.parse_text(tx, omar, "When does it open?")
        asked = [
            await feed.post(tx, omar, parent_id=omar.id, body=body, kind="QuestionPost", title=f"Port {n}?")
            for n in range(3)
        ]
        tagged, edited, moved = asked
        topic = await actions.add_topic(tx, omar, tagged, "harbours")
        mention = await feed.parse_text(tx, omar, "When does it open, @Nina Petrova?")
        await feed.edit_item(tx, omar, edited, body=mention, title=None)
        await feed.move_item(tx, omar, moved, deal)
        plain = await feed.post(tx, omar, parent_id=deal, body=await feed.parse_text(tx, omar, "no question"))
        await actions.add_topic(tx, omar, plain, "harbours")
    for who, subject, found in (
        ("mo", company.id("omar"), [edited, tagged]),
        ("maya", company.id("nina"), [edited]),
        ("nina", topic, [edited, tagged]),
        ("noor", deal, [moved]),
    ):
        await follow(company, who, subject)
        for sort in ("CreatedDateDesc", "LastModifiedDateDesc"):
            told = await elements(company, who, "news/me", filter="AllQuestions", sort=sort)
            assert told == list(map(ids.show, found)), (who, sort)
    assert await elements(company, "noor", f"record/{ids.show(deal)}", filter="AllQuestions") == [
        ids.show(moved)
    ]


@pytest.mark.parametrize("how", WAYS)
async def test_search(company: Company, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    look_up(monkeypatch, how)  # all tell the same
    deal = await deal_of(company)
    await follow(company, "noor", company.id("omar"), deal)
    port = await post(company, "omar", "The port of Aarhus isn't far")
    harbour = await post(company, "omar", "Nothing of the kind", deal)
    await comment(company, "omar", harbour, "but the PORTAL opens")
    await post(company, "omar", "report")
    await change(company, deal, StageName="Qualification")
    show = ids.show
    stepped = (await elements(company, "omar", f"record/{show(deal)}", elementsPerBundle=0))[0]

    async def found(who: str, q: str, path: str = "news/me") -> list[str]:
        return await elements(company, who, path, q=q)

    assert await found("noor", "qualif*") == [stepped]
    assert await found("noor", "port") == [show(port)]
    assert await found("noor", "PORT*") == [show(harbour), show(port)]
    assert await found("noor", "p?rt") == [show(port)]
    assert await found("noor", "por*l") == [show(harbour)]
    assert await found("noor", "port aarhus") == [show(port)]
    assert await found("noor", "isn't") == [show(port)]
    assert await found("noor", "' | !port:* & \\'") == [show(harbour), show(port)]  # no operators
    assert await found("noor", "portal", f"record/{show(deal)}") == [show(harbour)]
    assert await found("nina", "port", "company") == [show(port)]
    everywhere = "/services/data/v62.0/chatter/feed-elements"
    for who, expected in (("noor", [show(harbour), show(port)]), ("nina", [show(port)])):
        answer = await (await company.api(who)).get(everywhere, params={"q": "port*"})
        assert [each["id"] for each in answer.json()["elements"]] == expected
    api = await company.api("noor")
    for q in ("*", "*ort", "a", "x" * 256):
        assert (await api.get(everywhere, params={"q": q})).status_code == 400, q
    assert (await api.get(everywhere)).status_code == 400
    page = await (await company.client("noor")).get("/feeds/search", params={"q": "aarhus"})
    assert "The port of Aarhus" in page.text and "Nothing of the kind" not in page.text


@pytest.mark.parametrize("how", WAYS)
async def test_search_finds_no_hidden_value(
    company: Company, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """maya may read the deal, but not every field of it; a deleted comment and a link's name say nothing either."""
    look_up(monkeypatch, how)
    deal = await deal_of(company)
    secret = await company.make("omar", "Account", Name="Zanzibar")
    await company.share(deal, "maya")
    item = await post(company, "omar", "Look here", deal)
    gone = await comment(company, "omar", item, "indiscreet")
    async with company.act() as tx:
        omar = await people.actor(tx, company.id("omar"))
        await feed.delete_comment(tx, omar, gone)
    await change(company, deal, StageName="Qualification", AccountId=secret, Amount=Decimal(4711))
    for who, q, count in (
        ("omar", "qualification", 1),
        ("maya", "qualification", 1),
        ("nina", "qualification", 0),
        ("omar", "indiscreet", 0),
        ("maya", "4711", 0),
        ("maya", str(secret), 0),
        ("omar", str(secret), 0),
    ):
        async with company.act() as tx:
            actor = await people.actor(tx, company.id(who))
            page = await queries.everything(tx, actor, Ask(sift=Sift(q=q)))
            assert len(page.items) == count, (who, q)


def _ids(page: Page) -> list[int]:
    return [
        each.id
        for element in page.elements
        for each in ([element] if not isinstance(element, Bundle) else element.shown)
    ]


@pytest.mark.parametrize("order", [queries.NEWEST, ACTIVE])
async def test_fifty_changes_are_one_row(company: Company, order: str) -> None:
    deal = await deal_of(company)
    before = await post(company, "omar", "Before", deal)
    for n in range(50):
        await change(company, deal, StageName=("Qualification", "Prospecting")[n % 2])
    after = await post(company, "omar", "After", deal)
    async with company.act() as tx:
        omar = await people.actor(tx, company.id("omar"))
        page = await queries.subject(tx, omar, deal, Ask(order=order, bundled=3))
        kinds = [each.total if isinstance(each, Bundle) else each.id for each in page.elements]
        assert kinds[:3] == [after, 50, before]
        whole = [
            item.id for item in (await queries.subject(tx, omar, deal, Ask(order=order, size=100))).items
        ]
        # However the pages are cut, each change is told once, and none is left out.
        for size in (1, 2, 3):
            found: list[int] = []
            place = None
            while True:
                page = await queries.subject(
                    tx, omar, deal, Ask(order=order, size=size, after=place, bundled=1000)
                )
                assert len(page.elements) <= size
                found += _ids(page)
                place = page.next
                if place is None:
                    break
            assert found == whole
    page = await (await company.client("omar")).get(f"/r/{ids.show(deal)}?tab=chatter")
    assert "50 changes" in page.text and page.text.count('<li id="item-') == 10
    link = page.text.split('href="/posts/')[1:]
    more = next(each.split('"')[0] for each in link if "/changes?until=" in each)
    listed = await (await company.client("omar")).get(f"/posts/{more}".replace("&amp;", "&"))
    assert listed.text.count('<article class="card item"') == 50
    hidden = await (await company.client("nina")).get(f"/posts/{more}")
    assert hidden.status_code == 404
    omar = await company.client("omar")
    said = await post(company, "omar", "Hello", deal)
    none = await omar.get(f"/posts/{ids.show(said)}/changes")
    assert none.status_code == 200 and "No changes stand here" in none.text
    assert "No changes stand here" not in listed.text


async def test_what_is_answered_stands_alone(company: Company) -> None:
    deal = await deal_of(company)
    for n in range(3):
        await change(company, deal, StageName=("Qualification", "Prospecting")[n % 2])
    first, second, third = (await elements(company, "omar", "user-profile/me"))[:3]
    await comment(company, "omar", ids.parse(second))
    answer = await (await company.api("omar")).get(f"{FEEDS}/record/{ids.show(deal)}/feed-elements")
    kinds = [(each["feedElementType"], each["id"]) for each in answer.json()["elements"]][:3]
    assert kinds == [("FeedItem", first), ("FeedItem", second), ("FeedItem", third)]
    shown = await elements(company, "omar", f"record/{ids.show(deal)}", density="FewerUpdates")
    assert shown == [second]


async def test_bundles_on_the_wire(company: Company) -> None:
    deal = await deal_of(company)
    for n in range(12):
        await change(company, deal, StageName=("Qualification", "Prospecting")[n % 2])
    api = await company.api("omar")
    path = f"{FEEDS}/record/{ids.show(deal)}/feed-elements"
    bundle = (await api.get(path)).json()["elements"][0]
    inside = bundle["capabilities"]["bundle"]
    assert (bundle["feedElementType"], inside["bundleType"], inside["totalElements"]) == (
        "Bundle",
        "TrackedChanges",
        12,
    )
    assert len(inside["page"]["elements"]) == 3 and inside["changes"][0]["fieldName"] == "Stage"
    found = [each["id"] for each in inside["page"]["elements"]]
    url = inside["page"]["nextPageUrl"] + "&pageSize=4"
    while url:
        answer = (await api.get(url)).json()
        found += [each["id"] for each in answer["elements"]]
        url = answer["nextPageUrl"]
    assert len(found) == len(set(found)) == 12
    again = (await api.get(bundle["url"])).json()
    assert again["totalElements"] == 12 and again["bundleType"] == "TrackedChanges"
    none = (await api.get(path, params={"elementsPerBundle": 0})).json()["elements"][0]
    assert none["capabilities"]["bundle"]["page"]["elements"] == []
    assert (await api.get(path, params={"elementsPerBundle": 11})).status_code == 400
    assert (await (await company.api("nina")).get(bundle["url"])).status_code == 404


async def test_updates(company: Company) -> None:
    old = await post(company, "omar", "Old")
    await follow(company, "noor", company.id("omar"))
    api = await company.api("noor")
    page = (await api.get(f"{FEEDS}/news/me/feed-elements")).json()
    assert page["isModifiedToken"] == page["updatesToken"]
    assert (await api.get(page["isModifiedUrl"])).json()["isModified"] is False
    assert (await api.get(page["updatesUrl"])).json()["elements"] == []
    await comment(company, "omar", old)
    await post(company, "nina", "Not followed")
    assert (await api.get(page["isModifiedUrl"])).json()["isModified"] is True
    assert [each["id"] for each in (await api.get(page["updatesUrl"])).json()["elements"]] == [ids.show(old)]
    for token in ("nonsense", "9:1:", "1:2:5", "0:0:", "1" * 30):
        answer = await api.get(f"{FEEDS}/news/me/feed-elements", params={"updatedSince": token})
        assert answer.status_code == 400, token


async def test_recent_comments(company: Company) -> None:
    item = await post(company, "omar", "Talk")
    for n in range(6):
        await comment(company, "omar", item, f"comment {n}")
    api = await company.api("nina")
    for count, shown in ((None, 3), (0, 0), (5, 5), (25, 6)):
        given = {} if count is None else {"recentCommentCount": count}
        answer = (await api.get(f"{FEEDS}/company/feed-elements", params=given)).json()
        assert len(answer["elements"][0]["capabilities"]["comments"]["page"]["items"]) == shown
    assert (await api.get(f"{FEEDS}/company/feed-elements?recentCommentCount=26")).status_code == 400


async def test_top(company: Company) -> None:
    talked = await post(company, "omar", "Talked about")
    for _ in range(3):
        await comment(company, "mo", talked)
    near = await post(company, "omar", "Near")
    far = await post(company, "mo", "Far")
    await follow(company, "nina", company.id("omar"))
    show = ids.show
    order = [show(talked), show(near), show(far)]
    assert await elements(company, "nina", "company", sort="Relevance") == order
    api = await company.api("nina")
    found, url = [], f"{FEEDS}/company/feed-elements?sort=Relevance&pageSize=1"
    while url:
        answer = (await api.get(url)).json()
        found += answer["elements"]
        url = answer["nextPageUrl"]
    assert [each["id"] for each in found] == order
    rank = found[-1]["rank"]
    assert rank["comments"] == 0 and rank["near"] is False
    page = await (await company.client("nina")).get("/company?sort=top")
    assert "Here for 3 comments" in page.text and "from whom you follow" in page.text


async def test_top_of_an_empty_feed(company: Company) -> None:
    async with company.act() as tx:
        nina = await people.actor(tx, company.id("nina"))
        assert (await queries.of_topics(tx, nina, Ask(order=queries.TOP))).items == []
        with pytest.raises(Invalid):
            await queries.news(tx, nina, Ask(sift=Sift(q="?")))
