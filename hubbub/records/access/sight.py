"""Sight: which records somebody sees, as SQL that is written once and composed into every statement.

What grants it: owning the record, standing above its owner, or a rule that shares what its owner owns; a share to a
principal that one is or stands above; the object's default; and, implied, an account of which one sees a child or a
child whose account one owns or may edit, and an activity about a record that one sees: what it is about decides, and
whom only where it is about nothing else. Records that are controlled by their parent are seen just as it is.

The same fragment has three shapes; which is quicker depends on how much one sees.
"""

from hubbub.core.db import Tx
from hubbub.core.ids import NUMBER_BITS
from hubbub.objects import Catalog, Object
from hubbub.records.access.viewer import Viewer

# Who sees fewer records than this has them looked up by their keys; below the second number all their ids are hashed
# once, and a list goes through its order; above, each record is probed.
NARROW = 1_000
WIDE = 25_000

READ, EDIT = 1, 2

# The one object whose records imply sight of their children, and the other way round.
IMPLYING = "Account"

# What is seen with the record that it is about, and the fields that say about which: the first that holds something.
ACTIVITIES = ("Task", "Event")
ABOUT = ("WhatId", "WhoId")


def probe(viewer: Viewer, object: Object, alias: str, level: int = READ) -> str:
    """SQL: may the viewer read (or edit) the record under that alias? For ids that are given, one by one."""
    if _all(viewer, object, level):
        return "true"
    if object.controlled and object.parent:
        parent, a = viewer.catalog.object(object.parent), f"{alias}_of"
        if not viewer.can(parent).read:
            above = "false"
        elif _all(viewer, parent, level):
            above = f"{alias}.parent_id is not null"
        else:
            above = f"""exists (select 1 from record {a} where {a}.org_id = %(org)s and {a}.id = {alias}.parent_id
                and {probe(viewer, parent, a, level)} offset 0)"""
        return f"({above} or {alias}.parent_id is null and {_probed(viewer, object, alias, level)})"
    ways = [_probed(viewer, object, alias, level)]
    k = f"{alias}_below"
    for child, codes in _alike(viewer, _children(viewer, object, level)):
        ways.append(
            f"""exists (select 1 from record {k} where {k}.org_id = %(org)s and {k}.parent_id = {alias}.id
                and {k}.object in ({codes}) and {k}.deleted_at is null and {_probed(viewer, child, k, READ)} offset 0)"""
        )
    if (parent := _account(viewer, object, level)) is not None:
        a = f"{alias}_of"
        ways.append(
            f"""exists (select 1 from record {a} where {a}.org_id = %(org)s and {a}.id = {alias}.parent_id
                and {_probed(viewer, parent, a, EDIT)} offset 0)"""
        )
    if targets := _about(viewer, object, level):
        t = f"{alias}_on"
        ways.append(
            f"""exists (select 1 from record {t} where {t}.org_id = %(org)s
                and {t}.id = {about(object, alias)} and {t}.deleted_at is null and {_any(viewer, targets, t, READ)} offset 0)"""
        )
    return f"({' or '.join(ways)})"


def hashed(viewer: Viewer, object: Object, alias: str, level: int = READ) -> str:
    """SQL: the same, for lists and counts of somebody who sees a part of the records: their ids are hashed once, and a
    list goes through its order until the page is full."""
    if _all(viewer, object, level):
        return "true"
    ways = _keys(viewer, object, level)
    if ways is None:
        return probe(viewer, object, alias, level)
    # `is true` keeps the planner from making it a join, which would have to read every one of them
    return f"(({alias}.id in ({' union all '.join(ways)})) is true)"


def keyed(viewer: Viewer, object: Object, alias: str, level: int = READ) -> str:
    """SQL: the same, for somebody who sees so few records that a list is best begun with them."""
    if _all(viewer, object, level):
        return "true"
    ways = _keys(viewer, object, level)
    if ways is None:
        return probe(viewer, object, alias, level)
    return f"{alias}.id = any(array({' union all '.join(ways)}))"


def owned(alias: str) -> str:
    """SQL: is the record under that alias the viewer's, or that of somebody below him?"""
    return f"({alias}.owner_id = %(viewer)s or {alias}.owner_id in (select unnest(%(own)s::bigint[])))"


def held(viewer: Viewer, object: Object, alias: str) -> str:
    """SQL: may the viewer do with the record under that alias what its owner may: delete it, share it, give it away?"""
    if viewer.controls_all(object) or not (object.owned or object.controlled):
        return "true"
    if not (object.controlled and object.parent):
        return owned(alias)
    parent, a = viewer.catalog.object(object.parent), f"{alias}_of"
    if not viewer.can(parent).read:
        above = "false"
    elif viewer.controls_all(parent):
        above = f"{alias}.parent_id is not null"
    else:
        above = f"""exists (select 1 from record {a} where {a}.org_id = %(org)s and {a}.id = {alias}.parent_id
            and {owned(a)} offset 0)"""
    return f"({above} or {alias}.parent_id is null and {owned(alias)})"


def _all(viewer: Viewer, object: Object, level: int) -> bool:
    return viewer.edits_all(object) if level == EDIT else viewer.sees_all(object)


def _children(viewer: Viewer, object: Object, level: int) -> list[Object]:
    """The objects of which one child that is granted to the viewer lets him read its account.

    Guests see exactly what is granted. What everyone sees by default implies nothing: it would open every account.
    """
    if object.name != IMPLYING or level != READ or viewer.actor.guest:
        return []
    return [
        each
        for each in viewer.catalog.objects
        if each.parent == IMPLYING and not each.controlled and viewer.can(each).read
    ]


def _alike(viewer: Viewer, objects: list[Object]) -> list[tuple[Object, str]]:
    """Objects that are asked for alike, as one: the first of them, and the codes of all."""
    found: dict[str, list[Object]] = {}
    for each in objects:
        found.setdefault(viewer.own(each, READ), []).append(each)
    return [(some[0], ", ".join(str(each.code) for each in some)) for some in found.values()]


def _account(viewer: Viewer, object: Object, level: int) -> Object | None:
    """The account's object, where somebody who owns an account, or whom it is shared to for editing, reads its children."""
    if object.parent != IMPLYING or object.controlled or level != READ or viewer.actor.guest:
        return None
    parent = viewer.catalog.object(IMPLYING)
    return parent if viewer.can(parent).read else None


def about(object: Object, alias: str) -> str:
    """SQL: the id of the record with which the activity under that alias is seen, if there is one."""
    return f"coalesce({', '.join(f'{alias}.{object.field(name).column}' for name in ABOUT)})"


def about_objects(catalog: Catalog, object: Object) -> list[Object]:
    """The objects whose records an activity may be about."""
    return [catalog.object(name) for by in ABOUT for name in object.field(by).to]


def _about(viewer: Viewer, object: Object, level: int) -> list[Object]:
    """The objects of which a record that the viewer sees lets him read the activities about it: not guests, who see exactly
    what is granted."""
    if object.name not in ACTIVITIES or level != READ or viewer.actor.guest:
        return []
    return [each for each in about_objects(viewer.catalog, object) if viewer.can(each).read]


def _range(object: Object) -> str:
    return f"between {object.code << NUMBER_BITS} and {(object.code + 1 << NUMBER_BITS) - 1}"


def _level(level: int) -> str:
    """Every share lets read: then the index that finds it has all that is asked."""
    return "" if level == READ else f" and s.level >= {level}"


def _probed(viewer: Viewer, object: Object, alias: str, level: int) -> str:
    """What ownership, rules and shares grant, record by record."""
    # `offset 0` keeps the planner from hashing every share; the leading equality keeps the set a hashed subplan
    return f"""({alias}.owner_id = %(viewer)s
        or {alias}.owner_id in (select unnest(%({viewer.own(object, level)})s::bigint[]))
        or exists (select 1 from record_share s where s.org_id = %(org)s and s.record_id = {alias}.id{_level(level)}
          and (s.principal_id = %(viewer)s or s.principal_id in (select unnest(%(prin)s::bigint[]))) offset 0))"""


def _granted(viewer: Viewer, object: Object, level: int) -> list[str]:
    """The same, as statements that tell ids."""
    return [
        f"""select k.id from record k where k.org_id = %(org)s and k.object = {object.code}
            and k.owner_id = any(%({viewer.own(object, level)})s::bigint[])""",
        f"""select s.record_id from record_share s where s.org_id = %(org)s and s.principal_id = any(%(prin)s::bigint[])
            {_level(level)} and s.record_id {_range(object)}""",
    ]


def _keys(viewer: Viewer, object: Object, level: int) -> list[str] | None:
    """Statements that tell the ids of all that the viewer sees; None where that cannot be few."""
    granted = _granted(viewer, object, level)
    if not (object.controlled and object.parent):
        return granted + _implied(viewer, object, level)
    parent = viewer.catalog.object(object.parent)
    alone = [
        f"select o.id from record o where o.org_id = %(org)s and o.parent_id is null and o.id in ({each})"
        for each in granted
    ]
    if not viewer.can(parent).read:
        return alone
    above = None if _all(viewer, parent, level) else _keys(viewer, parent, level)
    return None if above is None else alone + [_below(object, each) for each in above]


def _implied(viewer: Viewer, object: Object, level: int) -> list[str]:
    """Statements that tell the ids of what the viewer reads because he sees something above or below it."""
    found = [
        f"""select c.parent_id from record c where c.org_id = %(org)s and c.parent_id is not null
            and c.deleted_at is null and c.id in ({each})"""
        for child in _children(viewer, object, level)
        for each in _granted(viewer, child, READ)
    ]
    if (parent := _account(viewer, object, level)) is not None:
        found += [_below(object, each) for each in _granted(viewer, parent, EDIT)]
    for target in _about(viewer, object, level):
        ways = None if viewer.sees_all(target) else _keys(viewer, target, READ)
        seen = (
            probe(viewer, target, "t") if ways is None else f"t.id in ({' union all '.join(ways)})"
        )  # all of them, or those above which seeing hangs
        found += [
            f"""select b.id from record b join record t on t.org_id = %(org)s and t.id = b.{object.field(by).column}
                and t.object = {target.code} and t.deleted_at is null and {seen}
                where b.org_id = %(org)s and b.object = {object.code} and b.{object.field(by).column} {_range(target)}
                  {"".join(f" and b.{object.field(first).column} is null" for first in ABOUT[:at])}"""
            for at, by in enumerate(ABOUT)
            if target.name in object.field(by).to
        ]
    return found


def _below(object: Object, parents: str) -> str:
    return f"""select b.id from record b where b.org_id = %(org)s and b.object = {object.code} and b.parent_id in ({parents})"""


def leads_up(viewer: Viewer, object: Object) -> bool:
    """Does he see the parent of each record of the object that he sees, unless that parent is deleted?"""
    if object.parent is None or _all(viewer, object, READ):
        return False
    parent = viewer.catalog.object(object.parent)
    return viewer.can(parent).read and (object.controlled or object in _children(viewer, parent, READ))


async def listed(tx: Tx, viewer: Viewer, object: Object, alias: str) -> str:
    """The fragment for a list, in the shape that suits how many records of the object the viewer sees."""
    if await wide(tx, viewer, object):
        return probe(viewer, object, alias)
    narrow = viewer.reach.get(object.code, 0) < NARROW
    return (keyed if narrow else hashed)(viewer, object, alias)


async def counted(tx: Tx, viewer: Viewer, object: Object, alias: str) -> str:
    """The fragment for counting without an order: that begins with the keys, unless they are too many."""
    return (probe if await wide(tx, viewer, object) else keyed)(viewer, object, alias)


async def wide(tx: Tx, viewer: Viewer, object: Object) -> bool:
    """Does he see so many records of the object that each is asked for itself?"""
    if viewer.sees_all(object):
        return False
    if object.code not in viewer.reach:
        viewer.reach[object.code] = await _count(tx, viewer, object)
    return viewer.reach[object.code] >= WIDE


async def _count(tx: Tx, viewer: Viewer, object: Object) -> int:
    """How many records he sees, counted no further than it must be, and kept: it decides only about speed."""
    for target in _about(viewer, object, READ):
        if await wide(tx, viewer, target):
            return WIDE
    ways = _keys(viewer, object, READ)
    if ways is None:
        return WIDE
    return await tx.value(
        f"select count(*) from (select 1 from ({' union all '.join(ways)}) way limit {WIDE}) reached",
        viewer.params,
    )


def any_object(viewer: Viewer, alias: str, level: int = READ) -> str:
    """SQL: may the viewer read (or edit) the record of any object under that alias? Tombstones and unreadable objects are out."""
    key = ("any", alias, level)
    if key not in viewer.compiled:
        any = _any(viewer, [each for each in viewer.catalog.objects if viewer.can(each).read], alias, level)
        viewer.compiled[key] = f"({alias}.deleted_at is null and {any})"
    return viewer.compiled[key]


def _any(viewer: Viewer, objects: list[Object], alias: str, level: int) -> str:
    """SQL: is the record under that alias one of these objects, and may the viewer read (or edit) it?"""
    ways: dict[str, list[int]] = {}
    for each in objects:
        ways.setdefault(probe(viewer, each, alias, level), []).append(each.code)
    parts = [
        f"{alias}.object in ({', '.join(map(str, codes))})" + ("" if way == "true" else f" and {way}")
        for way, codes in sorted(ways.items(), key=lambda item: item[0] != "true")
    ]
    return f"({' or '.join(f'({part})' for part in parts) or 'false'})"


def alive(id: str) -> str:
    """SQL: is there a record with that id (an SQL expression) that is not in the bin, whoever asks?"""
    return f"""exists (select 1 from record alive where alive.org_id = %(org)s and alive.id = {id}
        and alive.deleted_at is null offset 0)"""


def owns(id: str) -> str:
    """SQL: does the viewer himself own the record with that id (an SQL expression)?"""
    return f"""exists (select 1 from record own where own.org_id = %(org)s and own.id = {id}
        and own.owner_id = %(viewer)s and own.deleted_at is null offset 0)"""


def sees(viewer: Viewer, id: str) -> str:
    """SQL: does a record of any object with that id (an SQL expression) exist for the viewer? For feeds over many parents."""
    return f"""exists (select 1 from record seen where seen.org_id = %(org)s and seen.id = {id}
        and {any_object(viewer, "seen")} offset 0)"""
