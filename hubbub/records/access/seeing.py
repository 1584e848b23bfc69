"""The question of sight asked the other way round: who sees a record?"""

from hubbub import objects, people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.objects import Field, Object
from hubbub.records.access import sight


async def viewers_of(tx: Tx, record_id: int, user_ids: set[int], *, deleted: bool = False) -> set[int]:
    """Who of these people sees the record: the question of sight asked the other way round, in one statement.

    With `deleted` also who saw it before it was deleted.
    """
    if not user_ids:
        return set()
    catalog = await objects.catalog(tx)
    object = catalog.codes.get(ids.type_of(record_id))
    if object is None:
        return set()
    parent = catalog.get(object.parent) if object.parent else None
    params = {"record": record_id, "object": object.code, "users": list(user_ids)}
    ctes, condition = _seeing(catalog, object, parent, deleted=deleted)
    return set(await tx.values(f"with recursive {ctes} {people.those_who(condition)}", params))


def seeing(catalog: objects.Catalog, record_id: int) -> people.Those:
    """Those people who see the record, for composing into other statements."""
    object = catalog.of(record_id)
    parent = catalog.get(object.parent) if object.parent else None
    ctes, condition = _seeing(catalog, object, parent, deleted=False)
    return people.Those(condition, ctes, {"record": record_id, "object": object.code})


def reading(catalog: objects.Catalog, field_ids: list[int]) -> str:
    """SQL: may the person under the alias u read at least one of the fields? The question of `readers_of`."""
    needed = [
        needs(object, field) for object in catalog.objects for field in object.fields if field.id in field_ids
    ]
    if any(not grants for grants in needed):
        return "true"
    return f"({' or '.join(people.may_fields('u', grants) for grants in needed) or 'false'})"


def _seeing(
    catalog: objects.Catalog, object: Object, parent: Object | None, *, deleted: bool
) -> tuple[str, str]:
    """Who sees a record, as CTEs and a condition: whose records and shares count (`about`), which principals they reach,
    whom those are.

    What counts has a `way`: 0 the record itself, 1 the parent that controls it, 2 what only implies sight, and then
    not for guests. `also` are the objects that one must be able to read besides.
    """
    alive = "" if deleted else "and r.deleted_at is null"
    record = f"from record r where r.org_id = %(org)s and r.id = %(record)s {alive}"
    itself = f"itself as materialized (select r.* {record})"
    controlled = object.controlled and parent is not None
    about = _about(catalog, object, "itself", way=0, deleted=deleted)
    public = _wide(object)
    sees_all = people.able("u", people.VIEW_ALL_DATA, people.MODIFY_ALL_DATA)
    reads_parent = "true"
    if controlled and parent is not None:
        reads_parent = f"(f.way = 0 or {people.may_object('u', 'read', str(parent.code))})"
        public = f"""({people.may_object("u", "read", str(parent.code))}
            and ({_wide(parent)} or {people.may_object("u", "view_all", str(parent.code))})
            and exists (select 1 {record} and r.parent_id is not null))"""
    if object.name in sight.ACTIVITIES:
        itself += f""", target as materialized (select t.* from itself r join record t on t.org_id = %(org)s
            and t.id = {sight.about(object, "r")} and t.deleted_at is null)"""
        for each in sight.about_objects(catalog, object):
            about += _about(catalog, each, "target", way=2, deleted=False)
            public += f" or {_open_to_all(catalog, each)}"
    ctes = f"""
         {itself},
         about(id, object, owner_id, level, way, also) as materialized ({" union all ".join(about)}),
         owner as materialized (select distinct owner_id, owner_id as id from about),
         {people.belonging("owner", "owner_id")},
         given(id, via) as (
           select a.owner_id, a.way || ':' || a.also from about a
           union select s.principal_id, a.way || ':' || a.also from about a
             join record_share s on s.org_id = %(org)s and s.record_id = a.id and s.level >= a.level
           union select t.target_id, a.way || ':' || a.also from about a
             join record_share s on s.org_id = %(org)s and s.record_id = a.id and s.level >= a.level
             join sharing_rule t on t.org_id = %(org)s and t.id = s.principal_id and t.kind = 'criteria'
           union select t.target_id, a.way || ':' || a.also from about a
             join belongs b on b.owner_id = a.owner_id
             join sharing_rule t on t.org_id = %(org)s and t.object = a.object and t.kind = 'owner'
               and t.source_id = b.principal and t.level >= a.level),
         {people.reaching("given", "via")},
         f as materialized (select principal, bosses, split_part(via, ':', 1)::int as way,
             string_to_array(nullif(split_part(via, ':', 2), ''), ' ')::int[] as also from reaches)"""
    condition = f"""{people.may_object("u", "read", "%(object)s")}
        and exists (select 1 {record})
        and ({sees_all} or {people.may_object("u", "view_all", "%(object)s")} or {public}
             or exists (select 1 from f where {people.reached("u", "f")}
                  and (f.way < 2 or not u.guest) and {reads_parent}
                  and (f.also is null or not exists (select 1 from unnest(f.also) needed (code)
                       where not {people.may_object("u", "read", "needed.code")}))))"""
    return ctes, condition


def _about(catalog: objects.Catalog, object: Object, of: str, *, way: int, deleted: bool) -> list[str]:
    """Statements that tell what counts for seeing the records of an object that the CTE `of` holds: themselves, what is
    above them, what is below. Where that only implies sight of something else (way 2), one must read the object too."""
    parent = catalog.get(object.parent) if object.parent else None
    controlled = object.controlled and parent is not None
    # a child that was deleted together with its account still counts for who saw the account
    child_alive = (
        "(k.deleted_at is null or k.deleted_at = r.deleted_at)" if deleted else "k.deleted_at is null"
    )
    also = f"'{object.code} '" if way else "''"
    which = f"r.object = {object.code}"
    above = f"from {of} r join record a on a.org_id = %(org)s and a.id = r.parent_id where {which}"
    found = [
        f"select r.id, r.object, r.owner_id, 1, {way}, trim({also}) from {of} r where {which}"
        + (" and r.parent_id is null" if controlled else "")
    ]
    if controlled:
        found.append(f"select a.id, a.object, a.owner_id, 1, {way or 1}, {also} || a.object {above}")
    elif parent is not None and parent.name == sight.IMPLYING:
        found.append(f"select a.id, a.object, a.owner_id, 2, 2, {also} || a.object {above}")
    account = object if object.name == sight.IMPLYING else parent if controlled else None
    implying = [
        each.code for each in catalog.objects if each.parent == sight.IMPLYING and not each.controlled
    ]
    if account is not None and account.name == sight.IMPLYING and implying:
        between = f"'{account.code} '" if way and controlled else "''"
        found.append(
            f"""select k.id, k.object, k.owner_id, 1, 2, {also} || {between} || k.object
                from {of} r join record k on k.org_id = %(org)s
                  and k.parent_id = {"r.parent_id" if controlled else "r.id"}
                  and k.object in ({", ".join(map(str, implying))}) and {child_alive}
                where {which}"""
        )
    return found


def _wide(object: Object) -> str:
    """SQL: does the object's default let the person see its records?"""
    return "not u.guest" if object.access in ("Read", "ReadWrite") else "false"


def _open_to_all(catalog: objects.Catalog, object: Object) -> str:
    """SQL: is an activity about a record of the object that the person sees whoever owns it?"""
    parent = catalog.get(object.parent) if object.parent else None
    reads = people.may_object("u", "read", str(object.code))
    there = f"exists (select 1 from target where target.object = {object.code}"
    if not (object.controlled and parent is not None):
        wide = f"({_wide(object)} or {people.may_object('u', 'view_all', str(object.code))})"
        return f"(not u.guest and {there}) and {reads} and {wide})"
    own = people.may_object("u", "view_all", str(object.code))
    wide = f"({_wide(parent)} or {people.may_object('u', 'view_all', str(parent.code))})"
    above = f"{people.may_object('u', 'read', str(parent.code))} and {wide} and {there} and target.parent_id is not null)"
    return f"(not u.guest and {reads} and ({own} and {there}) or {above}))"


async def readers_of(tx: Tx, field_ids: list[int], user_ids: set[int]) -> set[int]:
    """Who of these people may read at least one of the fields."""
    catalog = await objects.catalog(tx)
    needed: list[set[int]] = []
    for object in catalog.objects:
        needed += [needs(object, field) for field in object.fields if field.id in field_ids]
    if any(not grants for grants in needed):
        return set(user_ids)
    granted: dict[int, set[int]] = {}
    params = {"users": list(user_ids), "fields": list(set().union(*needed))}
    for user, field in await tx.tuples(people.GRANTED_FIELDS, params):
        granted.setdefault(user, set()).add(field)
    return {user for user, has in granted.items() if any(grants <= has for grants in needed)}


def needs(object: Object, field: Field) -> set[int]:
    """The fields that have to be granted to somebody before he may read this one."""
    own = {field.id} if field.permissionable else set()
    return own.union(*(needs(object, object.field(source)) for source in field.sources))
