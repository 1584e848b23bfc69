"""Message segments as HTML and as plain text: an allow-list, so that nothing typed can run."""

import re
from html import escape
from typing import Any
from urllib.parse import quote

from minijinja import safe

from hubbub.core.html.words import translate

Segment = dict[str, Any]

# What markup there is, and how it is shown. All but Quote are Salesforce's names.
TAGS = {
    "Bold": "b",
    "Code": "code",
    "Hyperlink": "a",
    "Italic": "i",
    "ListItem": "li",
    "OrderedList": "ol",
    "Paragraph": "p",
    "Quote": "blockquote",
    "Strikethrough": "s",
    "Underline": "u",
    "UnorderedList": "ul",
}
# What stands on lines of its own. So does Code that stands alone.
BLOCKS = frozenset({"ListItem", "OrderedList", "Paragraph", "Quote", "UnorderedList"})

_LINK = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x1f\x7f]+", re.IGNORECASE)
_ID = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?")


def unseen_record() -> str:
    """What stands for a record that the reader may not see, or that is gone: the two are never told apart."""
    return translate("a record that you cannot see")


def segments(body: list[Segment] | None, link_people: bool = True) -> str:
    """A stored body as HTML. What is not on the list of segments is shown as its text, never as markup.

    Without `link_people` (for guests, who may see no profiles) a mention is only a name. A hashtag leads somewhere if it
    says which topic it names: a reader's query writes that into it where he knows of the topic.
    """
    body = body or []
    parts: list[str] = []
    open_tags: list[tuple[str, str]] = []
    for at, segment in enumerate(body):
        kind = segment.get("type")
        text = escape(str(segment.get("text") or ""))
        match kind:
            case "Text":
                parts.append(text)
            case "Mention":
                parts.append(_mention(segment, text, link_people))
            case "Hashtag":
                parts.append(_hashtag(segment, text, link_people))
            case "Link":
                parts.append(_anchor(segment.get("url"), text))
            case "EntityLink":
                parts.append(_record(segment, text))
            case "InlineImage":
                parts.append(_image(segment, text))
            case "MarkupBegin":
                markup = str(segment.get("markupType"))
                if markup == "Hyperlink":
                    if address := _address(segment.get("url")):
                        hint = segment.get("altText")
                        title = f' title="{escape(hint)}"' if isinstance(hint, str) and hint else ""
                        parts.append(f'<a href="{address}"{title} rel="noopener nofollow ugc">')
                        open_tags.append((markup, "</a>"))
                elif markup == "Code" and is_block(body, at, [name for name, _ in open_tags]):
                    parts.append("<pre><code>")
                    open_tags.append((markup, "</code></pre>"))
                elif tag := TAGS.get(markup):
                    parts.append(f"<{tag}>")
                    open_tags.append((markup, f"</{tag}>"))
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


def is_block(body: list[Segment], at: int, inside: list[str]) -> bool:
    """Does the Code that begins at `at`, inside that markup, stand on lines of its own? It does if it is alone on its line,
    or has several."""
    if not {"Quote", "ListItem", "OrderedList", "UnorderedList"}.issuperset(inside):
        return False
    end = at + 1
    while end < len(body) and body[end].get("type") == "Text":
        end += 1
    if any("\n" in str(segment.get("text") or "") for segment in body[at + 1 : end]):
        return True
    return "ListItem" not in inside and _breaks(body, at - 1, -1) and _breaks(body, end + 1, 0)


def _breaks(body: list[Segment], at: int, edge: int) -> bool:
    """Does a line begin or end at that neighbour? `edge` says which end of its text touches."""
    if not 0 <= at < len(body):
        return True
    segment = body[at]
    if segment.get("type") in ("MarkupBegin", "MarkupEnd"):
        return segment.get("markupType") in BLOCKS
    text = str(segment.get("text") or "")
    return segment.get("type") == "Text" and text[edge:][:1] == "\n"


def plain(body: list[Segment] | None) -> str:
    """A body as plain text: what stands on lines of its own does so here, too."""
    return "".join(str(segment.get("text") or "") for segment in unmarked(body))


def unmarked(body: list[Segment] | None) -> list[Segment]:
    """A body without its markup: what stands on lines of its own does so by line breaks, too."""
    parts: list[Segment] = []
    ended = True  # does what there is end a line?
    broken = False
    inside: list[str] = []
    body = body or []
    for at, segment in enumerate(body):
        markup = str(segment.get("markupType"))
        match segment.get("type"):
            case "MarkupBegin":
                if markup == "Code" and is_block(body, at, inside):
                    markup = "Block"
                inside.append(markup)
                broken = broken or markup == "Block" or markup in BLOCKS
            case "MarkupEnd":
                if inside:
                    markup = inside.pop()
                broken = broken or markup == "Block" or markup in BLOCKS
            case _:
                text = str(segment.get("text") or "")
                if text and broken and not ended and not text.startswith("\n"):
                    parts.append({"type": "Text", "text": "\n"})
                broken = broken and not text
                if text:
                    parts.append(segment)
                    ended = text.endswith("\n")
    return parts


def excerpt(body: list[Segment] | None, length: int = 80) -> str:
    """The first words of a body as plain text, for titles."""
    text = " ".join(plain(body).split())
    return text if len(text) <= length else text[: length - 1].rsplit(" ", 1)[0] + "…"


def _address(url: Any) -> str | None:
    return escape(url) if isinstance(url, str) and _LINK.fullmatch(url) else None


def _anchor(url: Any, text: str) -> str:
    address = _address(url)
    return (
        f'<a href="{address}" rel="noopener nofollow ugc">{text or address}</a>'
        if address
        else text or escape(str(url or ""))
    )


def _mention(segment: Segment, text: str, link: bool) -> str:
    shown = text or "@" + escape(str(segment.get("name") or ""))
    person = str(segment.get("id") or "")
    if not link or not _ID.fullmatch(person):
        return f'<b class="mention">{shown}</b>'
    return f'<a class="mention" href="/people/{person}">{shown}</a>'


def _hashtag(segment: Segment, text: str, link: bool) -> str:
    tag = str(segment.get("tag") or "")
    shown = text or "#" + escape(tag)
    if not link or not _ID.fullmatch(str(segment.get("id") or "")):
        return shown
    return f'<a class="topic" href="/topics/{quote(tag, safe="")}">{shown}</a>'


def _image(segment: Segment, text: str) -> str:
    """A picture with the room that it takes, and what it shows in words; pressed, it is shown alone."""
    file, width, height = str(segment.get("fileId") or ""), segment.get("width"), segment.get("height")
    if not (_ID.fullmatch(file) and isinstance(width, int) and isinstance(height, int)):
        return text
    alt = escape(str(segment.get("altText") or ""))
    return (
        f'<a class="picture" href="/files/{file}"><img src="/files/{file}" alt="{alt}" width="{width}" height="{height}"'
        ' loading="lazy"></a>'
    )


def _record(segment: Segment, text: str) -> str:
    record = str(segment.get("id") or "")
    if not text or not _ID.fullmatch(record):
        return f'<span class="unseen-record">{text or escape(unseen_record())}</span>'
    return f'<a class="record-link" href="/r/{record}">{text}</a>'
