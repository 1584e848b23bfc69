"""Previews of linked pages: off until an administrator turns them on, fetched by the worker, seen by who sees the post."""

import ipaddress
from html import unescape
from typing import Any

import msgspec
import pytest

from hubbub import feed
from hubbub.core import ids
from hubbub.core.outside import Fetched, Limits, Unfetchable
from hubbub.feed.actions.previews import read_page
from tests.cast import Company, House
from tests.core.test_outside import HTML, Peer, peer, said
from tests.feed.test_posts import V, deal, send

TIDES = (
    b"<html><head><meta property='og:site_name' content='Tide &amp; Co'><title>Tides of &lt;b&gt;Isdom</title>"
    b"<meta name=description content='High  water\nat &lt;six&gt;'><meta property=og:image content=http://x.example/a.png>"
    b"</head><body><title>No</title></body></html>"
)


async def turn(company: Company, on: bool = True) -> None:
    answer = await (await company.api("ada")).patch(
        f"{V.removesuffix('/chatter')}/feed-tracking", json={"linkPreviews": on}
    )
    assert answer.status_code == 204, answer.text


async def waiting(company: Company) -> list[dict[str, Any]]:
    """What the worker was left to do."""
    async with company.act() as tx:
        found = await tx.tuples(
            """select args from procrastinate_jobs where task_name = 'feed.preview' and status = 'todo'
               and (args ->> 'org')::int = %(org)s order by id"""
        )
        await tx.run(
            """delete from procrastinate_jobs where task_name = 'feed.preview' and (args ->> 'org')::int = %(org)s"""
        )
    return [args for (args,) in found]


async def work(house: House, company: Company, there: Peer | None = None) -> int:
    """The worker does it; loopback is allowed where the test has a peer there."""
    left = await waiting(company)
    for args in left:
        arguments = {name: args[name] for name in args if name != "org"}
        limits = there.limits() if there else Limits(seconds=2)
        await feed.ERRANDS["feed.preview"](house.database, limits=limits, **arguments)
    return len(left)


async def element(company: Company, name: str, key: str) -> dict[str, Any]:
    answer = await (await company.api(name)).get(f"{V}/feed-elements/{key}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_nothing_is_asked_until_an_administrator_wants_it(house: House, company: Company) -> None:
    async with peer(page=said(HTML, TIDES)) as there:
        before = await send(company, "omar", f"See {there.url}/page")
        assert await work(house, company, there) == 0
        omar = await company.api("omar")
        refused = await omar.patch(f"{V.removesuffix('/chatter')}/feed-tracking", json={"linkPreviews": True})
        assert refused.status_code == 404
        ada = await company.client("ada")
        assert "Previews are off." in (await ada.get("/setup/tracking")).text
        await ada.submit("/setup/link-previews", on="true")
        assert "Previews are on." in (await ada.get("/setup/tracking")).text
        after = await send(company, "omar", f"See {there.url}/page")
        assert await work(house, company, there) == 1 and len(there.asked) == 1
        assert "linkPreview" not in (await element(company, "omar", before["id"]))["capabilities"]
        assert "linkPreview" in (await element(company, "omar", after["id"]))["capabilities"]
        await turn(company, False)
        assert "linkPreview" not in (await element(company, "omar", after["id"]))["capabilities"]
        await send(company, "omar", f"See {there.url}/page")
        assert await work(house, company, there) == 0


async def test_who_sees_the_post_sees_what_the_page_says(house: House, company: Company) -> None:
    await turn(company)
    key = await deal(company)
    async with peer(page=said(HTML, TIDES)) as there:
        url = f"{there.url}/page"
        made = await send(company, "omar", f"See {url} and http://other.example", key)
        assert "linkPreview" not in made["capabilities"]
        assert await work(house, company, there) == 1
    preview = (await element(company, "noor", made["id"]))["capabilities"]["linkPreview"]
    assert preview == {
        "canBeRemovedByMe": False,
        "description": "High water at &lt;six&gt;",
        "siteName": "Tide &amp; Co",
        "title": "Tides of &lt;b&gt;Isdom",
        "url": url,
    }
    page = (await (await company.client("noor")).get(f"/posts/{made['id']}")).text
    assert "Tides of &lt;b&gt;Isdom" in page and "High water at &lt;six&gt;" in page
    # Readers' browsers ask nobody: no image of the page is shown.
    assert (
        "x.example" not in page
        and "<img" not in page.partition('class="preview"')[2].partition("</article>")[0]
    )
    nina = await company.api("nina")
    for path in ("link-preview", "link"):
        assert (await nina.get(f"{V}/feed-elements/{made['id']}/capabilities/{path}")).status_code == 404
    assert (await nina.delete(f"{V}/feed-elements/{made['id']}/capabilities/link-preview")).status_code == 404


async def test_who_may_edit_takes_it_away_for_good(house: House, company: Company) -> None:
    await turn(company)
    key = await deal(company)
    await company.share(ids.parse(key), "maya")
    async with peer(page=said(HTML, TIDES), other=said(HTML, b"<title>Other</title>")) as there:
        made = await send(company, "maya", f"See {there.url}/page", key)
        await work(house, company, there)
        at = f"{V}/feed-elements/{made['id']}/capabilities/link-preview"
        noor, maya = await company.api("noor"), await company.api("maya")
        assert (await noor.delete(at)).status_code == 403
        assert (await maya.get(at)).json()["canBeRemovedByMe"] is True
        assert (await maya.delete(at)).status_code == 204
        assert (await maya.delete(at)).status_code == 404
        assert (await noor.get(at)).status_code == 404
        await maya.patch(
            f"{V}/feed-elements/{made['id']}", json={"body": {"text": f"Again {there.url}/page"}}
        )
        assert await work(house, company, there) == 0  # the same page
        # Another page is asked for anew; no page is none.
        await maya.patch(f"{V}/feed-elements/{made['id']}", json={"body": {"text": f"Now {there.url}/other"}})
        assert await work(house, company, there) == 1
        assert (await maya.get(at)).json()["title"] == "Other"
        page = await company.client("maya")
        assert "Other" in (await page.get(f"/posts/{made['id']}")).text
        await page.submit(f"/posts/{made['id']}/preview/delete")
        assert (await maya.get(at)).status_code == 404
        await maya.patch(f"{V}/feed-elements/{made['id']}", json={"body": {"text": f"Now {there.url}/page"}})
        await work(house, company, there)
        assert (await maya.get(at)).status_code == 200
        await maya.patch(f"{V}/feed-elements/{made['id']}", json={"body": {"text": "None"}})
        assert (await maya.get(at)).status_code == 404


async def test_what_was_taken_away_meanwhile_is_not_asked(house: House, company: Company) -> None:
    await turn(company)
    async with peer(page=said(HTML, TIDES)) as there:
        made = await send(company, "omar", f"See {there.url}/page")
        await (await company.api("omar")).delete(f"{V}/feed-elements/{made['id']}")
        assert await work(house, company, there) == 1 and there.asked == []
        await send(company, "omar", f"See {there.url}/page")
        await turn(company, False)
        assert await work(house, company, there) == 1 and there.asked == []


async def test_the_inside_is_not_asked_and_nothing_fails(house: House, company: Company) -> None:
    await turn(company)
    async with peer(page=said(HTML, TIDES)) as there:
        made = await send(company, "omar", f"See {there.url}/page")
        # As the worker does it: nothing is allowed that is not public, and no other port.
        assert await work(house, company) == 1
        made = await send(company, "omar", "See http://169.254.169.254/latest/meta-data")
        assert await work(house, company) == 1
        assert there.asked == []
        assert "linkPreview" not in (await element(company, "omar", made["id"]))["capabilities"]
        only = msgspec.structs.replace(there.limits(), allowed=(ipaddress.ip_network("192.0.2.0/24"),))
        assert only.allowed


async def test_a_link_post_is_about_a_page(house: House, company: Company) -> None:
    await turn(company)
    key = await deal(company)
    async with peer(page=said(HTML, TIDES)) as there:
        url = f"{there.url}/page"
        made = await send(
            company, "omar", "", key, body=None, capabilities={"link": {"url": url, "urlName": "Isdom"}}
        )
        assert made["type"] == "LinkPost"
        assert made["capabilities"]["link"] == {"url": url, "urlName": "Isdom"}
        assert await work(house, company, there) == 1
    found = await element(company, "noor", made["id"])
    assert found["capabilities"]["linkPreview"]["url"] == url
    page = (await (await company.client("noor")).get(f"/posts/{made['id']}")).text
    assert f'href="{url}"' in unescape(page) and ">Isdom</a>" in page
    omar = await company.api("omar")
    for wrong in (
        "javascript:alert(1)",
        "tides",
        "http://",
        "ftp://a.example",
        "https://a.example/" + "x" * 1000,
        None,
        7,
    ):
        answer = await omar.post(
            f"{V}/feed-elements", json={"subjectId": "me", "capabilities": {"link": {"url": wrong}}}
        )
        assert answer.status_code == 400, wrong


def test_pages_are_read_as_text() -> None:
    def told(content: bytes, charset: str | None = None) -> tuple[str, str, str]:
        page = read_page(Fetched("http://a.example", charset, content))
        return page.title, page.description, page.site

    assert told(b"<title>\xe9t\xe9</title>", "iso-8859-1")[0] == "été"
    assert told(b"<meta charset=iso-8859-1><title>\xe9t\xe9</title>")[0] == "été"
    assert told(b"<title>ok</title>", "no-such-encoding")[0] == "ok"
    assert told(b"<meta property=og:title content=Open><title>Other</title>")[0] == "Open"
    assert told(b"<title>a\0b\xe2\x80\xae c</title>") == ("ab c", "", "")
    assert len(told(b"<title>" + b"x" * 5000 + b"</title>")[0]) == 200
    assert told(b"<title>" + b"<" * 300_000)[0]
    for none in (b"", b"<body><title></title>", b"<title> \n </title>", b"\xff\xfe" * 10):
        with pytest.raises(Unfetchable):
            told(none)
