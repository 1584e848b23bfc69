"""Which markup may stand in which: what does not nest is refused, and says where."""

from typing import Any

from hubbub.core.errors import Invalid

Segment = dict[str, Any]

LISTS = ("OrderedList", "UnorderedList")
MOST_LEVELS = 5  # of lists in lists

_INLINE = frozenset({"Bold", "Code", "Hyperlink", "Italic", "Strikethrough", "Underline"})
_PROSE = frozenset({"Text", "Mention", "Hashtag", "Link", "EntityLink", "InlineImage"})
_STYLED = _INLINE | _PROSE

# What each may hold; None is the body itself.
_HOLDS: dict[str | None, frozenset[str]] = {
    None: _STYLED | {"Paragraph", "Quote", *LISTS},
    "Quote": _STYLED | {"Paragraph", *LISTS},
    "Paragraph": _STYLED,
    "OrderedList": frozenset({"ListItem"}),
    "UnorderedList": frozenset({"ListItem"}),
    "ListItem": _STYLED | set(LISTS),
    "Hyperlink": (_INLINE - {"Hyperlink"}) | {"Text"},
    "Code": frozenset({"Text"}),
    **dict.fromkeys(("Bold", "Italic", "Strikethrough", "Underline"), _STYLED),
}


def nested(body: list[Segment]) -> list[Segment]:
    """The body, if each of its markups begins and ends where it may; spaces between the items of a list are dropped."""
    kept: list[Segment] = []
    open_at: list[tuple[str, int]] = []
    items: list[int] = []  # of each open list, how many items it has
    for at, segment in enumerate(body):
        kind: str = segment["type"]
        if kind == "MarkupEnd":
            _end(open_at, items, segment["markupType"], at)
            kept.append(segment)
            continue
        name = segment["markupType"] if kind == "MarkupBegin" else kind
        around = open_at[-1][0] if open_at else None
        if around in LISTS and kind == "Text" and not segment["text"].strip():
            continue
        if name not in _HOLDS[around]:
            if around is None:
                raise _wrong(at, f"{name} stands only in a list.")
            raise _wrong(
                at, f"{name} may not stand in {around}, which begins at messageSegments[{open_at[-1][1]}]."
            )
        outside = [opened for opened, _ in open_at]
        if name == "Text" or kind != "MarkupBegin":
            if "Hyperlink" in outside and name != "Text":
                raise _wrong(at, f"{name} may not stand in Hyperlink.")
            kept.append(segment)
            continue
        if name not in (*LISTS, "ListItem") and name in outside:
            raise _wrong(at, f"{name} stands in {name} already.")
        if name == "ListItem":
            items[-1] += 1
        elif name in LISTS:
            if len(items) == MOST_LEVELS:
                raise _wrong(at, f"Lists have at most {MOST_LEVELS} levels.")
            items.append(0)
        open_at.append((name, at))
        kept.append(segment)
    if open_at:
        name, at = open_at[-1]
        raise _wrong(at, f"{name} begins here and never ends.")
    return kept


def _end(open_at: list[tuple[str, int]], items: list[int], name: str, at: int) -> None:
    if not open_at:
        raise _wrong(at, f"{name} ends here and never began.")
    opened, began = open_at.pop()
    if opened != name:
        raise _wrong(
            at, f"{name} ends here, but {opened}, which begins at messageSegments[{began}], has to end first."
        )
    if opened in LISTS and not items.pop():
        raise _wrong(began, f"{opened} has no ListItem.")


def _wrong(at: int, why: str) -> Invalid:
    return Invalid("INVALID_INPUT", f"messageSegments[{at}]: {why}", fields=[f"messageSegments[{at}]"])
