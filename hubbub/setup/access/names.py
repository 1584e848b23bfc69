"""Names as people write them: found in spite of a slip of the pen, and reported when that was needed."""

import difflib
import re
import unicodedata
from collections.abc import Iterable

ALIKE = 0.85  # of two spellings, 0 to 1; "technolgy" and "technology" are 0.95 alike
CLEARLY = 0.04  # by so much one name has to be nearer than all others
SHORTEST = 4  # of three letters, one wrong may mean anything


class Names:
    """Names that exist; asked which of them is meant by a text."""

    def __init__(self, names: Iterable[str]) -> None:
        self._exact: dict[str, str] = {}
        self._plain: dict[str, set[str]] = {}
        for name in names:
            self._exact[name] = name
            self._plain.setdefault(_plain(name), set()).add(name)
        self._answers: dict[str, str | None] = {}

    def meant(self, text: str) -> str | None:
        """The name that is meant, or None where none is, or more than one may be."""
        if text not in self._answers:
            self._answers[text] = self._exact.get(text) or self._nearest(_plain(text))
        return self._answers[text]

    def _nearest(self, plain: str) -> str | None:
        if not plain:
            return None
        if plain in self._plain:
            return self._only(plain)
        if len(plain) < SHORTEST:
            return None
        near = difflib.get_close_matches(plain, self._plain, n=2, cutoff=ALIKE)
        # Names that differ in a number are different things, however alike they look.
        near = [each for each in near if _digits(each) == _digits(plain)]
        if len(near) == 2 and _likeness(near[0], plain) - _likeness(near[1], plain) < CLEARLY:
            return None
        return self._only(near[0]) if near else None

    def _only(self, plain: str) -> str | None:
        names = self._plain[plain]
        return next(iter(names)) if len(names) == 1 else None


def _plain(text: str) -> str:
    """The letters and digits alone: no case, accents, spaces or points."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in folded if char.isalnum())


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, other, one).ratio()
