"""Users as SOQL and describe know them: which column answers which field. Sight is `people.sight`."""

from collections.abc import Callable

from hubbub.core.ids import NUMBER_BITS, Type, show

USER_TABLE = "app_user"

_TO_PROFILE = (Type.PROFILE - Type.PERMISSION_SET) << NUMBER_BITS
_TO_BELOW = (Type.ROLE_AND_BELOW - Type.ROLE) << NUMBER_BITS

# A profile is a permission set; as an id of its own it has the same number.
_PROFILE_ID = f"""(select pa.permission_set_id + {_TO_PROFILE}
    from permission_assignment pa where pa.org_id = %(org)s and pa.user_id = {{a}}.id and pa.profile)"""

# Whoever may own a record, as a source of its own: a row is a person, with all of a user's columns, or a queue.
OWNER_TABLE = """(select u.org_id, u.id, u.username, u.last_name, u.first_name, u.name, u.title, u.email, u.active, u.guest,
        u.role_id, u.about, u.timezone, u.locale, u.created_at, u.modified_at, u.nickname, u.department, u.city, u.country,
        u.phone, u.mobile, u.manager_id, u.photo_id, u.banner_id, 'User' as kind
      from app_user u where u.org_id = %(org)s
    union all select g.org_id, g.id, null, g.name, null, g.name, null, null, null, null,
        null, null, null, null, g.created_at, g.created_at, null, null, null, null,
        null, null, null, null, null, 'Queue'
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
    ("CommunityNickname", "Nickname", "string", 40, "coalesce({a}.nickname, {a}.name)"),
    ("Department", "Department", "string", 80, "{a}.department"),
    ("City", "City", "string", 40, "{a}.city"),
    ("Country", "Country", "string", 80, "{a}.country"),
    ("Phone", "Phone", "phone", 40, "{a}.phone"),
    ("MobilePhone", "Mobile", "phone", 40, "{a}.mobile"),
    ("ManagerId", "Manager ID", "reference", 18, "{a}.manager_id"),
    ("SmallPhotoUrl", "Small Photo URL", "url", 1024, "coalesce({a}.photo_id, 0)"),
    ("FullPhotoUrl", "Full Photo URL", "url", 1024, "coalesce({a}.photo_id, 0)"),
    ("BannerPhotoUrl", "Banner Photo URL", "url", 1024, "{a}.banner_id"),
    ("CreatedDate", "Created Date", "datetime", 0, "{a}.created_at"),
    ("LastModifiedDate", "Last Modified Date", "datetime", 0, "{a}.modified_at"),
    ("SystemModstamp", "System Modstamp", "datetime", 0, "{a}.modified_at"),
)

# How fields are written whose columns hold something else.
USER_SHOWN: dict[str, Callable[[int], str]] = {
    "SmallPhotoUrl": lambda id: _photo(id, "T"),
    "FullPhotoUrl": lambda id: _photo(id, "F"),
    "BannerPhotoUrl": lambda id: _photo(id, "F"),
}


def _photo(id: int, size: str) -> str:
    return f"/profilephoto/{show(id) if id else '005'}/{size}"


# What may be asked of an owner besides: is it a person or a queue? Salesforce's Name.
OWNER_FIELDS = (*USER_FIELDS, ("Type", "Type", "picklist", 40, "{a}.kind"))

# What Setup holds, as rows for SOQL; whoever composes them says whose org, and asks who may.
SETUP_ROWS = {
    # A company has no language and no zone of its own: people have, and these are what theirs begin with. What is the same
    # everywhere is a column here, since SQL groups by no constants.
    "Organization": f"""(select o.org_id, o.org_id + {Type.ORG << NUMBER_BITS} as id, o.name, o.demo as is_sandbox,
        'Enterprise Edition' as organization_type, 'HUBBUB' as instance_name, false as is_read_only,
        'en_US' as language, 'en_US' as locale, 'UTC' as timezone,
        null::text as namespace, null::timestamptz as trial_ends
        from org o where o.org_id = %(org)s)""",
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
    "ConnectedApplication": "(select * from connected_app where org_id = %(org)s and revoked_at is null)",
    # What was made from another ends with it.
    "OauthToken": """(select t.org_id, t.id, t.user_id, t.created_at, t.seen_at, c.name as app_name
        from token t join connected_app c on c.org_id = %(org)s and c.id = t.app_id
        where t.org_id = %(org)s and t.parent_id is null and t.revoked_at is null and t.expires_at > now())""",
    # Principals of every type, by name.
    "Name": f"""(select org_id, id, name, 'User' as kind from app_user where org_id = %(org)s
        union all select org_id, id, name, 'UserRole' from role where org_id = %(org)s
        union all select org_id, id + {_TO_BELOW}, name || ' and below', 'UserRole' from role where org_id = %(org)s
        union all select org_id, id, name, 'Group' from app_group where org_id = %(org)s
        union all select %(org)s::int, {int(Type.EVERYONE) << NUMBER_BITS}, 'Everyone inside', 'Group')""",
}
