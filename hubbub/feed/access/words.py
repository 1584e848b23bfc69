"""Words that somebody looks for."""

import re

import msgspec

from hubbub.core.db import Tx
from hubbub.core.errors import Invalid

LONGEST = 255


class Words(msgspec.Struct, frozen=True):
    """Words that are looked for: PostgreSQL's text of them, and what each pattern with a wildcard inside must look like."""

    query: str
    patterns: tuple[str, ...] = ()


async def read_words(tx: Tx, q: str) -> Words | None:
    """What somebody looks for: all of the words, whatever their case. `*` stands for any letters, `?` for one, inside or at
    the end of a word. None where no word is left."""
    q = q.replace("\0", " ").strip()
    if len(q) > LONGEST:
        raise Invalid(
            "STRING_TOO_LONG",
            "q: at most {most} characters, this has {count}.",
            fields=["q"],
            most=LONGEST,
            count=len(q),
        )
    if len(re.sub(r"[*?\s]", "", q)) < 2:
        raise Invalid(
            "INVALID_SEARCH", "Give at least two letters to search for, besides * and ?.", fields=["q"]
        )
    terms, patterns = [], []
    for term in q.split():
        begin = re.split(r"[*?]", term, maxsplit=1)[0]
        if not begin:
            raise Invalid(
                "INVALID_SEARCH", "The wildcards * and ? stand inside or at the end of a word.", fields=["q"]
            )
        quoted = "'" + begin.replace("\\", " ").replace("'", "''") + "'"
        rest = term[len(begin) :]
        terms.append(quoted + (":*" if rest else ""))
        if rest.strip("*"):
            letters = (_WILD.get(letter) or re.escape(letter) for letter in term.lower())
            patterns.append("^" + "".join(letters) + "$")
    query = await tx.value("select to_tsquery('simple', %(text)s)::text", {"text": " & ".join(terms)})
    return Words(query, tuple(patterns)) if query else None


_WILD = {"*": ".*", "?": "."}
