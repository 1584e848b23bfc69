"""Announcements: on top of the company's feed until they expire; who has read them is for moderators."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from hubbub.core import clock, ids
from hubbub.core.ids import Type
from hubbub.feed.actions import announcements
from tests.cast import Company
from tests.feed.test_live import heard, listen
from tests.feed.test_posts import V, deal, follow, send, texts
from tests.inbox.test_notices import kinds, told
from tests.outbox import mails_to, sends_mail, work

__all__ = ["sends_mail"]

ALL = f"{V}/announcements"


async def announce(
    company: Company, who: str = "mo", text: str = "The office moves", **more: Any
) -> dict[str, Any]:
    given = {"text": text, "expirationDate": (clock.now() + timedelta(days=2)).isoformat(), **more}
    answer = await (await company.api(who)).post(ALL, json=given)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def on_top(company: Company, who: str) -> str:
    page = (await (await company.client(who)).get("/company")).text
    return page.split('id="announcements"')[1].split("<hub-feed")[0]


async def test_a_moderator_announces_and_everybody_inside_reads_it(company: Company) -> None:
    made = await announce(company)
    element = made["feedElement"]
    assert (element["type"], element["visibility"]) == ("AdvancedTextPost", "InternalUsers")
    assert element["capabilities"]["banner"]["style"] == "Announcement"
    for who in ("omar", "nina", "mo"):
        assert "The office moves" in await on_top(company, who)
        assert "The office moves" in await texts(company, who, "company")
        page = (await (await company.api(who)).get(ALL)).json()
        assert [each["id"] for each in page["announcements"]] == [made["id"]]
    gus = await company.api("gus")
    assert (await gus.get(ALL)).status_code == 404
    assert (await gus.get(f"{V}/announcements/{made['id']}")).status_code == 404
    assert (await gus.get(f"{V}/feed-elements/{element['id']}")).status_code == 404
    nina = await company.api("nina")
    refused = await nina.post(ALL, json={"text": "Mine", "expirationDate": "2027-01-01"})
    assert refused.status_code == 403
    form = await (await company.client("nina")).submit("/announcements", text="Mine", expires="2027-01-01")
    assert form.status_code == 403
    # No form of posts makes one.
    sneaky = await (await company.client("mo")).submit(
        "/posts", subject=company.key("mo"), kind="AdvancedTextPost", text="Like one"
    )
    assert sneaky.status_code == 422
    assert "Announce something" not in (await (await company.client("nina")).get("/company")).text
    assert await kinds(company, "nina") == [], "what nobody must read is told by no bell"


async def test_it_expires_by_the_clock_is_archived_and_deleted(company: Company) -> None:
    made = await announce(company)
    url = f"{ALL}/{made['id']}"
    async with company.act() as tx:
        await tx.run("update announcement set expires_at = now() where org_id = %(org)s")
    assert "The office moves" not in await on_top(company, "nina")
    mo = await company.api("mo")
    later = await mo.patch(url, json={"expirationDate": (clock.now() + timedelta(days=1)).isoformat()})
    assert later.status_code == 200, later.text
    assert "The office moves" in await on_top(company, "nina")
    assert (await (await company.api("nina")).patch(url, json={"isArchived": True})).status_code == 403
    assert (await mo.patch(url, json={"isArchived": True})).json()["isArchived"] is True
    assert "The office moves" not in await on_top(company, "nina")
    assert "The office moves" in await texts(company, "nina", "company"), "the post stays"
    assert (await mo.delete(url)).status_code == 204
    assert (await mo.get(url)).status_code == 404
    assert await texts(company, "nina", "company") == []
    for wrong in ("2001-01-01", "2999-01-01", "soon", "2026-02-30", None):
        answer = await mo.post(ALL, json={"text": "x", "expirationDate": wrong})
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_INPUT"), wrong
    for query in ({"parentId": company.key("omar")}, {"parentId": ids.show(ids.make(Type.ORG, 999_999))}):
        assert (await mo.get(ALL, params=query)).status_code == 404
    assert (await mo.get(ALL, params={"pageSize": "0"})).status_code == 400


async def test_a_day_lasts_to_its_end_on_the_clock_of_who_announces(company: Company) -> None:
    async with company.act() as tx:
        await tx.run(
            "update app_user set timezone = 'Asia/Kolkata' where org_id = %(org)s and id = %(id)s",
            {"id": company.id("mo")},
        )
    day = (clock.now() + timedelta(days=10)).date().isoformat()
    made = await announce(company, expirationDate=day)
    assert made["expirationDate"].startswith(f"{day}T18:29:59")


async def test_who_has_read_it_is_told_to_moderators(company: Company) -> None:
    await follow(company, "nina", company.key("mo"))
    made = await announce(company, mustRead=True)
    path = f"{ALL}/{made['id']}/acknowledgements"
    (line,) = await told(company, "nina")
    assert line["type"] == "announced" and "must read" in line["messageTitle"]
    nina, mo, omar = [await company.api(who) for who in ("nina", "mo", "omar")]
    for _ in range(2):
        assert (await nina.post(path)).status_code == 204
    assert (await nina.get(path)).status_code == 403
    assert (await (await company.api("gus")).post(path)).status_code == 404
    found = (await mo.get(path)).json()
    assert [each["user"]["name"] for each in found["read"]] == ["Nina Petrova"]
    names = [each["name"] for each in found["unread"]]
    assert "Omar Haddad" in names and found["readTotal"] == 1
    assert found["unreadTotal"] == len(names)
    told_of = {company.key(who) for who in ("nina", "mo", "gus")}
    assert not told_of & {each["id"] for each in found["unread"]}, "read it, wrote it, is a guest"
    assert len(await company.events("feed.announcement.acknowledged")) == 1
    assert (await nina.get(f"{ALL}/{made['id']}")).json()["isReadByMe"] is True
    assert (await omar.get(f"{ALL}/{made['id']}")).json()["isReadByMe"] is False
    assert (await told(company, "nina"))[0]["read"] is True
    page = (await (await company.client("mo")).get(f"/announcements/{made['id']}/readers")).text
    assert "1 person has<" in page and "Omar Haddad" in page
    for who, status in (("nina", 403), ("gus", 404)):
        refused = await (await company.client(who)).get(f"/announcements/{made['id']}/readers")
        assert refused.status_code == status and "Omar Haddad" not in refused.text, who
    browser = await company.client("omar")
    assert "I have read this" in await on_top(company, "omar")
    assert (await browser.submit(f"/announcements/{made['id']}/acknowledgements")).status_code == 303
    assert "You have read this" in await on_top(company, "omar")


async def test_who_muted_the_moderator_hears_nothing_and_finds_it_there(company: Company) -> None:
    await follow(company, "nina", company.key("mo"))
    browser = await company.client("nina")
    await browser.submit(f"/subjects/{company.key('mo')}/level", level="mute")
    await announce(company, mustRead=True)
    assert await kinds(company, "nina") == []
    assert "I have read this" in await on_top(company, "nina")


async def test_open_pages_hear_of_it(company: Company) -> None:
    nina, gus, omar = [await listen(company, who, "company") for who in ("nina", "gus", "omar")]
    assert await heard(nina) == [] and await heard(omar) == []
    assert await heard(gus) == [("gone", None, ["company"])]
    made = await announce(company, mustRead=True)
    assert (await heard(nina, "feed.announcement.created"))[-1][1] == made["id"]
    await heard(omar, "feed.announcement.created")
    await (await company.api("nina")).post(f"{ALL}/{made['id']}/acknowledgements")
    assert (await heard(nina, "feed.announcement.acknowledged"))[-1][1] == made["id"]
    await (await company.api("mo")).patch(f"{ALL}/{made['id']}", json={"isArchived": True})
    heard_by_omar = [each[0] for each in await heard(omar, "feed.announcement.changed")]
    assert heard_by_omar == ["feed.announcement.changed"], "not who has read it"
    assert gus.queue.empty()


async def test_what_another_moderator_hid_stands_on_top_for_nobody_else(company: Company) -> None:
    made = await announce(company)
    answer = await (await company.api("ada")).patch(
        f"{V}/feed-elements/{made['feedElement']['id']}/capabilities/status",
        json={"feedEntityStatus": "PendingReview"},
    )
    assert answer.status_code == 200
    assert "The office moves" not in await on_top(company, "nina")
    assert (await (await company.api("nina")).get(f"{ALL}/{made['id']}")).status_code == 404


async def test_everybody_inside_is_told_by_mail_that_there_is_something_to_read(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcements, "MAILS_AT_ONCE", 3)
    secret = "The office moves to Aarhus"
    made = await announce(company, text=secret, sendEmails=True, mustRead=True)
    assert made["sendEmails"] is True
    for _ in range(6):
        await work(company, announcements.MAIL_JOB)
    for name in ("ada", "omar", "maya", "noor", "nina"):
        (mail,) = await mails_to(company, company.username(name))
        assert (
            mail.subject == f"{made['feedElement']['actor']['displayName']} announces something to everybody"
        )
        assert mail.address == f"{company.house.settings.url}/company"
        assert secret not in str(mail)
    for name in ("mo", "gus"):  # who announces knows, and guests are told nothing
        assert await mails_to(company, company.username(name)) == []
    quiet = await announce(company)
    assert quiet["sendEmails"] is False
    sent = {"text": "Hi", "expirationDate": made["expirationDate"], "sendEmails": True}
    assert (await (await company.api("nina")).post(ALL, json=sent)).status_code == 403


async def test_mail_to_everybody_is_rare_and_ends_with_what_it_tells_of(company: Company) -> None:
    mo, day = await company.api("mo"), (clock.now() + timedelta(days=2)).isoformat()
    sent = {"text": "Hi", "expirationDate": day, "sendEmails": True}
    made = [await mo.post(ALL, json=sent) for _ in range(announcements.MAILINGS_A_DAY + 1)]
    assert [answer.status_code for answer in made] == [201] * announcements.MAILINGS_A_DAY + [429]
    for answer in made[:-1]:
        assert (await mo.delete(f"{ALL}/{answer.json()['id']}")).status_code == 204
    await work(company, announcements.MAIL_JOB)
    assert await mails_to(company, company.username("nina")) == []
    state = company.house.app.app.state
    state.settings = msgspec.structs.replace(state.settings, keep_mail=False)
    refused = await mo.post(ALL, json=sent)
    assert (refused.status_code, refused.json()[0]["fields"]) == (400, ["sendEmails"])
    assert "by mail" not in (await (await company.client("mo")).get("/announcements/new")).text


async def test_a_post_that_is_there_is_announced_and_stays_what_it_is(company: Company) -> None:
    post = await send(company, "omar", "We won the port")
    until = (clock.now() + timedelta(days=2)).isoformat()
    given = {"feedItemId": post["id"], "expirationDate": until}
    for who, status in (("nina", 403), ("omar", 403), ("gus", 404)):
        answer = await (await company.api(who)).post(ALL, json=given)
        assert answer.status_code == status, (who, answer.text)
    mo, nina = await company.api("mo"), await company.api("nina")
    made = await mo.post(ALL, json=given | {"mustRead": True})
    assert made.status_code == 201, made.text
    element = made.json()["feedElement"]
    assert (element["id"], element["type"], element["actor"]["name"]) == (
        post["id"],
        "TextPost",
        "Omar Haddad",
    )
    assert element["capabilities"]["banner"]["style"] == "Announcement"
    assert "We won the port" in await on_top(company, "nina")
    assert [line["type"] for line in await told(company, "nina")] == ["announced"]
    assert await kinds(company, "omar") == [], "who wrote it is not asked to read it"
    again = await mo.post(ALL, json=given)
    assert (again.status_code, again.json()[0]["errorCode"]) == (400, "INVALID_OPERATION")
    for wrong in (
        given | {"text": "Both"},
        {"expirationDate": until},
        given | {"feedItemId": company.key("omar")},
    ):
        assert (await mo.post(ALL, json=wrong)).status_code == 400, wrong
    # taken away, the post stays, and can be announced again
    url = f"{ALL}/{made.json()['id']}"
    assert (await nina.delete(url)).status_code == 403
    assert (await mo.delete(url)).status_code == 204
    assert (await mo.get(url)).status_code == 404
    assert "We won the port" not in await on_top(company, "nina")
    kept = (await nina.get(f"{V}/feed-elements/{post['id']}")).json()
    assert "banner" not in kept["capabilities"]
    assert (await mo.post(ALL, json=given)).status_code == 201


async def test_only_what_everybody_inside_sees_is_announced(company: Company) -> None:
    key = await deal(company)
    until = (clock.now() + timedelta(days=2)).isoformat()
    ada, mo = await company.api("ada"), await company.api("mo")
    secret = await send(company, "omar", "They want a discount", subject=key)
    refused = await ada.post(ALL, json={"feedItemId": secret["id"], "expirationDate": until})
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, "INVALID_INPUT")
    hidden = await mo.post(ALL, json={"feedItemId": secret["id"], "expirationDate": until})
    assert hidden.status_code == 404, "no moderator learns that it exists"
    noted = (await ada.get(f"{V}/feeds/record/{key}/feed-elements")).json()["elements"][-1]
    answer = await ada.post(ALL, json={"feedItemId": noted["id"], "expirationDate": until})
    assert answer.status_code == 400
    assert "discount" not in await on_top(company, "ada")


async def test_a_post_is_announced_from_its_menu(company: Company) -> None:
    post = await send(company, "omar", "We won the port")
    mo, nina = await company.client("mo"), await company.client("nina")
    link = f"/announcements/new?post={post['id']}"
    assert link in (await mo.get("/company")).text.replace("&#x2f;", "/")
    assert link not in (await nina.get("/company")).text.replace("&#x2f;", "/")
    form = (await mo.get(link)).text
    assert (
        "We won the port" in form and f'name="post" value="{post["id"]}"' in form and "<textarea" not in form
    )
    assert (await nina.get(link)).status_code == 403
    late = await mo.submit("/announcements", post=post["id"], expires="2001-01-01")
    assert late.status_code == 422 and "We won the port" in late.text
    day = (clock.now() + timedelta(days=2)).date().isoformat()
    done = await mo.submit("/announcements", post=post["id"], expires=day, must_read="on")
    assert (done.status_code, done.headers["location"]) == (303, "/company")
    assert "We won the port" in await on_top(company, "nina")
    assert link not in (await mo.get("/company")).text.replace("&#x2f;", "/")
