"""Sight against a plain model of it: random worlds, every viewer, every record, all shapes and the inverse question."""

import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import msgspec
import pytest

from hubbub import objects, people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import NotFound
from hubbub.core.ids import Type
from hubbub.records.access import hashed, keyed, probe, sight
from hubbub.records.actions.rules import fill_rule
from tests.cast import Company, House, found_company
from tests.city import watch
from tests.records.listing import listing

WORLDS = int(os.environ.get("HUBBUB_SIGHT_WORLDS", "5"))
FIRST = int(os.environ.get("HUBBUB_SIGHT_FIRST", "0"))
EVERYONE = Type.EVERYONE << ids.NUMBER_BITS
BELOW = (Type.ROLE_AND_BELOW - Type.ROLE) << ids.NUMBER_BITS
COLOURS = ["red", "blue", "Red"]

# Permission sets: what they grant beyond objects, and their rights to objects where those are not all.
SETS: dict[str, tuple[tuple[str, ...], dict[str, str], set[str]]] = {
    "all": ((), {}, set()),
    "no amounts": ((), {}, {"Opportunity.Amount"}),
    "no deals": ((), {"Opportunity": ""}, set()),
    "no accounts": ((), {"Account": ""}, set()),
    "reads": ((), {"Account": "r", "Contact": "r", "Opportunity": "r"}, set()),
    "all deals": ((), {"Opportunity": "rcedv"}, set()),
    "all accounts": ((), {"Account": "rcedvm"}, set()),
    "views": ((people.VIEW_ALL_DATA,), {}, set()),
    "modifies": ((people.MODIFY_ALL_DATA,), {}, set()),
}
ODDS = [14, 2, 2, 2, 2, 2, 2, 1, 1]
BESIDES = " besides"  # the same as a permission set, for who has another profile


class Somebody(msgspec.Struct):
    """A person of the model."""

    id: int
    role: int | None
    guest: bool
    active: bool
    sets: set[str]

    def may(self, object: str, right: str) -> bool:
        return any(right in SETS[each][1].get(object, "rced") for each in self.sets)

    def able(self, *abilities: str) -> bool:
        return any(ability in SETS[each][0] for each in self.sets for ability in abilities)

    def reads_field(self, object: objects.Object, field: objects.Field) -> bool:
        granted = any(
            f"{object.name}.{field.name}" not in SETS[each][2] and SETS[each][1].get(object.name, "rced")
            for each in self.sets
        )
        return (granted or not field.permissionable) and all(
            self.reads_field(object, object.field(source)) for source in field.sources
        )


class Thing(msgspec.Struct):
    """A record of the model, with its shares: principal, cause and level."""

    id: int
    object: str
    name: str
    owner: int
    parent: int | None
    deleted: bool
    shares: dict[tuple[int, str], int]
    about: tuple[int | None, int | None] = (None, None)  # of an activity: what and who


class Rule(msgspec.Struct):
    """A sharing rule of the model: by owner's principal, or by the record's colour."""

    object: str
    source: int | None
    colour: str | None
    target: int
    level: int


class World:
    """What is true, in plain Python."""

    def __init__(self) -> None:
        self.above: dict[int, int | None] = {}
        self.groups: dict[int, set[int]] = {}
        self.hierarchy: dict[int, bool] = {}
        self.people: dict[int, Somebody] = {}
        self.access: dict[str, str] = {}
        self.rules: dict[int, Rule] = {}
        self.things: dict[int, Thing] = {}
        self.seen: Counter[str] = Counter()  # which single causes decided something

    def bosses(self, role: int | None) -> set[int]:
        """The roles above a role."""
        found: set[int] = set()
        while role is not None and (role := self.above[role]) is not None:
            found.add(role)
        return found

    def leads(self, boss: Somebody, other: Somebody) -> bool:
        return boss.role is not None and boss.role in self.bosses(other.role)

    def holds(self, who: Somebody, principal: int) -> bool:
        """Is he that principal, or in it?"""
        match ids.type_of(principal):
            case Type.EVERYONE:
                return not who.guest
            case Type.USER:
                return who.id == principal
            case Type.ROLE:
                return who.role == principal
            case Type.ROLE_AND_BELOW:
                return who.role is not None and principal - BELOW in {who.role, *self.bosses(who.role)}
        return any(self.holds(who, member) for member in self.groups[principal])

    def above_it(self, who: Somebody, principal: int) -> bool:
        """Does he stand above that principal, or above somebody in it?"""
        match ids.type_of(principal):
            case Type.EVERYONE:
                return False
            case Type.USER:
                return self.leads(who, self.people[principal])
            case Type.ROLE:
                return who.role is not None and who.role in self.bosses(principal)
            case Type.ROLE_AND_BELOW:
                return who.role is not None and who.role in self.bosses(principal - BELOW)
        return self.hierarchy[principal] and any(
            self.above_it(who, member) for member in self.groups[principal]
        )

    def belongs(self, owner: int, source: int) -> bool:
        """Does a rule that shares from that source share what this person or queue owns? A queue's members are no source."""
        if ids.type_of(source) == Type.QUEUE or owner not in self.people:
            return owner == source
        return self.holds(self.people[owner], source)

    def granted(self, who: Somebody, thing: Thing, level: int) -> Iterator[str]:
        """Every cause by which ownership, shares and rules grant it."""
        if thing.owner in self.groups:  # a queue
            if self.holds(who, thing.owner):
                yield "queue"
            elif self.above_it(who, thing.owner):
                yield "above queue"
        if who.id == thing.owner:
            yield "owner"
        if thing.owner in self.people and self.leads(who, self.people[thing.owner]):
            yield "above owner"
        given = [(p, cause, granted) for (p, cause), granted in thing.shares.items()]
        for rule in self.rules.values():
            if rule.object == thing.object and (
                rule.colour.lower() == thing.name.lower()
                if rule.colour is not None
                else self.belongs(thing.owner, rule.source or 0)
            ):
                kind = "criteria" if rule.colour else f"rule from {Type(ids.type_of(rule.source or 0)).name}"
                given.append((rule.target, kind, rule.level))
        for principal, cause, granted in given:
            if granted < level:
                continue
            kind = Type(ids.type_of(principal)).name
            if self.holds(who, principal):
                nested = principal in self.groups and not any(
                    self.holds(who, m) for m in self.groups[principal] if m not in self.groups
                )
                yield f"{cause} to {kind}{' nested' if nested else ''}"
            elif self.above_it(who, principal):
                yield f"{cause} above {kind}"

    def shared(self, who: Somebody, thing: Thing, level: int) -> Iterator[str]:
        """Every cause by which sharing lets him read or edit it."""
        access = self.access[thing.object]
        if who.able(people.MODIFY_ALL_DATA) or (level == 1 and who.able(people.VIEW_ALL_DATA)):
            yield "all data"
        if who.may(thing.object, "m") or (level == 1 and who.may(thing.object, "v")):
            yield "all of the object"
        if not who.guest and (access == "ReadWrite" or (access == "Read" and level == 1)):
            yield "default"
        account = self.things[thing.parent] if thing.parent is not None else None
        if access == "ControlledByParent" and account is not None:
            if who.may("Account", "r"):
                yield from (f"parent {cause}" for cause in self.shared(who, account, level))
            return
        yield from self.granted(who, thing, level)
        if level == 2 or who.guest:
            return
        if thing.object == "Account":
            for child in self.things.values():
                if (
                    child.parent == thing.id
                    and child.object != "Account"
                    and not child.deleted
                    and self.access[child.object] != "ControlledByParent"
                    and who.may(child.object, "r")
                ):
                    yield from (f"child {child.object}" for _ in self.granted(who, child, 1))
        what, whom = thing.about
        about = what if what is not None else whom  # whom it is about decides only where it is about nothing
        if about is not None and self.sees(who, self.things[about]):
            yield f"{thing.object} about {self.things[about].object}"
        if thing.object not in ("Account", "Product2") and account is not None and who.may("Account", "r"):
            yield from (f"account of {thing.object}" for _ in self.granted(who, account, 2))

    def sees(self, who: Somebody, thing: Thing) -> bool:
        return not thing.deleted and who.may(thing.object, "r") and any(self.shared(who, thing, 1))

    def may(self, who: Somebody, thing: Thing, level: int) -> bool:
        if thing.deleted or not who.active or not who.may(thing.object, "r"):
            return False
        causes = set(self.shared(who, thing, level))
        if len(causes) == 1:
            self.seen[f"{'reads' if level == 1 else 'edits'} by {causes.pop()}"] += 1
            return True
        return bool(causes)

    def owns(self, who: Somebody, thing: Thing) -> bool:
        """May he do what its owner may?"""
        if who.able(people.MODIFY_ALL_DATA) or who.may(thing.object, "m") or thing.object == "Product2":
            return True
        if self.access[thing.object] == "ControlledByParent" and thing.parent is not None:
            return who.may("Account", "r") and self.owns(who, self.things[thing.parent])
        return self.holds(who, thing.owner) or self.above_it(who, thing.owner)


async def make_world(company: Company, chance: random.Random) -> World:
    """A random world, in the model and in the database, with every cause for seeing something in it."""
    world = World()
    kinds = objects.standard_objects()
    async with company.act() as tx:
        for number in range(6):
            parent = chance.choice([None, *world.above]) if number else None
            world.above[await people.add_role(tx, None, f"Role {number}", parent)] = parent
        for name, (abilities, rights, hidden) in SETS.items():
            shown = [each for each in kinds if rights.get(each.name, "rced")]
            for called in (name, name + BESIDES):
                await people.add_permission_set(
                    tx, None, called, abilities, shown, hidden=hidden, profile=called == name
                )
                for each in kinds:
                    if each.name in rights:
                        await people.grant_object(tx, None, called, each.code, rights[each.name])
        for number in range(11):
            guest = chance.random() < 0.2
            role = None if guest or chance.random() < 0.1 else chance.choice(list(world.above))
            profile, *besides = chance.choices(list(SETS), ODDS, k=chance.choice([1, 1, 1, 2]))
            given = {profile, *besides}
            newcomer = people.Newcomer(
                username=f"n{number}@{company.org.domain}", last_name=f"N{number}", role_id=role, guest=guest,
                permission_sets=(profile, *(each + BESIDES for each in besides)),
            )  # fmt: skip
            user = await people.add_user(tx, None, newcomer)
            world.people[user] = Somebody(user, role, guest, True, given)
        for number in range(6):
            queue = number >= 4
            hierarchy = chance.random() < 0.6
            group = await people.add_group(tx, None, f"Group {number}", queue=queue, hierarchy=hierarchy)
            members = [*world.people, *world.above, *(role + BELOW for role in world.above)]
            inner = [each for each in world.groups if ids.type_of(each) == Type.GROUP]
            chosen = set(chance.sample(members, chance.choice([0, 1, 1, 2])))
            chosen |= set(chance.sample(inner, min(len(inner), chance.choice([0, 1, 1]))))
            for member in chosen:
                await people.add_member(tx, None, group, member)
            world.groups[group], world.hierarchy[group] = chosen, hierarchy
            if queue:
                for each in kinds:
                    if each.owned:
                        await people.add_queue_object(tx, None, group, each.code)
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        choices = {
            "Account": ["Private", "Private", "Private", "Read", "ReadWrite"],
            "Contact": ["ControlledByParent", "ControlledByParent", "Private", "Read"],
            "Opportunity": ["Private", "Private", "Private", "Read", "ControlledByParent"],
            "Product2": ["ReadWrite"],
            "Contract": ["ControlledByParent"],
            "Task": ["Private"],
            "Event": ["Private"],
        }
        for name, some in choices.items():
            world.access[name] = chance.choice(some)
            await objects.set_default(tx, ada, name, world.access[name])
        await add_rules(tx, company, world, chance, 3)
        for number in range(26):
            await add_thing(tx, world, chance, ["Account", "Contact", "Opportunity"][number % 3])
        for name in ("Product2", "Contract", "Contract", *("Task", "Event") * 4):
            await add_thing(tx, world, chance, name)
        await add_rules(tx, company, world, chance, 3)
        for who in world.people.values():
            if chance.random() < 0.15:
                await people.deactivate_user(tx, None, who.id)
                who.active = False
    await fill(company)
    return world


def principals(world: World) -> list[int]:
    return [
        *world.people, *world.above, *(role + BELOW for role in world.above), *world.groups, *world.groups, EVERYONE,
    ]  # fmt: skip


def owners(world: World) -> list[int]:
    """Whom records may belong to: often people, sometimes a queue."""
    return [*world.people, *world.people, *(each for each in world.groups if ids.type_of(each) == Type.QUEUE)]


async def add_rules(tx: Tx, company: Company, world: World, chance: random.Random, count: int) -> None:
    ada = await people.actor(tx, company.id("ada"))
    kinds = [
        name for name in ("Account", "Contact", "Opportunity") if world.access[name] != "ControlledByParent"
    ]
    targets = [each for each in principals(world) if each not in world.people or world.people[each].active]
    for _ in range(count):
        rule = Rule(chance.choice(kinds), None, None, chance.choice(targets), chance.choice([1, 2]))
        conditions = None
        if chance.random() < 0.4:
            rule.colour = chance.choice(COLOURS)
            field = "LastName" if rule.object == "Contact" else "Name"
            conditions = [records.Condition(field, "equals", rule.colour)]
        else:
            rule.source = chance.choice(
                [*world.above, *(role + BELOW for role in world.above), *world.groups, *world.groups]
            )
        rule_id = await records.add_rule(
            tx, ada, rule.object, "A rule",
            target_id=rule.target, level=rule.level, source_id=rule.source, conditions=conditions,
        )  # fmt: skip
        world.rules[rule_id] = rule


async def fill(company: Company) -> None:
    """What the worker does with rules by criteria."""
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        waiting = [
            each.id for each in await records.rules(tx, ada) if each.kind == "criteria" and not each.filled_at
        ]
    for rule_id in waiting:
        async with company.act() as tx:
            await fill_rule(tx, rule_id)


async def add_thing(tx: Tx, world: World, chance: random.Random, object: str) -> None:
    accounts = [each.id for each in world.things.values() if each.object == "Account"]
    # an account below an account implies nothing; activities hang below nothing
    below = object not in ("Product2", *records.ACTIVITIES)
    everyone = principals(world)
    thing = Thing(
        id=0,
        object=object,
        name=chance.choice(COLOURS),
        owner=chance.choice(owners(world)),
        parent=chance.choice(accounts) if below and accounts and chance.random() < 0.8 else None,
        deleted=chance.random() < 0.08,
        shares={
            (chance.choice(everyone), "manual"): chance.choice([1, 2])
            for _ in range(chance.choice([0, 0, 1, 2]))
        },
    )
    if object in ("Account", "Opportunity") and chance.random() < 0.2:
        thing.shares[chance.choice(list(world.people)), "team"] = chance.choice([1, 2])
    if object in records.ACTIVITIES:
        thing.about = about_something(world, chance)
    kind = next(each for each in objects.standard_objects() if each.name == object)
    thing.id = await tx.new_id(kind.code)
    await store(tx, thing)
    world.things[thing.id] = thing


def about_something(world: World, chance: random.Random) -> tuple[int | None, int | None]:
    """What an activity may be about, and whom."""
    whats = [
        t.id for t in world.things.values() if t.object in ("Account", "Opportunity", "Contract", "Product2")
    ]
    whom = [t.id for t in world.things.values() if t.object == "Contact"]
    return chance.choice([None, *whats]), chance.choice([None, None, *whom])


async def store(tx: Tx, thing: Thing) -> None:
    code = ids.type_of(thing.id)
    await tx.run(
        """insert into record (org_id, id, object, name, t1, parent_id, r2, r1, owner_id, created_by, modified_by,
                               deleted_at)
           values (%(org)s, %(id)s, %(object)s, %(name)s, %(name)s, %(parent)s, %(what)s, %(who)s,
                   %(owner)s, %(owner)s, %(owner)s, %(deleted)s)""",
        {
            "id": thing.id,
            "object": code,
            "name": thing.name,
            "parent": thing.parent,
            "what": thing.about[0],
            "who": thing.about[1],
            "owner": thing.owner,
            "deleted": datetime.now(UTC) if thing.deleted else None,
        },
    )
    await share(tx, thing)


async def share(tx: Tx, thing: Thing) -> None:
    await tx.run(
        "delete from record_share where org_id = %(org)s and record_id = %(id)s and cause <> 'rule'",
        {"id": thing.id},
    )
    for (principal, cause), level in thing.shares.items():
        await tx.run(
            """insert into record_share (org_id, record_id, principal_id, level, cause)
               values (%(org)s, %(id)s, %(principal)s, %(level)s, %(cause)s)""",
            {"id": thing.id, "principal": principal, "level": level, "cause": cause},
        )


# --- comparisons ---------------------------------------------------------------------------------------------------


async def test_sight_equals_the_model(
    house: House, clients: AsyncExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Person by record, in all shapes and doors; HUBBUB_SIGHT_WORLDS=2000 tries as many worlds."""
    decided: Counter[str] = Counter()
    pairs, began = 0, time.perf_counter()
    for seed in range(FIRST, FIRST + WORLDS):
        if seed == FIRST + 0:  # what the guard of statements has read by now takes longer than all the rest
            monkeypatch.setattr(watch, "without_org", lambda *_: [])
        pairs += (await compare_world(house, clients, seed, decided))[0]
    print(f"{WORLDS} worlds, {pairs} pairs, {time.perf_counter() - began:.1f} s")
    if WORLDS >= 30:
        missing = {cause for cause in EVERY_CAUSE if not any(cause in each for each in decided)}
        assert not missing, f"causes that never decided: {missing}"


async def compare_world(
    house: House, clients: AsyncExitStack, seed: int, decided: Counter[str]
) -> tuple[int, int]:
    """One random world, before and after something in it changed; tells how many pairs of person and record were compared,
    and how many of them with a field."""
    company = await found_company(house, clients)
    chance = random.Random(seed)
    world = await make_world(company, chance)
    pairs = 0, 0
    for turn in range(2):
        more = await compare_shapes(company, world, seed)
        pairs = pairs[0] + more[0], pairs[1] + more[1]
        await compare_inverse(company, world, seed)
        await compare_doors(company, world, chance.choice(list(world.people.values())), chance, seed)
        if not turn:
            await change_something(company, world, chance)
    decided.update(world.seen)
    return pairs


# Each of these alone let somebody read something in one of the worlds.
EVERY_CAUSE = {
    "reads by owner", "reads by above owner", "reads by all data", "reads by all of the object", "reads by default",
    *(f"reads by manual to {kind}" for kind in ("USER", "ROLE", "ROLE_AND_BELOW", "GROUP", "QUEUE", "EVERYONE")),
    *(f"reads by manual above {kind}" for kind in ("USER", "ROLE", "ROLE_AND_BELOW", "GROUP")),
    *(f"reads by rule from {kind}" for kind in ("ROLE", "ROLE_AND_BELOW", "GROUP", "QUEUE")),
    "reads by criteria to", "reads by criteria above", "reads by team to USER", "reads by team above", " nested",
    "reads by child Contact", "reads by child Opportunity", "reads by account of", "reads by parent owner",
    "reads by parent child Opportunity", "edits by manual", "edits by rule", "edits by criteria", "edits by parent",
    "reads by queue", "reads by above queue", "edits by queue",
    *(f"reads by Task about {kind}" for kind in ("Account", "Opportunity", "Contract", "Contact", "Product2")),
    "reads by Event about Opportunity",
}  # fmt: skip


async def compare_shapes(company: Company, world: World, seed: int) -> tuple[int, int]:
    """Everybody's sight of every record and field: all shapes, both levels, in one statement a person."""
    pairs, fields = 0, 0
    for who in world.people.values():
        if not who.active:
            async with company.act() as tx:
                with pytest.raises(NotFound):
                    await people.actor(tx, who.id)
                # … and if he were still taken for somebody by who asked earlier
                ada = await people.actor(tx, company.id("ada"))
                he = msgspec.structs.replace(ada, user_id=who.id, role_id=who.role, abilities=frozenset())
                him = await records.viewer(tx, he)
                any_of_all = records.any_object(him, "r")
                assert not await tx.values(
                    f"select r.id from record r where r.org_id = %(org)s and {any_of_all}", him.params
                )
            continue
        async with company.act() as tx:
            him = await records.viewer(tx, await people.actor(tx, who.id))
            parts = []
            for object in him.catalog.objects:
                if him.can(object).read:  # which fields he reads is the same for each record
                    right = {field.name for field in object.fields if who.reads_field(object, field)}
                    assert {field.name for field in him.fields(object)} == right, (seed, who, object.name)
                alive = f"r.deleted_at is null and {str(him.can(object).read).lower()}"
                shapes = ", ".join(
                    f"{alive} and {shape(him, object, 'r', level)}"
                    for level in (sight.READ, sight.EDIT)
                    for shape in (probe, hashed, keyed)
                )
                both = ", ".join(records.any_object(him, "r", level) for level in (sight.READ, sight.EDIT))
                parts.append(
                    f"""select r.id, {shapes}, {both}, {records.sees(him, "r.id")} from record r
                        where r.org_id = %(org)s and r.object = {object.code}"""
                )
            answers = {id: flags for id, *flags in await tx.tuples(" union all ".join(parts), him.params)}
        assert answers.keys() == world.things.keys()
        for id, flags in answers.items():
            thing = world.things[id]
            reads, edits = (world.may(who, thing, level) for level in (1, 2))
            right = [reads] * 3 + [edits] * 3 + [reads, edits, reads]
            assert list(map(bool, flags)) == right, (seed, who, thing, list(world.shared(who, thing, 1)))
            pairs += 1
            fields += len(him.catalog.object(thing.object).fields)
    return pairs, fields


async def compare_inverse(company: Company, world: World, seed: int) -> None:
    async with company.act() as tx:
        everyone = set(world.people)
        for thing in world.things.values():
            right = {who.id for who in world.people.values() if world.may(who, thing, 1)}
            assert await records.viewers_of(tx, thing.id, everyone) == right, (seed, thing)
        for who in world.people.values():
            ways = await people.standing(tx, who.id)
            for each in set(principals(world)):
                right = (world.holds(who, each), world.above_it(who, each))
                assert (each in ways) == any(right), (seed, who, each)
                assert not any(right) or ways[each].above == (not right[0])
        deal = (await objects.catalog(tx)).object("Opportunity")
        for name in ("Amount", "ExpectedRevenue", "StageName"):
            field = deal.field(name)
            right = {who.id for who in world.people.values() if who.reads_field(deal, field)}
            assert await records.readers_of(tx, [field.id], everyone) == right, (seed, name)


async def compare_doors(
    company: Company, world: World, who: Somebody, chance: random.Random, seed: int
) -> None:
    """What one person gets by every door, and what the explanation says of him."""
    seen = {id for id, thing in world.things.items() if world.may(who, thing, 1)}
    edited = {id for id, thing in world.things.items() if world.may(who, thing, 2)}
    alive = [id for id, thing in world.things.items() if not thing.deleted]
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        for id in chance.sample(alive, 8):
            thing = world.things[id]
            told = await records.explain(tx, ada, who.id, id)
            edits = id in seen and id in edited and who.may(thing.object, "e")
            owns = id in seen and world.owns(who, thing)
            assert (told.reads, told.edits) == (id in seen, edits), (seed, who, thing, told.reasons)
            assert told.shares == (owns and who.may(thing.object, "e")), (seed, who, thing, told.reasons)
            assert told.deletes == (owns and who.may(thing.object, "d")), (seed, who, thing, told.reasons)
            assert told.reads or any(not each.level for each in told.reasons)
            if thing.object == "Opportunity":
                kind = (await objects.catalog(tx)).object("Opportunity")
                field = chance.choice(kind.fields)
                told = await records.explain(tx, ada, who.id, id, field.name)
                assert told.reads == (id in seen and who.reads_field(kind, field)), (seed, who, field.name)
    if not who.active:
        return
    async with company.act() as tx:
        actor = await people.actor(tx, who.id)
        him = await records.viewer(tx, actor)
        assert set(await records.visible_cards(tx, actor, list(world.things))) == seen
        for id, thing in world.things.items():
            if id not in seen:
                with pytest.raises(NotFound):
                    await records.access_record(tx, actor, id)
                continue
            record = await records.access_record(tx, actor, id)
            assert record.editable == (id in edited and who.may(thing.object, "e"))
            assert record.owned == (world.owns(who, thing) and who.may(thing.object, "e")), (seed, who, thing)
            assert record.deletable == (world.owns(who, thing) and who.may(thing.object, "d"))
            kind = record.object
            assert set(record.values) == {f.name for f in kind.fields if who.reads_field(kind, f)}
        for object in him.catalog.objects:
            if him.can(object).read:
                wanted = {id for id in seen if ids.type_of(id) == object.code}
                page = await listing(tx, actor, object.name, size=200)
                assert {row.id for row in page.rows} == wanted and page.count == len(wanted)
                answer = await records.query(tx, actor, f"SELECT Id FROM {object.name}", base="")
                assert {ids.parse(row["Id"]) for row in answer.records} == wanted


async def change_something(company: Company, world: World, chance: random.Random) -> None:
    """Roles, groups, rules, teams, owners, values: what was remembered is not used again."""
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        who = chance.choice([each for each in world.people.values() if not each.guest])
        who.role = chance.choice([None, *world.above])
        await people.give_role(tx, None, who.id, who.role)
        moved = chance.choice(list(world.above))
        places = [None, *(role for role in world.above if role != moved and moved not in world.bosses(role))]
        world.above[moved] = chance.choice(places)
        await people.move_role(tx, None, moved, world.above[moved])
        group = chance.choice(list(world.groups))
        world.hierarchy[group] = not world.hierarchy[group]
        await people.edit_group(tx, None, group, hierarchy=world.hierarchy[group])
        for group in chance.sample(list(world.groups), 2):
            if world.groups[group]:
                await people.remove_member(tx, None, group, world.groups[group].pop())
        for group in chance.sample(list(world.groups), 2):
            member = chance.choice([each.id for each in world.people.values() if each.active])
            await people.add_member(tx, None, group, member)
            world.groups[group].add(member)
        for rule_id in chance.sample(list(world.rules), 2):
            rule = world.rules.pop(rule_id)
            if chance.random() < 0.5:
                await records.delete_rule(tx, ada, rule_id)
                continue
            rule.level = 3 - rule.level
            target = chance.choice(list(world.above))
            changed = await records.edit_rule(tx, ada, rule_id, level=rule.level, target_id=target)
            assert changed != rule_id
            rule.target = target
            world.rules[changed] = rule
        for thing in chance.sample(list(world.things.values()), 4):
            thing.shares = {(chance.choice(list(world.people)), "manual"): 1}
            await share(tx, thing)
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        alive = [
            each
            for each in world.things.values()
            if not each.deleted and each.object in ("Account", "Contact", "Opportunity")
        ]
        for thing in chance.sample([each for each in world.things.values() if each.about != (None, None)], 3):
            if thing.deleted:
                continue
            what, whom = about_something(world, chance)
            what, whom = (id if id and not world.things[id].deleted else None for id in (what, whom))
            thing.about = what, whom
            await records.update_record(tx, ada, thing.id, {"WhatId": what, "WhoId": whom})
        # before and after the rules that were changed are filled
        for thing in chance.sample(alive, 6):
            thing.name = chance.choice(COLOURS)
            field = "LastName" if thing.object == "Contact" else "Name"
            await records.update_record(tx, ada, thing.id, {field: thing.name})
        active = [each.id for each in world.people.values() if each.active]
        for thing in chance.sample(alive, 5):
            before, thing.owner = (
                thing.owner,
                chance.choice([each for each in owners(world) if each in active or each in world.groups]),
            )
            if thing.owner != before:  # what was shared by hand was the old owner's to share
                thing.shares = {
                    (p, cause): given for (p, cause), given in thing.shares.items() if cause != "manual"
                }
            await records.update_record(tx, ada, thing.id, {"OwnerId": thing.owner})
        for thing in chance.sample([each for each in alive if each.object in ("Account", "Opportunity")], 3):
            member, level = chance.choice(active), chance.choice([1, 2])
            await records.join_team(tx, ada, thing.id, member, level=level)
            thing.shares[member, "team"] = level
            if chance.random() < 0.3:
                await records.leave_team(tx, ada, thing.id, member)
                del thing.shares[member, "team"]
    await fill(company)
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        for thing in chance.sample(alive, 4):
            thing.name = chance.choice(COLOURS)
            field = "LastName" if thing.object == "Contact" else "Name"
            await records.update_record(tx, ada, thing.id, {field: thing.name})
