"""A checkout that is updated below a running server: the server goes on as what it was when it started."""

import html
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from hubbub.core import config
from hubbub.core.config import CHECKOUT
from tests.cli.company import ADA
from tests.cli.test_commands import free_port, health, processes, wait_until


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What of the checkout runs, to be written over."""
    for name in ("hubbub", "world"):
        shutil.copytree(
            CHECKOUT / name, tmp_path / "checkout" / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    return tmp_path / "checkout"


def test_an_update_on_the_disk_leaves_a_running_server_as_it_is(
    checkout: Path, built: Path, tmp_path: Path
) -> None:
    data, port = tmp_path / "data", free_port()
    shutil.copytree(built, data, ignore=shutil.ignore_patterns(".s.*"))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUBBUB_")}
    with open(tmp_path / "log", "w") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "hubbub.cli", "up", "--data", data, "--port", str(port)],
            stdout=log, stderr=log, env={**kept, "PYTHONPATH": str(checkout)},
        )  # fmt: skip
    try:
        wait_until(lambda: process.poll() is not None or health(port) == 200)
        assert process.poll() is None, (tmp_path / "log").read_text()
        # Nothing was shown yet, so nothing was read because it was shown.
        for page in checkout.glob("hubbub/*/templates/**/*"):
            if page.is_file():
                page.write_text("{{ what_the_newer_code_gives.this }}")
        for path in (*checkout.glob("hubbub/**/api/**/*.*"), *checkout.glob("hubbub/*/api.py")):
            path.write_text("what the newer code says")
        shutil.rmtree(checkout / "hubbub" / "assets")
        (checkout / "hubbub" / "migrations" / "9999_newer.sql").write_text("select 1;")

        with httpx.Client(base_url=f"http://127.0.0.1:{port}", follow_redirects=True) as browser:
            token = browser.get("/sign-in").text.split('name="_csrf_token" value="')[1].split('"')[0]
            password = config.load(data).secrets.demo_password(ADA)
            home = browser.post(
                "/sign-in", data={"username": ADA, "password": password, "_csrf_token": token, "next": "/"}
            )
            assert home.status_code == 200 and home.url.path == "/", home.text[:500]
            assert "Nina Petrova" in browser.get("/people").text
            assert browser.get("/nothing-of-that-name").status_code == 404
            script = re.findall(r"/assets/app-\w+\.js", html.unescape(home.text))[0]
            for packed in ("gzip", "identity"):
                answer = browser.get(script, headers={"accept-encoding": packed})
                assert answer.status_code == 200 and len(answer.content) > 10_000
            described = browser.get("/services/data/v60.0/openapi.json")
            assert described.status_code == 200, described.text[:500]
            query = described.json()["paths"]["/services/data/v60.0/query"]["get"]
            assert [each["name"] for each in query["parameters"]] == ["q"]
        assert health(port) == 200

        # Other commands are of the newer version: they leave the database below the server as it is.
        done = subprocess.run(
            [sys.executable, "-P", "-m", "hubbub.cli", "token", ADA, "--data", data],
            capture_output=True, text=True, env={**kept, "PYTHONPATH": str(checkout)},
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (1, "")
        assert "not of this version yet" in done.stderr and "bin/hubbub migrate" in done.stderr
    finally:
        process.kill()
        process.wait()
        wait_until(lambda: not processes(data))
