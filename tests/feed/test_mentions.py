"""Completion and validation of mentions: only who may see what is written there, only what the reader may know of."""

from typing import Any

import pytest

from hubbub.core import ids
from tests.cast import Company
from tests.city.watch import counted
from tests.feed.test_changes import save
from tests.feed.test_posts import V, deal, send


async def completed(
    company: Company, name: str, q: str, context: str | None = None, **more: Any
) -> list[str]:
    """The names that the API and the editor offer, which are the same."""
    given = {"contextId": context} if context else {}
    answer = await (await company.api(name)).get(
        f"{V}/mentions/completions", params={"q": q, **given, **more}
    )
    assert answer.status_code == 200, answer.text
    offered = [each["name"] for each in answer.json()["mentionCompletions"]]
    page = await (await company.client(name)).get(
        "/complete/people", params={"q": q, **({"subject": context} if context else {})}
    )
    if not more:
        assert [each["name"] for each in page.json()] == offered
        assert all(each["sees"] for each in page.json())
    return offered


async def test_only_who_sees_the_record_is_offered_there(company: Company) -> None:
    key = await deal(company)
    assert await completed(company, "omar", "n") == ["Nina Petrova", "Noor Rahman"]
    assert await completed(company, "omar", "n", key) == ["Noor Rahman"]
    assert await completed(company, "omar", "g", key) == []
    await company.share(ids.parse(key), "nina")
    await company.share(ids.parse(key), "gus")
    assert await completed(company, "omar", "n", key) == ["Nina Petrova", "Noor Rahman"]
    assert await completed(company, "omar", "ber", key) == ["Gus Berg"]
    # A guest is told of nobody else.
    assert await completed(company, "gus", "n", key) == []
    assert await completed(company, "gus", "g", key) == ["Gus Berg"]


async def test_in_a_thread_of_hidden_fields_and_of_colleagues(company: Company) -> None:
    key = await deal(company)
    await company.share(ids.parse(key), "maya")
    await company.share(ids.parse(key), "gus")
    await save(company, key, Amount=7)
    async with company.act() as tx:
        change = await tx.value(
            "select id from feed_item where org_id = %(org)s and kind = 'TrackedChange' limit 1"
        )
    assert await completed(company, "omar", "m", key) == ["Maya Lindqvist"]
    assert await completed(company, "omar", "m", ids.show(change)) == []
    assert await completed(company, "omar", "n", ids.show(change)) == ["Noor Rahman"]
    inside = await send(company, "omar", "among us", subject=key, visibility="InternalUsers")
    assert await completed(company, "omar", "g", inside["id"]) == []


async def test_on_profiles_everybody_inside(company: Company) -> None:
    assert await completed(company, "omar", "n", company.key("nina")) == ["Nina Petrova", "Noor Rahman"]
    assert await completed(company, "omar", "gus", company.key("nina")) == []
    assert await completed(company, "omar", "gus", company.key("gus")) == ["Gus Berg"]
    assert await completed(company, "omar", "n", type="Group") == []


async def test_what_is_typed_is_only_a_name(company: Company) -> None:
    for q in ("%", "_", "\\", "' or 1=1", "x" * 5000, "\u0000a", "n%"):
        answer = await (await company.api("omar")).get(f"{V}/mentions/completions", params={"q": q})
        assert answer.status_code in (200, 400) and answer.json() != [], q
        if answer.status_code == 200:
            assert answer.json()["mentionCompletions"] == [], q


async def test_pages_of_completions(company: Company) -> None:
    omar = await company.api("omar")
    url: str | None = f"{V}/mentions/completions?q=n&pageSize=1"
    names: list[str] = []
    while url:
        page = (await omar.get(url)).json()
        names += [each["name"] for each in page["mentionCompletions"]]
        url = page["nextPageUrl"]
    assert names == ["Nina Petrova", "Noor Rahman"]
    (noor,) = (await omar.get(f"{V}/mentions/completions?q=noor")).json()["mentionCompletions"]
    assert noor["recordId"] == company.key("noor") and noor["userType"] == "Internal"
    assert set(noor) == {
        "additionalLabel", "description", "name", "outOfOffice", "photoUrl", "recordId", "userType",
    }  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [
        "/mentions/completions",
        "/mentions/completions?q=n&type=Dog",
        "/mentions/completions?q=n&page=x",
        "/mentions/completions?q=n&contextId=zzz",
        "/mentions/validations",
        "/mentions/validations?parentId=me&recordIds=005000000000001&visibility=Nobody",
    ],
)
async def test_bad_questions(company: Company, path: str) -> None:
    assert (await (await company.api("omar")).get(V + path)).status_code == 400


async def validated(
    company: Company, name: str, parent: str, *people: str, visibility: str = "AllUsers"
) -> Any:
    given = {"parentId": parent, "recordIds": ",".join(people), "visibility": visibility}
    answer = await (await company.api(name)).get(f"{V}/mentions/validations", params=given)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    return found["hasErrors"], [each["validationStatus"] for each in found["mentionValidations"]]


async def test_validation_tells_who_would_see_it(company: Company) -> None:
    key = await deal(company)
    await company.share(ids.parse(key), "gus")
    noor, nina, gus = (company.key(name) for name in ("noor", "nina", "gus"))
    nobody, record = "005000000000zzz", key
    assert await validated(company, "omar", key, noor, nina, gus) == (False, ["Ok", "Inaccessible", "Ok"])
    assert await validated(company, "omar", key, gus, visibility="InternalUsers") == (False, ["Inaccessible"])
    assert await validated(company, "omar", "me", noor, nina, gus) == (False, ["Ok", "Ok", "Inaccessible"])
    assert await validated(company, "omar", key, nobody, record, noor) == (
        True,
        ["Disallowed", "Disallowed", "Ok"],
    )
    # Whom a guest may not see is to him as nobody.
    assert await validated(company, "gus", key, noor, nobody, gus) == (
        True,
        ["Disallowed", "Disallowed", "Ok"],
    )
    too_many = {"parentId": "me", "recordIds": ",".join([noor] * 26), "visibility": "AllUsers"}
    answer = await (await company.api("omar")).get(f"{V}/mentions/validations", params=too_many)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "LIMIT_EXCEEDED")


async def test_in_what_i_do_not_see_nobody_is_offered(company: Company) -> None:
    hidden = await deal(company)
    post = await send(company, "omar", "sealed", subject=hidden)
    for name in ("nina", "gus"):
        api, browser = await company.api(name), await company.client(name)
        for context in (hidden, post["id"], "006000000000zzz", "0D5000000000zzz"):
            asked = await api.get(f"{V}/mentions/completions", params={"q": "n", "contextId": context})
            assert asked.status_code == 404, context
            assert (
                await browser.get("/complete/people", params={"q": "n", "subject": context})
            ).status_code == 404
        given = {"parentId": hidden, "recordIds": company.key("omar"), "visibility": "AllUsers"}
        assert (await api.get(f"{V}/mentions/validations", params=given)).status_code == 404


async def topics(company: Company, name: str, q: str) -> list[str]:
    answer = await (await company.client(name)).get("/complete/topics", params={"q": q})
    assert answer.status_code == 200
    return [each["name"] for each in answer.json()]


async def test_only_topics_under_which_i_see_something_are_offered(company: Company) -> None:
    await send(company, "omar", "#Tides #[tide gauges] #ports")
    secret = await send(company, "omar", "#tidewater", subject=await deal(company))
    assert await topics(company, "omar", "TID") == ["tide gauges", "Tides", "tidewater"]
    assert await topics(company, "nina", "tid") == ["tide gauges", "Tides"]
    assert await topics(company, "gus", "tid") == []
    assert await topics(company, "omar", "%") == []
    assert (await (await company.api("omar")).delete(secret["url"])).status_code == 204
    assert await topics(company, "omar", "tidew") == []


async def test_each_completion_is_one_statement(company: Company) -> None:
    key = await deal(company)
    await send(company, "omar", "#tides", subject=key)
    omar = await company.client("omar")
    addresses = {
        f"/complete/people?q=n&subject={key}": "app_user u",
        "/complete/people?q=n": "app_user u",
        "/complete/topics?q=t": "topic t",
    }
    for address in addresses:
        await omar.get(address)
    for address, source in addresses.items():
        with counted() as statements:
            assert (await omar.get(address)).status_code == 200
        looking = [each for each in statements if source in each and " like " in each]
        assert len(looking) == 1 and len(statements) <= 3, (address, statements)
