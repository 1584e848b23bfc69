"""From a field to the SQL that reads it. Only here does metadata meet slots."""

from typing import Any

from hubbub.objects import Field, Object
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


def seen(viewer: Viewer, object: Object, field: Field, alias: str) -> str:
    """SQL of a field's value, of a record that the viewer sees: a reference to one that he does not see is empty for
    him."""
    sql = stored(field, alias)
    if field.type != "reference" or field.to in ((), ("User",)):
        return sql
    targets = [viewer.catalog.object(name) for name in field.to]
    if not any(viewer.can(target).read for target in targets):
        return "null::bigint"
    if all(viewer.can(target).read and viewer.sees_all(target) for target in targets):
        return sql
    return f"""(select t.id from record t where t.org_id = %(org)s and t.id = {sql} and t.deleted_at is null
        and {above(viewer, object, field, alias, "t")} offset 0)"""


def above(viewer: Viewer, object: Object, field: Field, alias: str, target: str) -> str:
    """SQL: does he see the record under the alias `target`, to which that field of a record that he sees points?"""
    if field.polymorphic:
        return sight.any_object(viewer, target)
    probed = sight.probe(viewer, viewer.catalog.object(field.to[0]), target)
    # What is deleted implies nothing; queryAll finds it too.
    up = field.column == "parent_id" and sight.leads_up(viewer, object)
    return f"({alias}.deleted_at is null or {probed})" if up else probed


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
