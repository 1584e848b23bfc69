"""`bin/bench [NAME …]`: measure, print a table for people, and as last line one JSON object."""

import asyncio
import json
import logging
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import structlog
from rich.console import Console
from rich.table import Table

from bench.ground import Figures


class Goal(msgspec.Struct, frozen=True):
    """What a figure should be."""

    bound: float
    at_least: bool = False
    below: bool = False

    def met(self, value: Any) -> bool:
        if not isinstance(value, int | float):
            return False
        return (
            value >= self.bound
            if self.at_least
            else value < self.bound
            if self.below
            else value <= self.bound
        )

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '<' if self.below else '≤'} {self.bound:,}"


GOALS = {
    ("feed", "json_ratio"): Goal(0.50, at_least=True),
    ("feed", "html_ratio"): Goal(0.50, at_least=True),
    ("feed", "growth_posts"): Goal(1.5),
    ("feed", "growth_follows"): Goal(3),
    ("feed", "top_ratio"): Goal(3),
    ("feed", "followers_ratio"): Goal(2),
    ("crash", "acknowledged"): Goal(5_000, at_least=True),
    ("crash", "lost"): Goal(0),
    ("crash", "doubled"): Goal(0),
    ("page", "gzip_bytes"): Goal(70_000),
    ("page", "requests"): Goal(10),
    ("page", "readable_slow_s"): Goal(1.2),
    ("memory", "pss_mb"): Goal(200, below=True),
    ("worlds", "differences"): Goal(0),
    ("oracle", "differences"): Goal(0),
    ("revocation", "p99_ms"): Goal(1000),
    ("sight", "list_ratio"): Goal(4),
    ("sight", "page_ratio"): Goal(4),
    ("sight", "news_ratio"): Goal(4),
    ("sight", "company_ratio"): Goal(4),
    ("sight", "ids_ratio"): Goal(6),
    ("sight", "rows_of_a_change"): Goal(10, below=True),
    ("sight", "not_at_commit"): Goal(0),
    ("founding", "not_one"): Goal(0),
    ("board", "page_ratio"): Goal(4),
    ("board", "move_ratio"): Goal(5),
    ("directory", "ratio"): Goal(4),
    ("founding", "failed"): Goal(0),
}


async def _feed() -> dict[str, Figures]:
    from bench import feed

    return {"feed": await feed.measure()}


async def _write() -> dict[str, Figures]:
    from bench import write

    return {"write": await write.measure()}


async def _backup() -> dict[str, Figures]:
    from bench import backup

    return {"backup": await asyncio.to_thread(backup.measure)}


async def _crash() -> dict[str, Figures]:
    from bench import crash

    return {"crash": await crash.measure()}


async def _page() -> dict[str, Figures]:
    from bench import page

    return await page.measure()


async def _worlds() -> dict[str, Figures]:
    from bench import worlds

    return {"worlds": await worlds.measure()}


async def _oracle() -> dict[str, Figures]:
    from bench import oracle

    return {"oracle": await oracle.measure()}


async def _revocation() -> dict[str, Figures]:
    from bench import revocation

    return {"revocation": await revocation.measure()}


async def _sight() -> dict[str, Figures]:
    from bench import sight

    return {"sight": await sight.measure()}


async def _board() -> dict[str, Figures]:
    from bench import board

    return {"board": await board.measure()}


async def _directory() -> dict[str, Figures]:
    from bench import directory

    return {"directory": await directory.measure()}


async def _founding() -> dict[str, Figures]:
    from bench import founding

    return {"founding": await founding.measure()}


MEASURES: dict[str, Callable[[], Awaitable[dict[str, Figures]]]] = {
    "page": _page,
    "memory": _page,
    "write": _write,
    "backup": _backup,
    "crash": _crash,
    "feed": _feed,
    "worlds": _worlds,
    "oracle": _oracle,
    "revocation": _revocation,
    "sight": _sight,
    "founding": _founding,
    "directory": _directory,
    "board": _board,
}


def main(names: list[str]) -> int:
    """Measure what is named, or everything; a measurement that fails is told and the others go on."""
    unknown = [name for name in names if name not in MEASURES]
    if unknown:
        print(f"bin/bench [{' | '.join(MEASURES)}]: there is no {unknown[0]}", file=sys.stderr)
        return 2
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    found: dict[str, Figures] = {}
    failed: dict[str, str] = {}
    wanted = list(dict.fromkeys(MEASURES[name] for name in (names or MEASURES)))
    for measure in wanted:
        name = measure.__name__.strip("_")
        print(f"{name} …", file=sys.stderr, flush=True)
        started = time.monotonic()
        try:
            found |= asyncio.run(measure())  # type: ignore[arg-type]
        except Exception as failure:
            failed[name] = f"{type(failure).__name__}: {failure}"
            print(f"{name} failed: {failed[name]}", file=sys.stderr, flush=True)
        print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    _print(found, failed)
    missed = [
        f"{name}.{figure}"
        for (name, figure), goal in GOALS.items()
        if name in found and not goal.met(found[name].get(figure))
    ]
    print(
        json.dumps({**found, "missed": missed, **({"failed": failed} if failed else {})}, ensure_ascii=False)
    )
    return 1 if failed else 0


def _print(found: dict[str, Figures], failed: dict[str, str]) -> None:
    table = Table("what", "figure", "value", "goal", "")
    for name, figures in found.items():
        for figure, value in figures.items():
            goal = GOALS.get((name, figure))
            if isinstance(value, dict):
                for part, each in value.items():
                    shown = (
                        "  ".join(f"{k} {v}" for k, v in each.items())
                        if isinstance(each, dict)
                        else str(each)
                    )
                    table.add_row(name, f"{figure}: {part}", shown, "", "")
                continue
            met = "" if goal is None else "met" if goal.met(value) else "MISSED"
            table.add_row(
                name, figure, f"{value:,}" if isinstance(value, int) else str(value), str(goal or ""), met
            )
        table.add_section()
    for name, why in failed.items():
        table.add_row(name, "failed", why, "", "FAILED")
    Console(width=None if sys.stdout.isatty() else 160).print(table)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
