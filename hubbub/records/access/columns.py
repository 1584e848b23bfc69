"""From a field to the SQL that reads it. Only here does metadata meet slots."""

from typing import Any

from hubbub.objects import Field
from hubbub.records.access import sight
from hubbub.records.access.viewer import Viewer


def stored(field: Field, alias: str) -> str:
    """SQL of a field's value as it is stored, whoever asks."""
    if field.column == "long":
        return f"{alias}.long->>'{field.name}'"
    if field.column == "deleted_at":
        return f"({alias}.deleted_at is not null)"
    column = f"{alias}.{field.column}"
    if field.type == "boolean":
        return f"coalesce({column} = 1, false)"
    if field.type == "date":
        return f"({column} at time zone 'UTC')::date"
    if field.type == "int":
        return f"{column}::bigint"
    return column


def seen(viewer: Viewer, field: Field, alias: str) -> str:
    """SQL of a field's value as the viewer sees it: a reference to a record that he does not see is empty for him."""
    sql = stored(field, alias)
    if field.type != "reference" or field.to in (None, "User"):
        return sql
    target = viewer.catalog.object(field.to)
    if not viewer.can(target).read:
        return "null::bigint"
    if viewer.sees_all(target):
        return sql
    return f"""(select t.id from record t where t.org_id = %(org)s and t.id = {sql} and t.deleted_at is null
        and {sight.probe(viewer, target, "t")} offset 0)"""


def slot_value(field: Field, value: Any) -> Any:
    """A field's value as its slot stores it."""
    if field.type == "boolean":
        return int(bool(value))
    return value


def cast(field: Field) -> str:
    """The cast by which a bound value enters the field's slot; a date is the first moment of that day in UTC."""
    if field.type == "date":
        return "::date::timestamp at time zone 'UTC'"
    if field.type == "datetime":
        return "::timestamptz"
    if field.type == "boolean" or field.is_number:
        return "::numeric"
    if field.type in ("reference", "id"):
        return "::bigint"
    return "::text"
