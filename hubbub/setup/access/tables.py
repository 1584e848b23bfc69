"""CSV files, read whole and checked before anything of them is written."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

import msgspec

from hubbub.core.errors import Invalid


class BadFile(Invalid):
    """A file that cannot be read as what it should be; the message is one line that says where and why."""


class Line(msgspec.Struct, frozen=True):
    """A line of a table: where it stands in the file, what stands in it, and why it is no line of this table, if so."""

    number: int
    cells: list[str]
    values: dict[str, str]
    problem: str | None = None


class Table(msgspec.Struct, frozen=True):
    """A CSV file: its columns, and its lines in their order."""

    name: str
    columns: list[str]
    lines: list[Line]


def read_table(path: Path, needed: Iterable[str]) -> Table:
    """The table in a CSV file (UTF-8, comma, first line names the columns); raises BadFile."""
    text = _text(path)
    columns: list[str] = []
    lines: list[Line] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begun = 1
    try:
        for cells in reader:
            if not columns:
                columns = _columns(path, cells, needed)
            elif cells:
                lines.append(_line(begun, cells, columns))
            begun = reader.line_num + 1
    except csv.Error as error:
        reason = str(error)
        if "unexpected end of data" in reason:
            reason = "a quotation mark opens there and is never closed"
        raise BadFile(text=f"{path.name}, line {begun}: {reason}.") from None
    if not columns:
        raise BadFile(text=f"{path.name} is empty: its first line should name the columns.")
    return Table(path.name, columns, lines)


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise BadFile(text=f"{path.name} is missing in {path.parent}.") from None
    except IsADirectoryError:
        raise BadFile(text=f"{path} is a folder, not a file.") from None
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadFile(text=f"{path.name} is UTF-16, not UTF-8. Save it as UTF-8.")
    if (at := data.find(b"\0")) >= 0:
        raise BadFile(text=f"{path.name}, line {_line_at(data, at)}: a NUL character. This is no CSV file.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = f"{path.name}, line {_line_at(data, error.start)}"
        raise BadFile(
            text=f"{where}: byte 0x{data[error.start]:02X} is not UTF-8. Save the file as UTF-8."
        ) from None


def _line_at(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at) + 1


def _columns(path: Path, cells: list[str], needed: Iterable[str]) -> list[str]:
    columns = [cell.strip() for cell in cells]
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise BadFile(text=f"{path.name} has more than one column {', '.join(map(_brief, twice))}.")
    if lacking := sorted(set(needed) - set(columns)):
        has = ", ".join(map(_brief, columns[:20]))
        raise BadFile(text=f"{path.name} lacks the column {', '.join(lacking)}; its first line has: {has}.")
    return columns


def _line(number: int, cells: list[str], columns: list[str]) -> Line:
    problem = None
    if len(cells) != len(columns):
        problem = f"This line has {len(cells)} fields, the first line names {len(columns)}."
    values = {name: cell.strip() for name, cell in zip(columns, cells, strict=False)}
    return Line(number, cells, values, problem)


def _brief(text: str) -> str:
    """A name out of a file, fit to be printed in one line."""
    return "".join(char if char.isprintable() else "?" for char in text[:40]) or "''"
