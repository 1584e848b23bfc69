"""Users as SOQL and describe know them: which column answers which field. Sight is `people.sight`."""

from hubbub.core.ids import NUMBER_BITS, Type

USER_TABLE = "app_user"

_TO_PROFILE = (Type.PROFILE - Type.PERMISSION_SET) << NUMBER_BITS
_TO_BELOW = (Type.ROLE_AND_BELOW - Type.ROLE) << NUMBER_BITS

# A profile is a permission set; as an id of its own it has the same number.
_PROFILE_ID = f"""(select pa.permission_set_id + {_TO_PROFILE}
    from permission_assignment pa where pa.org_id = %(org)s and pa.user_id = {{a}}.id and pa.profile)"""

# Whoever may own a record, as a source of its own: a row is a person, with all of a user's columns, or a queue.
OWNER_TABLE = """(select u.org_id, u.id, u.username, u.last_name, u.first_name, u.name, u.title, u.email, u.active, u.guest,
        u.role_id, u.about, u.timezone, u.locale, u.created_at, u.modified_at, 'User' as kind
      from app_user u where u.org_id = %(org)s
    union all select g.org_id, g.id, null, g.name, null, g.name, null, null, null, null,
        null, null, null, null, g.created_at, g.created_at, 'Queue'
      from app_group g where g.org_id = %(org)s and g.kind = 'queue')"""

# Name, label, type, length, SQL of the value for a row under the alias {a}.
USER_FIELDS: tuple[tuple[str, str, str, int, str], ...] = (
    ("Id", "User ID", "id", 18, "{a}.id"),
    ("Username", "Username", "string", 80, "{a}.username"),
    ("LastName", "Last Name", "string", 80, "{a}.last_name"),
    ("FirstName", "First Name", "string", 40, "{a}.first_name"),
    ("Name", "Full Name", "string", 121, "{a}.name"),
    ("Title", "Title", "string", 80, "{a}.title"),
    ("Email", "Email", "email", 128, "{a}.email"),
    ("IsActive", "Active", "boolean", 0, "{a}.active"),
    (
        "UserType",
        "User Type",
        "picklist",
        40,
        "case {a}.guest when true then 'CsnOnly' when false then 'Standard' end",
    ),
    ("ProfileId", "Profile ID", "reference", 18, _PROFILE_ID),
    ("UserRoleId", "Role ID", "reference", 18, "{a}.role_id"),
    ("AboutMe", "About Me", "textarea", 1000, "{a}.about"),
    ("TimeZoneSidKey", "Time Zone", "picklist", 40, "{a}.timezone"),
    ("LocaleSidKey", "Locale", "picklist", 40, "{a}.locale"),
    ("CreatedDate", "Created Date", "datetime", 0, "{a}.created_at"),
    ("LastModifiedDate", "Last Modified Date", "datetime", 0, "{a}.modified_at"),
    ("SystemModstamp", "System Modstamp", "datetime", 0, "{a}.modified_at"),
)

# What may be asked of an owner besides: is it a person or a queue? Salesforce's Name.
OWNER_FIELDS = (*USER_FIELDS, ("Type", "Type", "picklist", 40, "{a}.kind"))

# What Setup holds, as rows for SOQL; whoever composes them says whose org, and asks who may.
SETUP_ROWS = {
    "UserRole": "role",
    "Group": "app_group",
    "GroupMember": "group_member",
    "QueueSobject": """(select q.org_id, q.id, q.queue_id, k.name as object_name from queue_object q
        join unnest(%(granted_objects)s::int[], %(granted_object_names)s::text[]) as k (code, name) on k.code = q.object
        where q.org_id = %(org)s)""",
    "PermissionSet": f"""(select s.org_id, s.id, s.name, s.label, s.abilities, s.profile,
        case when s.profile then s.id + {_TO_PROFILE} end as profile_id
        from permission_set s where s.org_id = %(org)s)""",
    "Profile": f"""(select s.org_id, s.id + {_TO_PROFILE} as id, s.name, s.abilities
        from permission_set s where s.org_id = %(org)s and s.profile)""",
    "PermissionSetAssignment": "permission_assignment",
    "ObjectPermissions": """(select o.*, k.name as object_name from object_permission o
        join unnest(%(granted_objects)s::int[], %(granted_object_names)s::text[]) as k (code, name) on k.code = o.object
        where o.org_id = %(org)s)""",
    "FieldPermissions": """(select f.*, k.object as object_name, k.name as field_name from field_permission f
        join unnest(%(granted_fields)s::bigint[], %(granted_field_objects)s::text[], %(granted_field_names)s::text[])
          as k (id, object, name) on k.id = f.field_id
        where f.org_id = %(org)s)""",
    # Principals of every type, by name.
    "Name": f"""(select org_id, id, name, 'User' as kind from app_user where org_id = %(org)s
        union all select org_id, id, name, 'UserRole' from role where org_id = %(org)s
        union all select org_id, id + {_TO_BELOW}, name || ' and below', 'UserRole' from role where org_id = %(org)s
        union all select org_id, id, name, 'Group' from app_group where org_id = %(org)s
        union all select %(org)s::int, {int(Type.EVERYONE) << NUMBER_BITS}, 'Everyone inside', 'Group')""",
}
