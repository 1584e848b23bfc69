"""Users as SOQL and describe know them: which column answers which field. Sight is `people.sight`."""

from hubbub.core.ids import NUMBER_BITS, Type

USER_TABLE = "app_user"

# A profile is a permission set; as an id of its own it has the same number.
_PROFILE_ID = f"""(select pa.permission_set_id + {(Type.PROFILE - Type.PERMISSION_SET) << NUMBER_BITS}
    from permission_assignment pa where pa.org_id = %(org)s and pa.user_id = {{a}}.id and pa.profile)"""

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
    ("UserType", "User Type", "picklist", 40, "case when {a}.guest then 'CsnOnly' else 'Standard' end"),
    ("ProfileId", "Profile ID", "reference", 18, _PROFILE_ID),
    ("UserRoleId", "Role ID", "reference", 18, "{a}.role_id"),
    ("AboutMe", "About Me", "textarea", 1000, "{a}.about"),
    ("TimeZoneSidKey", "Time Zone", "picklist", 40, "{a}.timezone"),
    ("LocaleSidKey", "Locale", "picklist", 40, "{a}.locale"),
    ("CreatedDate", "Created Date", "datetime", 0, "{a}.created_at"),
    ("LastModifiedDate", "Last Modified Date", "datetime", 0, "{a}.modified_at"),
    ("SystemModstamp", "System Modstamp", "datetime", 0, "{a}.modified_at"),
)
