"""Organization: one's own company, as tools look for it when they connect."""

from hubbub import people
from hubbub.api.setup_objects.kinds import ID, Column, Kind
from hubbub.core.ids import Type

ORG = Kind(
    name="Organization",
    label="Organization",
    type=Type.ORG,
    rows=people.SETUP_ROWS["Organization"],
    columns=(
        ID,
        Column("Name", "{a}.name"),
        Column("OrganizationType", "{a}.organization_type", "picklist", choices=("Enterprise Edition",)),
        Column("InstanceName", "{a}.instance_name"),
        Column("IsSandbox", "{a}.is_sandbox", "boolean"),
        Column("IsReadOnly", "{a}.is_read_only", "boolean"),
        Column("LanguageLocaleKey", "{a}.language", "picklist"),
        Column("DefaultLocaleSidKey", "{a}.locale", "picklist"),
        Column("TimeZoneSidKey", "{a}.timezone", "picklist"),
        Column("NamespacePrefix", "{a}.namespace"),
        Column("TrialExpirationDate", "{a}.trial_ends", "datetime"),
    ),
)
