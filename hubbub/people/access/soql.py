"""Users as SOQL and describe know them: which column answers which field. Sight is `people.sight`."""

from hubbub.core.ids import NUMBER_BITS, Type

USER_TABLE = "app_user"

# A profile is a permission set; as an id of its own it has the same number.
_PROFILE_ID = f"""(select pa.permission_set_id + {(Type.PROFILE - Type.PERMISSION_SET) << NUMBER_BITS}
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
