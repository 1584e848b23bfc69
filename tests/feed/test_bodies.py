"""Bodies: rich text that nests, links to records by each reader's sight, lengths; what typed text and editors become."""

from random import Random
from typing import Any

import msgspec
import pytest

from hubbub.core import html, ids
from hubbub.core.errors import Invalid
from hubbub.feed.actions.bodies.light import read_light, write_light
from hubbub.feed.actions.bodies.nesting import nested
from tests.cast import Company
from tests.feed.test_posts import V, deal

Segment = dict[str, Any]


def begin(markup: str, **more: str) -> Segment:
    return {"type": "MarkupBegin", "markupType": markup, **more}


def end(markup: str) -> Segment:
    return {"type": "MarkupEnd", "markupType": markup}


def say(text: str) -> Segment:
    return {"type": "Text", "text": text}


def around(markup: str, *inner: Segment, **more: str) -> list[Segment]:
    return [begin(markup, **more), *inner, end(markup)]


async def send_segments(
    company: Company, name: str, segments: list[Segment], subject: str = "me", status: int = 201
) -> Any:
    answer = await (await company.api(name)).post(
        f"{V}/feed-elements",
        json={"feedElementType": "FeedItem", "subjectId": subject, "body": {"messageSegments": segments}},
    )
    assert answer.status_code == status, answer.text
    return answer.json()


RICH = [
    *around("Paragraph", say("We "), *around("Bold", say("won, @Maya Lindqvist")), say(" #tides")),
    *around(
        "UnorderedList",
        *around("ListItem", say("one"), *around("OrderedList", *around("ListItem", say("deeper")))),
        say("\n"),
        *around("ListItem", *around("Italic", *around("Underline", say("two")))),
    ),
    *around("Code", say("if a < b:\n    @Maya Lindqvist #no")),
    *around("Quote", say("quoted "), *around("Strikethrough", say("words"))),
    *around("Hyperlink", say("the port"), url="https://port.example/a?b=1", altText="Port"),
    {"type": "Link", "url": "https://other.example/"},
]


async def test_rich_text_comes_back_as_it_was_sent(company: Company) -> None:
    element = await send_segments(company, "omar", RICH)
    body = (await (await company.api("nina")).get(element["url"])).json()["body"]
    assert body["isRichText"] is True
    shown = [
        (each["type"], each.get("markupType"), each.get("htmlTag"), each["text"])
        for each in body["messageSegments"]
    ]
    assert shown[:8] == [
        ("MarkupBegin", "Paragraph", "p", ""),
        ("Text", None, None, "We "),
        ("MarkupBegin", "Bold", "b", ""),
        ("Text", None, None, "won, "),
        ("Mention", None, None, "@Maya Lindqvist"),
        ("MarkupEnd", "Bold", "b", ""),
        ("Text", None, None, " "),
        ("Hashtag", None, None, "#tides"),
    ]
    # Nothing is looked for in code, and what stands between the items of a list is not kept.
    assert ("Text", None, None, "if a &lt; b:\n    @Maya Lindqvist #no") in shown
    assert ("Text", None, None, "\n") not in shown
    link = next(each for each in body["messageSegments"] if each.get("markupType") == "Hyperlink")
    assert (link["url"], link["altText"]) == ("https://port.example/a?b=1", "Port")
    assert body["text"] == (
        "We won, @Maya Lindqvist #tides\none\ndeeper\ntwo\nif a &lt; b:\n    @Maya Lindqvist #no\n"
        "quoted words\nthe porthttps://other.example/"
    )


async def test_a_plain_post_is_not_rich(company: Company) -> None:
    body = (await send_segments(company, "omar", [say("**not** bold\n- no list")]))["body"]
    assert (body["isRichText"], body["text"]) == (False, "**not** bold\n- no list")


async def test_rich_text_on_the_page(company: Company) -> None:
    element = await send_segments(company, "omar", RICH)
    page = (await (await company.client("nina")).get(f"/posts/{element['id']}")).text
    assert "<p>We <b>won, <a " in page
    assert "<ul><li>one<ol><li>deeper</li></ol></li><li><i><u>two</u></i></li></ul>" in page
    assert "<pre><code>if a &lt; b:\n    @Maya Lindqvist #no</code></pre>" in page
    assert "<blockquote>quoted <s>words</s></blockquote>" in page
    assert (
        '<a href="https://port.example/a?b=1" title="Port" rel="noopener nofollow ugc">the port</a>' in page
    )


BAD = [
    ([begin("Bold"), say("x")], "Bold begins here and never ends"),
    ([say("x"), end("Bold")], "Bold ends here and never began"),
    (
        [begin("Bold"), begin("Italic"), say("x"), end("Bold"), end("Italic")],
        "Italic, which begins at messageSegments[1]",
    ),
    (around("Bold", *around("Bold", say("x"))), "Bold stands in Bold already"),
    (around("Bold", *around("Italic", *around("Bold", say("x")))), "Bold stands in Bold already"),
    (around("ListItem", say("x")), "ListItem stands only in a list"),
    (around("OrderedList", say("x")), "Text may not stand in OrderedList"),
    ([*around("OrderedList"), say("x")], "OrderedList has no ListItem"),
    (around("Bold", *around("Paragraph", say("x"))), "Paragraph may not stand in Bold"),
    (
        around("Paragraph", *around("UnorderedList", *around("ListItem", say("x")))),
        "UnorderedList may not stand in Paragraph",
    ),
    (around("Code", *around("Bold", say("x"))), "Bold may not stand in Code"),
    (around("Code", {"type": "Link", "url": "https://x.example"}), "Link may not stand in Code"),
    (around("Quote", *around("Quote", say("x"))), "Quote may not stand in Quote"),
    (
        around(
            "Hyperlink",
            *around("Bold", {"type": "Link", "url": "https://x.example"}),
            url="https://y.example",
        ),
        "Link may not stand in Hyperlink",
    ),
    (
        [*[begin(each) for _ in range(6) for each in ("UnorderedList", "ListItem")], say("x")]
        + [end(each) for _ in range(6) for each in ("ListItem", "UnorderedList")],
        "at most 5 levels",
    ),
    ([begin("Blink"), say("x"), end("Blink")], "markupType is one of"),
    ([begin("Hyperlink"), say("x"), end("Hyperlink")], "A text is missing"),
    (around("Hyperlink", say("x"), url="javascript:alert(1)"), "Links start with http"),
    ([{"type": "InlineImage", "altText": "x"}], "Invalid identifier"),
    ([{"type": "EntityLink", "entityId": "0D5000000000001"}], "entityId is the id of a record"),
    ([say("x")] * 5001, "at most 5,000 segments"),
    (around("Paragraph", say(" ")), "Write something first"),
]


@pytest.mark.parametrize(("segments", "why"), BAD, ids=[why[:40] for _, why in BAD])
async def test_what_does_not_nest_is_refused_in_words(
    company: Company, segments: list[Segment], why: str
) -> None:
    error = (await send_segments(company, "omar", segments, status=400))[0]
    assert why in error["message"], error
    made = await (await company.api("omar")).get(f"{V}/feeds/news/me/feed-elements")
    assert made.json()["elements"] == []


# --- links to records ----------------------------------------------------------------------------------------------


async def test_a_linked_record_is_named_only_to_who_sees_it(company: Company) -> None:
    hidden = await deal(company, Name="Sealed tender")
    element = await send_segments(
        company, "omar", [say("About "), {"type": "EntityLink", "entityId": hidden}]
    )
    unseen = html.unseen_record()
    for name, text, reference in (("noor", "Sealed tender", hidden), ("nina", unseen, None)):
        body = (await (await company.api(name)).get(element["url"])).json()["body"]
        link = body["messageSegments"][1]
        assert (link["type"], link["text"], body["text"]) == ("EntityLink", text, f"About {text}")
        assert (link["reference"] or {}).get("id") == reference
        assert (link["motif"] is None) == (reference is None)
        page = (await (await company.client(name)).get(f"/posts/{element['id']}")).text
        assert (f'href="/r/{hidden}">Sealed tender</a>' in page, "Sealed tender" in page) == (
            bool(reference),
        ) * 2
        assert (hidden in page) == bool(reference)


async def test_a_comment_may_link_a_record_too(company: Company) -> None:
    hidden = await deal(company, Name="Sealed tender")
    element = await send_segments(company, "omar", [say("x")])
    url = f"{V}/feed-elements/{element['id']}/capabilities/comments/items"
    given = {"body": {"messageSegments": [{"type": "EntityLink", "entityId": hidden}]}}
    made = (await (await company.api("omar")).post(url, json=given)).json()
    for name, text in (("noor", "Sealed tender"), ("nina", html.unseen_record())):
        api = await company.api(name)
        comments = [
            (await api.get(f"{V}/comments/{made['id']}")).json(),
            (await api.get(url)).json()["items"][0],
            (await api.get(element["url"])).json()["capabilities"]["comments"]["page"]["items"][0],
        ]
        assert {each["body"]["text"] for each in comments} == {text}


async def test_who_does_not_see_a_record_links_nothing(company: Company) -> None:
    hidden = await deal(company)
    for record in (hidden, "006000000000zzz"):
        given = [say("x"), {"type": "EntityLink", "entityId": record}]
        assert (await send_segments(company, "nina", given, status=404))[0]["errorCode"] == "NOT_FOUND"


# --- lengths -------------------------------------------------------------------------------------------------------


async def test_an_org_says_how_long_a_post_may_be(company: Company) -> None:
    ada, omar = await company.client("ada"), await company.api("omar")
    data = "/services/data/v62.0/feed-tracking"
    assert (await (await company.api("ada")).patch(data, json={"mostCharacters": 1000})).status_code == 204
    too_long = {"subjectId": "me", "text": "x" * 1001}
    error = (await omar.post(f"{V}/feed-elements", json=too_long)).json()[0]
    assert (error["errorCode"], "1,001 characters; 1,000 is the most" in error["message"]) == (
        "STRING_TOO_LONG",
        True,
    )
    assert (await ada.submit("/setup/tracking", most="20", days="45", characters="100000")).status_code == 303
    assert 'value="100000"' in (await ada.get("/setup/tracking")).text
    assert (await omar.post(f"{V}/feed-elements", json=too_long)).status_code == 201
    for refused in ("999", "100001", "many"):
        answer = await ada.submit("/setup/tracking", most="20", days="45", characters=refused)
        assert answer.status_code == 422, refused
    assert (await (await company.api("ada")).get(data)).json()["mostCharacters"] == 100_000


async def test_mentions_are_counted_once_and_looked_up_together(company: Company) -> None:
    people = [{"type": "Mention", "id": company.key(name)} for name in ("maya", "noor", "nina")] * 10
    assert (await send_segments(company, "omar", people))["body"]["text"].count("@") == 30
    error = (
        await send_segments(company, "omar", [{"type": "Mention", "username": "no such one"}], status=404)
    )[0]
    assert error["errorCode"] == "NOT_FOUND"


# --- forms ---------------------------------------------------------------------------------------------------------


async def said(company: Company, name: str = "omar") -> list[Segment]:
    page = (await (await company.api(name)).get(f"{V}/feeds/news/me/feed-elements")).json()
    return page["elements"][0]["body"]["messageSegments"]


async def test_light_markup_of_a_plain_box_is_rich_text(company: Company) -> None:
    omar = await company.client("omar")
    text = "**Won**, @Maya Lindqvist\r\n\r\n- one\r\n- `two`\r\n\r\n> said *so*\r\n```\r\na < b\r\n```"
    assert (await omar.submit("/posts", subject=company.key("omar"), text=text)).status_code == 303
    assert [each.get("markupType") or each["text"] for each in await said(company)] == [
        "Bold", "Won", "Bold", ", ", "@Maya Lindqvist",
        "UnorderedList", "ListItem", "one", "ListItem", "ListItem", "Code", "two", "Code", "ListItem", "UnorderedList",
        "Quote", "said ", "Italic", "so", "Italic", "Quote", "Code", "a &lt; b", "Code",
    ]  # fmt: skip


async def test_an_editors_segments_go_before_its_text(company: Company) -> None:
    omar = await company.client("omar")
    segments = msgspec.json.encode(around("Paragraph", say("**as it is**"))).decode()
    answer = await omar.submit("/posts", subject=company.key("omar"), text="other", segments=segments)
    assert answer.status_code == 303
    assert [each["text"] for each in await said(company)] == ["", "**as it is**", ""]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"segments": "[" * 5000}, "cannot be read"),
        ({"segments": "{}"}, "A body needs messageSegments"),
        ({"segments": msgspec.json.encode([begin("Bold"), say("x")]).decode()}, "never ends"),
        ({"segments": msgspec.json.encode([say("y" * 2_100_000)]).decode()}, "far more than a post can hold"),
        ({"text": "z" * 1_500_000}, "far more than a post can hold"),
        ({"text": "**" * 60_000}, "120,000 characters; 100,000 is the most"),
    ],
    ids=["no json", "no list", "no nesting", "megabytes of segments", "megabytes of text", "long"],
)
async def test_bad_forms_are_refused_in_words(company: Company, fields: dict[str, str], why: str) -> None:
    answer = await (await company.client("omar")).submit("/posts", subject=company.key("omar"), **fields)
    assert (answer.status_code, why in answer.text) == (422, True), answer.text[:300]


async def test_ten_megabytes_are_too_much_for_a_program(company: Company) -> None:
    answer = await (await company.api("omar")).post(
        f"{V}/feed-elements",
        content=b'{"subjectId":"me","text":"' + b"x" * 10_000_001 + b'"}',
        headers={"content-type": "application/json"},
    )
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (413, "REQUEST_TOO_LARGE")


# --- all that nests, and all that light markup can say -------------------------------------------------------------

INLINE = ("Bold", "Italic", "Underline", "Strikethrough")
WORDS = (
    "tide",
    "port of call",
    "2 * 3",
    "a_b",
    "#x",
    "say: so",
    "x-y",
    "[z]",
    "**",
    "~~",
    "> a",
    "- b",
    "1. c",
    "`",
)


def prose(random: Random, inside: tuple[str, ...] = ()) -> list[Segment]:
    """Words, some of them marked; marked words are set apart, as light markup needs it."""
    body = [say(random.choice(WORDS))]
    for _ in range(random.randrange(3)):
        kind = random.choice(
            [each for each in (*INLINE, "Code", "Hyperlink", "EntityLink") if each not in inside]
        )
        match kind:
            case "Code":
                made = around("Code", say(random.choice(("x", "a`b", "*c* @d"))))
            case "EntityLink":
                made = [
                    {
                        "type": "EntityLink",
                        "id": ids.show(ids.make(ids.Type.OPPORTUNITY, random.randrange(9))),
                    }
                ]
            case "Hyperlink" if "link" not in inside:
                made = around(
                    "Hyperlink",
                    say("words"),
                    url=random.choice(("https://x.example/a_b", "https://y.example/(c)")),
                )
            case "Hyperlink":
                continue
            case _:
                made = around(
                    kind,
                    say("in"),
                    *([] if len(inside) > 2 else [say(" "), *prose(random, (*inside, kind)), say(" out")]),
                )
        body += [say(" "), *made, say(" ")]
    return merged([*body, say(random.choice(("end", "tide")))])


def blocks(random: Random, *, quoted: bool = False) -> list[Segment]:
    body: list[Segment] = []
    text = False
    for _ in range(random.randrange(1, 5)):
        kind = random.choice(("text", "list", "code", "quote"))
        if kind == "text" and not text:
            body += prose(random)
        elif kind == "list":
            body += a_list(random, 1)
        elif kind == "code":
            body += around("Code", say(random.choice(("one\ntwo", "```\nthree"))))
        elif kind == "quote" and not quoted:
            body += around("Quote", *blocks(random, quoted=True))
        else:
            continue
        text = kind == "text"
    return body or [say("tide")]


def a_list(random: Random, level: int) -> list[Segment]:
    items: list[Segment] = []
    for _ in range(random.randrange(1, 4)):
        deeper = a_list(random, level + 1) if level < 3 and random.random() < 0.3 else []
        items += around("ListItem", *prose(random), *deeper)
    return around(random.choice(("OrderedList", "UnorderedList")), *items)


def merged(body: list[Segment]) -> list[Segment]:
    found: list[Segment] = []
    for segment in body:
        if found and segment["type"] == found[-1]["type"] == "Text":
            found[-1] = say(found[-1]["text"] + segment["text"])
        else:
            found.append(segment)
    return found


def test_what_light_markup_can_say_is_read_as_it_was_written() -> None:
    for seed in range(3000):
        body = merged(blocks(Random(seed)))
        assert nested(body) == body, seed
        typed = write_light(body)
        assert read_light(typed) == body, (seed, typed)


def test_whatever_is_typed_nests_and_is_shown_whole() -> None:
    """Any text: its segments nest, its HTML is well formed, and what was typed is lost nowhere but in signs."""
    from tests.core.test_html import read

    signs = [
        "**",
        "*",
        "__",
        "~~",
        "`",
        "```",
        "[",
        "](",
        ")",
        "https://x.example",
        "- ",
        "1. ",
        "> ",
        "\n",
        " ",
        "\\",
        "word",
        "<b>",
        "#",
        "@",
    ]
    for seed in range(3000):
        random = Random(seed)
        typed = "".join(random.choice(signs) for _ in range(random.randrange(1, 40)))
        body = read_light(typed)
        assert nested(body) == body, typed
        page = read(html.segments(body))
        assert not page.faults and not page.open, (typed, page.faults)
        assert html.plain(body).count("word") + sum(
            "word" in each.get("url", "") for each in body
        ) == typed.count("word")


def test_any_order_of_markup_either_nests_or_is_refused() -> None:
    """Random begins and ends: what is accepted is well-formed HTML, and the refusal names a place."""
    from tests.core.test_html import read

    accepted = 0
    for seed in range(5000):
        random = Random(seed)
        body: list[Segment] = []
        for _ in range(random.randrange(1, 8)):
            markup = random.choice(list(html.TAGS))
            extra = {"url": "https://x.example"} if markup == "Hyperlink" else {}
            body.append(
                random.choice(
                    [begin(markup, **extra), end(markup), say("x"), *[end(markup)] * (len(body) > 2)]
                )
            )
        if random.random() < 0.5:  # close it properly
            opened: list[str] = []
            for each in body:
                if each["type"] == "MarkupBegin":
                    opened.append(each["markupType"])
                elif each["type"] == "MarkupEnd" and opened and opened[-1] == each["markupType"]:
                    opened.pop()
            body += [end(markup) for markup in reversed(opened)]
        try:
            kept = nested(body)
        except Invalid as refused:
            assert refused.message.startswith("messageSegments["), refused.message
            continue
        accepted += 1
        page = read(html.segments(kept))
        assert not page.faults and not page.open, (kept, page.faults)
    assert accepted > 500


HOSTILE = [
    say("<script>alert(1)</script>"),
    begin("Hyperlink", url="javascript:alert(1)"),
    say("x"),
    end("Hyperlink"),
    begin("Hyperlink", url='https://x.example/"onclick="alert(1)', altText='"><img src=x onerror=alert(1)>'),
    say("y"),
    end("Hyperlink"),
    begin("Code"),
    say("</code></pre><script>alert(1)</script>\n"),
    end("Code"),
    {"type": "EntityLink", "id": '006"><script>', "text": "<script>alert(1)</script>"},
    {"type": "MarkupBegin", "markupType": "script"},
    say("alert(1)"),
    {"type": "MarkupEnd", "markupType": "script"},
    begin("Bold"),
]


def test_hostile_segments_stay_text_even_if_they_were_stored() -> None:
    from tests.core.test_html import read

    page = read(html.segments(HOSTILE))
    assert not page.faults and not page.open
    assert {tag for tag, _ in page.tags} <= {"a", "b", "pre", "code", "span"}
    for _, attributes in page.tags:
        assert set(attributes) <= {"href", "title", "rel", "class"}
        assert (attributes.get("href") or "https:").startswith("https:")
