"""The texts of the code, and the catalogues that translate them: what `bin/texts` does."""

import ast
import io
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from hubbub.core.languages import FOLDER

CODE = FOLDER.parent
ONE = {"_", "translate", "mark", "Text"}
# A refusal's text is its second argument, a forbidding one's the first, a bad value's the fourth.
REFUSALS = {"Forbidden": 0, "BadValue": 3} | dict.fromkeys(
    ("Refused", "Invalid", "NotFound", "BadPicture", "BadLink", "TooMany", "Conflict"), 1
)
# What only clients are told stays in English: the API, SOQL, OAuth, and the command line.
UNSAID = re.compile(
    r"/api(/|\.py)|^(api|cli)/|/so[qs]l/|^setup/(access/|actions/imports|actions/rows)|^core/(rest|several|ids)"
    r"|^people/actions/tokens|^people/pages/authorize|^feed/actions/bodies/nesting"
)
NAMED = {"help", "label", "plural", "value", "values"}  # in the metadata of standard objects
TWO = {"ngettext", "translate_plural"}
_STRING = r'"((?:[^"\\]|\\.)*)"'
_CALL = re.compile(rf"(?<![\w.])(_|ngettext)\(\s*{_STRING}(?:\s*,\s*{_STRING})?")

Text = str | tuple[str, str]  # or a singular with its plural


def texts() -> dict[Text, set[str]]:
    """Every text that the code has, with the files it stands in."""
    found: dict[Text, set[str]] = {}
    for path in sorted(CODE.rglob("*")):
        if path.suffix == ".html":
            said = _of_template(path.read_text())
        elif path.suffix == ".py":
            said = _of_code(path.read_text(), not UNSAID.search(path.relative_to(CODE).as_posix()))
        elif path.suffix == ".toml":
            said = _of_metadata(tomllib.loads(path.read_text()))
        else:
            continue
        for text in said:
            found.setdefault(text, set()).add(path.relative_to(CODE.parent).as_posix())
    return found


def _of_template(source: str) -> Iterator[Text]:
    for name, first, second in _CALL.findall(source):
        yield (first, second) if name == "ngettext" else first


def _of_code(source: str, refusals: bool) -> Iterator[Text]:
    tree = ast.parse(source)
    if refusals:
        for text in refused_with(tree):
            yield from (each.value for each in _branches(text) if isinstance(each, ast.Constant))  # type: ignore[misc]
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        name = _name(call.func)
        words = [
            each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)
        ]
        # str.translate and the like take no literal text.
        if name in ONE and words and words[0] == getattr(call.args[0], "value", None):
            yield words[0]
        elif name in TWO and len(words) >= 2:
            yield words[0], words[1]


def refused_with(tree: ast.AST) -> Iterator[ast.expr]:
    """The words of every refusal in some code: of those that are raised, and those that a kind of refusal says usually."""
    for part in ast.walk(tree):
        if isinstance(part, ast.Call) and _name(part.func) in REFUSALS:
            place = REFUSALS[_name(part.func)]
            yield from part.args[place : place + 1]
            yield from (each.value for each in part.keywords if each.arg == "text")
        elif isinstance(part, ast.ClassDef) and any("code" in _assigned(part) for _ in part.bases):
            yield from (each for name, each in _assigned(part).items() if name == "text")


def _assigned(kind: ast.ClassDef) -> dict[str, ast.expr]:
    return {
        each.targets[0].id: each.value
        for each in kind.body
        if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name)
    }


def _branches(text: ast.expr) -> Iterator[ast.expr]:
    """A text, or the two of which a condition chooses."""
    if isinstance(text, ast.IfExp):
        yield from _branches(text.body)
        yield from _branches(text.orelse)
    else:
        yield text


def _name(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def _of_metadata(said: Any, key: str = "") -> Iterator[Text]:
    """What standard objects, their fields and the values of their picklists are called."""
    if isinstance(said, dict):
        for name, value in said.items():
            yield from _of_metadata(value, name)
    elif isinstance(said, list):
        for value in said:
            yield from _of_metadata(value, key)
    elif key in NAMED and isinstance(said, str) and not said.isdigit():
        yield said


def current(path: Path) -> tuple[bytes, list[Text]]:
    """The catalogue as it should be: each text of the code with what it is called so far; and what is missing."""
    with path.open("rb") as file:
        known = read_po(file, locale=path.stem, abort_invalid=True)
    new = Catalog(path.stem, project="Hubbub", fuzzy=False)
    missing = []
    for text, places in sorted(texts().items(), key=lambda each: str(each[0])):
        before: Any = known.get(text if isinstance(text, str) else text[0])
        said = before.string if before is not None and not before.fuzzy else ""
        if isinstance(text, tuple) and not isinstance(said, tuple):
            said = ()
        if not said or (isinstance(said, tuple) and not all(said)):
            missing.append(text)
        new.add(text, said or None, locations=[(place, None) for place in sorted(places)])  # type: ignore[arg-type]
    written = io.BytesIO()
    write_po(written, new, width=110, omit_header=True)
    head = f'msgid ""\nmsgstr ""\n"Language: {path.stem}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    head += f'"Plural-Forms: {new.plural_forms}\\n"\n\n'
    return head.encode() + written.getvalue(), missing


def main(words: list[str]) -> int:
    lacking = 0
    for path in sorted(FOLDER.glob("*.po")):
        content, missing = current(path)
        if "--check" not in words:
            path.write_bytes(content)
        for text in missing:
            print(f"{path.name}: {text!r}")
        print(f"{path.name}: {len(texts())} texts, {len(missing)} to translate")
        lacking += len(missing)
    return 1 if lacking and "--check" in words else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
