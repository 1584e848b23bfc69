"""When somebody leaves: what he owned is a colleague's, as if each record had been given away."""

import asyncio
import re
from typing import Any

import psycopg
import pytest

from hubbub import desk, people, records
from hubbub.core import ids
from hubbub.records.actions import handover
from tests.cast import Company

V = "/services/data/v62.0"


async def deals(company: Company, count: int) -> list[int]:
    values = await company.deal_values()
    return [await company.make("omar", "Opportunity", **values | {"Name": f"Deal {n}"}) for n in range(count)]


async def traces(company: Company, record_id: int) -> list[Any]:
    """What a change of owner leaves of a record: its history, its shares, what the log says."""
    async with company.act() as tx:
        params = {"id": record_id}
        return [
            await tx.tuples(f"select {columns} from {table} where org_id = %(org)s and {which} order by 1", params)
            for columns, table, which in (
                ("version, field_id, old_value, new_value, changed_by", "field_history", "record_id = %(id)s"),
                ("cause, principal_id", "record_share", "record_id = %(id)s"),
                ("name, actor_id, before, after", "event", "noun_id = %(id)s and name <> 'records.record.created'"),
                ("version, owner_id, modified_by", "record", "id = %(id)s"),
            )
        ]  # fmt: skip


async def test_all_that_he_owned_is_a_colleagues(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handover, "BATCH", 2)
    ada, nina, maya = [await company.client(name) for name in ("ada", "nina", "maya")]
    made = await deals(company, 5)
    binned, other = made[4], await company.make("noor", "Account", Name="Hers")
    for deal in (made[0], made[1]):
        await company.share(deal, "nina")
    async with company.act() as tx:
        omar, boss = [await people.actor(tx, company.id(name)) for name in ("omar", "ada")]
        await records.delete_record(tx, omar, binned)
        # The plain way to give one away, to hold the others against.
        await desk.update_record(tx, boss, made[0], {"OwnerId": company.id("maya")}, told=False)
    page = f"/setup/people/{company.key('omar')}"
    shown = (await ada.get(f"{page}/leaving")).text
    assert "Opportunities</span><b>3</b>" in shown and "Accounts</span><b>1</b>" in shown
    assert (await nina.get(f"/r/{ids.show(made[1])}")).status_code == 200
    for who, code in (
        ("Nobody Known", "nobody called"),
        ("Gus", "nobody called"),
        ("Omar Haddad", "another"),
    ):
        refused = await ada.submit(f"{page}/deactivate", to=who)
        assert refused.status_code == 422 and code in refused.text, who
    assert (await ada.submit(f"{page}/deactivate", to="Maya Lindqvist")).status_code == 303
    assert await traces(company, made[1]) == await traces(company, made[0])
    async with company.act() as tx:
        owners = dict(
            await tx.tuples(
                "select id, owner_id from record where org_id = %(org)s and id = any(%(ids)s)",
                {"ids": [*made, other]},
            )
        )
        assert not await people.is_active(tx, company.id("omar"))
    mine = company.id("maya")
    assert owners == dict.fromkeys(made[:4], mine) | {
        binned: company.id("omar"),
        other: company.id("noor"),
    }
    assert (await nina.get(f"/r/{ids.show(made[1])}")).status_code == 404  # what omar shared was his to share
    program = await company.api("maya")
    [notice] = (await program.get(f"{V}/connect/notifications")).json()["notifications"]
    assert (notice["type"], notice["target"]) == ("handed_over", company.key("omar"))
    assert notice["messageTitle"] == "Ada Kovacs handed over to you what a colleague owned"
    assert "Omar Haddad" in (await maya.get("/notices")).text
    [told] = await company.events("desk.owner.replaced")
    assert {"to": company.key("maya"), "records": {"Opportunity": 3, "Account": 1}} in told


async def test_it_happens_whole_or_not_at_all(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever dies in the middle has written nothing; the next one begins anew, and ends."""
    monkeypatch.setattr(handover, "BATCH", 2)
    made = await deals(company, 5)
    ada, to = await company.client("ada"), {"to": "Maya Lindqvist"}
    page = f"/setup/people/{company.key('omar')}/deactivate"
    before = [await traces(company, deal) for deal in made]
    async with company.act() as tx:
        # Some batches are written; then it waits for somebody who holds one of the last records.
        await tx.run(
            "select 1 from record where org_id = %(org)s and id = %(id)s for update", {"id": made[4]}
        )
        running = asyncio.create_task(ada.submit(page, **to))
        me = await tx.value("select pg_backend_pid()")
        pid = await waiting_for(company, me)
        await kill(company, pid)
        assert (await running).status_code >= 500
    assert [await traces(company, deal) for deal in made] == before
    assert not await company.events("desk.owner.replaced")
    async with company.act() as tx:
        assert await people.is_active(tx, company.id("omar"))
    assert (await ada.submit(page, **to)).status_code == 303
    [told] = await company.events("desk.owner.replaced")
    assert {"to": company.key("maya"), "records": {"Opportunity": 5, "Account": 1}} in told
    assert all(
        len(after[0]) == len(was[0]) + 1
        for after, was in zip([await traces(company, deal) for deal in made], before, strict=True)
    )


async def waiting_for(company: Company, holder: int) -> int:
    """The connection that waits for what that one holds."""
    async with await psycopg.AsyncConnection.connect(
        company.house.settings.owner_url, autocommit=True
    ) as owner:
        for _ in range(600):
            rows = await owner.execute(
                "select pid from pg_stat_activity where %(me)s = any(pg_blocking_pids(pid))", {"me": holder}
            )
            if found := await rows.fetchone():
                return found[0]
            await asyncio.sleep(0.05)
    raise AssertionError("nobody waits")


async def kill(company: Company, pid: int) -> None:
    """End a connection, as the end of its process would."""
    async with await psycopg.AsyncConnection.connect(
        company.house.settings.owner_url, autocommit=True
    ) as owner:
        await owner.execute("select pg_terminate_backend(%(pid)s)", {"pid": pid})


async def test_who_only_manages_people_learns_no_counts(company: Company) -> None:
    """Whether a person owns much or nothing: the same pages and refusals for who may not change all data."""
    async with company.act() as tx:
        await people.add_permission_set(tx, None, "Manages people", [people.MANAGE_USERS])
        await people.assign_permission_set(tx, None, company.id("nina"), "Manages people")
    page, program = await company.client("nina"), await company.api("nina")
    his = f"/setup/people/{company.key('omar')}"
    said = []
    for _ in range(2):
        answers = [
            await page.get(f"{his}/leaving"),
            await page.submit(f"{his}/hand-over", to="Maya Lindqvist", _key="same"),
            await page.submit(f"{his}/hand-over", to="", _key="same"),
            await page.submit(f"{his}/deactivate", to="Maya Lindqvist", _key="same"),
            await program.get(f"{V}/hubbub/people/{company.key('omar')}/owned"),
            await program.post(
                f"{V}/hubbub/people/{company.key('omar')}/hand-over", json={"to": company.key("maya")}
            ),
        ]
        said.append(
            [(each.status_code, re.sub(r'(nonce|content|value)="[^"]*"', "", each.text)) for each in answers]
        )
        await deals(company, 2)
    assert said[0] == said[1]
    assert [status for status, _ in said[0]] == [200, 422, 422, 422, 403, 403]
    async with company.act() as tx:
        assert await people.is_active(tx, company.id("omar")), "refused is refused whole"


async def test_rules_share_what_the_new_owner_has(company: Company) -> None:
    deal = (await deals(company, 1))[0]
    ada, nina = await company.api("ada"), await company.api("nina")
    async with company.act() as tx:
        boss = await people.actor(tx, company.id("ada"))
        hers = await people.add_role(tx, None, "Elsewhere", None)
        await people.give_role(tx, None, company.id("maya"), hers)
        await records.add_rule(
            tx, boss, "Opportunity", "Hers", source_id=hers, target_id=company.roles["Service"]
        )
    url = f"{V}/sobjects/Opportunity/{ids.show(deal)}"
    assert (await nina.get(url)).status_code == 404
    to = {"to": company.key("maya")}
    answer = await ada.post(f"{V}/hubbub/people/{company.key('omar')}/hand-over", json=to)
    assert (answer.status_code, answer.json()) == (200, {"records": {"Opportunity": 1, "Account": 1}})
    assert (await nina.get(url)).status_code == 200


async def test_who_may_hand_over(company: Company) -> None:
    await deals(company, 2)
    ada, nina, gus = [await company.api(name) for name in ("ada", "nina", "gus")]
    his = f"{V}/hubbub/people/{company.key('omar')}"
    assert (await ada.get(f"{his}/owned")).json() == {
        "objects": [
            {"name": "Account", "label": "Accounts", "count": 1},
            {"name": "Opportunity", "label": "Opportunities", "count": 2},
        ]
    }
    to = {"to": company.key("nina")}
    for program, status in ((nina, 403), (gus, 404)):
        assert (await program.get(f"{his}/owned")).status_code == status
        assert (await program.post(f"{his}/hand-over", json=to)).status_code == status
    for wrong in (
        company.key("gus"),
        company.key("omar"),
        ids.show(ids.make(ids.Type.USER, 999_999)),
        "x",
        None,
    ):
        assert (await ada.post(f"{his}/hand-over", json={"to": wrong})).status_code == 400, wrong
    async with company.act() as tx:
        made = await people.add_permission_set(tx, None, "Manages people", [people.MANAGE_USERS])
        await people.assign_permission_set(tx, None, company.id("nina"), "Manages people")
    assert made
    assert (await nina.get(f"{his}/owned")).status_code == 403, (
        "manages people, and may not change their data"
    )
    page = await company.client("nina")
    shown = await page.get(f"/setup/people/{company.key('omar')}/leaving")
    assert shown.status_code == 200 and "<b>2</b>" not in shown.text


async def test_signing_somebody_out_everywhere(company: Company) -> None:
    ada, omar, program = await company.client("ada"), await company.client("omar"), await company.api("omar")
    page = f"/setup/people/{company.key('omar')}"
    done = await ada.submit(f"{page}/sign-out")
    assert done.status_code == 200 and "Signed out everywhere" in done.text
    assert (await omar.get("/")).status_code == 303
    assert (await program.get(f"{V}/chatter/users/me")).status_code == 401
    [told] = await company.events("people.user.sessions_ended")
    assert company.id("ada") in told and company.id("omar") in told
    assert (await (await company.client("omar")).get("/")).status_code == 200
    nina = await company.client("nina")
    assert (await nina.submit(f"{page}/sign-out")).status_code == 404
