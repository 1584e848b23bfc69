"""Comments and likes: counts, order, what may be taken back, and by whom."""

from tests.cast import Company
from tests.feed.test_posts import V, deal, send, texts


async def comment(company: Company, name: str, element: dict, text: str) -> dict:
    answer = await (await company.api(name)).post(
        f"{V}/feed-elements/{element['id']}/capabilities/comments/items",
        json={"body": {"messageSegments": [{"type": "Text", "text": text}]}},
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def element_of(company: Company, name: str, element: dict) -> dict:
    return (await (await company.api(name)).get(element["url"])).json()


async def test_comments_come_with_the_element_and_page_by_page(company: Company) -> None:
    element = await send(company, "omar", "Tide gauges")
    made = [await comment(company, "nina", element, f"c{n}") for n in range(8)]
    page = (await element_of(company, "omar", element))["capabilities"]["comments"]["page"]
    assert [c["body"]["text"] for c in page["items"]] == ["c5", "c6", "c7"]
    assert page["total"] == 8
    omar = await company.api("omar")
    older = (await omar.get(page["nextPageUrl"])).json()
    assert [c["id"] for c in older["items"]] == [c["id"] for c in made[:5]]
    assert older["nextPageUrl"] is None


async def test_a_comment_moves_its_item_up_by_activity_and_not_by_creation(company: Company) -> None:
    first = await send(company, "omar", "first")
    await send(company, "omar", "second")
    await comment(company, "nina", first, "hm")
    assert await texts(company, "omar", "news/me", sort="CreatedDateDesc") == ["second", "first"]
    assert await texts(company, "omar", "news/me", sort="LastModifiedDateDesc") == ["first", "second"]


async def test_likes_count_once_a_person_and_can_be_taken_back(company: Company) -> None:
    element = await send(company, "omar", "We won")
    nina = await company.api("nina")
    url = element["capabilities"]["chatterLikes"]["page"]["currentPageUrl"]
    first, again = await nina.post(url), await nina.post(url, content="")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    likes = (await element_of(company, "nina", element))["capabilities"]["chatterLikes"]
    assert (likes["page"]["total"], likes["isLikedByCurrentUser"], likes["myLike"]["id"]) == (
        1,
        True,
        first.json()["id"],
    )
    assert (await (await company.api("omar")).delete(first.json()["url"])).status_code == 403
    assert (await nina.delete(first.json()["url"])).status_code == 204
    likes = (await element_of(company, "nina", element))["capabilities"]["chatterLikes"]
    assert (likes["page"]["total"], likes["isLikedByCurrentUser"], likes["myLike"]) == (0, False, None)


async def test_only_author_and_moderators_delete_a_comment(company: Company) -> None:
    element = await send(company, "omar", "We won")
    said = await comment(company, "nina", element, "Rude words")
    assert (await (await company.api("omar")).delete(said["url"])).status_code == 403
    assert (await (await company.api("mo")).delete(said["url"])).status_code == 204
    assert (await element_of(company, "omar", element))["capabilities"]["comments"]["page"]["total"] == 0
    assert (await (await company.api("nina")).delete(said["url"])).status_code == 404


async def test_comments_and_likes_on_an_unseen_post_are_not_found(company: Company) -> None:
    element = await send(company, "omar", "secret", subject=await deal(company))
    said = await comment(company, "omar", element, "more secret")
    nina = await company.api("nina")
    for path in (
        said["url"],
        said["likes"]["currentPageUrl"],
        element["capabilities"]["comments"]["page"]["currentPageUrl"],
    ):
        assert (await nina.get(path)).status_code == 404
        assert (await nina.post(path, json={"text": "x"})).status_code in (404, 405)


async def test_the_body_of_a_like_of_a_comment_names_it(company: Company) -> None:
    element = await send(company, "omar", "We won")
    said = await comment(company, "nina", element, "Congratulations")
    like = (await (await company.api("omar")).post(said["likes"]["currentPageUrl"])).json()
    assert like["likedItem"]["id"] == said["id"]
    assert (await (await company.api("omar")).get(said["url"])).json()["myLike"]["id"] == like["id"]


async def test_a_deleted_comment_keeps_its_place_and_tells_nothing_of_who_wrote_it(company: Company) -> None:
    element = await send(company, "omar", "We won")
    above = await comment(company, "nina", element, "oops")
    below = await (await company.api("omar")).post(
        f"{V}/feed-elements/{element['id']}/capabilities/comments/items",
        json={"text": "What?", "threadParentId": above["id"]},
    )
    assert below.status_code == 201, below.text
    nina = await company.api("nina")
    await nina.patch(f"{V}/comments/{above['id']}/capabilities/up-down-vote", json={"vote": "Up"})
    assert (await nina.delete(above["url"])).status_code == 204
    items = f"{V}/feed-elements/{element['id']}/capabilities/comments/items"
    told = await (await company.api("noor")).get(items)
    place, reply = sorted(told.json()["items"], key=lambda each: each["threadLevel"])
    assert (place["isDeleted"], place["user"], place["body"]["text"]) == (True, None, "")
    assert place["capabilities"]["upDownVote"]["upVoteCount"] == 0
    assert reply["isDeleted"] is False and company.key("nina") not in told.text
