"""A list as a CSV file."""

import csv
import io
from typing import Any

from litestar import Response, get

from hubbub import objects, people, records
from hubbub.core.errors import Invalid
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.desk.pages.lists import asked

MOST_EXPORTED = 50_000
# Some spreadsheets take the wide letters of East Asia for the narrow ones, and pass over a line end.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@get("/o/{name:str}/export")
async def export(request: Request, tx: Transaction, actor: people.Me, name: InPath) -> Response[bytes]:
    """The list as a CSV file: its columns, and the rows that I see, 50,000 at most."""
    him = await records.viewer(tx, actor)
    list_of = await asked(tx, him, name, request.query_params)
    if list_of.error:
        raise Invalid("INVALID_FILTER", list_of.error)
    shown = list_of.shown
    text = io.StringIO()
    # A spreadsheet takes a file without this mark for one in its own country's letters.
    text.write("\ufeff")
    lines = csv.writer(text)
    lines.writerow([defused(field.label) for field in shown.columns])
    after, left = None, MOST_EXPORTED
    while left > 0:
        page = await records.view_page(tx, him, shown, after=after, size=min(1000, left), count=False)
        for row in page.rows:
            lines.writerow(
                [_exported(f, row.shown[f.name], page.names, actor.timezone) for f in shown.columns]
            )
        after, left = page.following, left - len(page.rows)
        if after is None:
            break
    file = "".join(char if char.isascii() and char.isalnum() else "-" for char in list_of.view.name)[:60]
    return Response(
        text.getvalue().encode(),
        media_type="text/csv",
        headers={
            "content-disposition": f'attachment; filename="{file or "list"}.csv"',
            "cache-control": "no-store",
        },
    )


def _exported(field: objects.Field, value: Any, names: records.Names, timezone: str) -> str:
    if value is None:
        return ""
    if field.is_number:
        return f"{value:f}" if not isinstance(value, int) else str(value)
    if field.type == "boolean":
        return "true" if value else "false"
    if field.type in ("date", "datetime"):
        return field.to_form(value, timezone).replace("T", " ")
    return defused(names.show(field, value, timezone) or "")


def defused(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


ROUTES = [export]
