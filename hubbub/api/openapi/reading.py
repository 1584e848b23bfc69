"""What a handler takes besides its address: read from its own code, so that no list of parameters can grow old.

A parameter is where the code asks for one: `whole(request, "pageSize", 25, 1, 100)`, `request.query_params.get("q")`,
`given.get("subjectId")`, `boolean(given, "isClosed")`. Functions that are handed the request, or what was sent, are read
likewise.
"""

import ast
import inspect
import linecache
import sys
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

import msgspec

DEEPEST = 5  # calls from the handler to where a parameter is asked for
# What gives the parts of a request: parameters of the address; the body, with those parameters or alone.
ADDRESS, INPUT, BODY, REQUEST = "address", "input", "body", "request"
READERS = {"input_of": INPUT, "_parameters": INPUT, "body_of": BODY}


class Taken(msgspec.Struct, frozen=True):
    """One parameter: where it is looked for, and what the code says of its kind."""

    name: str
    where: str
    kind: str = ""  # 'integer', 'boolean', 'id' or nothing
    usual: Any = None
    least: int | None = None
    most: int | None = None


class Takes(msgspec.Struct):
    """All that a handler takes; `whole_body` tells that it reads a body at all."""

    parameters: dict[tuple[str, str], Taken]
    whole_body: bool = False

    def add(self, one: Taken) -> None:
        known = self.parameters.get((one.where, one.name))
        if known is None or (one.kind and not known.kind):
            self.parameters[one.where, one.name] = one


def keep() -> None:
    """Read the handlers' code now: later the checkout may hold that of a newer version."""
    for name, module in tuple(sys.modules.items()):
        if _asks(name) and (file := module.__file__):
            text = Path(file).read_text()
            # Without a time it is not compared with the disk again.
            linecache.cache[file] = (len(text), None, text.splitlines(True), file)


def _asks(module: str) -> bool:
    """Whether there is code in it that asks for parameters."""
    return module.startswith("hubbub.") and ("api" in module.split(".") or module.startswith("hubbub.core."))


@cache
def takes(handler: Callable[..., Any]) -> Takes:
    """What a handler takes, in the order in which its code asks."""
    found = Takes({})
    _read(handler, {"request": REQUEST}, found, 0, set())
    return found


def _read(
    function: Callable[..., Any], kinds: dict[str, str], found: Takes, depth: int, seen: set[Any]
) -> None:
    plain = inspect.unwrap(function)
    mark = (plain, tuple(sorted(kinds.items())))
    if depth > DEEPEST or mark in seen or not isinstance(plain, FunctionType):
        return
    seen.add(mark)
    tree = ast.parse(textwrap.dedent(inspect.getsource(plain)))
    kinds = dict(kinds)
    for node in ast.walk(tree):
        _name(node, kinds)
    for node in ast.walk(tree):
        for one in _asked(node, kinds, plain):
            if one.name:
                found.add(one)
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else ""
            reads = bool(called) and _kind(node, kinds) in (INPUT, BODY)
            if reads or _is_body(node):
                found.whole_body = True
                if reads:
                    continue
            for target, passed in _handed_on(node, kinds, plain):
                _read(target, passed, found, depth + 1, seen)


def _name(node: ast.AST, kinds: dict[str, str]) -> None:
    """Remember what a name stands for: `given = await input_of(request)`."""
    if not isinstance(node, ast.Assign):
        return
    for target in node.targets:
        pairs = (
            zip(target.elts, node.value.elts, strict=False)
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
            else [(target, node.value)]
        )
        for name, value in pairs:
            kind = _kind(value, kinds)
            if isinstance(name, ast.Name) and kind:
                kinds[name.id] = kind


def _kind(node: ast.AST, kinds: dict[str, str]) -> str:
    """Is this the request, its parameters or its body?"""
    match node:
        case ast.Name(id=name):
            return kinds.get(name, "")
        case ast.Await(value=inner):
            return _kind(inner, kinds)
        case ast.Attribute(attr="query_params", value=inner) if _kind(inner, kinds) == REQUEST:
            return ADDRESS
        case ast.Call(func=ast.Name(id=name), args=[first, *_]) if (
            name in READERS and _kind(first, kinds) == REQUEST
        ):
            return READERS[name]  # the feed has a body_of of its own, which takes what was sent
    return ""


def _asked(node: ast.AST, kinds: dict[str, str], inside: FunctionType) -> Iterator[Taken]:
    match node:
        case ast.Call(
            func=ast.Attribute(attr="get" | "pop", value=of), args=[ast.Constant(value=str(name)), *more]
        ):
            if (kind := _kind(of, kinds)) in (ADDRESS, INPUT, BODY):
                usual = more[0].value if more and isinstance(more[0], ast.Constant) else None
                yield Taken(name, kind, "boolean" if isinstance(usual, bool) else "", usual)
        case ast.Subscript(value=of, slice=ast.Constant(value=str(name))):
            if (kind := _kind(of, kinds)) in (ADDRESS, INPUT, BODY):
                yield Taken(name, kind)
        case ast.Compare(left=ast.Constant(value=str(name)), ops=[ast.In() | ast.NotIn()], comparators=[of]):
            if (kind := _kind(of, kinds)) in (ADDRESS, INPUT, BODY):
                yield Taken(name, kind)
        case ast.Call(func=ast.Name(id=helper), args=[of, ast.Constant(value=str(name)), *more]):
            kind = {REQUEST: ADDRESS}.get(_kind(of, kinds), _kind(of, kinds))
            if kind in (ADDRESS, INPUT, BODY):
                yield _by(helper, name, kind, [_resolved(each, inside) for each in more])
        case ast.For(target=target, iter=ast.Tuple(elts=names), body=body):
            yield from _each(target, names, body, kinds)
        case ast.GeneratorExp(
            elt=said, generators=[ast.comprehension(target=target, iter=ast.Tuple(elts=names))]
        ):
            yield from _each(target, names, [said], kinds)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "parse":
        for inner in node.args[:1]:  # ids.parse(given.get("userId"), …)
            for one in _asked(inner, kinds, inside):
                yield msgspec.structs.replace(one, kind="id")


def _by(helper: str, name: str, where: str, more: list[Any]) -> Taken:
    """A parameter that is asked for through a helper, whose name tells of its kind."""
    if helper == "whole" and len(more) == 3:
        usual, least, most = (each if isinstance(each, int) else None for each in more)
        return Taken(name, where, "integer", usual, least, most)
    return Taken(name, where, "boolean" if helper in ("boolean", "_true") else "")


def _each(target: ast.expr, names: list[ast.expr], body: list[Any], kinds: dict[str, str]) -> Iterator[Taken]:
    """`for name in ("start", "end")`, where the body asks for that name."""
    words = [each.value for each in names if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    if not isinstance(target, ast.Name) or len(words) != len(names):
        return
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and _kind(node, kinds) in (REQUEST, ADDRESS, INPUT, BODY):
                kind = {REQUEST: ADDRESS}.get(_kind(node, kinds), _kind(node, kinds))
                yield from (Taken(word, kind) for word in words)
                return


def _is_body(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr in ("body", "json", "form")


def _handed_on(
    node: ast.Call, kinds: dict[str, str], inside: FunctionType
) -> Iterator[tuple[Callable[..., Any], dict[str, str]]]:
    """The functions of ours that are given the request or what was sent."""
    given = {place: _kind(arg, kinds) for place, arg in enumerate(node.args)}
    named = {each.arg: _kind(each.value, kinds) for each in node.keywords if each.arg}
    if not any(given.values()) and not any(named.values()):
        return
    target = _resolve(node.func, inside)
    target = inspect.unwrap(target) if callable(target) else None
    if not isinstance(target, FunctionType) or not _asks(target.__module__):
        return
    names = list(inspect.signature(target).parameters)
    passed = {names[place]: kind for place, kind in given.items() if kind and place < len(names)}
    yield target, passed | {name: kind for name, kind in named.items() if kind}


def _resolved(node: ast.expr, inside: FunctionType) -> Any:
    """A value that stands in the code: written out, or a constant by its name."""
    return node.value if isinstance(node, ast.Constant) else _resolve(node, inside)


def _resolve(node: ast.expr, inside: FunctionType) -> Any:
    if isinstance(node, ast.Name):
        return inside.__globals__.get(node.id)
    if isinstance(node, ast.Attribute):
        return getattr(_resolve(node.value, inside), node.attr, None)
    return None
