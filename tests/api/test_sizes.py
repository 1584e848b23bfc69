"""filterGroup, include and exclude: less of an answer, and never more than the whole of it."""

from datetime import date
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from hubbub.core import ids
from tests.cast import Company

V = "/services/data/v62.0"


async def post(company: Company) -> tuple[httpx.AsyncClient, str, str]:
    omar = await company.api("omar")
    deal = ids.show(
        await company.make(
            "omar", "Opportunity", Name="Isdom", StageName="Prospecting", CloseDate=date(2027, 1, 1)
        )
    )
    said = {"subjectId": deal, "text": "Signed", "feedElementType": "FeedItem"}
    return omar, deal, (await omar.post(f"{V}/chatter/feed-elements", json=said)).json()["id"]


async def ask(program: httpx.AsyncClient, path: str, **params: str) -> Any:
    query = "&".join(f"{name}={quote(value, safe='/')}" for name, value in params.items())
    answer = await program.get(f"{V}{path}?{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_include_alone_is_all_there_is(company: Company) -> None:
    omar, deal, key = await post(company)
    at = f"/chatter/feed-elements/{key}"
    assert await ask(omar, at, include="/id|/body/text") == {"id": key, "body": {"text": "Signed"}}
    assert await ask(omar, at, include="/nothing") == {}
    feed = f"/chatter/feeds/record/{deal}/feed-elements"
    for path in ("/elements/id", "/elements/feedElement/id"):  # as in JSON, and as in XML
        assert await ask(omar, feed, include=path) == {"elements": [{"id": key}]}
    whole = await ask(omar, at)
    assert (await ask(omar, at, include="/parent"))["parent"] == whole["parent"]


async def test_exclude_takes_away(company: Company) -> None:
    omar, _, key = await post(company)
    at = f"/chatter/feed-elements/{key}"
    whole = await ask(omar, at)
    less = await ask(omar, at, exclude="/actor|/parent/motif")
    del whole["actor"], whole["parent"]["motif"]
    assert set(less) == set(whole) and less["parent"] == whole["parent"]
    assert await ask(omar, at, include="/parent", exclude="/parent/name") == {
        "parent": {name: value for name, value in (await ask(omar, at))["parent"].items() if name != "name"}
    }


async def test_groups_are_the_documented_ones(company: Company) -> None:
    omar, deal, key = await post(company)
    at = f"/chatter/feed-elements/{key}"
    small, medium, big = [await ask(omar, at, filterGroup=group) for group in ("Small", "Medium", "Big")]
    assert set(big) == set(await ask(omar, at))
    assert set(small) < set(medium) <= set(big)
    assert {"id", "actor", "body", "url"} <= set(small) and "parent" not in small and "parent" in medium
    assert "messageSegments" not in small["body"] and "messageSegments" in medium["body"]
    assert "mySubscription" not in small["actor"] and "mySubscription" in medium["actor"]
    both = await ask(omar, at, filterGroup="Small", include="/parent/name", exclude="/actor/photo")
    assert both["parent"] == {"name": "Isdom"} and "photo" not in both["actor"]
    feed = await ask(omar, f"/chatter/feeds/record/{deal}/feed-elements", filterGroup="Small")
    assert set(feed["elements"][0]) == set(small)
    several = await ask(omar, f"/chatter/feed-elements/batch/{key}", filterGroup="Small")
    assert set(several["results"][0]["result"]) == set(small)


@pytest.mark.parametrize(
    "query",
    ["filterGroup=Tiny", "filterGroup=", "include=id", "exclude=id", "include=/", "include=//id", "include=/id%7C",
     "exclude=/id%7Cname"],
)  # fmt: skip
async def test_what_is_no_filter_is_refused_before_anything_is_done(company: Company, query: str) -> None:
    omar, deal, _ = await post(company)
    said = {"subjectId": deal, "text": "Twice", "feedElementType": "FeedItem"}
    answer = await omar.post(f"{V}/chatter/feed-elements?{query}", json=said)
    if query == "filterGroup=":
        assert answer.status_code == 201  # an empty parameter is none
        return
    assert answer.status_code == 400
    assert answer.json()[0]["errorCode"] == "INVALID_FILTER_VALUE"
    assert len((await ask(omar, f"/chatter/feeds/record/{deal}/feed-elements"))["elements"]) == 1


async def test_errors_and_deletions_are_told_in_full(company: Company) -> None:
    omar, _, key = await post(company)
    nina = await company.api("nina")
    answer = await nina.get(f"{V}/chatter/feed-elements/{key}?include=/id")
    assert answer.status_code == 404 and answer.json()[0]["errorCode"] == "NOT_FOUND"
    assert (await omar.delete(f"{V}/chatter/feed-elements/{key}?include=id")).status_code == 204


async def test_writes_communities_connect_and_batches_take_them_too(company: Company) -> None:
    omar, deal, key = await post(company)
    said = {"subjectId": deal, "text": "Again", "feedElementType": "FeedItem"}
    made = await omar.post(f"{V}/chatter/feed-elements?include=/body/text", json=said)
    assert made.status_code == 201 and made.json() == {"body": {"text": "Again"}}
    internal = f"/connect/communities/internal/chatter/feed-elements/{key}"
    assert await ask(omar, internal, include="/id") == {"id": key}
    assert await ask(omar, "/connect/notifications/status", include="/unreadCount") == {"unreadCount": 0}
    asked = [{"method": "GET", "url": f"{V}/chatter/feed-elements/{key}?include=/id"}]
    batch = (await omar.post(f"{V}/connect/batch", json={"batchRequests": asked})).json()
    assert batch["results"][0]["result"] == {"id": key}
