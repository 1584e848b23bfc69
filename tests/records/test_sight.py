"""Sight against a plain model of it: random worlds, every viewer, every record, all shapes and the inverse question."""

import random
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from hubbub import objects, people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import NotFound
from hubbub.core.ids import Type
from hubbub.records.access import hashed, keyed, probe, sight
from tests.cast import Company

EVERYONE = Type.EVERYONE << ids.NUMBER_BITS
BELOW = (Type.ROLE_AND_BELOW - Type.ROLE) << ids.NUMBER_BITS
OPPORTUNITY = "Opportunity"


class Somebody(msgspec.Struct):
    """A person of the model."""

    id: int
    role: int | None
    guest: bool
    active: bool
    sees_all: bool
    edits_all: bool
    objects: set[str]  # what his permission sets let him read


class Thing(msgspec.Struct):
    """A record of the model, with its shares: principal to level."""

    id: int
    object: objects.Object
    owner: int
    deleted: bool
    shares: dict[int, int]


class World:
    """What is true, in plain Python."""

    def __init__(self) -> None:
        self.above: dict[int, int | None] = {}
        self.people: dict[int, Somebody] = {}
        self.things: list[Thing] = []

    def bosses(self, role: int | None) -> set[int]:
        """The roles above a role."""
        found: set[int] = set()
        while role is not None and (role := self.above[role]) is not None:
            found.add(role)
        return found

    def leads(self, boss: Somebody, other: Somebody) -> bool:
        return boss.role is not None and boss.role in self.bosses(other.role)

    def is_or_leads(self, who: Somebody, principal: int) -> bool:
        kind = ids.type_of(principal)
        if kind == Type.EVERYONE:
            return not who.guest
        if kind == Type.USER:
            return who.id == principal or self.leads(who, self.people[principal])
        role = principal if kind == Type.ROLE else principal - BELOW
        if who.role == role or (who.role is not None and who.role in self.bosses(role)):
            return True
        return kind == Type.ROLE_AND_BELOW and role in self.bosses(who.role)

    def may(self, who: Somebody, thing: Thing, level: int) -> bool:
        if thing.deleted or not who.active or thing.object.name not in who.objects:
            return False
        if who.edits_all or (who.sees_all and level == 1):
            return True
        if not who.guest and thing.object.access in (("Read", "ReadWrite") if level == 1 else ("ReadWrite",)):
            return True
        if who.id == thing.owner or self.leads(who, self.people[thing.owner]):
            return True
        return any(
            granted >= level and self.is_or_leads(who, principal)
            for principal, granted in thing.shares.items()
        )


async def make_world(company: Company, chance: random.Random) -> World:
    """A random world, in the model and in the database, with every cause for seeing something in it."""
    world = World()
    kinds = [each for each in objects.standard_objects() if each.name != "Contact"]
    async with company.act() as tx:
        for number in range(9):
            parent = chance.choice([None, *world.above]) if number else None
            world.above[await people.add_role(tx, None, f"Role {number}", parent)] = parent
        sets = {
            "all": ((), kinds),
            "no deals": ((), [each for each in kinds if each.name != OPPORTUNITY]),
            "views": ((people.VIEW_ALL_DATA,), kinds),
            "modifies": ((people.MODIFY_ALL_DATA,), kinds),
        }
        for name, (abilities, granted) in sets.items():
            await people.add_permission_set(tx, None, name, abilities, granted)
        for number in range(18):
            guest = chance.random() < 0.2
            given = chance.choices(list(sets), [12, 1, 1, 1])[0]
            role = None if guest or chance.random() < 0.15 else chance.choice(list(world.above))
            newcomer = people.Newcomer(
                username=f"n{number}@{company.org.domain}", last_name=f"N{number}", role_id=role, guest=guest,
                active=chance.random() > 0.15, permission_sets=(given,),
            )  # fmt: skip
            user = await people.add_user(tx, None, newcomer)
            names = {each.name for each in sets[given][1]}
            world.people[user] = Somebody(
                user, role, guest, newcomer.active, given in ("views", "modifies"), given == "modifies", names
            )
        principals = [*world.people, *world.above, *(role + BELOW for role in world.above), EVERYONE]
        for _ in range(45):
            thing = Thing(
                id=0,
                object=chance.choices(kinds, [4 if each.name == OPPORTUNITY else 1 for each in kinds])[0],
                owner=chance.choice(list(world.people)),
                deleted=chance.random() < 0.1,
                shares={
                    chance.choice(principals): chance.choice([1, 2])
                    for _ in range(chance.choice([0, 0, 1, 2]))
                },
            )
            thing.id = await tx.new_id(thing.object.code)
            await store(tx, thing)
            world.things.append(thing)
    return world


async def store(tx: Tx, thing: Thing) -> None:
    await tx.run(
        """insert into record (org_id, id, object, name, owner_id, created_by, modified_by, deleted_at)
           values (%(org)s, %(id)s, %(object)s, 'Thing', %(owner)s, %(owner)s, %(owner)s, %(deleted)s)""",
        {
            "id": thing.id,
            "object": thing.object.code,
            "owner": thing.owner,
            "deleted": datetime.now(UTC) if thing.deleted else None,
        },
    )
    for principal, level in thing.shares.items():
        await tx.run(
            """insert into record_share (org_id, record_id, principal_id, level)
               values (%(org)s, %(id)s, %(principal)s, %(level)s)""",
            {"id": thing.id, "principal": principal, "level": level},
        )


async def found_by(tx: Tx, him: records.Viewer, sql: str, **params: Any) -> set[int]:
    return set(
        await tx.values(f"select r.id from record r where r.org_id = %(org)s and {sql}", him.params | params)
    )


@pytest.mark.parametrize("seed", range(5))
async def test_every_shape_of_sight_equals_the_model(company: Company, seed: int) -> None:
    chance = random.Random(seed)
    world = await make_world(company, chance)
    for _ in range(2):
        for who in world.people.values():
            if who.active:
                await compare_one(company, world, who)
        await compare_inverse(company, world)
        await change_something(company, world, chance)


async def compare_one(company: Company, world: World, who: Somebody) -> None:
    async with company.act() as tx:
        actor = await people.actor(tx, who.id)
        him = await records.viewer(tx, actor)
        for level in (sight.READ, sight.EDIT):
            right = {thing.id for thing in world.things if world.may(who, thing, level)}
            any_of_all = await found_by(tx, him, records.any_object(him, "r", level))
            assert any_of_all == right
            for object in him.catalog.objects:
                wanted = {id for id in right if ids.type_of(id) == object.code}
                alive = f"r.object = {object.code} and r.deleted_at is null and {str(him.can(object).read).lower()}"
                for shape in (probe, hashed, keyed):
                    assert (
                        await found_by(tx, him, f"{alive} and {shape(him, object, 'r', level)}") == wanted
                    ), object.name
        seen = {thing.id for thing in world.things if world.may(who, thing, 1)}
        edited = {thing.id for thing in world.things if world.may(who, thing, 2)}
        every = [thing.id for thing in world.things]
        of_feeds = set(
            await tx.values(
                f"select i from unnest(%(ids)s::bigint[]) i where {records.sees(him, 'i')}",
                him.params | {"ids": every},
            )
        )
        assert of_feeds == seen
        assert set(await records.visible_cards(tx, actor, every)) == seen
        for thing in world.things:
            if thing.id not in seen:
                with pytest.raises(NotFound):
                    await records.access_record(tx, actor, thing.id)
                continue
            record = await records.access_record(tx, actor, thing.id)
            assert record.editable == (thing.id in edited)
            owns = who.edits_all or who.id == thing.owner or world.leads(who, world.people[thing.owner])
            assert record.owned == (owns or not thing.object.owned)
        for object in him.catalog.objects:
            if him.can(object).read:
                page = await records.list_records(tx, actor, object.name, size=200)
                wanted = {id for id in seen if ids.type_of(id) == object.code}
                assert {row.id for row in page.rows} == wanted and page.count == len(wanted)
                answer = await records.query(tx, actor, f"SELECT Id FROM {object.name}", base="")
                assert {ids.parse(row["Id"]) for row in answer.records} == wanted


async def compare_inverse(company: Company, world: World) -> None:
    async with company.act() as tx:
        for thing in world.things:
            right = {who.id for who in world.people.values() if world.may(who, thing, 1)}
            assert await records.viewers_of(tx, thing.id, set(world.people)) == right


async def change_something(company: Company, world: World, chance: random.Random) -> None:
    """Move a role, give somebody another, share and take back: what was remembered is not used again."""
    async with company.act() as tx:
        who = chance.choice([each for each in world.people.values() if not each.guest])
        who.role = chance.choice([None, *world.above])
        await people.give_role(tx, None, who.id, who.role)
        moved = chance.choice(list(world.above))
        places = [None, *(role for role in world.above if role != moved and moved not in world.bosses(role))]
        world.above[moved] = chance.choice(places)
        await people.move_role(tx, None, moved, world.above[moved])
        for thing in chance.sample(world.things, 5):
            thing.shares = {chance.choice(list(world.people)): 1}
            await tx.run(
                "delete from record_share where org_id = %(org)s and record_id = %(id)s", {"id": thing.id}
            )
            await tx.run("delete from record where org_id = %(org)s and id = %(id)s", {"id": thing.id})
            await store(tx, thing)
