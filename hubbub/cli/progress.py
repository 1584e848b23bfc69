"""How far a long command is, where a person is looking."""

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn


class Bar:
    """A bar on the terminal; nothing where output goes to a file."""

    def __init__(self, name: str, total: int) -> None:
        terminal = Console(stderr=True)
        self.progress = Progress(
            TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn(),
            console=terminal, disable=not terminal.is_terminal,
        )  # fmt: skip
        self.task = self.progress.add_task(name, total=total or 1)

    def __enter__(self) -> "Bar":
        self.progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.progress.stop()

    def add(self, amount: int) -> None:
        self.progress.advance(self.task, amount)
