"""Sight: which records somebody sees, as SQL that is written once and composed into every statement.

Three things grant it: owning the record or standing above its owner, a share to a principal that one is or stands
above, and the object's default. The same fragment has two shapes; which is quicker depends on how much one sees.
"""

from hubbub.core.db import Tx
from hubbub.core.ids import NUMBER_BITS
from hubbub.objects import Object
from hubbub.records.access.viewer import Viewer

# Who sees fewer records than this has them looked up by their keys; below the second number the ids shared to him are
# hashed once; above, each record is probed.
NARROW = 2_000
WIDE = 25_000

READ, EDIT = 1, 2


def probe(viewer: Viewer, object: Object, alias: str, level: int = READ) -> str:
    """SQL: may the viewer read (or edit) the record under that alias? For ids that are given, one by one."""
    if viewer.edits_all(object) if level == EDIT else viewer.sees_all(object):
        return "true"
    # `offset 0` keeps the planner from hashing every share; the leading equality keeps the set a hashed subplan
    return f"""({owned(alias)} or exists (select 1 from record_share s
        where s.org_id = %(org)s and s.record_id = {alias}.id and s.level >= {level}
          and (s.principal_id = %(viewer)s or s.principal_id in (select unnest(%(prin)s::bigint[]))) offset 0))"""


def hashed(viewer: Viewer, object: Object, alias: str, level: int = READ) -> str:
    """SQL: the same, for lists, counts and search of somebody who sees a small part of the records."""
    if viewer.edits_all(object) if level == EDIT else viewer.sees_all(object):
        return "true"
    first, last = object.code << NUMBER_BITS, (object.code + 1 << NUMBER_BITS) - 1
    return f"""({alias}.owner_id = any(%(own)s::bigint[]) or {alias}.id in (select s.record_id from record_share s
        where s.org_id = %(org)s and s.principal_id = any(%(prin)s::bigint[]) and s.level >= {level}
          and s.record_id between {first} and {last}))"""


def keyed(viewer: Viewer, object: Object, alias: str, level: int = READ) -> str:
    """SQL: the same, for somebody who sees so few records that a list is best begun with them."""
    if viewer.edits_all(object) if level == EDIT else viewer.sees_all(object):
        return "true"
    first, last = object.code << NUMBER_BITS, (object.code + 1 << NUMBER_BITS) - 1
    return f"""{alias}.id = any(array(
        select k.id from record k where k.org_id = %(org)s and k.object = {object.code} and k.owner_id = any(%(own)s::bigint[])
        union all select s.record_id from record_share s where s.org_id = %(org)s and s.principal_id = any(%(prin)s::bigint[])
          and s.level >= {level} and s.record_id between {first} and {last}))"""


def owned(alias: str) -> str:
    """SQL: is the record under that alias the viewer's, or that of somebody below him?"""
    return f"({alias}.owner_id = %(viewer)s or {alias}.owner_id in (select unnest(%(own)s::bigint[])))"


async def listed(tx: Tx, viewer: Viewer, object: Object, alias: str) -> str:
    """The fragment in the shape that suits how many records of the object the viewer sees."""
    if viewer.sees_all(object):
        return "true"
    if object.code not in viewer.reach:
        viewer.reach[object.code] = await _count(tx, viewer, object)
    reach = viewer.reach[object.code]
    return (keyed if reach < NARROW else hashed if reach < WIDE else probe)(viewer, object, alias)


async def _count(tx: Tx, viewer: Viewer, object: Object) -> int:
    """How many records he sees, counted no further than it must be, and kept: it decides only about speed."""
    first, last = object.code << NUMBER_BITS, (object.code + 1 << NUMBER_BITS) - 1
    return await tx.value(
        f"""
        select count(*) from (
            (select 1 from record r where r.org_id = %(org)s and r.object = {object.code}
               and r.owner_id = any(%(own)s::bigint[]) limit {WIDE})
            union all
            (select 1 from record_share s where s.org_id = %(org)s and s.principal_id = any(%(prin)s::bigint[])
               and s.record_id between {first} and {last} limit {WIDE})) reached
        """,
        viewer.params,
    )


def any_object(viewer: Viewer, alias: str, level: int = READ) -> str:
    """SQL: may the viewer read (or edit) the record of any object under that alias? Tombstones and unreadable objects are out."""
    key = ("any", alias, level)
    if key not in viewer.compiled:
        shared: list[int] = []
        whole: list[int] = []
        for each in viewer.catalog.objects:
            if not viewer.can(each).read:
                continue
            (
                whole if (viewer.edits_all(each) if level == EDIT else viewer.sees_all(each)) else shared
            ).append(each.code)
        parts = []
        if whole:
            parts.append(f"{alias}.object in ({', '.join(map(str, whole))})")
        if shared:
            example = next(each for each in viewer.catalog.objects if each.code == shared[0])
            parts.append(
                f"({alias}.object in ({', '.join(map(str, shared))}) and {probe(viewer, example, alias, level)})"
            )
        viewer.compiled[key] = f"({alias}.deleted_at is null and ({' or '.join(parts) or 'false'}))"
    return viewer.compiled[key]


def sees(viewer: Viewer, id: str) -> str:
    """SQL: does a record of any object with that id (an SQL expression) exist for the viewer? For feeds over many parents."""
    return f"""exists (select 1 from record seen where seen.org_id = %(org)s and seen.id = {id}
        and {any_object(viewer, "seen")} offset 0)"""
