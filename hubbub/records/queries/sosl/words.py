"""From what stands between the braces of FIND to conditions on the texts of a record."""

import re
from typing import Any

from hubbub.core.errors import Invalid
from hubbub.records.queries.soql.nodes import All, Any_, Not, Says

LONGEST = 1000
MOST_TERMS = 32
DEEPEST = 20
# A term in quotes, a parenthesis, or a word with its escapes and wildcards; all else divides words.
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([()])|((?:\\.|[^\s()"\\])+)', re.DOTALL)
_WORD = re.compile(r"(?:\w|[*?])+")


class MalformedSearch(Invalid):
    """The text is not a search."""

    code = "MALFORMED_SEARCH"

    def __init__(self, message: str) -> None:
        super().__init__(text=message)


def conditions(text: str, group: str) -> Any:
    """What the words ask for: words and “phrases” that all have to be there, AND, OR, AND NOT, parentheses; `*` stands for
    any letters, `?` for one. Raises MALFORMED_SEARCH."""
    if len(text) > LONGEST:
        raise MalformedSearch(f"A search has at most {LONGEST} characters.")
    if any((char < " " and char not in "\t\r\n") or "\ud800" <= char <= "\udfff" for char in text):
        raise MalformedSearch("The search contains characters that no stored text has.")
    reader = _Reader(_tokens(text), group)
    found = reader.either(0)
    if reader.left:
        raise MalformedSearch(f"unexpected token: '{reader.left[0]}'")
    if found is None:
        raise MalformedSearch("The search has no words.")
    return found


def _tokens(text: str) -> list[str]:
    found, end = [], 0
    for match in _TOKEN.finditer(text):
        if text[end : match.start()].strip():
            break
        end = match.end()
        phrase, mark, word = match.groups()
        found.append(f'"{phrase}"' if phrase is not None else mark or word)
    if text[end:].strip():
        raise MalformedSearch(f"A quotation mark is not closed: {text[end:].strip()[:40]}")
    return found


class _Reader:
    """Reads tokens from left to right; `either` is the loosest."""

    def __init__(self, tokens: list[str], group: str) -> None:
        self.left = tokens
        self.group = group
        self.terms = 0

    def either(self, depth: int) -> Any:
        if depth > DEEPEST:
            raise MalformedSearch(f"The search is nested more than {DEEPEST} deep.")
        parts = [self.together(depth)]
        while self._next("or"):
            parts.append(self.together(depth))
        return self._joined(Any_, parts, "OR")

    def together(self, depth: int) -> Any:
        parts: list[Any] = []
        operator = ""
        while self.left and self.left[0] != ")" and self.left[0].lower() != "or":
            operator = "AND" if self._next("and") else ""
            if operator and not parts:
                raise MalformedSearch("unexpected token: 'AND'")
            negated = self._next("not")
            ended = not self.left or self.left[0].lower() in (")", "and", "or", "not")
            part = None if ended else self._one(depth)
            if part is None:
                if operator or negated:
                    raise MalformedSearch("An operator has nothing behind it.")
                continue
            parts.append(Not(part) if negated else part)
        if parts and all(isinstance(each, Not) for each in parts):
            raise MalformedSearch(
                "A search names something that is to be found: NOT alone finds all the rest."
            )
        return self._joined(All, parts, "AND")

    def _one(self, depth: int) -> Any:
        if not self.left:
            return None
        token = self.left.pop(0)
        if token == "(":
            found = self.either(depth + 1)
            if not self.left or self.left.pop(0) != ")":
                raise MalformedSearch("A parenthesis is not closed.")
            return found
        self.terms += 1
        if self.terms > MOST_TERMS:
            raise MalformedSearch(f"A search has at most {MOST_TERMS} terms.")
        pattern = _pattern(token)
        return Says(self.group, pattern) if pattern else None

    def _next(self, word: str) -> bool:
        if self.left and self.left[0].lower() == word:
            del self.left[0]
            return True
        return False

    def _joined(self, kind: Any, parts: list[Any], operator: str) -> Any:
        there = [each for each in parts if each is not None]
        if len(there) < len(parts) and len(parts) > 1:
            raise MalformedSearch(f"{operator} has nothing on one of its sides.")
        return None if not there else there[0] if len(there) == 1 else kind(tuple(there))


def _pattern(token: str) -> str | None:
    """The regular expression of a word or a phrase: its words one behind the other, whatever stands between them. None
    where it has no letters."""
    text = token[1:-1] if token.startswith('"') else token
    # Escaped wildcards are signs like all others: they divide words.
    words = _WORD.findall(re.sub(r"\\(.)", lambda found: found[1] if found[1] not in "*?" else " ", text))
    if not words:
        return None
    letters = "".join(words)
    if len(re.sub("[*?]", "", letters)) < 2:
        raise MalformedSearch(f"search term must be longer than one character: {letters[:40]}")
    if any(word[0] in "*?" for word in words):
        raise MalformedSearch("The wildcards * and ? stand inside or at the end of a word.")
    each = (re.sub(r"\*+", r"\\w*", word).replace("?", r"\w") for word in words)
    return r"\m" + r"\W+".join(each) + r"\M"
