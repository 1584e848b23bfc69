"""What is said about the code is so: REST resources, templates, settings."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

from hubbub import routes
from hubbub.core import html
from tests.cast import House
from tests.city.test_sql import HUBBUB

ROOT = HUBBUB.parent
DOCS = ROOT / "docs"


def resources(house: House) -> dict[tuple[str, str], Any]:
    """Every REST resource by method and address, with who answers it."""
    found = {}
    for route in house.app.app.routes:
        if "communities" in route.path or not route.path.startswith(("/services", "/id/")):
            continue
        for handler in route.route_handlers:
            for method in handler.http_methods - {"OPTIONS", "HEAD"}:
                found[str(method.value if hasattr(method, "value") else method), route.path] = handler
    return found


def shape(path: str) -> str:
    """An address without its version, each gap as {}, and without what only narrows it."""
    path = re.sub(r"^/services/data(/\{version:str\}|/vXX\.0|/vNN\.0)?", "", path)
    path = re.sub(r"\?.*$", "", path).replace("…", "").rstrip("/") or "/"
    return re.sub(r"\{[^}]*\}", "{}", path)


def test_every_resource_says_which_it_is(house: House) -> None:
    """A handler says, before one of its dashes, its method, and the last word of its address that is no gap."""
    silent = []
    for (method, path), handler in sorted(resources(house).items()):
        words = " ".join((handler.fn.__doc__ or "").split())
        more = re.findall(r"(?<=[.;] )((?:[A-Z]+ )?\S*/\S*(?: \{[^}]*\})?) —", words)
        said = " ".join([words.partition("—")[0], *more])
        last = [part for part in shape(path).split("/") if part not in ("", "{}")][-1:]
        if method not in re.findall(r"[A-Z]+", said) or not all(word in said for word in last):
            silent.append(f"{method} {path}: {said!r}")
    assert not silent, "\n".join(silent)


_WORDS = re.compile(r"\b(GET|POST|PATCH|PUT|DELETE)\b|(/(?:\{[^}]*\}|[^\s`,|])*)")


def documented() -> set[tuple[str, str]]:
    """What docs/api.md lists: in `GET`, `POST /a`, `/b` both methods belong to both addresses."""
    found: set[tuple[str, str]] = set()
    text = re.sub(r"^```.*?^```", "", (DOCS / "api.md").read_text(), flags=re.M | re.S)
    for line in text.splitlines():
        methods: list[str] = []
        complete = False
        for method, path in (
            word.groups() for span in re.findall(r"`([^`]+)`", line) for word in _WORDS.finditer(span)
        ):
            if method:
                methods = [method] if complete else [*methods, method]
                complete = False
            else:
                found |= {(each, path) for each in methods}
                complete = True
    return found


def matches(listed: str, path: str) -> bool:
    """Whether a line of the document means this address: X is any object, a name in braces fits any gap."""
    pattern = re.escape(shape(path)).replace(r"\{\}", "[^/]+")
    return re.fullmatch(pattern, shape(listed).replace("{}", "gap")) is not None


def test_every_resource_is_in_the_document(house: House) -> None:
    listed = documented()
    missing = [
        f"{method} {path}"
        for method, path in sorted(resources(house))
        if not any(m == method and matches(p, path) for m, p in listed)
    ]
    assert not missing, "docs/api.md does not list\n" + "\n".join(missing)


def test_the_document_lists_no_other(house: House) -> None:
    real = {(method, path) for method, path in resources(house)}
    made_up = [
        f"{m} {p}"
        for m, p in sorted(documented())
        if not any(m == method and matches(p, path) for method, path in real)
    ]
    assert not made_up, "docs/api.md lists what is not there:\n" + "\n".join(made_up)


def test_every_page_has_a_sentence(house: House) -> None:
    silent = [
        f"{route.path}"
        for route in house.app.app.routes
        for handler in getattr(route, "route_handlers", [])
        if handler.fn.__module__.startswith("hubbub.") and not (handler.fn.__doc__ or "").strip()
    ]
    assert not silent


def test_jobs_are_named_after_their_room() -> None:
    rooms = {path.name for path in HUBBUB.iterdir() if path.is_dir()}
    assert {name.partition(".")[0] for name in routes.JOBS} <= rooms


def templates() -> Counter[str]:
    """Every template by the name that the code gives it."""
    found: Counter[str] = Counter()
    for path in HUBBUB.glob("*/templates/**/*.html"):
        room, _, *rest = path.relative_to(HUBBUB).parts
        found["/".join((room, *rest))] += 1
    return found


def test_every_template_is_used() -> None:
    """A template is named by a handler, or included, imported or extended by one that is."""
    code = "\n".join(path.read_text() for path in HUBBUB.rglob("*.py"))
    texts = {name: _text(name) for name in templates()}
    used = {name for name in texts if f'"{name}"' in code}
    while more := {name for name in set(texts) - used if any(f'"{name}"' in texts[user] for user in used)}:
        used |= more
    assert set(texts) == used, f"nobody renders {sorted(set(texts) - used)}"
    assert html is not None


def _text(name: str) -> str:
    room, _, rest = name.partition("/")
    return (HUBBUB / room / "templates" / rest).read_text()


# --- documents among themselves ------------------------------------------------------------------------------------


def documents() -> list[Path]:
    return [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]


def prose(path: Path) -> str:
    """A document without its examples."""
    return re.sub(r"^```.*?^```", "", path.read_text(), flags=re.M | re.S)


def anchors(path: Path) -> set[str]:
    """What a link may name behind '#': the headings, in the small letters of GitHub."""
    heads = re.findall(r"^#+ (.+)$", prose(path), flags=re.M)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def test_every_link_leads_somewhere() -> None:
    broken = []
    for path in documents():
        for link in re.findall(r"\]\(([^)\s]+)\)", prose(path)):
            file, _, anchor = link.partition("#")
            there = (path.parent / file).resolve() if file else path
            if not re.match(r"https?:", link) and not (
                there.exists() and (not anchor or anchor in anchors(there))
            ):
                broken.append(f"{path.relative_to(ROOT)}: {link}")
    assert not broken, "\n".join(broken)


def test_every_decision_is_in_the_index_by_its_number() -> None:
    folder = DOCS / "decisions"
    listed = re.findall(
        r"^\| (\d+) \| \[.+\]\((\d{4})-(.+\.md)\) \|", (folder / "README.md").read_text(), flags=re.M
    )
    assert [number for number, file, _ in listed if int(number) != int(file)] == []
    assert sorted(f"{file}-{rest}" for _, file, rest in listed) == sorted(
        path.name for path in folder.glob("0*.md")
    )


def test_the_map_is_the_tree() -> None:
    drawn = (ROOT / "ARCHITECTURE.md").read_text().split("```")[1]
    made = {
        "docs",
        "var",
        "assets",
        "__pycache__",
    }  # docs are linked from everywhere; the others are in no clone

    def folders(place: Path) -> set[str]:
        return {f"{path.name}/" for path in place.iterdir() if path.is_dir() and path.name[0] != "."} - {
            f"{name}/" for name in made
        }

    assert folders(ROOT) == set(re.findall(r"^(\w+/)", drawn, flags=re.M))
    assert folders(HUBBUB) == set(re.findall(r"^  (\w+/)", drawn, flags=re.M))
    commands = re.search(r"^bin/ +(.+?)  ", drawn, flags=re.M)
    assert commands and set(commands[1].split(" · ")) == {path.name for path in (ROOT / "bin").iterdir()}
