"""Organization: one's own company, as tools look for it when they connect."""

from hubbub import people
from hubbub.api.setup_objects.kinds import ID, Column, Kind
from hubbub.core.ids import Type

# A company has no language and no zone of its own here: people have, and these are what theirs begin with.
ORG = Kind(
    name="Organization",
    label="Organization",
    type=Type.ORG,
    rows=people.SETUP_ROWS["Organization"],
    columns=(
        ID,
        Column("Name", "{a}.name"),
        Column("OrganizationType", "'Enterprise Edition'", "picklist", choices=("Enterprise Edition",)),
        Column("InstanceName", "'HUBBUB'"),
        Column("IsSandbox", "{a}.demo", "boolean"),
        Column("IsReadOnly", "false", "boolean"),
        Column("LanguageLocaleKey", "'en_US'", "picklist"),
        Column("DefaultLocaleSidKey", "'en_US'", "picklist"),
        Column("TimeZoneSidKey", "'UTC'", "picklist"),
        Column("NamespacePrefix", "null::text"),
        Column("TrialExpirationDate", "null::timestamptz", "datetime"),
    ),
)
