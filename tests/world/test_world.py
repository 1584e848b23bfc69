"""The demo company: built whole or not at all, and with something in it for each of its people."""

import msgspec
import pytest
import pytest_asyncio

import world
from hubbub import feed, people, records
from hubbub.core import clock, images
from hubbub.core.db import Tx
from tests.cast import House
from world import portraits


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def org_id(house: House) -> int:
    """The demo company of this run's database."""
    await world.build(house.settings)
    async with house.database.act(None) as tx:
        found = await people.org_of_login(tx, people.DEMO_USERNAME)
    assert found is not None
    return found


async def who(tx: Tx, name: str) -> people.Actor:
    username = next(each for each in world.USERNAMES if each.startswith(f"{name}@"))
    return await people.actor_named(tx, username)


class Stop(Exception):
    pass


async def test_build_that_is_broken_off_leaves_nothing_and_the_next_begins_afresh(house: House) -> None:
    async with house.database.act(None) as tx:
        if await people.org_of_login(tx, people.DEMO_USERNAME) is not None:
            pytest.skip("this database has the demo company from an earlier run")

    def stop(done: int, of: int) -> None:
        if done * 2 > of:
            raise Stop

    with pytest.raises(Stop):
        await world.build(house.settings, stop)
    async with house.database.act(None) as tx:
        assert await people.org_of_login(tx, people.DEMO_USERNAME) is None
    assert await world.build(house.settings) is True
    assert await world.build(house.settings) is False, "what is there is left as it is"


async def test_health_waits_for_the_company(house: House, org_id: int) -> None:
    async with house.database.act(org_id) as tx:
        assert await people.demo_complete(tx)
        assert len(await people.demo_people(tx)) == len(world.CAST)


async def test_everybody_signs_in_with_the_printed_password(house: House, org_id: int) -> None:
    for username in world.USERNAMES:
        password = house.settings.secrets.demo_password(username)
        secret, me = await people.sign_in(house.database, username, password, people.Origin())
        assert secret and me.org_id == org_id


async def test_omar_has_something_to_do_and_something_to_read(house: House, org_id: int) -> None:
    async with house.database.act(org_id) as tx:
        omar = await who(tx, "omar")
        waiting = await records.waiting_deals(tx, omar)
        assert sum(1 for deal in waiting if deal.days_past) >= 2
        assert sum(1 for deal in waiting if deal.quiet_days) >= 2
        page = await feed.news(tx, omar)
        assert len(page.items) >= 20
        kinds = {item.kind for item in page.items}
        assert kinds == {"TextPost", "TrackedChange"}
        stages = await tx.values(
            """select distinct t1 from record where org_id = %(org)s and object = 34 and deleted_at is null"""
        )
        assert len(stages) == 10, "a deal in every stage"


async def test_maya_reads_one_deal_of_omar_and_not_its_amount(house: House, org_id: int) -> None:
    async with house.database.act(org_id) as tx:
        maya = await who(tx, "maya")
        answer = await records.query(
            tx, maya, "select Id, Name from Opportunity where Owner.Name = 'Omar Haddad'", base=""
        )
        assert [row["Name"] for row in msgspec.to_builtins(answer)["records"]] == [
            "Port of Hellum, tide gauges"
        ]
        page = await feed.news(tx, maya)
        changed = {change.name for item in page.items for change in item.changes}
        assert "StageName" in changed and "Amount" not in changed


async def test_guest_and_colleague_see_what_they_shall(house: House, org_id: int) -> None:
    async with house.database.act(org_id) as tx:
        gus = await feed.news(tx, await who(tx, "gus"))
        assert {item.parent.name for item in gus.items} == {"Harbourlight Ferries, fleet sensors"}
        nina = await feed.news(tx, await who(tx, "nina"))
        assert nina.items and not any(item.parent.object == "Opportunity" for item in nina.items)


async def test_it_happened_over_the_last_weeks_and_never_in_the_future(house: House, org_id: int) -> None:
    async with house.database.act(org_id) as tx:
        omar = await who(tx, "omar")
        items = (await feed.news(tx, omar)).items
        now = clock.now()
        assert (now - min(item.created_at for item in items)).days > 14
        latest = await tx.values(
            """select max(last_activity) from feed_item where org_id = %(org)s
               union all select max(modified_at) from record where org_id = %(org)s
               union all select max(created_at) from feed_comment where org_id = %(org)s
               union all select max(last_activity) from feed_entry where org_id = %(org)s"""
        )
        assert all(moment < now for moment in latest)
        # A bound below what it bounds would hide news.
        assert not await tx.value(
            """select count(*) from feed_entry e join feed_subject s on s.org_id = %(org)s and s.id = e.subject_id
               where e.org_id = %(org)s and (e.last_activity > s.bump or e.created_at > s.post_bump)"""
        )


async def test_who_has_a_portrait_shows_it_and_it_is_small(house: House, org_id: int) -> None:
    async with house.database.act(org_id) as tx:
        shown = {name for name in world.CAST if (await who(tx, name)).photo}
    assert shown == set(portraits.LOOKS)
    for looks in portraits.LOOKS.values():
        small = (await images.take_in(portraits.portrait(looks), [(64, 64)]))[0]
        assert len(small.content) <= 2000
