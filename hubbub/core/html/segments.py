"""Message segments as HTML: an allow-list, so that nothing typed can run."""

import re
from html import escape
from typing import Any
from urllib.parse import quote

from minijinja import safe

_LINK = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x1f\x7f]+", re.IGNORECASE)
_ID = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?")
_MARKUP = {
    "Bold": "b",
    "Italic": "i",
    "Underline": "u",
    "Strikethrough": "s",
    "Code": "code",
    "Paragraph": "p",
    "OrderedList": "ol",
    "UnorderedList": "ul",
    "ListItem": "li",
}


def segments(body: list[dict[str, Any]] | None, link_people: bool = True) -> str:
    """A stored body as HTML. What is not on the list of segments is shown as its text, never as markup.

    Without `link_people` (for guests, who may see no profiles) a mention is only a name.
    """
    parts: list[str] = []
    open_tags: list[tuple[str, str]] = []
    for segment in body or ():
        kind = segment.get("type")
        text = escape(str(segment.get("text") or ""))
        match kind:
            case "Text":
                parts.append(text)
            case "Mention":
                parts.append(_mention(segment, text, link_people))
            case "Hashtag":
                tag = str(segment.get("tag") or "")
                parts.append(
                    f'<a class="topic" href="/topics/{quote(tag, safe="")}">{text or "#" + escape(tag)}</a>'
                )
            case "Link":
                parts.append(_anchor(segment.get("url"), text))
            case "MarkupBegin":
                markup = str(segment.get("markupType"))
                tag = _MARKUP.get(markup)
                if tag:
                    parts.append(f"<{tag}>")
                    open_tags.append((markup, f"</{tag}>"))
                elif markup == "Hyperlink" and (address := _address(segment.get("url"))):
                    parts.append(f'<a href="{address}" rel="noopener nofollow ugc">')
                    open_tags.append((markup, "</a>"))
            case "MarkupEnd":
                markup = str(segment.get("markupType"))
                if any(opened == markup for opened, _ in open_tags):
                    while True:
                        opened, closing = open_tags.pop()
                        parts.append(closing)
                        if opened == markup:
                            break
            case _:
                parts.append(text)
    parts.extend(closing for _, closing in reversed(open_tags))
    return safe("".join(parts))


def _address(url: Any) -> str | None:
    return escape(url) if isinstance(url, str) and _LINK.fullmatch(url) else None


def _anchor(url: Any, text: str) -> str:
    address = _address(url)
    return (
        f'<a href="{address}" rel="noopener nofollow ugc">{text or address}</a>'
        if address
        else text or escape(str(url or ""))
    )


def _mention(segment: dict[str, Any], text: str, link: bool) -> str:
    shown = text or "@" + escape(str(segment.get("name") or ""))
    person = str(segment.get("id") or "")
    if not link or not _ID.fullmatch(person):
        return f'<b class="mention">{shown}</b>'
    return f'<a class="mention" href="/people/{person}">{shown}</a>'


def excerpt(body: list[dict[str, Any]] | None, length: int = 80) -> str:
    """The first words of a body as plain text, for titles."""
    text = " ".join("".join(str(segment.get("text") or "") for segment in body or ()).split())
    return text if len(text) <= length else text[: length - 1].rsplit(" ", 1)[0] + "…"
