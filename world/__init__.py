"""The one demo company, Tidewater Instruments: used to try Hubbub out, by tests, documents and screenshots."""

from world.building import build
from world.cast import CAST, DOMAIN, NAME, USERNAMES

__all__ = ["CAST", "DOMAIN", "NAME", "USERNAMES", "build"]
