"""What a set-up object is: one description, from which describe, queries, rows by id, POST, PATCH and DELETE all follow."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from hubbub import objects, people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, Refused

Row = dict[str, Any]  # by column; ids as numbers

# Where a principal of any type leads. The grammar of queries knows no such name: nobody can ask for all of them.
PRINCIPAL = "(Name)"


class Column(msgspec.Struct, frozen=True):
    """A column: how its value is read (SQL, its row under the alias {a}), of which type, and who writes it when."""

    name: str
    sql: str
    type: str = "string"
    length: int = 80
    to: str | None = None  # what a reference leads to,
    relation: str | None = None  # by this name in queries,
    types: tuple[int, ...] = ()  # and ids of which types it takes
    choices: tuple[str, ...] = ()
    create: bool = False
    change: bool = False
    required: bool = False

    @property
    def label(self) -> str:
        return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", self.name.removesuffix("Id") or "Id")


class Kind(msgspec.Struct, frozen=True):
    """A set-up object. `rows` is SQL of what stands behind FROM; where rows are only told to who says of what, `pinned`
    finds them for a query instead, a tuple each, in the order of the columns."""

    name: str
    label: str
    columns: tuple[Column, ...]
    type: int = 0
    rows: str = ""
    where: str = "true"
    params: dict[str, Any] = {}
    pinned: Callable[[Tx, records.Viewer, records.Query], Awaitable[list[tuple[Any, ...]]]] | None = None
    create: Callable[[Tx, people.Actor, Row], Awaitable[int]] | None = None
    change: Callable[[Tx, people.Actor, Row, Row], Awaitable[Any]] | None = None
    delete: Callable[[Tx, people.Actor, Row], Awaitable[Any]] | None = None

    @property
    def rights(self) -> records.Rights:
        """What its verbs allow."""
        return records.Rights(
            read=True,
            create=self.create is not None,
            edit=self.change is not None,
            delete=self.delete is not None,
        )

    @property
    def object(self) -> objects.Object:
        """The same as the metadata of records knows it."""
        fields = tuple(
            objects.Field(
                id=0,
                name=each.name,
                label=each.label,
                type=each.type,
                column="",
                length=each.length,
                required=each.required,
                writable=each.create or each.change,
                system=not (each.create or each.change),
                restricted=bool(each.choices),
                to=("Name" if each.to == PRINCIPAL else each.to,) if each.to else (),
                relation=each.relation,
                choices=tuple(objects.Choice(value, value) for value in each.choices),
            )
            for each in self.columns
        )
        shape = objects.Object(
            code=self.type,
            name=self.name,
            label=self.label,
            plural=f"{self.label}s",
            access="Private",
            fields=fields,
            index={},
            owned=False,
        )
        return objects.make_object(shape)

    def column(self, name: str) -> Column | None:
        """The column of that name, in any case."""
        return next((each for each in self.columns if each.name.lower() == name.lower()), None)

    # -- as a source of queries --------------------------------------------------------------------------------------

    def source(self) -> records.Source:
        """Its rows, for queries."""
        return self._source(self.rows, self.columns, self.where, self.params, "id")

    async def pinned_source(self, tx: Tx, him: records.Viewer, query: records.Query) -> records.Source:
        """The rows that a query may be told, for that query."""
        assert self.pinned is not None
        rows = await self.pinned(tx, him, query)
        columns = tuple(
            msgspec.structs.replace(each, sql=f"{{a}}.{each.name.lower()}") for each in self.columns
        )
        names = [each.name.lower() for each in columns]
        params: dict[str, Any] = {
            f"pinned_{name}": [row[at] for row in rows] for at, name in enumerate(names)
        }
        arrays = [
            f"%(pinned_{each.name.lower()})s::{_SQL_TYPES.get(each.type, 'text')}[]" for each in columns
        ]
        if "id" not in names:
            names.append("id")
            arrays.append("%(pinned_recordid)s::bigint[]")
        table = (
            f"(select * from unnest({', '.join(arrays)}) with ordinality as x ({', '.join(names)}, place))"
        )
        return self._source(table, columns, "true", params, "place")

    def _source(
        self, table: str, columns: tuple[Column, ...], where: str, params: dict[str, Any], key: str
    ) -> records.Source:
        text = ("string", "picklist")
        own = "" if key == "place" else "{a}.org_id = %(org)s and "
        return records.Source(
            name=self.name,
            table=table,
            columns={
                each.name.lower(): records.Column(
                    each.name, each.type, each.sql, f"lower({each.sql})" if each.type in text else each.sql
                )
                for each in columns
            },
            relations={
                each.relation.lower(): records.Relation(each.relation, each.sql, each.to)
                for each in columns
                if each.relation and each.to
            },
            seen=lambda alias: (own + where).replace("{a}", alias),
            params=params,
            key=key,
        )

    # -- what is sent ------------------------------------------------------------------------------------------------

    def parse(self, given: dict[str, Any], *, creating: bool) -> Row:
        """What was sent to make or change a row, each value as its column takes it; all that is wrong is told at once."""
        object, values, bad = self.object, {}, []
        for name, value in given.items():
            column = self.column(name)
            if column is None:
                raise object.no_such_field(name)
            if not (column.create if creating else column.change):
                raise Invalid(
                    "INVALID_FIELD_FOR_INSERT_UPDATE",
                    f"Unable to create/update fields: {column.name}. Please check the security settings of this field "
                    "and verify that it is read/write for your profile or permission set.",
                    fields=[column.name],
                )
            field = object.field(name)
            try:
                parsed = field.parse_json(value)
                if parsed is not None and column.types and ids.type_of(parsed) not in column.types:
                    raise field.wrong_reference(value)
                if parsed is None and column.required:
                    raise field.missing()
                values[column.name] = parsed
            except objects.BadValue as wrong:
                bad.append(wrong)
        if creating:
            sent = {name.lower() for name in given}
            bad += [
                object.field(each.name).missing()
                for each in self.columns
                if each.required and each.name.lower() not in sent
            ]
        if bad:
            raise objects.BadValues(bad)
        return values

    def not_allowed(self, verb: str) -> Refused:
        """The refusal of a verb that these rows do not take."""
        return Refused("METHOD_NOT_ALLOWED", f"{self.name} does not support {verb}.", status=405)


_SQL_TYPES = {"id": "bigint", "reference": "bigint", "boolean": "boolean", "datetime": "timestamptz"}

ID = Column("Id", "{a}.id", "id", 18)


def granted_objects(catalog: objects.Catalog) -> dict[str, Any]:
    """What binds the names of an org's objects, where rows hold their codes."""
    return {
        "granted_objects": [each.code for each in catalog.objects],
        "granted_object_names": [each.name for each in catalog.objects],
    }


def named_ids(query: records.Query, name: str, *types: int) -> list[int] | None:
    """The ids to which a query holds that field; None where it does not. What is no such id names nothing."""
    texts = records.pinned(query, name)
    if texts is None:
        return None
    found = []
    for text in texts:
        try:
            found.append(ids.parse(text, *types))
        except Invalid:
            continue
    return found


def needs(name: str, *fields: str) -> Invalid:
    """The refusal of a query that does not say of which records."""
    wanted = " or ".join(f"{each} = '…' or {each} IN (…)" for each in fields)
    return Invalid("MALFORMED_QUERY", f"{name} is told of given records: WHERE {wanted}.")
