"""Light markup, for who writes without an editor: how it is read from a plain text box, and written into one.

**bold**  *italic*  __underlined__  ~~struck~~  `code`  [words](https://…)  [record](/r/006…)  ![words](/files/069…)
- item    1. item   two more spaces: a list in the list     > quote     ``` lines of code ```     \\* is only a *
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from hubbub.core import html, ids
from hubbub.core.errors import Invalid
from hubbub.feed.actions.bodies.nesting import LISTS, MOST_LEVELS

Segment = dict[str, Any]

_STYLES = {"**": "Bold", "__": "Underline", "~~": "Strikethrough", "*": "Italic"}
_SIGNS = {markup: sign for sign, markup in _STYLES.items()}
_ESCAPED = "\\`*_~[]()>-."
_FENCE = re.compile(r"^ {0,3}(`{3,})[^`]*$")
_ITEM = re.compile(r"^( *)(?:([-*+])|(\d{1,3})[.)]) +(.*)$")
_URL = re.compile(r"(?:https?://|mailto:)[^\s<>\"]+")
_WORDS = re.compile(r"\[((?:[^\[\]\\\n]|\\.){1,500})\]\((?:<([^<>\s]{1,2000})>|([^()<>\s]{1,2000}))\)")
_IMAGE = re.compile(r"!\[((?:[^\[\]\\\n]|\\.){0,500})\]\(/files/(069[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?)\)")
_RECORD = re.compile(r"/r/([0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?)")


def read_light(text: str) -> list[Segment]:
    """The segments of a text with light markup; names, topics and links in it are not looked up yet."""
    return _joined(_blocks(text.split("\n"), quoted=False))


# --- blocks --------------------------------------------------------------------------------------------------------


def _blocks(lines: list[str], *, quoted: bool) -> list[Segment]:
    body: list[Segment] = []
    prose: list[str] = []

    def say(last: bool = False) -> None:
        # Empty lines beside a block are what sets it apart; elsewhere they are meant.
        text = "\n".join(prose)
        text = text.lstrip("\n") if body else text
        text = text if last else text.rstrip("\n")
        prose.clear()
        body.extend(_inline(text))

    at = 0
    while at < len(lines):
        line = lines[at]
        if fence := _FENCE.match(line):
            end = next((n for n in range(at + 1, len(lines)) if lines[n].strip() == fence[1]), None)
            if end is not None and end > at + 1:
                say()
                body += _wrapped("Code", [_text("\n".join(lines[at + 1 : end]))])
                at = end + 1
                continue
        if line.startswith(">") and not quoted:
            end = at
            while end < len(lines) and lines[end].startswith(">"):
                end += 1
            inner = [each[1:].removeprefix(" ") for each in lines[at:end]]
            if any(each.strip() for each in inner):
                say()
                body += _wrapped("Quote", _blocks(inner, quoted=True))
                at = end
                continue
        if (item := _ITEM.match(line)) and not item[1] and (item[2] or item[3] == "1"):
            say()
            made, at = _list(lines, at, 0, 1)
            body += made
            continue
        prose.append(line)
        at += 1
    say(last=True)
    return body


def _list(lines: list[str], at: int, indent: int, level: int) -> tuple[list[Segment], int]:
    """The list that begins at that line, and the line after it."""
    first = _ITEM.match(lines[at])
    assert first is not None
    ordered = bool(first[3])
    items: list[Segment] = []
    while at < len(lines):
        item = _ITEM.match(lines[at])
        if item is None or len(item[1]) < indent or bool(item[3]) != ordered:
            break
        at += 1
        said, inner = [item[4]], []
        while at < len(lines):
            deeper = _ITEM.match(lines[at])
            if deeper and len(deeper[1]) > indent + 1 and level < MOST_LEVELS:
                more, at = _list(lines, at, len(deeper[1]), level + 1)
                inner += more
            elif not deeper and not inner and lines[at].startswith(" " * (indent + 2)) and lines[at].strip():
                said.append(lines[at].strip())
                at += 1
            else:
                break
        items += _wrapped("ListItem", [*_inline("\n".join(said)), *inner])
    return _wrapped("OrderedList" if ordered else "UnorderedList", items), at


# --- what stands in a line -----------------------------------------------------------------------------------------


def _inline(text: str, *, links: bool = True) -> list[Segment]:
    body: list[Segment] = []
    opened: list[tuple[str, int]] = []  # the sign, and where in the body it stands
    at = 0
    while at < len(text):
        char = text[at]
        if char == "\\" and text[at + 1 : at + 2] in tuple(_ESCAPED):
            body.append(_text(text[at + 1]))
            at += 2
        elif char == "`":
            made, at = _code(text, at)
            body += made
        elif char in "hm" and (url := _URL.match(text, at)) and not text[at - 1 : at].isalnum():
            address = url[0].rstrip("*_~`")
            body.append(_text(address))
            at += len(address)
        elif char == "#" and text.startswith("#[", at) and "]" in text[at:]:
            end = text.index("]", at) + 1
            body.append(_text(text[at:end]))
            at = end
        elif char == "!" and links and (image := _IMAGE.match(text, at)):
            body.append(
                {
                    "type": "InlineImage",
                    "fileId": ids.show(ids.parse(image[2])),
                    "altText": re.sub(r"\\(.)", r"\1", image[1]),
                }
            )
            at = image.end()
        elif char == "[" and links and (words := _WORDS.match(text, at)) and (made := _linked(words)):
            body += made
            at = words.end()
        elif sign := next((each for each in _STYLES if text.startswith(each, at)), None):
            if opened and opened[-1][0] == "*" and text.startswith("***", at):
                sign = "*"  # of three signs at the end the last that was opened is ended first
            _style(body, opened, text, at, sign)
            at += len(sign)
        else:
            body.append(_text(char))
            at += 1
    for sign, place in opened:
        body[place] = _text(sign)
    return _joined(body)


def _style(body: list[Segment], opened: list[tuple[str, int]], text: str, at: int, sign: str) -> None:
    """Begin a style, end it, or leave the sign as it was typed."""
    before, after = text[at - 1 : at] if at else "", text[at + len(sign) : at + len(sign) + 1]
    # Signs of one character stand in sums and names; those of two may begin and end in a word.
    tight = sign in ("*", "__")
    open_signs = [each for each, _ in opened]
    if sign in open_signs and before.strip() and not (tight and after.isalnum()):
        while opened:
            name, place = opened.pop()
            if name == sign:
                if place == len(body) - 1:
                    break
                body[place] = {"type": "MarkupBegin", "markupType": _STYLES[sign]}
                body.append({"type": "MarkupEnd", "markupType": _STYLES[sign]})
                return
            body[place] = _text(name)
        body[-1] = _text(sign)
        body.append(_text(sign))
        return
    if after.strip() and sign not in open_signs and not (tight and before.isalnum()):
        opened.append((sign, len(body)))
    body.append(_text(sign))


def _code(text: str, at: int) -> tuple[list[Segment], int]:
    run = len(text[at:]) - len(text[at:].lstrip("`"))
    ticks = "`" * run
    close = re.search(rf"(?<!`){ticks}(?!`)", text[at + run :])
    if close is None or not close.start() or "\n" in text[at + run : at + run + close.start()]:
        return [_text(ticks)], at + run
    said = text[at + run : at + run + close.start()]
    if said.startswith(" ") and said.endswith(" ") and said.strip():
        said = said[1:-1]
    return _wrapped("Code", [_text(said)]), at + run + close.end()


def _linked(words: re.Match[str]) -> list[Segment] | None:
    address = words[2] or words[3]
    if record := _RECORD.fullmatch(address):
        try:
            return [{"type": "EntityLink", "id": ids.show(ids.parse(record[1]))}]
        except Invalid:
            return None
    try:
        scheme = urlsplit(address).scheme.lower()
    except ValueError:
        return None
    if scheme not in ("http", "https", "mailto"):
        return None
    inner = _inline(words[1], links=False)
    if not html.plain(inner).strip():
        return None
    return _wrapped("Hyperlink", inner, url=address)


def _wrapped(markup: str, inner: list[Segment], **more: str) -> list[Segment]:
    begin = {"type": "MarkupBegin", "markupType": markup, **more}
    return [begin, *inner, {"type": "MarkupEnd", "markupType": markup}]


def _text(text: str) -> Segment:
    return {"type": "Text", "text": text}


def _joined(body: list[Segment]) -> list[Segment]:
    """The same with texts beside each other made one."""
    joined: list[Segment] = []
    pieces: list[str] = []
    for segment in [*body, None]:
        if segment is not None and segment["type"] == "Text":
            pieces.append(segment["text"])
            continue
        if text := "".join(pieces):
            joined.append(_text(text))
        pieces.clear()
        if segment is not None:
            joined.append(segment)
    return joined


# --- writing it ----------------------------------------------------------------------------------------------------


def write_light(body: list[Segment], names: Mapping[str, str] | None = None) -> str:
    """A body as it would be typed into a plain text box; `names`: of the records that it links, by their ids.

    What light markup cannot say is left out, and the words stay.
    """
    out, _ = _write_blocks(body, 0, None, names or {}, "")
    return out


def _write_blocks(
    body: list[Segment], at: int, until: str | None, names: Mapping[str, str], indent: str
) -> tuple[str, int]:
    """What stands in a body or a quote, and where it ends."""
    parts: list[tuple[bool, str]] = []  # whether it is a block, and its lines
    while at < len(body) and not (body[at]["type"] == "MarkupEnd" and body[at]["markupType"] == until):
        segment = body[at]
        markup = segment.get("markupType") if segment["type"] == "MarkupBegin" else None
        if markup in LISTS:
            lines, at = _write_list(body, at + 1, markup, names, indent)
            parts.append((True, "\n".join(lines)))
        elif markup == "Quote":
            inner, at = _write_blocks(body, at + 1, "Quote", names, "")
            parts.append((True, "\n".join(f"> {line}".rstrip() for line in inner.split("\n"))))
        elif markup == "Paragraph":
            inner, at = _write_inline(body, at + 1, "Paragraph", names)
            parts.append((True, _at_line_starts(inner)))
        elif markup == "Code" and html.is_block(body, at, [until] if until else []):
            text, at = _verbatim(body, at + 1)
            ticks = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
            parts.append((True, f"{ticks}\n{text}\n{ticks}"))
            continue
        else:
            inner, at = _write_inline(body, at, until, names, stop=True)
            parts.append((False, _at_line_starts(inner)))
            continue
        at += 1
    written = ""
    for number, (block, text) in enumerate(parts):
        if number:
            written += "\n\n" if block and parts[number - 1][0] else "\n"
            text = text if block else text.removeprefix("\n")
        if not block and number + 1 < len(parts):
            text = text.removesuffix("\n")
        written += text
    return written, at


def _write_list(
    body: list[Segment], at: int, markup: str, names: Mapping[str, str], indent: str
) -> tuple[list[str], int]:
    lines: list[str] = []
    number = 0
    while not (body[at]["type"] == "MarkupEnd" and body[at]["markupType"] == markup):
        number += 1
        sign = f"{number}. " if markup == "OrderedList" else "- "
        said: list[str] = []
        inner: list[str] = []
        at += 1
        while not (body[at]["type"] == "MarkupEnd" and body[at]["markupType"] == "ListItem"):
            if body[at]["type"] == "MarkupBegin" and body[at]["markupType"] in LISTS:
                more, at = _write_list(body, at + 1, body[at]["markupType"], names, indent + "  ")
                inner += more
                at += 1
            else:
                text, at = _write_inline(body, at, "ListItem", names, stop=True)
                said += text.split("\n")
        lines.append(f"{indent}{sign}{said[0] if said else ''}")
        lines += [f"{indent}  {line}" for line in said[1:] if line.strip()] + inner
        at += 1
    return lines, at


def _write_inline(
    body: list[Segment], at: int, until: str | None, names: Mapping[str, str], *, stop: bool = False
) -> tuple[str, int]:
    """Prose up to the end of `until`; with `stop` up to the next block too. The end is not passed."""
    out = ""
    while at < len(body):
        segment = body[at]
        kind, markup = segment["type"], segment.get("markupType")
        if kind == "MarkupEnd":
            break
        if kind == "MarkupBegin":
            if stop and (
                markup in html.BLOCKS
                or (
                    markup == "Code"
                    and until != "ListItem"
                    and html.is_block(body, at, [until] if until else [])
                )
            ):
                break
            if markup == "Code":
                text, at = _verbatim(body, at + 1)
                ticks = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
                space = " " if text.startswith(("`", " ")) or text.endswith(("`", " ")) else ""
                out += f"{ticks}{space}{' '.join(text.split(chr(10)))}{space}{ticks}"
                continue
            inner, at = _write_inline(body, at + 1, markup, names)
            at += 1
            following = body[at]["text"][:1] if at < len(body) and body[at]["type"] == "Text" else ""
            out += _styled(str(markup), inner, segment, out[-1:], following)
            continue
        out += _said(segment, names)
        at += 1
    return out, at


def _styled(markup: str, inner: str, segment: Segment, before: str, after: str) -> str:
    if markup == "Hyperlink":
        url = segment["url"]
        return f"[{inner}](<{url}>)" if "(" in url or ")" in url else f"[{inner}]({url})"
    sign = _SIGNS[markup]
    tight = sign in ("*", "__")
    sayable = inner and inner == inner.strip() and not (tight and (before.isalnum() or after.isalnum()))
    touching = before in ("*", "_", "~") or after in ("*", "_", "~")
    return f"{sign}{inner}{sign}" if sayable and not touching else inner


def _said(segment: Segment, names: Mapping[str, str]) -> str:
    match segment["type"]:
        case "Text":
            return _escape(segment["text"])
        case "Hashtag":
            tag = segment["tag"]
            return f"#{tag}" if re.fullmatch(r"\w[\w-]*", tag) else f"#[{tag}]"
        case "InlineImage":
            alt = re.sub(r"[\[\]\\\n]", " ", segment["altText"])
            return f"![{alt}](/files/{segment['fileId']})"
        case "EntityLink":
            name = re.sub(r"[\[\]\\\n]", " ", names.get(segment["id"]) or html.unseen_record())
            return f"[{name[:100]}](/r/{segment['id']})"
    return segment.get("text", "")


def _escape(text: str) -> str:
    text = re.sub(r"\\(?=[" + re.escape(_ESCAPED) + "])", r"\\\\", text)
    text = re.sub(r"`|\*(?!\s)|(?<!\s)\*|_(?=_)|(?<=_)_|~(?=~)|(?<=~)~", r"\\\g<0>", text)
    return re.sub(r"(?<!#)\[(?=[^\[\]\n]*\]\()", r"\\[", text)


def _at_line_starts(text: str) -> str:
    """Lines that would begin a block, so that they do not."""
    text = re.sub(r"^(>|[-+*](?= ))", r"\\\1", text, flags=re.MULTILINE)
    return re.sub(r"^(1)([.)])(?= )", r"\1\\\2", text, flags=re.MULTILINE)


def _verbatim(body: list[Segment], at: int) -> tuple[str, int]:
    text = ""
    while body[at]["type"] == "Text":
        text += body[at]["text"]
        at += 1
    return text, at + 1
