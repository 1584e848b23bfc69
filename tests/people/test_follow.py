"""Who follows what: rows of ids, and their events."""

import asyncio

import pytest

from hubbub import people
from hubbub.core.errors import Invalid, NotFound
from tests.cast import Company


async def test_following_twice_is_following_once(company: Company):
    async with company.act() as tx:
        noor = await people.actor(tx, company.id("noor"))
        first = await people.follow(tx, noor, company.id("omar"))
        again = await people.follow(tx, noor, company.id("omar"))
        assert (first.id, first.new, again.id, again.new) == (again.id, True, first.id, False)
        assert await people.follows(tx, noor, [company.id("omar"), company.id("ada")]) == {
            company.id("omar"): first.id
        }
    [(actor, noun, parent, *_)] = await company.events("people.follow.created")
    assert (actor, noun, parent) == (company.id("noor"), first.id, company.id("omar"))


async def test_following_at_the_same_moment(company: Company):
    noor = await company.actor("noor")

    async def follow():
        async with company.act() as tx:
            return (await people.follow(tx, noor, company.id("omar"))).id

    assert len(set(await asyncio.gather(*(follow() for _ in range(6))))) == 1
    assert len(await company.events("people.follow.created")) == 1


async def test_no_more(company: Company):
    noor, nina = await company.actor("noor"), await company.actor("nina")
    async with company.act() as tx:
        made = await people.follow(tx, noor, company.id("omar"))
    with pytest.raises(NotFound):
        async with company.act() as tx:
            await people.end_subscription(tx, nina, made.id)
    async with company.act() as tx:
        await people.end_subscription(tx, noor, made.id)
        await people.unfollow(tx, noor, company.id("omar"))
        assert not (await people.follow_state(tx, noor.id, company.id("omar")))[0]
    assert len(await company.events("people.follow.ended")) == 1
    with pytest.raises(NotFound):
        async with company.act() as tx:
            await people.end_subscription(tx, noor, made.id)


async def test_nobody_follows_himself(company: Company):
    with pytest.raises(Invalid):
        async with company.act() as tx:
            await people.follow(tx, await people.actor(tx, company.id("noor")), company.id("noor"))


async def test_who_of_them_follows_one_of_these(company: Company):
    omar, ada, noor, nina = (company.id(name) for name in ("omar", "ada", "noor", "nina"))
    async with company.act() as tx:
        for follower, subject in ((noor, omar), (noor, ada), (nina, ada)):
            await people.follow(tx, await people.actor(tx, follower), subject)
        assert await people.followers_among(tx, [omar], {noor, nina}) == [(noor, omar)]
        pairs = {(noor, omar), (noor, ada), (nina, ada)}
        assert set(await people.followers_among(tx, [omar, ada], {noor, nina})) == pairs
        assert await people.followers_among(tx, [omar, ada], {ada}) == []
        await people.forget_subjects(tx, [ada])
        assert await people.followers_among(tx, [omar, ada], {noor, nina}) == [(noor, omar)]
