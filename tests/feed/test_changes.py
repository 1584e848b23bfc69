"""Tracked changes: one item for one save, and none of it for who may not read the field."""

from datetime import date
from decimal import Decimal
from typing import Any

from hubbub import feed, people, records
from hubbub.core import ids
from tests.cast import Company
from tests.feed.test_posts import V, deal, follow


async def save(company: Company, key: str, **values: Any) -> None:
    """omar changes his deal; its feed tells what is tracked."""
    async with company.act() as tx:
        omar = await people.actor(tx, company.id("omar"))
        saved = await records.update_record(tx, omar, ids.parse(key), values)
        await feed.post_changes(tx, omar, saved.id, saved.tracked)


async def changes(company: Company, name: str, feed: str) -> list[list[tuple[str, str | None, str | None]]]:
    page = (await (await company.api(name)).get(f"{V}/feeds/{feed}/feed-elements")).json()
    return [
        [
            (c["fieldName"], c["oldValue"], c["newValue"])
            for c in element["capabilities"]["trackedChanges"]["changes"]
        ]
        for element in page["elements"]
        if element["type"] == "TrackedChange"
    ]


async def test_one_save_is_one_item_and_a_hidden_field_is_absent(company: Company) -> None:
    key = await deal(company)
    await company.share(ids.parse(key), "maya")
    await follow(company, "maya", key)
    await save(company, key, StageName="Qualification", Amount=Decimal(2000), CloseDate=date(2027, 2, 1))
    (omars,) = await changes(company, "omar", "news/me")
    assert [label for label, _, _ in omars] == ["Stage", "Amount", "Close Date"]
    (mayas,) = await changes(company, "maya", "news/me")
    assert [label for label, _, _ in mayas] == ["Stage", "Close Date"]


async def test_an_item_with_nothing_left_does_not_exist(company: Company) -> None:
    key = await deal(company)
    await company.share(ids.parse(key), "maya")
    await follow(company, "maya", key)
    await save(company, key, Amount=Decimal(3000))
    (item,) = (await (await company.api("omar")).get(f"{V}/feeds/record/{key}/feed-elements")).json()[
        "elements"
    ]
    assert await changes(company, "maya", "news/me") == []
    assert await changes(company, "maya", f"record/{key}") == []
    assert (await (await company.api("maya")).get(item["url"])).status_code == 404


async def test_changes_are_not_in_the_company_feed(company: Company) -> None:
    await save(company, await deal(company), StageName="Qualification")
    assert await changes(company, "omar", "company") == []


async def test_talk_about_a_hidden_change_makes_no_quiet_deal_busy(company: Company) -> None:
    made = await company.make(
        "maya", "Opportunity", Name="Isdom", StageName="Prospecting", CloseDate=date(2027, 1, 1)
    )
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        saved = await records.update_record(tx, ada, made, {"Amount": Decimal(7)})
        hidden = await feed.post_changes(tx, ada, made, saved.tracked)
        assert hidden is not None
        await tx.run(
            "update record set modified_at = now() - interval '20 days' where org_id = %(org)s and id = %(id)s",
            {"id": made},
        )
    async with company.act() as tx:
        await feed.comment(tx, ada, item_id=hidden, body=[{"type": "Text", "text": "Why?"}])
    maya = await company.client("maya")
    assert "quiet for 20 days" in (await maya.get("/")).text
    async with company.act() as tx:
        await feed.post(tx, ada, parent_id=made, body=[{"type": "Text", "text": "Well?"}])
    assert "quiet for" not in (await maya.get("/")).text
