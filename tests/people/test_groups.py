"""Groups and queues, and what keeps an organisation from locking itself out."""

import pytest

from hubbub import objects, people
from hubbub.core import ids
from hubbub.core.errors import Forbidden, Invalid, NotFound
from hubbub.core.ids import Type
from tests.cast import Company, found_company

BELOW = (Type.ROLE_AND_BELOW - Type.ROLE) << ids.NUMBER_BITS


async def test_a_group_never_stands_inside_itself(company: Company):
    ada = await company.actor("ada")
    async with company.act() as tx:
        first, second, third = [await people.add_group(tx, ada, f"G{n}") for n in range(3)]
        await people.add_member(tx, ada, first, second)
        await people.add_member(tx, ada, second, third)
    for group, member in ((third, first), (second, first), (first, first)):
        with pytest.raises(Invalid) as refused:
            async with company.act() as tx:
                await people.add_member(tx, ada, group, member)
        assert refused.value.code == "CIRCULAR_DEPENDENCY"
    async with company.act() as tx:
        assert await people.group_members(tx, third) == []
        # twice is once
        assert await people.add_member(tx, ada, first, second) == await people.add_member(
            tx, ada, first, second
        )


async def test_who_cannot_be_a_member(company: Company, house, clients):
    other = await found_company(house, clients)
    ada = await company.actor("ada")
    async with company.act() as tx:
        group = await people.add_group(tx, ada, "Team")
        queue = await people.add_group(tx, ada, "Team", queue=True)
        await people.deactivate_user(tx, ada, company.id("nina"))
    deal = await company.make("omar", "Account", Name="X")
    for member, code in {
        company.id("nina"): "INACTIVE_OWNER_OR_USER",
        other.id("omar"): "INVALID_CROSS_REFERENCE_KEY",
        other.roles["Service"] + BELOW: "INVALID_CROSS_REFERENCE_KEY",
        queue: "FIELD_INTEGRITY_EXCEPTION",
        people.EVERYONE: "FIELD_INTEGRITY_EXCEPTION",
        deal: "FIELD_INTEGRITY_EXCEPTION",
    }.items():
        with pytest.raises(Invalid) as refused:
            async with company.act() as tx:
                await people.add_member(tx, ada, group, member)
        assert refused.value.code == code
    with pytest.raises(NotFound):
        async with company.act() as tx:
            await people.remove_member(tx, ada, group, company.id("omar"))
    for name in ("", "x" * 81, "Team", "a\nb"):
        with pytest.raises(Invalid):
            async with company.act() as tx:
                await people.add_group(tx, ada, name)


async def test_every_act_raises_the_version_and_is_an_administrators(company: Company):
    ada, omar = await company.actor("ada"), await company.actor("omar")
    async with company.act() as tx:
        group = await people.add_group(tx, ada, "Team")
    maya = company.id("maya")
    acts = [
        lambda tx, who: people.add_group(tx, who, "Another"),
        lambda tx, who: people.add_member(tx, who, group, maya),
        lambda tx, who: people.edit_group(tx, who, group, hierarchy=False),
        lambda tx, who: people.remove_member(tx, who, group, maya),
        lambda tx, who: people.delete_group(tx, who, group),
        lambda tx, who: people.grant_object(tx, who, people.STANDARD, 34, "rv"),
        lambda tx, who: people.grant_field_to(tx, who, people.STANDARD, 1),
        lambda tx, who: objects.set_default(tx, who, "Account", "Private"),
    ]
    for act in acts:
        with pytest.raises(Forbidden):
            async with company.act() as tx:
                await act(tx, omar)
        before = (await company.actor("ada")).access_version
        async with company.act() as tx:
            await act(tx, ada)
        assert (await company.actor("ada")).access_version > before


async def test_the_last_administrator_stays_one(company: Company):
    ada = await company.actor("ada")
    with pytest.raises(Forbidden):
        async with company.act() as tx:
            await people.assign_permission_set(tx, ada, ada.id, people.STANDARD)
    assert (await company.actor("ada")).admin
    async with company.act() as tx:
        await people.assign_permission_set(tx, ada, company.id("mo"), people.ADMINISTRATOR)
    async with company.act() as tx:
        await people.assign_permission_set(tx, ada, ada.id, people.STANDARD)
    mo = await company.actor("mo")
    with pytest.raises(Forbidden):
        async with company.act() as tx:
            await people.assign_permission_set(tx, mo, mo.id, people.MINIMUM)


@pytest.mark.parametrize(
    ("name", "access"), [("Account", "ControlledByParent"), ("Product2", "Private"), ("Contact", "Open")]
)
async def test_defaults_that_make_no_sense(company: Company, name: str, access: str):
    with pytest.raises(Invalid):
        async with company.act() as tx:
            await objects.set_default(tx, await people.actor(tx, company.id("ada")), name, access)
