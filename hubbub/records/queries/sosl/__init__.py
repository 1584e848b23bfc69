"""SOSL: words looked for in several objects at once, each of them asked by way of SOQL."""

from hubbub.records.queries.sosl.parse import Search, search_for, search_with
from hubbub.records.queries.sosl.run import search
from hubbub.records.queries.sosl.words import MalformedSearch

__all__ = ["MalformedSearch", "Search", "search", "search_for", "search_with"]
