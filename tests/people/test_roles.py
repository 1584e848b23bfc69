"""Roles and permission sets: the tree kept as a closure, and a version that every change raises."""

import random

import pytest

from hubbub import objects, people
from hubbub.core.errors import Forbidden, Invalid, NotFound
from tests.cast import Company, found_company


async def closure(company: Company) -> set[tuple[int, int, int]]:
    async with company.act() as tx:
        return set(
            await tx.tuples("select ancestor, role_id, depth from role_closure where org_id = %(org)s")
        )


async def from_parents(company: Company) -> set[tuple[int, int, int]]:
    """The closure as plain Python makes it from each role's parent."""
    async with company.act() as tx:
        above = dict(await tx.tuples("select id, parent_id from role where org_id = %(org)s"))
    rows = set()
    for role in above:
        at, depth = role, 0
        while at is not None:
            rows.add((at, role, depth))
            at, depth = above[at], depth + 1
    return rows


async def test_moves_keep_the_closure(company: Company):
    chance = random.Random(7)
    ada = await company.actor("ada")
    roles = list(company.roles.values())
    async with company.act() as tx:
        for number in range(12):
            roles.append(await people.add_role(tx, ada, f"R{number}", chance.choice([*roles, None])))
    assert await closure(company) == await from_parents(company)
    moved = 0
    for _ in range(40):
        role, parent = chance.choice(roles), chance.choice([*roles, None])
        try:
            async with company.act() as tx:
                await people.move_role(tx, ada, role, parent)
            moved += 1
        except Invalid as refused:
            assert refused.code == "CIRCULAR_DEPENDENCY"
            assert any((above, below) == (role, parent) for above, below, _ in await closure(company))
        assert await closure(company) == await from_parents(company)
    assert moved > 10


async def test_roles_of_another_org_do_not_exist(company: Company, house, clients):
    other = await found_company(house, clients)
    ada = await company.actor("ada")
    theirs, ours = other.roles["Sales Rep"], company.roles["Sales Rep"]
    acts = [
        lambda tx: people.add_role(tx, ada, "Below", theirs),
        lambda tx: people.move_role(tx, ada, theirs, None),
        lambda tx: people.move_role(tx, ada, ours, theirs),
        lambda tx: people.give_role(tx, ada, company.id("omar"), theirs),
        lambda tx: people.give_role(tx, ada, other.id("omar"), ours),
        lambda tx: people.deactivate_user(tx, ada, other.id("omar")),
        lambda tx: people.set_password(tx, ada, other.id("omar"), "another password"),
    ]
    for act in acts:
        with pytest.raises(NotFound):
            async with company.act() as tx:
                await act(tx)


async def test_every_change_of_rights_raises_the_version(company: Company):
    ada = await company.actor("ada")
    omar, roles = company.id("omar"), company.roles
    acts = [
        lambda tx: people.add_role(tx, ada, "New", roles["Service"]),
        lambda tx: people.move_role(tx, ada, roles["Sales Rep"], roles["Marketing"]),
        lambda tx: people.give_role(tx, ada, omar, roles["Marketing"]),
        lambda tx: people.give_role(tx, ada, omar, None),
        lambda tx: people.assign_permission_set(tx, ada, omar, people.MODERATOR),
        lambda tx: people.withdraw_permission_set(tx, ada, omar, people.MODERATOR),
        lambda tx: people.add_permission_set(tx, ada, "Readers", (), objects.standard_objects(), rights="r"),
        lambda tx: people.withdraw_field(tx, ada, people.STANDARD, amount().id),
        lambda tx: people.grant_field(tx, ada, 34, amount().id, can_edit=True),
        lambda tx: people.add_user(
            tx, ada, people.Newcomer(username=f"new@{company.org.domain}", last_name="New")
        ),
        lambda tx: people.deactivate_user(tx, ada, omar),
        lambda tx: people.activate_user(tx, ada, omar),
    ]
    for act in acts:
        before = (await company.actor("ada")).access_version
        async with company.act() as tx:
            await act(tx)
        assert (await company.actor("ada")).access_version > before


async def test_only_administrators_manage_people(company: Company):
    omar, roles = company.id("omar"), company.roles
    for name in ("noor", "mo", "gus"):
        actor = await company.actor(name)
        acts = [
            lambda tx, a=actor: people.add_role(tx, a, "New"),
            lambda tx, a=actor: people.move_role(tx, a, roles["Sales Rep"], None),
            lambda tx, a=actor: people.give_role(tx, a, omar, None),
            lambda tx, a=actor: people.assign_permission_set(tx, a, a.id, people.ADMINISTRATOR),
            lambda tx, a=actor: people.withdraw_permission_set(tx, a, omar, people.STANDARD),
            lambda tx, a=actor: people.add_permission_set(tx, a, "Mine", (people.VIEW_ALL_DATA,)),
            lambda tx, a=actor: people.withdraw_field(tx, a, people.STANDARD, amount().id),
            lambda tx, a=actor: people.add_user(
                tx, a, people.Newcomer(username="x@y.example", last_name="X")
            ),
            lambda tx, a=actor: people.deactivate_user(tx, a, omar),
            lambda tx, a=actor: people.activate_user(tx, a, omar),
            lambda tx, a=actor: people.set_password(tx, a, omar, "another password"),
        ]
        for act in acts:
            with pytest.raises(Forbidden):
                async with company.act() as tx:
                    await act(tx)


async def test_what_permission_sets_grant(company: Company):
    for name, abilities in {
        "ada": {people.MANAGE_USERS, people.VIEW_ALL_DATA, people.MODIFY_ALL_DATA, people.MODERATE},
        "mo": {people.MODERATE},
        "omar": set(),
        "gus": set(),
    }.items():
        assert (await company.actor(name)).abilities == abilities
    async with company.act() as tx:
        granted = {
            name: await tx.value(
                """select count(*) from field_permission f
                   join permission_assignment a on a.org_id = %(org)s and a.permission_set_id = f.permission_set_id
                   where f.org_id = %(org)s and f.field_id = %(amount)s and a.user_id = %(user)s""",
                {"amount": amount().id, "user": company.id(name)},
            )
            for name in ("omar", "maya", "gus")
        }
    assert granted == {"omar": 1, "maya": 0, "gus": 1}


async def test_an_administrator_cannot_shut_himself_out(company: Company):
    with pytest.raises(Forbidden):
        async with company.act() as tx:
            await people.deactivate_user(tx, await people.actor(tx, company.id("ada")), company.id("ada"))


# --- logins that belong to several orgs ----------------------------------------------------------------------------


async def test_one_login_may_belong_to_two_orgs_and_neither_takes_it_over(company: Company, house, clients):
    other = await found_company(house, clients)
    async with other.act() as tx:
        theirs = await people.actor(tx, other.id("ada"))
        guest = await people.add_user(
            tx,
            theirs,
            people.Newcomer(
                username=company.username("omar"),
                last_name="Haddad",
                guest=True,
                permission_sets=(people.GUEST,),
                password="the other org's idea",
            ),
        )
    browser = await other.nobody()
    refused = await browser.submit(
        "/sign-in", username=company.username("omar"), password="the other org's idea"
    )
    assert refused.status_code == 422
    await company.client("omar")
    for org, user in ((other, guest), (company, company.id("omar"))):
        with pytest.raises(Forbidden):
            async with org.act() as tx:
                await people.set_password(tx, await people.actor(tx, org.id("ada")), user, "taken over now")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"username": "no address"}, "username"),
        ({"username": "a@b"}, "username"),
        ({"last_name": " "}, "last_name"),
        ({"email": "x"}, "email"),
        ({"timezone": "Nowhere"}, "timezone"),
        ({"title": "x" * 81}, "title"),
        ({"password": "short"}, "password"),
        ({"password": "x" * 201}, "password"),
    ],
)
async def test_who_cannot_be_added(company: Company, change, field: str):
    given = {"username": f"new@{company.org.domain}", "last_name": "New"} | change
    with pytest.raises(Invalid) as refused:
        async with company.act() as tx:
            await people.add_user(tx, None, people.Newcomer(**given))
    assert field in refused.value.fields


async def test_a_username_is_taken_once_in_an_org(company: Company):
    with pytest.raises(Invalid) as refused:
        async with company.act() as tx:
            await people.add_user(
                tx, None, people.Newcomer(username=company.username("omar").upper(), last_name="Twin")
            )
    assert refused.value.code == "DUPLICATE_USERNAME"


def amount() -> objects.Field:
    return next(each for each in objects.standard_objects() if each.name == "Opportunity").field("Amount")
