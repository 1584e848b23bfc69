"""PermissionSet, PermissionSetAssignment, ObjectPermissions, FieldPermissions."""

from typing import Any

from hubbub import objects, people
from hubbub.api.setup_objects.kinds import ID, Column, Kind, Row, granted_objects
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.core.ids import Type

_ABILITIES = {
    "PermissionsManageUsers": people.MANAGE_USERS,
    "PermissionsViewAllData": people.VIEW_ALL_DATA,
    "PermissionsModifyAllData": people.MODIFY_ALL_DATA,
    "PermissionsModerateChatter": people.MODERATE,
}
# The letter of each right, its column, and what it depends on.
_RIGHTS = {
    "PermissionsRead": ("r", "can_read", ()),
    "PermissionsCreate": ("c", "can_create", ("PermissionsRead",)),
    "PermissionsEdit": ("e", "can_edit", ("PermissionsRead",)),
    "PermissionsDelete": ("d", "can_delete", ("PermissionsRead", "PermissionsEdit")),
    "PermissionsViewAllRecords": ("v", "can_view_all", ("PermissionsRead",)),
    "PermissionsModifyAllRecords": (
        "m",
        "can_modify_all",
        ("PermissionsRead", "PermissionsEdit", "PermissionsDelete", "PermissionsViewAllRecords"),
    ),
}


def _reference(name: str, sql: str, to: str, relation: str, type: int) -> Column:
    return Column(name, sql, "reference", to=to, relation=relation, types=(type,), create=True, required=True)


# --- permission sets -----------------------------------------------------------------------------------------------


async def _add_set(tx: Tx, actor: people.Actor, new: Row) -> int:
    name = new["Name"]
    if name.casefold() in {each.name.casefold() for each in await people.permission_sets(tx)}:
        raise Invalid("DUPLICATE_DEVELOPER_NAME", "There is a permission set of this name.", fields=["Name"])
    made = await people.add_permission_set(tx, actor, name, _abilities(new))
    if new.get("Label", name) != name:
        await people.edit_permission_set(tx, actor, name, label=new["Label"])
    return made


async def _change_set(tx: Tx, actor: people.Actor, row: Row, new: Row) -> None:
    await people.edit_permission_set(tx, actor, row["Name"], label=new["Label"], abilities=_abilities(new))


async def _delete_set(tx: Tx, actor: people.Actor, row: Row) -> None:
    await people.delete_permission_set(tx, actor, row["Name"])


def _abilities(row: Row) -> list[str]:
    return [ability for field, ability in _ABILITIES.items() if row.get(field)]


SET = Kind(
    name="PermissionSet",
    label="Permission Set",
    type=Type.PERMISSION_SET,
    rows=people.SETUP_ROWS["PermissionSet"],
    columns=(
        ID,
        Column("Name", "{a}.name", create=True, required=True),
        Column("Label", "{a}.label", create=True, change=True),
        Column("IsOwnedByProfile", "{a}.profile", "boolean"),
        Column("ProfileId", "{a}.profile_id", "reference", to="Profile", relation="Profile"),
        *(
            Column(field, f"('{ability}' = any({{a}}.abilities))", "boolean", create=True, change=True)
            for field, ability in _ABILITIES.items()
        ),
    ),
    create=_add_set,
    change=_change_set,
    delete=_delete_set,
)

# Read, not written: what a profile grants stands in the permission set that it is.
PROFILE = Kind(
    name="Profile",
    label="Profile",
    type=Type.PROFILE,
    rows=people.SETUP_ROWS["Profile"],
    columns=(
        ID,
        Column("Name", "{a}.name"),
        *(
            Column(field, f"('{ability}' = any({{a}}.abilities))", "boolean")
            for field, ability in _ABILITIES.items()
        ),
    ),
)


# --- assignments ---------------------------------------------------------------------------------------------------


async def _assign(tx: Tx, actor: people.Actor, new: Row) -> int:
    user_id, set_id = new["AssigneeId"], new["PermissionSetId"]
    name = await _name(tx, set_id, "PermissionSetId")
    if any(each.profile and each.id == set_id for each in await people.permission_sets(tx)):
        raise Invalid(
            "FIELD_INTEGRITY_EXCEPTION",
            f"{name} is a profile: it is not assigned besides.",
            fields=["PermissionSetId"],
        )
    person = (await people.cards(tx, {user_id})).get(user_id)
    if person is None:
        raise Invalid("INVALID_CROSS_REFERENCE_KEY", "There is no such person.", fields=["AssigneeId"])
    if not person.active:
        raise Invalid("INACTIVE_OWNER_OR_USER", f"{person.name} is not active.", fields=["AssigneeId"])
    if (user_id, set_id) in await people.assignments(tx):
        raise Invalid(
            "DUPLICATE_VALUE",
            f"Duplicate PermissionSetAssignment. Assignee: {person.name}; Permission Set: {name}",
            fields=["AssigneeId", "PermissionSetId"],
        )
    return await people.assign_permission_set(tx, actor, user_id, name)


async def _withdraw(tx: Tx, actor: people.Actor, row: Row) -> None:
    name = await _name(tx, row["PermissionSetId"], "PermissionSetId")
    await people.withdraw_permission_set(tx, actor, row["AssigneeId"], name)


async def _name(tx: Tx, set_id: int, field: str) -> str:
    for each in await people.permission_sets(tx):
        if each.id == set_id:
            return each.name
    raise Invalid("INVALID_CROSS_REFERENCE_KEY", "There is no such permission set.", fields=[field])


ASSIGNMENT = Kind(
    name="PermissionSetAssignment",
    label="Permission Set Assignment",
    type=Type.PERMISSION_ASSIGNMENT,
    rows=people.SETUP_ROWS["PermissionSetAssignment"],
    columns=(
        ID,
        _reference("AssigneeId", "{a}.user_id", "User", "Assignee", Type.USER),
        _reference(
            "PermissionSetId", "{a}.permission_set_id", "PermissionSet", "PermissionSet", Type.PERMISSION_SET
        ),
    ),
    create=_assign,
    delete=_withdraw,
)

_PARENT = _reference("ParentId", "{a}.permission_set_id", "PermissionSet", "Parent", Type.PERMISSION_SET)
_SOBJECT = Column("SobjectType", "{a}.object_name", "picklist", create=True, required=True)


# --- what a set grants on objects ----------------------------------------------------------------------------------


def object_permissions(catalog: objects.Catalog) -> Kind:
    """ObjectPermissions of an org's objects."""

    async def create(tx: Tx, actor: people.Actor, new: Row) -> int:
        name, object = await _name(tx, new["ParentId"], "ParentId"), _object(catalog, new)
        for each in await people.object_grants(tx, new["ParentId"]):
            if each.object == object.code and each.rights:
                raise Invalid(
                    "DUPLICATE_VALUE",
                    f"{name} has object permissions for {object.name} already: change those.",
                    fields=["ParentId", "SobjectType"],
                )
        return await people.grant_object(tx, actor, name, object.code, _rights(new))

    async def change(tx: Tx, actor: people.Actor, row: Row, new: Row) -> None:
        name = await _name(tx, row["ParentId"], "ParentId")
        await people.grant_object(tx, actor, name, _object(catalog, row).code, _rights(new))

    async def delete(tx: Tx, actor: people.Actor, row: Row) -> None:
        name = await _name(tx, row["ParentId"], "ParentId")
        await people.grant_object(tx, actor, name, _object(catalog, row).code, "")

    return Kind(
        name="ObjectPermissions",
        label="Object Permission",
        type=Type.OBJECT_PERMISSIONS,
        rows=people.SETUP_ROWS["ObjectPermissions"],
        where="{a}.can_read",
        params=granted_objects(catalog),
        columns=(
            ID,
            _PARENT,
            _SOBJECT,
            *(
                Column(name, f"{{a}}.{column}", "boolean", create=True, change=True)
                for name, (_, column, _) in _RIGHTS.items()
            ),
        ),
        create=create,
        change=change,
        delete=delete,
    )


def _rights(row: Row) -> str:
    """The letters of the rights that a row grants."""
    granted = ""
    for name, (letter, _, others) in _RIGHTS.items():
        if not row.get(name):
            continue
        if missing := [each for each in others if not row.get(each)]:
            raise Invalid(
                "FIELD_INTEGRITY_EXCEPTION", f"{name} depends on {', '.join(missing)}.", fields=[name]
            )
        granted += letter
    if not granted:
        raise Invalid("FIELD_INTEGRITY_EXCEPTION", "Grant at least reading.", fields=["PermissionsRead"])
    return granted


def _object(catalog: objects.Catalog, row: Row) -> objects.Object:
    found = catalog.get(row["SobjectType"])
    if found is None:
        raise Invalid(
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            f"Sobject Type Name: bad value for restricted picklist field: {row['SobjectType'][:80]}",
            fields=["SobjectType"],
        )
    return found


# --- what a set grants on fields -----------------------------------------------------------------------------------


def field_permissions(catalog: objects.Catalog) -> Kind:
    """FieldPermissions of the fields that can be granted."""
    grantable = [(each, field) for each in catalog.objects for field in each.fields if field.permissionable]

    async def create(tx: Tx, actor: people.Actor, new: Row) -> int:
        name, field = await _name(tx, new["ParentId"], "ParentId"), _field(catalog, new)
        if any(each.field_id == field.id for each in await people.field_grants(tx, new["ParentId"])):
            raise Invalid(
                "DUPLICATE_VALUE",
                f"{name} has field permissions for {new['Field']} already: change those.",
                fields=["ParentId", "Field"],
            )
        return await people.grant_field_to(tx, actor, name, field.id, can_edit=_edits(field, new))

    async def change(tx: Tx, actor: people.Actor, row: Row, new: Row) -> None:
        name, field = await _name(tx, row["ParentId"], "ParentId"), _field(catalog, row)
        await people.grant_field_to(tx, actor, name, field.id, can_edit=_edits(field, new))

    async def delete(tx: Tx, actor: people.Actor, row: Row) -> None:
        name = await _name(tx, row["ParentId"], "ParentId")
        await people.withdraw_field(tx, actor, name, _field(catalog, row).id)

    return Kind(
        name="FieldPermissions",
        label="Field Permission",
        type=Type.FIELD_PERMISSIONS,
        rows=people.SETUP_ROWS["FieldPermissions"],
        params={
            "granted_fields": [field.id for _, field in grantable],
            "granted_field_objects": [each.name for each, _ in grantable],
            "granted_field_names": [f"{each.name}.{field.name}" for each, field in grantable],
        },
        columns=(
            ID,
            _PARENT,
            _SOBJECT,
            Column("Field", "{a}.field_name", "picklist", length=255, create=True, required=True),
            Column("PermissionsRead", "true", "boolean", create=True, change=True),
            Column("PermissionsEdit", "{a}.can_edit", "boolean", create=True, change=True),
        ),
        create=create,
        change=change,
        delete=delete,
    )


def _field(catalog: objects.Catalog, row: Row) -> objects.Field:
    object, path = _object(catalog, row), row["Field"]
    name, _, field_name = path.partition(".")
    field = object.get(field_name)
    if name.lower() != object.name.lower() or field is None or not field.permissionable:
        raise Invalid(
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            f"Field Name: bad value for restricted picklist field: {path[:80]}",
            fields=["Field"],
        )
    return field


def _edits(field: objects.Field, row: Row) -> bool:
    edits: Any = row.get("PermissionsEdit", False)
    if not row.get("PermissionsRead"):
        raise Invalid(
            "FIELD_INTEGRITY_EXCEPTION",
            "PermissionsEdit depends on PermissionsRead."
            if edits
            else "Grant at least reading; to take that away, delete the row.",
            fields=["PermissionsRead"],
        )
    if edits and not field.writable:
        raise Invalid(
            "FIELD_INTEGRITY_EXCEPTION", "Nobody edits what Hubbub fills in.", fields=["PermissionsEdit"]
        )
    return edits
