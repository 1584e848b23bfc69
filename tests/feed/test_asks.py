"""Asking for help: who is asked, who may be, whom Hubbub suggests, what becomes of the answer, and who asked in secret."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from hubbub import desk, feed, people
from hubbub.cli import acts
from hubbub.core import clock, ids
from hubbub.core.errors import Forbidden, Invalid
from hubbub.feed import actions
from tests.cast import Company

V = "/services/data/v62.0"


async def _deal(company: Company, *seers: str, owner: str = "omar") -> int:
    deal = await company.make(
        owner, "Opportunity", Name="Isdom, tide gauges", StageName="Prospecting", CloseDate=date(2027, 1, 1),
        Amount=Decimal(1000),
    )  # fmt: skip
    for name in seers:
        await company.share(deal, name, 2)
    return deal


async def _ask(company: Company, who: str, deal: int, *asked: str, sealed: bool = False, **more: Any) -> int:
    async with company.act() as tx:
        return await actions.ask(
            tx,
            await people.actor(tx, company.id(who), client="test"),
            record_id=deal,
            need=more.get("need", "advice"),
            urgency=more.get("urgency", "today"),
            title=more.get("title", "May we give them 60 days?"),
            body=[],
            asked={company.id(name): "chosen" for name in asked},
            sealed=sealed,
        )


async def test_an_ask_is_a_question_with_what_is_needed_and_tells_those_who_are_asked(
    company: Company,
) -> None:
    deal = await _deal(company, "maya")
    omar, maya, nina = [await company.client(name) for name in ("omar", "maya", "nina")]
    form = await omar.get(f"/r/{ids.show(deal)}/ask")
    assert "What I need" in form.text and "only the owner of the database can look" in form.text
    made = await omar.submit(
        f"/r/{ids.show(deal)}/asks", title="May we give them 60 days?", need="advice", urgency="today",
        text="They *insist*", names=company.username("maya"),
    )  # fmt: skip
    assert made.status_code == 303, made.text
    page = await maya.get(made.headers["location"])
    for shown in ("May we give them 60 days?", "Advice", "Today", "You were asked", "They"):
        assert shown in page.text
    assert "You were asked" not in (await omar.get(made.headers["location"])).text
    assert "Omar Haddad asks for your help" in (await maya.get("/notices")).text
    assert (await nina.get(made.headers["location"])).status_code == 404


async def test_whoever_cannot_see_the_record_cannot_be_asked(company: Company) -> None:
    deal = await _deal(company, "maya")
    with pytest.raises(Invalid, match="cannot see this record"):
        await _ask(company, "omar", deal, "maya", "nina")
    omar = await company.client("omar")
    refused = await omar.submit(
        f"/r/{ids.show(deal)}/asks", title="", need="advice", urgency="today", team="on"
    )
    assert refused.status_code == 422 and 'value="advice" selected' in refused.text
    nina = await company.client("nina")
    assert (await nina.get(f"/r/{ids.show(deal)}/ask")).status_code == 404


async def test_experts_are_those_who_won_alike_or_wrote_there_by_what_the_asker_reads(
    company: Company,
) -> None:
    account = await company.make("ada", "Account", Name="Harbour Light")
    deal = await company.make(
        "omar", "Opportunity", Name="New", AccountId=account, StageName="Prospecting", CloseDate=date(2027, 1, 1),
        Amount=Decimal(5000),
    )  # fmt: skip
    won = await company.make(
        "nina", "Opportunity", Name="Old", AccountId=account, StageName="Closed Won", CloseDate=date(2026, 1, 1),
        Amount=Decimal(4000),
    )  # fmt: skip
    api = await company.api("omar")
    address = f"{V}/hubbub/asks/experts?recordId={ids.show(deal)}"
    before = (await api.get(address)).json()["experts"]
    assert company.key("nina") not in {each["user"]["id"] for each in before}, "omar does not see her deal"
    await company.share(won, "omar")
    (nina,) = [
        e for e in (await api.get(address)).json()["experts"] if e["user"]["id"] == company.key("nina")
    ]
    assert nina["reasons"] == ["won a deal of Harbour Light", "won a deal of about this size"]
    assert nina["canSee"] is False
    omar = await company.client("omar")
    assert "cannot see this opportunity" in (await omar.get(f"/r/{ids.show(deal)}/ask")).text


async def test_questions_make_nobody_an_expert(company: Company) -> None:
    account = await company.make("omar", "Account", Name="Harbour Light")
    api = await company.api("omar")
    address = f"{V}/hubbub/asks/experts?recordId={ids.show(account)}"
    before = (await api.get(address)).json()
    await _ask(company, "maya", account, "omar")
    await _ask(company, "maya", account, "omar", sealed=True)
    assert (await api.get(address)).json() == before
    async with company.act() as tx:
        maya = await people.actor(tx, company.id("maya"))
        await feed.post(tx, maya, parent_id=account, body=[{"type": "Text", "text": "They pay late"}])
    (found,) = [
        e for e in (await api.get(address)).json()["experts"] if e["user"]["id"] == company.key("maya")
    ]
    assert found["reasons"] == ["wrote once on Harbour Light"]


async def test_the_sealed_asker_does_everything_as_the_record(company: Company) -> None:
    deal = await _deal(company, "maya")
    item = await _ask(company, "maya", deal, "omar", sealed=True)
    maya, omar = await company.client("maya"), await company.client("omar")
    key = ids.show(item)
    async with company.act() as tx:
        omars = await feed.comment(
            tx,
            await people.actor(tx, company.id("omar")),
            item_id=item,
            body=[{"type": "Text", "text": "No"}],
        )
    assert "You asked this" in (await maya.get(f"/posts/{key}")).text
    assert (await maya.submit(f"/posts/{key}/comments", text="Why not?")).status_code == 303
    for path in (
        f"/posts/{key}/likes",
        f"/comments/{ids.show(omars)}/likes",
        f"/comments/{ids.show(omars)}/best-answer",
    ):
        assert (await maya.submit(path)).status_code == 303, path
    assert (await maya.submit(f"/comments/{ids.show(omars)}/votes", vote="up")).status_code == 303
    assert (await maya.submit(f"/posts/{key}/edit", title="May we?", text="", revision="1")).status_code in (
        303,
        422,
    )
    assert (await maya.submit(f"/posts/{key}/read")).status_code in (303, 404)
    async with company.act() as tx:
        hers = await tx.value(
            "select id from feed_comment where org_id = %(org)s and item_id = %(item)s and id <> %(omars)s",
            {"item": item, "omars": omars},
        )
    for undo in ("delete", "restoration"):
        assert (await maya.submit(f"/comments/{ids.show(hers)}/{undo}")).status_code == 303, undo
    assert (await maya.submit(f"/comments/{ids.show(hers)}/delete")).status_code == 303
    assert "Liked" in (await maya.get(f"/posts/{key}")).text, "he knows what he liked"
    async with company.act() as tx:
        for sql in (
            "select author_id from feed_comment where org_id = %(org)s and item_id = %(item)s and id <> %(omars)s",
            "select user_id from feed_like where org_id = %(org)s",
            "select user_id from feed_vote where org_id = %(org)s",
            "select best_by from feed_item where org_id = %(org)s and id = %(item)s",
            "select deleted_by from feed_comment where org_id = %(org)s and item_id = %(item)s and id <> %(omars)s",
        ):
            assert set(await tx.values(sql, {"item": item, "omars": omars})) == {deal}, sql
        logged = await tx.tuples(
            """select name, actor_id, client, address, request_id from event where org_id = %(org)s
               and (noun_id in (%(item)s, %(omars)s) or parent_id in (%(item)s, %(deal)s)) and name like 'feed.%%'
               and name <> 'feed.mark.changed' and actor_id is distinct from %(omar)s""",
            {"item": item, "omars": omars, "deal": deal, "omar": company.id("omar")},
        )
    assert len(logged) >= 8 and {tuple(actor) for _, *actor in logged} == {(deal, None, None, None)}
    assert {"feed.comment.deleted", "feed.comment.restored"} <= {name for name, *_ in logged}
    assert (await omar.submit(f"/posts/{key}/delete")).status_code in (303, 403)


async def test_only_the_asker_may_edit_what_the_record_asks(company: Company) -> None:
    deal = await _deal(company, "maya", "nina", owner="omar")
    item = await _ask(company, "maya", deal, "omar", sealed=True)
    async with company.act() as tx:
        nina = await people.actor(tx, company.id("nina"))
        with pytest.raises(Forbidden):
            await actions.edit_item(tx, nina, item, title="Mine now")
        maya = await people.actor(tx, company.id("maya"), client="test")
        await actions.edit_item(tx, maya, item, title="May we give them 90 days?")
        shown = await feed.item(tx, nina, item)
        assert shown.edited_by is not None and shown.edited_by.id == deal and not shown.may_edit
        assert (await feed.item(tx, maya, item)).may_edit


async def test_answers_are_published_without_the_asker_and_helpers_thanked_when_it_is_won(
    company: Company,
) -> None:
    deal = await _deal(company, "maya", "nina")
    item = await _ask(company, "maya", deal, "nina", sealed=True)
    async with company.act() as tx:
        nina = await people.actor(tx, company.id("nina"))
        answer = await feed.comment(
            tx, nina, item_id=item, body=[{"type": "Text", "text": "Yes, with a bond"}]
        )
    maya, omar = await company.client("maya"), await company.client("omar")
    assert (await maya.submit(f"/comments/{ids.show(answer)}/best-answer")).status_code == 303
    assert "Publish the best answer" in (await maya.get(f"/posts/{ids.show(item)}")).text
    assert (await omar.get(f"/comments/{ids.show(answer)}/publish")).status_code == 403
    assert "Yes, with a bond" in (await maya.get(f"/comments/{ids.show(answer)}/publish")).text
    made = await maya.submit(
        f"/comments/{ids.show(answer)}/publish", title="60 days?", text="Yes, with a bond #credit", named="on"
    )
    assert made.status_code == 303, made.text
    page = (await omar.get(made.headers["location"])).text
    assert "60 days?" in page and "credit" in page and company.key("nina") in page
    assert ids.show(item) not in page and company.key("maya") not in page
    async with company.act() as tx:
        actor = await people.actor(tx, company.id("omar"))
        await desk.move_stage(tx, actor, deal, "Closed Won")
        await desk.move_stage(tx, actor, deal, "Closed Lost")
        await desk.move_stage(tx, actor, deal, "Closed Won")
    page = (await omar.get(f"/r/{ids.show(deal)}")).text
    assert page.count("Won, with the help of") == 1 and company.key("nina") in page


async def test_nowhere_is_a_count_of_somebodys_questions(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a person's pages and resources say of him is the same before and after he asked, but for the questions
    themselves, where they are asked in the open."""
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)  # a profile tells what time it is where one works
    deal = await _deal(company, "maya", "nina")
    nina, api = await company.client("nina"), await company.api("nina")
    key = company.key("maya")
    pages = [f"/people/{key}", "/people"]
    resources = [
        f"{V}/chatter/users/{key}", f"{V}/chatter/users", f"{V}/chatter/users/{key}/followers",
        f"{V}/chatter/users/{key}/following", f"{V}/sobjects/User/{key}",
    ]  # fmt: skip

    async def all() -> list[str]:
        return [_bare((await nina.get(path)).text) for path in pages] + [
            (await api.get(path)).text for path in resources
        ]

    before = await all()
    for _ in range(3):
        await _ask(company, "maya", deal, "omar", sealed=True)
    assert await all() == before
    for _ in range(3):
        await _ask(company, "maya", deal, "omar")
    assert [
        text for path, text in zip(pages + resources, await all(), strict=True) if path != pages[0]
    ] == before[1:]


async def test_a_legal_process_reads_who_asked_and_the_thread_tells_that_it_did(company: Company) -> None:
    deal = await _deal(company, "maya")
    item = await _ask(company, "maya", deal, "omar", sealed=True)
    moderator = await company.client("ada")
    assert "looked up for a legal reason" not in (await moderator.get(f"/posts/{ids.show(item)}")).text
    person = await acts.unseal(
        company.house.settings, ids.show(item), "Case 12/2026", company.username("ada")
    )
    assert person.id == company.id("maya")
    assert "looked up for a legal reason" in (await moderator.get(f"/posts/{ids.show(item)}")).text
    ((actor, noun, parent, client, _, _, after),) = await company.events("feed.asker.unsealed")
    assert (actor, noun, parent, client) == (company.id("ada"), item, None, "command line")
    assert after == {"reason": "Case 12/2026"}
    with (
        psycopg.connect(company.house.settings.app_url) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("select * from sealed_asker")


def _bare(page: str) -> str:
    """A page without what differs each time, tokens and keys of forms, and how much is unread in the reader's feeds."""
    page = re.sub(r'(unread-count" data-feed="[^"]*">)[^<]*', r"\1", page)
    return re.sub(
        r'(nonce|name="_key" value|name="_csrf_token" value|content|data-cursor|data-reach)="[^"]*"', "", page
    )
