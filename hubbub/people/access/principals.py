"""Principals: persons, roles, roles with those below, everyone internal. To them things are shared, in any room.

The fragments are SQL for other rooms to compose: the tables of people, roles and permissions stay in here.
"""

from hubbub.core.ids import NUMBER_BITS, Type

EVERYONE = Type.EVERYONE << NUMBER_BITS

# From a role's id to the principal `that role and those below`.
_TO_BELOW = (Type.ROLE_AND_BELOW - Type.ROLE) << NUMBER_BITS

# The version that every change of roles, people, permissions or fields raises, and the org's name; for a column list.
ACCESS_VERSION = "(select version from org_access where org_id = %(org)s)"
ORG_NAME = "(select name from org where org_id = %(org)s)"

# What a viewer is (`p`) and what he stands above (`h`); binds %(viewer)s. `pr` is both, `me` is one row or none.
TWO_SETS = f"""
recursive
 me as materialized (select id, role_id, guest from app_user where org_id = %(org)s and id = %(viewer)s and active),
 below as materialized (select c.role_id from role_closure c join me on c.ancestor = me.role_id
     where c.org_id = %(org)s and c.depth > 0),
 p(id) as (select id from me union all select role_id from me where role_id is not null
     union all select c.ancestor + {_TO_BELOW} from role_closure c join me on c.role_id = me.role_id where c.org_id = %(org)s
     union all select {EVERYONE} from me where not guest),
 h(id) as (select u.id from app_user u join below b on u.role_id = b.role_id where u.org_id = %(org)s
     union all select role_id from below union all select role_id + {_TO_BELOW} from below),
 pr as materialized (select id from p union select id from h)
"""

# What the viewer's permission sets grant him, beside TWO_SETS: objects, fields he may read, fields he may edit.
GRANTS = """
 own_set as materialized (select a.permission_set_id as id from permission_assignment a join me on a.user_id = me.id
     where a.org_id = %(org)s),
 granted_object as (select o.object, bool_or(o.can_read) as r, bool_or(o.can_create) as c, bool_or(o.can_edit) as e,
         bool_or(o.can_delete) as d
     from object_permission o where o.org_id = %(org)s and o.permission_set_id in (select id from own_set) group by o.object),
 granted_field as (select f.field_id, bool_or(f.can_edit) as e
     from field_permission f where f.org_id = %(org)s and f.permission_set_id in (select id from own_set) group by f.field_id)
"""


def is_or_leads(user: str, principal: str) -> str:
    """SQL: is the person (a row of app_user under that alias) that principal, or above it in the role tree?"""
    closure = "select 1 from role_closure c where c.org_id = %(org)s"
    return f"""({principal} = {user}.id
        or {principal} = {user}.role_id
        or ({principal} = {EVERYONE} and not {user}.guest)
        or exists ({closure} and c.ancestor = {principal} - {_TO_BELOW} and c.role_id = {user}.role_id)
        or exists ({closure} and c.depth > 0 and c.ancestor = {user}.role_id
                   and c.role_id in ({principal}, {principal} - {_TO_BELOW}))
        or {leads(user, principal)})"""


def leads(user: str, person: str) -> str:
    """SQL: does the person under that alias stand above the other (an id) in the role tree?"""
    return f"""exists (select 1 from app_user o join role_closure c on c.org_id = %(org)s and c.role_id = o.role_id
        where o.org_id = %(org)s and o.id = {person} and c.ancestor = {user}.role_id and c.depth > 0)"""


def may_object(user: str, right: str) -> str:
    """SQL: does a permission set of the person under that alias grant `read` (or create, edit, delete) on %(object)s?"""
    return f"""exists (select 1 from permission_assignment a join object_permission o
        on o.org_id = %(org)s and o.permission_set_id = a.permission_set_id
        where a.org_id = %(org)s and a.user_id = {user}.id and o.object = %(object)s and o.can_{right})"""


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
