"""One demo company for all tests of commands that need one: building it takes seconds."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.company import Company
from tests.cli.test_commands import free_port, server


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo company, which nobody uses."""
    folder = tmp_path_factory.mktemp("built") / "data"
    with server("up", data=folder, port=free_port()) as process:
        process.terminate()
        process.wait(20)
    return folder


@pytest.fixture(scope="session")
def company(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    folder, port, metrics = tmp_path_factory.mktemp("company") / "data", free_port(), free_port()
    shutil.copytree(built, folder, ignore=shutil.ignore_patterns(".s.*"))
    with server("up", "--metrics", metrics, data=folder, port=port):
        yield Company(folder, port, metrics)
