"""What became of the lines of an import."""

import csv
import os
from collections import Counter
from pathlib import Path

import msgspec

from hubbub.setup.access import Line


class Outcome(msgspec.Struct):
    """What became of the lines for one object."""

    name: str
    read: int = 0
    created: int = 0
    updated: int = 0
    columns: list[str] = []
    refused: list[tuple[Line, str]] = []
    notes: list[str] = []
    file: Path | None = None  # with the refused lines, if there are any
    taken: Counter[tuple[str, str]] = msgspec.field(
        default_factory=Counter
    )  # what was written, what was meant
    lacking: Counter[str] = msgspec.field(default_factory=Counter)

    def __str__(self) -> str:
        return (
            f"{self.name}: {self.read:,} read, {self.created:,} created, {self.updated:,} updated, "
            f"{len(self.refused):,} refused"
        )

    def refuse(self, line: Line, reason: str) -> None:
        self.refused.append((line, " ".join(reason.split())))

    def conclude(self) -> None:
        """Put into words what was done about slips and gaps."""
        for (text, meant), lines in sorted(self.taken.items()):
            self.notes.append(f'"{text}" was taken for "{meant}" in {_lines(lines)}')
        for field, lines in sorted(self.lacking.items()):
            self.notes.append(f"{_lines(lines)} without {field}, kept and marked")

    def write_refused(self, folder: Path) -> None:
        """Keep the refused lines with their reasons, as a CSV file in that folder; only its owner may read it."""
        if not self.refused:
            return
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.file = folder / f"{self.name}-refused.csv"
        made = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(made, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["line", "reason", *self.columns])
            writer.writerows([line.number, reason, *line.cells] for line, reason in self.refused)


def _lines(count: int) -> str:
    return f"{count:,} line{'' if count == 1 else 's'}"
