"""Templates and message segments: whatever people type is shown as they typed it, and runs nowhere."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest

from hubbub.core import clock, html, ids
from hubbub.core.ids import Type

HOSTILE = (
    "<script>alert(1)</script>'\"><img src=x onerror=alert(2)> {{ 7*7 }} {% raw %} &lt; "
    "javascript:alert(3) </textarea></title>"
)
TEMPLATES = sorted(
    path.relative_to(html.ROOMS).as_posix().replace("/templates/", "/")
    for path in html.ROOMS.glob("*/templates/**/*.html")
)
WHOLE = [name for name in TEMPLATES if not name.rpartition("/")[2].startswith("_")]
EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Hostile:
    """Answers to any name: numbers and dates where templates need them, and hostile text everywhere else."""

    numbers = frozenset(
        {
            "like_count",
            "near",
            "level",
            "unread_count",
            "down_count",
            "up_count",
            "new_comments",
            "unseen",
            "comment_count",
            "count",
            "days_past",
            "quiet_days",
            "my_like",
            "version",
            "max_length",
            "depth",
            "members",
            "children",
            "total",
            "views",
            "score",
            "minutes",
            "percent",
            "shares",
            "talking",
            "tokens",
            "posts",
            "votes",
            "matching",
            "inside",
            "number",
            "read_total",
            "unread_total",
        }
    )
    ids = frozenset(
        {
            "id",
            "item_id",
            "subject",
            "subject_id",
            "principal_id",
            "user_id",
            "accepted_by",
            "photo",
            "banner",
        }
    )
    times = frozenset(
        {
            "created_at",
            "last_at",
            "seen_at",
            "expires_at",
            "edited_at",
            "unsealed_at",
            "last_activity",
            "since",
            "joined_at",
            "left_at",
            "deleted_at",
            "saved_at",
            "publish_at",
            "read_at",
            "hidden_at",
            "sent_at",
            "until",
            "day",
        }
    )
    truths = frozenset(
        {
            "may_delete",
            "may_edit",
            "guest",
            "active",
            "first",
            "current",
            "numeric",
            "wide",
            "required",
            "demo",
            "won",
        }
    )
    lists = frozenset(
        {
            "items",
            "pinned",
            "changes",
            "shown",
            "comments",
            "outsiders",
            "feeds",
            "objects",
            "cells",
            "options",
            "fields",
            "sections",
            "streams",
            "recent",
            "favorites",
            "held",
            "offered",
            "elements",
            "sorts",
            "shows",
            "filters",
            "feed_items",
            "authors",
            "choices",
            "more_topics",
            "asked",
            "flags",
            "likes",
            "operators",
            "earlier",
            "places",
            "outside",
            "named",
            "made",
            "operations",
            "takes",
            "answers",
            "types",
            "has",
            "has_not",
            "above",
            "peers",
            "reports",
        }
    )

    def __init__(self, depth: int = 0) -> None:
        self.depth = depth

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in self.ids:
            return ids.make(Type.USER, 7)
        if name in self.numbers:
            return 7
        if name in self.times:
            return clock.now() - timedelta(hours=3)
        if name in self.truths:
            return True
        if name in self.lists:
            return [Hostile(self.depth + 1), Hostile(self.depth + 1)] if self.depth < 4 else []
        if name == "below":
            return {ids.make(Type.USER, 7): 7}
        if name == "skills":
            return [HOSTILE, HOSTILE]
        if name == "body":
            return [
                {
                    "type": kind,
                    "text": HOSTILE,
                    "url": HOSTILE,
                    "tag": HOSTILE,
                    "id": HOSTILE,
                    "fileId": HOSTILE,
                    "altText": HOSTILE,
                    "width": 7,
                    "height": 7,
                    "name": HOSTILE,
                    "markupType": HOSTILE,
                }
                for kind in ("Text", "Mention", "Hashtag", "Link", "MarkupBegin", "InlineImage", HOSTILE)
            ]
        if name in (
            "item",
            "user",
            "replying_to",
            "author",
            "parent",
            "person",
            "me",
            "object",
            "member",
            "field",
            "original",
            "poll",
            "preview",
            "question",
            "best",
            "best_by",
            "card",
            "verified_by",
            "form",
            "ask",
            "actor",
            "row",
            "on",
            "topic",
            "mine",
            "preview",
            "choice",
            "span",
            "about",
        ):
            return Hostile(self.depth + 1)
        return HOSTILE

    def __str__(self) -> str:
        return HOSTILE


class _Tab(Hostile):
    """The Activity tab of a record, with a form; the titles of its forms are the page's own."""

    offered = ("call", "task", "event")
    more_open = True

    def __getattr__(self, name: str) -> Any:
        if name in ("open", "past"):
            return [_Activity(self.depth + 1), _Activity(self.depth + 1)]
        return _Planning() if name == "planning" else super().__getattr__(name)


class _Members(Hostile):
    """The Members tab of a campaign, with a form."""

    def __getattr__(self, name: str) -> Any:
        if name in ("rows", "stages", "fields"):
            return [Hostile(self.depth + 1)]
        return super().__getattr__(name)


class _Outcome(Hostile):
    """What became of an address, with a reason that says itself."""

    def __getattr__(self, name: str) -> Any:
        return Hostile(self.depth + 1) if name == "reason" else super().__getattr__(name)


class _Activity(Hostile):
    kind = "task"
    others = (Hostile(3),)


class _Planning(Hostile):
    kind = "task"


def hostile_context(name: str) -> dict[str, Any]:
    """Something hostile for each name that any template asks for."""
    some = Hostile()
    context: dict[str, Any] = dict.fromkeys(
        ("username", "next", "error", "q", "next_url", "topic_name", "tab", "action", "cancel_url", "count", "owner",
         "message", "request_id", "path", "refused", "text", "name", "handler", "total_ms", "until", "older_url"), HOSTILE,
    )  # fmt: skip
    context |= {
        each: [Hostile(), Hostile()]
        for each in (
            "demo",
            "people",
            "fields",
            "sessions",
            "tokens",
            "needs",
            "columns",
            "rows",
            "highlights",
            "stages",
            "closing",
            "sections",
            "items",
            "choices",
            "lines",
            "owners",
            "conditions",
            "operators",
        )
    }
    context |= dict.fromkeys(
        ("actor", "shell", "feed", "composer", "item", "comment", "person", "record", "object", "closed"),
        some,
    )
    context |= dict.fromkeys(("following", "is_me", "first", "may_create", "signed_in"), True)
    context |= dict.fromkeys(("small", "unread", "follow_created", "saved", "line"), some)
    context |= dict.fromkeys(
        ("unseen", "followers", "follows", "following_count", "needs_count", "status"), 7
    )
    context |= {
        "followed": [],
        "here": None,
        "version": 3,
        "item_id": ids.make(Type.FEED_ITEM, 1),
        "subject_id": ids.make(Type.USER, 7),
        "asked": [(HOSTILE, 1, HOSTILE)],
        "templates": [HOSTILE],
        "statements": [(HOSTILE, HOSTILE)],
    }
    if name in ("feed/feed.html", "feed/changes.html", "feed/streams/new.html", "feed/streams_page.html"):
        many = [Hostile(), Hostile()]
        context |= dict.fromkeys(("title", "empty", "change_url", "about"), HOSTILE)
        context |= dict.fromkeys(("feed_items", "elements", "held", "offered", "streams", "favorites"), many)
        context |= {"searching": True, "parent": some, "stream": some}
    if name.startswith("people/authorize"):
        context |= dict.fromkeys(("app", "org", "host"), HOSTILE) | {"here": some, "there": some, "ok": True}
        context |= {
            "scopes": [HOSTILE],
            "known": True,
            "public": True,
            "given": [(HOSTILE, HOSTILE)],
            "days": 7,
        }
        context |= {"address": HOSTILE}
    if name in ("people/apps.html", "setup/apps.html"):
        context["apps"] = [(some, [HOSTILE] if name == "people/apps.html" else 7)]
    if name == "people/sessions.html":
        context["apps"] = 7
    if name == "setup/app.html":
        context |= {"app": some, "secret": HOSTILE, "audience": some, "seen": HOSTILE}
        context |= {each: [some] for each in ("scopes", "lasting", "sets", "users")}
    if name == "feed/revisions.html":
        context |= {"revisions": [_Revision()], "author": some, "comment": True, "back": HOSTILE}
    if name == "feed/edit.html":
        context["edited"] = some
    context |= {
        "announced": [some, some],
        "announcement": some,
        "found": some,
        "expires": HOSTILE,
        "must": True,
        "mailed": True,
        "mails": True,
    }
    if name == "feed/digest.html":
        context |= {"digest": some, "days": [some, some], "follows_any": True}
        context |= {"hour": 0, "hours": [HOSTILE], "zone": HOSTILE}
    if name == "feed/moderation.html":
        context |= {"hidden": [some], "hidden_comments": [some]}
    if name == "feed/profile.html":
        context |= {"clock": some, "chain": [some, some]}
    if name.startswith("feed/"):
        context |= marks_context(name)
    if name.startswith("api/"):
        context |= {each: [Hostile(), Hostile()] for each in ("areas", "bodies", "properties", "used")}
        context |= {"operation": some, "title": HOSTILE, "document_url": HOSTILE}
    if name == "desk/record.html":
        context |= {"tab": "activity", "has_activities": True, "has_members": True, "activity": _Tab()}
    if name == "desk/_members.html":
        context["members"] = _Members()
    if name == "desk/acts.html":
        context |= {"act": "stage", "stage": HOSTILE}
    if name == "desk/conversion.html":
        context |= {"company": HOSTILE, "accounts": [some], "contacts": [some], "chosen": some, "may_deal": True,
                    "errors": {"accountId": HOSTILE, "contactId": HOSTILE, "Name": HOSTILE}}  # fmt: skip
    if name == "feed/home.html":
        context["records"] = [some, some]
    if name in ("desk/jump.html", "desk/_jump.html"):
        context |= {"words": HOSTILE, "groups": [some, some], "options": name == "desk/_jump.html"}
    if name == "desk/make.html":
        context |= {"offered": [some, some], "object": some, "item": some}
    if name == "core/mail.html":
        context["mail"] = some
    if name.startswith("people/"):
        context |= {"chart": some, "most": 8}
        context |= {"mails": [some, some], "orgs": [some, some], "own": [HOSTILE], "found": some}
        context |= {"errors": some, "password_error": HOSTILE, "secret": HOSTILE, "email": HOSTILE}
        context |= {"own": [(HOSTILE, HOSTILE)] * 2, "may": True, "sent": HOSTILE, "domain": HOSTILE}
    if name == "people/invitations.html":
        context |= {
            "outcomes": [_Outcome()],
            "invitees": HOSTILE,
            "message": HOSTILE,
            "state": HOSTILE,
            "doubtful": True,
        }
        context |= {
            "invitations": [some, some],
            "names": {HOSTILE: HOSTILE},
            "invited": 3,
            "waiting": 2,
            "next_url": HOSTILE,
        }
        context |= {"inviters": HOSTILE, "domains": [HOSTILE], "per_day": 7, "at_once": 7, "error": HOSTILE}
    if name == "people/join.html":
        context["here"] = HOSTILE
    if name == "desk/bin.html":
        context["persons"] = {HOSTILE: some}
    if name.startswith("desk/"):
        context |= lists_context(name)
    if name.startswith("setup/"):
        context |= setup_context(name)
    return context


def lists_context(name: str) -> dict[str, Any]:
    """The same for lists, boards and what is edited in place."""
    some, two = Hostile(), [Hostile(), Hostile()]
    pairs = [(HOSTILE, HOSTILE)]
    context: dict[str, Any] = {
        "view": some, "views": two, "may_change": True, "lacking": True, "chips": two, "filter_rows": two,
        "mine": True, "filter_fields": two, "operations": pairs, "choices": two, "arranging": True, "filters_kept": pairs,
        "columns_kept": pairs, "hidden": pairs, "changed": True, "list_url": HOSTILE, "board_url": HOSTILE,
        "export_url": HOSTILE, "feed_url": HOSTILE, "kept": some.id, "board": False, "called": HOSTILE,
        "first_url": HOSTILE, "clashes": two, "merged": [HOSTILE], "cell": some, "field": some, "version": 3,
        "lanes": [_Lane()], "lane": _Lane(), "card": _Card(), "stages": two, "summed": HOSTILE, "path_label": HOSTILE,
        "card_url": HOSTILE, "back": HOSTILE, "undo": (HOSTILE, HOSTILE), "key_of": HOSTILE, "related": [_Related()],
        "saved": HOSTILE,
    }  # fmt: skip
    if name == "desk/records.html":
        context["rows"] = [_Row(), _Row()]
    return context


def marks_context(name: str) -> dict[str, Any]:
    """The same for the pages of marks, flags, undo and moving."""
    some, two = Hostile(), [Hostile(), Hostile()]
    context: dict[str, Any] = {}
    match name:
        case "feed/flag.html":
            context = {"note": HOSTILE, "flagged": True}
        case "feed/ask.html":
            context = {"typed": some, "needs": [(HOSTILE, HOSTILE)], "urgencies": [(HOSTILE, HOSTILE)], "team": two,
                       "experts": two}  # fmt: skip
        case "feed/publish.html":
            context = {"title": HOSTILE, "text": HOSTILE, "named": True, "helper": HOSTILE}
        case "feed/audience.html" | "feed/streams/audience.html":
            context = {"subject": some, "readers": _Readers()}
        case "feed/streams/scheduled.html":
            context = {"draft": some}
        case "feed/drafts.html":
            context = {
                "drafts": two,
                "scheduled": two,
                "at": some.id,
                "local": {some.id: HOSTILE},
                "zone_name": HOSTILE,
            }
        case "feed/following.html":
            context = {"rows": [_Followed()], "total": 7}
        case "feed/following_many.html":
            context = {
                "objects": two,
                "matching": _Count(),
                "may_open": True,
                "going": False,
                "done": "follow",
            }
        case "feed/level.html":
            context = {"title": HOSTILE, "subject_key": HOSTILE, "back": HOSTILE}
        case "feed/topic.html":
            context = {"topic": some, "talkers": [_Talker()], "related": two, "records": two}
        case "feed/topic_edit.html":
            context = {"topic": some, "typed": some, "wrong": "name"}
        case "feed/topics.html":
            context = {"topics": two, "trending": two, "by_name": True, "by_name_url": HOSTILE, "popular_url": HOSTILE,
                       "description": HOSTILE}  # fmt: skip
        case "feed/trending.html" | "feed/_trending.html":
            context = {"topics": two}
        case "feed/topics_on.html":
            context = {"place": HOSTILE, "url": HOSTILE, "on_post": True, "body": some.body, "tags": two,
                       "may_tag": True, "suggested": [HOSTILE]}  # fmt: skip
        case "feed/moderation.html":
            context = {"flagged": two}
        case "feed/thanks.html":
            context = {"badges": {HOSTILE: HOSTILE}, "badge": HOSTILE}
        case "feed/share.html":
            context = {"found": two, "place": some, "mine": False}
        case "feed/likes.html":
            context = {"page": _LikePage()}
        case "feed/readers.html":
            context = {"found": _ReadPage(), "at": 1, "more": True}
        case "feed/move.html":
            context = {"found": two, "place": some, "readers": _Readers()}
        case "feed/deleted.html":
            context = {"target_id": ids.make(Type.COMMENT, 1)}
        case "feed/streams/unread.html":
            context = {
                "counts": [(HOSTILE, 100), ("news", 0)],
                "topic": HOSTILE,
                "count": 7,
                "read": [ids.make(Type.FEED_ITEM, 1)],
            }
        case "feed/streams/deleted.html":
            context = {"item_id": ids.make(Type.FEED_ITEM, 1)}
        case "feed/streams/reply.html":
            context = {"replying": some, "begun": some}
    return context


class _ReadPage:
    """A page of who has read a post."""

    total = 2

    @property
    def reads(self) -> list[Hostile]:
        return [Hostile()]


class _LikePage(Hostile):
    """Likes of a thing: how many there are is a number."""

    total = 7
    likes = (Hostile(),)


class _Readers(Hostile):
    """Who will see a post: how many is a number, and people have names."""

    inside = 7
    outside = (Hostile(),)
    named = (Hostile(),)
    everybody = False
    counted = True
    followers = 7


class _Followed(Hostile):
    """What somebody follows, with what may be chosen for it."""

    subject = Hostile()


class _Count(Hostile):
    """How many records a rule finds."""

    matching = followed = 7


class _Talker(Hostile):
    """Who talks about a topic: how much of what are numbers."""

    best = posts = comments = likes = 7


def setup_context(name: str) -> dict[str, Any]:
    """The same for the names that only Setup's pages ask for."""
    some, two = Hostile(), [Hostile(), Hostile()]
    number = ids.make(Type.ROLE, 1)
    lists = ("choices", "roles", "groups", "shares", "mates", "past", "grants", "bars", "wrong",
             "share_fields", "team_fields", "operators", "boxes", "others")  # fmt: skip
    context: dict[str, Any] = {}
    context |= dict.fromkeys(lists, two)
    context |= dict.fromkeys(("held", "found", "role", "group", "member", "errors", "field"), some)
    context |= {
        "kind": "criteria",
        "chosen": HOSTILE if name == "setup/object.html" else some,
        "default": HOSTILE,
        "owner": some,
        "has_team": True,
        "one": False,
        "members": two,
        "served": two,
        "above": two,
        "belongs": [_Belongs()],
        "reached": 7,
        "rights": [HOSTILE],
        "abilities": {HOSTILE: HOSTILE} if name == "setup/permission_sets.html" else [(HOSTILE, HOSTILE)],
        "kinds": [(HOSTILE, [_Set()])],
        "held": {number: 7} if name == "setup/roles.html" else some,
        "may_share": True,
        "people": [_Entry()],
        "person": _Entry(),
        **dict.fromkeys(("profile", "set_input", "group_input", "record"), some),
        **dict.fromkeys(("seen", "fields_seen", "url", "action", "first_url"), HOSTILE),
        "stale": "objects",
        "pointing": [HOSTILE],
        **dict.fromkeys(("told", "told_was", "related", "related_was"), True),
        "most": 7,
        "objects": [(some, HOSTILE)] if name == "setup/objects.html" else two,
        "sets": [_Set()],
        "rules": [_Rule()],
        "rows": [(1, HOSTILE, HOSTILE, HOSTILE, HOSTILE)] if name == "setup/rule.html" else [_Matrix()],
        "field_rows": [_Matrix()],
    }
    if name == "setup/leaving.html":
        context |= {"owned": [(some, 7)], "total": 7, "to": some, "error": HOSTILE}
    return context


class _Set(Hostile):
    """A permission set: how many people have it is a number."""

    people = 7
    abilities = (HOSTILE,)


class _Entry(Hostile):
    """A person as Setup lists him: his permission sets are pairs."""

    profile_id = role_id = ids.make(Type.PERMISSION_SET, 1)
    sets = ((ids.make(Type.PERMISSION_SET, 1), HOSTILE),)


class _Belongs(Hostile):
    """A group that somebody is in."""

    group = Hostile()


class _Matrix(Hostile):
    """A row of boxes."""

    boxes = (Hostile(), None)


class _Revision(Hostile):
    """What an edit changed."""

    changes = (("same", HOSTILE), ("gone", HOSTILE), ("new", HOSTILE))
    editor = Hostile()


class _Rule(Hostile):
    """A rule that is being filled."""

    progress = (3, 7)


class _Row(Hostile):
    """A row of a list: as many cells as the list has columns."""

    def __getattr__(self, name: str) -> Any:
        return [Hostile(), Hostile()] if name == "cells" else super().__getattr__(name)


class _Card(Hostile):
    """A card of a board."""

    may_move = True


class _Lane(Hostile):
    """A stage of a board."""

    closed = won = False
    number = 7
    cards = (_Card(),)


class _Related(Hostile):
    """A related list."""

    rows = (_Row(),)
    labels = (HOSTILE,)


class Reader(HTMLParser):
    """What a browser would make of a page: elements, attributes, and whether everything that is opened is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    return reader


@pytest.mark.parametrize("name", WHOLE)
def test_hostile_values_stay_text(name: str) -> None:
    """Every template, with something hostile in every place."""
    if name in ("core/ui.html", "core/fields.html"):
        return  # macros: rendered where they are used
    page = html.render(name, html.View(csrf=HOSTILE, nonce=HOSTILE), **hostile_context(name))
    reader = read(page)
    assert not reader.faults and not reader.open, (reader.faults, reader.open)
    for tag, attributes in reader.tags:
        assert tag not in ("iframe", "object", "embed", "style"), tag
        # The only pictures are ours, by ids.
        assert tag != "img" or re.fullmatch(r"/profilephoto/\w{18}/[FT]", attributes.get("src") or ""), (
            attributes
        )
        assert tag != "script" or (attributes.get("src") or "").startswith("/assets/"), attributes
        for attribute, value in attributes.items():
            assert not attribute.startswith("on") and attribute != "style" and attribute != "srcdoc", (
                tag,
                attribute,
            )
            if attribute in ("href", "src"):
                # A whole address out of a struct (item.parent.url) is ours to build: it is escaped, not judged.
                assert value == HOSTILE or not (value or "").lower().startswith(
                    ("javascript:", "vbscript:")
                ), value
    if name == "feed/post.html":
        assert page.count("&lt;script&gt;") >= 5


def test_every_template_is_whole() -> None:
    """No element in a template carries what the content security policy would refuse."""
    for name in TEMPLATES:
        source = (html.ROOMS / name.replace("/", "/templates/", 1)).read_text()
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*src=)|\| *safe", source), name


def text(value: str) -> dict[str, str]:
    return {"type": "Text", "text": value}


def begin(kind: str, **more: str) -> dict[str, str]:
    return {"type": "MarkupBegin", "markupType": kind, **more}


def end(kind: str) -> dict[str, str]:
    return {"type": "MarkupEnd", "markupType": kind}


def test_segments_of_all_kinds() -> None:
    person = ids.show(ids.make(Type.USER, 7))
    assert html.segments([text("a < b\nc & d")]) == "a &lt; b\nc &amp; d"
    assert html.segments([{"type": "Mention", "id": person, "name": "Ann", "text": "@Ann"}]) == (
        f'<a class="mention" href="/people/{person}">@Ann</a>'
    )
    topic = {"type": "Hashtag", "tag": "a/b ü?", "text": "#a/b ü?"}
    known = topic | {"id": ids.show(ids.make(Type.TOPIC, 7))}
    assert html.segments([known]) == '<a class="topic" href="/topics/a%2Fb%20%C3%BC%3F">#a/b ü?</a>'
    # Nowhere leads what the reader knows nothing of, and nothing leads guests there.
    assert html.segments([topic]) == html.segments([known], False) == "#a/b ü?"
    assert html.segments([{"type": "Link", "url": "https://example.com/?a=1&b=2", "text": "there"}]) == (
        '<a href="https://example.com/?a=1&amp;b=2" rel="noopener nofollow ugc">there</a>'
    )
    listed = [begin("UnorderedList"), begin("ListItem"), text("x"), end("ListItem"), end("UnorderedList")]
    assert html.segments(listed) == "<ul><li>x</li></ul>"
    rich = [
        begin("Paragraph"),
        begin("Bold"),
        text("b"),
        end("Bold"),
        begin("Code"),
        text("<c>"),
        end("Code"),
        end("Paragraph"),
    ]
    assert html.segments(rich) == "<p><b>b</b><code>&lt;c&gt;</code></p>"
    linked = [begin("Hyperlink", url="mailto:a@b.example"), text("mail"), end("Hyperlink")]
    assert html.segments(linked) == '<a href="mailto:a@b.example" rel="noopener nofollow ugc">mail</a>'
    assert html.segments(None) == html.segments([]) == ""


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)", "data:text/html,<script>",
     "vbscript:x", "//evil.example", "/local", "https:// x", "https://a\x00b", "ftp://a", "file:///etc/passwd", "", None, 7,
     "http:evil", "https://a\"onmouseover=\"x y"],
)  # fmt: skip
def test_links_elsewhere_than_web_and_mail_are_text(url: Any) -> None:
    assert "<a" not in html.segments([{"type": "Link", "url": url, "text": "there"}])
    assert "<a" not in html.segments([begin("Hyperlink", url=url), text("x"), end("Hyperlink")])


def test_what_is_unknown_or_broken_is_text_and_balanced() -> None:
    assert (
        html.segments([{"type": "InlineImage", "url": "https://x", "text": "a <picture>"}])
        == "a &lt;picture&gt;"
    )
    assert html.segments([begin("Script"), text("x"), end("Script")]) == "x"
    assert html.segments([begin("Bold"), text("x")]) == "<b>x</b>"
    assert html.segments([end("Bold"), text("x"), end("Italic")]) == "x"
    crossed = [begin("Bold"), begin("Italic"), text("x"), end("Bold"), text("y"), end("Italic")]
    assert html.segments(crossed) == "<b><i>x</i></b>y"
    assert (
        html.segments([{"type": "Mention", "id": 'x" onclick=y', "name": "<b>", "text": "@<b>"}])
        == '<b class="mention">@&lt;b&gt;</b>'
    )
    assert html.segments([{}, {"type": None, "text": None}]) == ""


def test_texts_with_values_escape_them() -> None:
    assert html.translate("{who} & co", who="<b>") == "&lt;b&gt; &amp; co"
    link = f'<a class="who" href="/people/{ids.show(Person.id)}">Ann &amp; Bo</a>'
    assert html.translate("{who}", who=html.who(Person())) == link
    assert html.translate_plural("{n} post", "{n} posts", 1) == "1 post"
    assert html.translate_plural("{n} post", "{n} posts", 12345) == "12,345 posts"


class Person:
    id = ids.make(Type.USER, 7)
    name = "Ann & Bo"
    guest = False
    url = f"/people/{ids.show(id)}"


def test_numbers_money_and_days() -> None:
    assert html.money(Decimal("45140.00")) == "$45,140"
    assert html.money(Decimal("-45140.5")) == "-$45,140.50"
    assert (html.money(None), html.number(None), html.day(None), html.when(None), html.moment(None)) == (
        "",
    ) * 5
    assert html.number(1234567) == "1,234,567"
    assert html.day(datetime(2026, 12, 19, 23, 30, tzinfo=UTC)) == "Dec 19, 2026"


def test_times_are_relative_with_the_exact_one_on_hover() -> None:
    now = clock.now()
    for ago, shown in [
        (5, "just now"),
        (750, "12 min. ago"),
        (7300, "2 hr. ago"),
        (3 * 86400 + 60, "3 days ago"),
    ]:
        assert f">{shown}</time>" in html.when(now - timedelta(seconds=ago))
    old = html.when(datetime(2020, 2, 3, 4, 5, 6, tzinfo=UTC))
    assert old == (
        '<time datetime="2020-02-03T04:05:06Z" title="Monday, February 3, 2020, 4:05\u202fAM UTC" data-ago>Feb 3, 2020</time>'
    )


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ada Brandt", "AB"), ("cher", "C"), ("Jean  Luc van Damme", "JD"), ("Dr. Who", "DW"), ("(x)", "?"), ("", "?"),
     ("李 小龙", "李小")],
)  # fmt: skip
def test_initials(name: str, letters: str) -> None:
    assert html.initials(name) == letters


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "evil",
        "",
        None,
        "/a\nb",
        "/\tb",
        "javascript:x",
    ],
)
def test_nobody_is_sent_elsewhere(address: Any) -> None:
    assert html.local(address) == "/"
    assert html.local("/r/x?tab=details#item-1") == "/r/x?tab=details#item-1"


def test_loader_stays_in_the_rooms() -> None:
    for name in ("../x.html", "core/../../secrets.json", "core/", "core", "nowhere/x.html", "/etc/passwd"):
        assert html.read(name) is None
