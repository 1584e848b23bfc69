"""REST of the desk: acts on records, from a feed element and as invocable actions."""

from hubbub.desk.api.acts import ROUTES
from hubbub.desk.api.converting import ROUTES as ACTIONS
from hubbub.desk.api.handover import HUBBUB

__all__ = ["ACTIONS", "HUBBUB", "ROUTES"]
