"""The news feed, page by page: the same as everything that is followed, sorted and cut, however little is looked at at once."""

from datetime import date
from random import Random

import pytest

from hubbub import feed, people
from hubbub.core.db import Tx
from hubbub.feed.queries import Ask
from hubbub.feed.queries.feeds import followed as feeds
from tests.cast import Company


@pytest.mark.parametrize("order", [feed.NEWEST, feed.ACTIVE])
async def test_pages_are_what_is_followed_in_order(
    company: Company, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    monkeypatch.setattr(feeds, "FIRST_SUBJECTS", 1)
    monkeypatch.setattr(feeds, "FIRST_ENTRIES", 1)
    random = Random(order)
    deals = [
        await company.make(
            owner, "Opportunity", Name=f"{owner} {n}", StageName="Prospecting", CloseDate=date(2026, 1, 1)
        )
        for owner in ("omar", "nina")
        for n in range(2)
    ]
    posts: list[int] = []
    for _ in range(60):
        who = random.choice(["omar", "nina", "noor", "ada"])
        async with company.act() as tx:
            actor = await people.actor(tx, company.id(who))
            if posts and random.random() < 0.4:
                await feed.comment(
                    tx, actor, item_id=random.choice(posts), body=[{"type": "Text", "text": "yes"}]
                )
                continue
            seen = {"omar": deals[:2], "nina": deals[2:], "noor": deals[:2], "ada": deals}[who]
            text = random.choice(["tides", "tides @Noor Rahman", "port @Omar Haddad"])
            where = random.choice([company.id(who), company.id("maya"), *seen])
            item = await feed.post(tx, actor, parent_id=where, body=await feed.parse_text(tx, actor, text))
            if where == company.id(who):
                posts.append(item)
    async with company.act() as tx:
        noor = await people.actor(tx, company.id("noor"))
        for subject in (company.id("nina"), company.id("ada"), company.id("maya"), deals[0], deals[1]):
            await people.follow(tx, noor, subject)
        expected = await _expected(company, tx, noor, order)
        assert len(expected) > 15
        for size in (1, 3, 25):
            found: list[int] = []
            after = None
            while True:
                page = await feed.news(tx, noor, Ask(order=order, after=after, size=size))
                found += [item.id for item in page.items]
                after = page.next
                if after is None:
                    break
            assert found == expected


async def _expected(company: Company, tx: Tx, noor: people.Actor, order: str) -> list[int]:
    followed = set(
        await tx.values(
            "select subject_id from follow where org_id = %(org)s and follower_id = %(me)s", {"me": noor.id}
        )
    )
    followed.add(noor.id)
    rows = await tx.tuples(
        """select i.id, i.parent_id, i.author_id, i.created_at, i.last_activity, array_agg(e.subject_id)
           from feed_item i join feed_entry e on e.org_id = %(org)s and e.item_id = i.id
           where i.org_id = %(org)s group by i.org_id, i.id"""
    )
    seen = {item.id for item in await feed.items(tx, noor, [row[0] for row in rows])}
    places = []
    for id, parent, author, created, active, subjects in rows:
        if id in seen and followed & set(subjects):
            at = active if order == feed.ACTIVE and followed & {parent, author} else created
            places.append((at, id))
    return [id for _, id in sorted(places, reverse=True)]
