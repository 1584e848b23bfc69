"""ConnectedApplication, OauthToken: the apps that act in people's names, and the tokens with which they do."""

from hubbub import people
from hubbub.api.setup_objects.kinds import ID, Column, Kind, Row
from hubbub.core.db import Tx
from hubbub.core.ids import Type


async def _end(tx: Tx, actor: people.Actor, row: Row) -> None:
    await people.end_token(tx, actor, row["Id"], of=row["UserId"])


APP = Kind(
    name="ConnectedApplication",
    label="Connected App",
    type=Type.APP,
    rows=people.SETUP_ROWS["ConnectedApplication"],
    columns=(
        ID,
        Column("Name", "{a}.name"),
        Column("OptionsAllowAdminApprovedUsersOnly", "not {a}.for_everybody", "boolean"),
        Column("RefreshTokenValidityPeriod", "{a}.refresh_days", "int"),
        Column("CreatedById", "{a}.created_by", "reference", to="User", relation="CreatedBy"),
        Column("CreatedDate", "{a}.created_at", "datetime"),
    ),
)

TOKEN = Kind(
    name="OauthToken",
    label="OAuth Token",
    type=Type.TOKEN,
    rows=people.SETUP_ROWS["OauthToken"],
    columns=(
        ID,
        Column("AppName", "{a}.app_name"),
        Column("UserId", "{a}.user_id", "reference", to="User", relation="User"),
        Column("CreatedDate", "{a}.created_at", "datetime"),
        Column("LastUsedDate", "{a}.seen_at", "datetime"),
    ),
    delete=_end,
)
