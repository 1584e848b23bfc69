"""Principals: persons, roles, roles with those below, groups, queues, everyone internal. To them things are shared, in any room.

The fragments are SQL for other rooms to compose: the tables of people, roles and permissions stay in here.
"""

from hubbub.core.ids import NUMBER_BITS, Type

EVERYONE = Type.EVERYONE << NUMBER_BITS

# What a record may belong to.
OWNERS = f"({int(Type.USER)}, {int(Type.QUEUE)})"

# From a role's id to the principal `that role and those below`.
_TO_BELOW = (Type.ROLE_AND_BELOW - Type.ROLE) << NUMBER_BITS

# The version that every change of roles, people, permissions or fields raises, and the org's name; for a column list.
ACCESS_VERSION = "(select version from org_access where org_id = %(org)s)"
ORG_NAME = "(select name from org where org_id = %(org)s)"
# When the viewer came to be.
JOINED = (
    "(select joined.created_at from app_user joined where joined.org_id = %(org)s and joined.id = %(viewer)s)"
)

# What a viewer is (`p`) and what he stands above (`h`); binds %(viewer)s. `pr` is both, `me` is one row or none.
# What is shared with a group reaches those above a member only where each group on the way says so.
TWO_SETS = f"""
recursive
 me as materialized (select id, role_id, guest from app_user where org_id = %(org)s and id = %(viewer)s and active),
 below as materialized (select c.role_id from role_closure c join me on c.ancestor = me.role_id
     where c.org_id = %(org)s and c.depth > 0),
 p(id) as (select x.id from (select id from me union all select role_id from me where role_id is not null
     union all select c.ancestor + {_TO_BELOW} from role_closure c join me on c.role_id = me.role_id where c.org_id = %(org)s
     union all select {EVERYONE} from me where not guest) x
   union select g.group_id from p join group_member g on g.org_id = %(org)s and g.member_id = p.id),
 h(id) as (select x.id from (select u.id from app_user u join below b on u.role_id = b.role_id where u.org_id = %(org)s
     union all select role_id from below union all select role_id + {_TO_BELOW} from below) x
   union select g.group_id from h join group_member g on g.org_id = %(org)s and g.member_id = h.id
     join app_group a on a.org_id = %(org)s and a.id = g.group_id and a.hierarchy),
 pr as materialized (select id from p union select id from h)
"""


def lent(of: str) -> str:
    """SQL of the CTE `lent`: the owners in the principals that stand in the column `id` of the CTE `of`, each beside
    that row's `object` and `level`: people, and queues themselves without their members. They are owners whose records
    somebody sees, never principals that he is."""
    return f"""
 source(object, level, id) as (select object, level, id from {of}
   union select s.object, s.level, g.member_id from source s
     join group_member g on g.org_id = %(org)s and g.group_id = s.id and s.id >> 48 = {int(Type.GROUP)}),
 lent as materialized (select object, level, id from source where id >> 48 in {OWNERS}
   union select s.object, s.level, u.id from source s join app_user u on u.org_id = %(org)s and u.role_id = s.id
   union select s.object, s.level, u.id from source s
     join role_closure c on c.org_id = %(org)s and c.ancestor = s.id - {_TO_BELOW}
     join app_user u on u.org_id = %(org)s and u.role_id = c.role_id)"""


# What the viewer's permission sets grant him, beside TWO_SETS: objects, fields he may read, fields he may edit.
GRANTS = """
 own_set as materialized (select a.permission_set_id as id from permission_assignment a join me on a.user_id = me.id
     where a.org_id = %(org)s),
 granted_object as (select o.object, bool_or(o.can_read) as r, bool_or(o.can_create) as c, bool_or(o.can_edit) as e,
         bool_or(o.can_delete) as d, bool_or(o.can_view_all) as v, bool_or(o.can_modify_all) as m
     from object_permission o where o.org_id = %(org)s and o.permission_set_id in (select id from own_set) group by o.object),
 granted_field as (select f.field_id, bool_or(f.can_edit) as e
     from field_permission f where f.org_id = %(org)s and f.permission_set_id in (select id from own_set) group by f.field_id)
"""


def belonging(of: str, key: str) -> str:
    """SQL of the CTE `belongs`: each owner `id` of the CTE `of`, with its column `key`, and every principal that it
    is, as `principal`. The other way round than `lent`: what a queue's members own is not the queue's."""
    return f"""
 belongs({key}, principal) as (
   select x.* from (
     select o.{key}, o.id from {of} o
     union all select o.{key}, u.role_id from {of} o
       join app_user u on u.org_id = %(org)s and u.id = o.id and u.role_id is not null
     union all select o.{key}, c.ancestor + {_TO_BELOW} from {of} o join app_user u on u.org_id = %(org)s and u.id = o.id
       join role_closure c on c.org_id = %(org)s and c.role_id = u.role_id) x
   union select b.{key}, g.group_id from belongs b
     join group_member g on g.org_id = %(org)s and g.member_id = b.principal and g.group_id >> 48 = {int(Type.GROUP)})"""


def reaching(of: str, key: str) -> str:
    """SQL of the CTE `reaches`: what the principals `id` of the CTE `of`, with its column `key`, come down to through
    groups, as `principal`; `bosses` says whether those above see it too."""
    return f"""
 reaches({key}, principal, bosses) as (
   select o.{key}, o.id, coalesce(a.hierarchy, true) from {of} o
     left join app_group a on a.org_id = %(org)s and a.id = o.id
   union select d.{key}, g.member_id, d.bosses and coalesce(a.hierarchy, true) from reaches d
     join group_member g on g.org_id = %(org)s and g.group_id = d.principal
     left join app_group a on a.org_id = %(org)s and a.id = g.member_id)"""


def reached(user: str, row: str) -> str:
    """SQL: does that row of `reaches` come down to the person (a row of app_user under that alias)?"""
    closure = "select 1 from role_closure c where c.org_id = %(org)s"
    return f"""({row}.principal = {user}.id
        or {row}.principal = {user}.role_id
        or ({row}.principal = {EVERYONE} and not {user}.guest)
        or exists ({closure} and c.ancestor = {row}.principal - {_TO_BELOW} and c.role_id = {user}.role_id)
        or ({row}.bosses and (
            exists ({closure} and c.depth > 0 and c.ancestor = {user}.role_id
                    and c.role_id in ({row}.principal, {row}.principal - {_TO_BELOW}))
            or exists (select 1 from app_user o join role_closure c on c.org_id = %(org)s and c.role_id = o.role_id
                       where o.org_id = %(org)s and o.id = {row}.principal and c.ancestor = {user}.role_id and c.depth > 0))))"""


def may_object(user: str, right: str, object: str) -> str:
    """SQL: does a permission set of the person under that alias grant `read` (create, edit, delete, view_all, modify_all)
    on the object (an SQL expression)?"""
    return f"""exists (select 1 from permission_assignment a join object_permission o
        on o.org_id = %(org)s and o.permission_set_id = a.permission_set_id
        where a.org_id = %(org)s and a.user_id = {user}.id and o.object = {object} and o.can_{right})"""


def may_fields(user: str, field_ids: set[int]) -> str:
    """SQL: do permission sets of the person under that alias grant all these fields?"""
    return f"""(select count(distinct f.field_id) from permission_assignment a
        join field_permission f on f.org_id = %(org)s and f.permission_set_id = a.permission_set_id
        where a.org_id = %(org)s and a.user_id = {user}.id
          and f.field_id in ({", ".join(map(str, sorted(field_ids)))})) = {len(field_ids)}"""


def able(user: str, *abilities: str) -> str:
    """SQL: has the person under that alias one of those abilities?"""
    wanted = ", ".join(f"'{ability}'" for ability in abilities)
    return f"""exists (select 1 from permission_assignment a join permission_set s
        on s.org_id = %(org)s and s.id = a.permission_set_id
        where a.org_id = %(org)s and a.user_id = {user}.id and s.abilities && array[{wanted}]::text[])"""


def those_who(condition: str) -> str:
    """SQL: of the people %(users)s, the active ones (alias u) for whom the condition holds."""
    return f"""select u.id from app_user u
        where u.org_id = %(org)s and u.active and u.id = any(%(users)s) and ({condition})"""


# Of the people %(users)s, who may read which of the fields %(fields)s by a permission set: pairs.
GRANTED_FIELDS = """
select distinct a.user_id, f.field_id from permission_assignment a
join field_permission f on f.org_id = %(org)s and f.permission_set_id = a.permission_set_id
where a.org_id = %(org)s and a.user_id = any(%(users)s) and f.field_id = any(%(fields)s)
"""
