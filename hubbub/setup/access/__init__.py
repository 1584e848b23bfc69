"""What is read of files before anything is written: maps, CSV tables, and names that were meant."""

from hubbub.setup.access.maps import Map, Records, Role, User, Value, read_map
from hubbub.setup.access.names import Names
from hubbub.setup.access.tables import BadFile, Line, Table, read_table

__all__ = [
    "BadFile",
    "Line",
    "Map",
    "Names",
    "Records",
    "Role",
    "Table",
    "User",
    "Value",
    "read_map",
    "read_table",
]
