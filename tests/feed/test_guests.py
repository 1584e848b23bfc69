"""Guests: nothing until something is granted; then exactly that, its people as names only."""

import re

from hubbub.core import ids
from tests.cast import Company
from tests.feed.test_posts import V, deal, follow, send

HIDDEN = ("omar", "noor", "ada", "maya", "nina", "mo")


async def test_until_something_is_granted_there_is_nothing(company: Company) -> None:
    key = await deal(company)
    post = await send(company, "omar", "Secret words #tides", subject=key)
    await send(company, "omar", "Words for all of us")
    page, program = await company.client("gus"), await company.api("gus")
    home = (await page.get("/")).text
    assert "Your feed is quiet" in home and "Secret words" not in home and "Words for all" not in home
    assert set(re.findall(r"/people/(\w{18})", home)) <= {company.key("gus")}
    for path in ("/people", "/company", f"/people/{company.key('omar')}", f"/r/{key}", f"/r/{key}/history",
                 f"/posts/{post['id']}", "/topics/tides", f"/feeds/profile/{company.key('omar')}/new"):  # fmt: skip
        assert (await page.get(path)).status_code == 404, path
    for path in ("Opportunity", "Account", "Contact", "Product2"):
        assert "No " in (await page.get(f"/o/{path}")).text
    for path in ("/feeds/news/me/feed-elements", "/feeds/user-profile/me/feed-elements"):
        assert (await program.get(V + path)).json()["elements"] == []
    assert (await program.get(f"{V}/feeds/company/feed-elements")).status_code == 404
    assert [each["id"] for each in (await program.get(f"{V}/users")).json()["users"]] == [company.key("gus")]
    assert (await page.get("/bin")).text.count("<tr>") == 0


async def test_with_one_record_exactly_that_and_its_people_are_names(company: Company) -> None:
    key, other = await deal(company, Name="Granted"), await deal(company, Name="Hidden")
    for each in (key, other):
        await send(company, "omar", f"About {each}", subject=each)
    await company.share(ids.parse(key), "gus")
    await follow(company, "gus", key)
    page, program = await company.client("gus"), await company.api("gus")
    for path in ("/", "/o/Opportunity", f"/r/{key}", f"/r/{key}?tab=details", f"/r/{key}/history"):
        answer = await page.get(path)
        assert answer.status_code == 200, path
        assert "Hidden" not in answer.text and other not in answer.text, path
        linked = set(re.findall(r"/people/(\w{18})", answer.text))
        assert linked <= {company.key("gus")}, path
    record = (await page.get(f"/r/{key}")).text
    assert "Omar Haddad" in record and f"About {key}" in record
    for who in HIDDEN:
        assert (await page.get(f"/people/{company.key(who)}")).status_code == 404
        assert (await program.get(f"{V}/users/{company.key(who)}")).status_code == 404
    found = (await program.get(f"{V}/feeds/news/me/feed-elements")).json()["elements"]
    assert [each["body"]["text"] for each in found] == [f"About {key}"]
    soql = (
        await program.get("/services/data/v62.0/query", params={"q": "SELECT Name FROM Opportunity"})
    ).json()
    assert [each["Name"] for each in soql["records"]] == ["Granted"]
    users = (await program.get("/services/data/v62.0/query", params={"q": "SELECT Name FROM User"})).json()
    assert [each["Name"] for each in users["records"]] == ["Gus Berg"]
