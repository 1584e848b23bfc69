"""UserRole, Group, GroupMember, QueueSobject: the principals to which things are shared."""

from hubbub import objects, people, records
from hubbub.api.setup_objects.kinds import ID, PRINCIPAL, Column, Kind, Row, granted_objects
from hubbub.core.db import Tx
from hubbub.core.ids import Type

_MEMBERS = (Type.USER, Type.ROLE, Type.ROLE_AND_BELOW, Type.GROUP, Type.QUEUE)
_DEVELOPER = "btrim(regexp_replace({a}.name, '[^A-Za-z0-9]+', '_', 'g'), '_')"


async def _add_role(tx: Tx, actor: people.Actor, new: Row) -> int:
    return await people.add_role(tx, actor, new["Name"], new.get("ParentRoleId"))


async def _change_role(tx: Tx, actor: people.Actor, row: Row, new: Row) -> None:
    if new["ParentRoleId"] != row["ParentRoleId"]:
        await people.move_role(tx, actor, row["Id"], new["ParentRoleId"])
    if new["Name"] != row["Name"]:
        await people.rename_role(tx, actor, row["Id"], new["Name"])


async def _delete_role(tx: Tx, actor: people.Actor, row: Row) -> None:
    await records.delete_role(tx, actor, row["Id"])


async def _add_group(tx: Tx, actor: people.Actor, new: Row) -> int:
    return await people.add_group(
        tx,
        actor,
        new["Name"],
        queue=new.get("Type") == "Queue",
        hierarchy=new.get("DoesIncludeBosses", True),
    )


async def _change_group(tx: Tx, actor: people.Actor, row: Row, new: Row) -> None:
    await people.edit_group(tx, actor, row["Id"], name=new["Name"], hierarchy=new["DoesIncludeBosses"])


async def _delete_group(tx: Tx, actor: people.Actor, row: Row) -> None:
    await records.delete_group(tx, actor, row["Id"])


async def _add_member(tx: Tx, actor: people.Actor, new: Row) -> int:
    return await people.add_member(tx, actor, new["GroupId"], new["UserOrGroupId"])


async def _remove_member(tx: Tx, actor: people.Actor, row: Row) -> None:
    await people.remove_member(tx, actor, row["GroupId"], row["UserOrGroupId"])


ROLE = Kind(
    name="UserRole",
    label="Role",
    type=Type.ROLE,
    rows=people.SETUP_ROWS["UserRole"],
    columns=(
        ID,
        Column("Name", "{a}.name", create=True, change=True, required=True),
        Column("DeveloperName", _DEVELOPER),
        Column(
            "ParentRoleId",
            "{a}.parent_id",
            "reference",
            to="UserRole",
            types=(Type.ROLE,),
            create=True,
            change=True,
        ),
    ),
    create=_add_role,
    change=_change_role,
    delete=_delete_role,
)

GROUP = Kind(
    name="Group",
    label="Group",
    type=Type.GROUP,
    rows=people.SETUP_ROWS["Group"],
    columns=(
        ID,
        Column("Name", "{a}.name", create=True, change=True, required=True),
        Column("DeveloperName", _DEVELOPER),
        Column("Type", "case {a}.kind when 'queue' then 'Queue' else 'Regular' end", "picklist",
               choices=("Regular", "Queue"), create=True),
        Column("DoesIncludeBosses", "{a}.hierarchy", "boolean", create=True, change=True),
        Column("CreatedDate", "{a}.created_at", "datetime"),
    ),
    create=_add_group,
    change=_change_group,
    delete=_delete_group,
)  # fmt: skip

MEMBER = Kind(
    name="GroupMember",
    label="Group Member",
    type=Type.GROUP_MEMBER,
    rows=people.SETUP_ROWS["GroupMember"],
    columns=(
        ID,
        Column("GroupId", "{a}.group_id", "reference", to="Group", relation="Group",
               types=(Type.GROUP, Type.QUEUE), create=True, required=True),
        Column("UserOrGroupId", "{a}.member_id", "reference", to=PRINCIPAL, relation="UserOrGroup",
               types=_MEMBERS, create=True, required=True),
    ),
    create=_add_member,
    delete=_remove_member,
)  # fmt: skip


def queue_objects(catalog: objects.Catalog) -> Kind:
    """QueueSobject: of which objects a queue may own records."""

    async def create(tx: Tx, actor: people.Actor, new: Row) -> int:
        return await records.add_queue_object(tx, actor, new["QueueId"], new["SobjectType"])

    async def delete(tx: Tx, actor: people.Actor, row: Row) -> None:
        await records.remove_queue_object(tx, actor, row["QueueId"], row["SobjectType"])

    return Kind(
        name="QueueSobject",
        label="Queue Sobject",
        type=Type.QUEUE_OBJECT,
        rows=people.SETUP_ROWS["QueueSobject"],
        params=granted_objects(catalog),
        columns=(
            ID,
            Column("QueueId", "{a}.queue_id", "reference", to="Group", relation="Queue", types=(Type.QUEUE, Type.GROUP),
                   create=True, required=True),
            Column("SobjectType", "{a}.object_name", "picklist", create=True, required=True),
        ),
        create=create,
        delete=delete,
    )  # fmt: skip
