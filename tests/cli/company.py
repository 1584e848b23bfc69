"""The demo company behind a real server, as tests of commands use it."""

from pathlib import Path
from typing import Any

import httpx

from hubbub.core import config
from tests.cli.test_commands import hubbub

ELEMENTS = "/services/data/v62.0/chatter/feed-elements"
ADA = "ada@tidewater.example"


class Company:
    """A data folder with the demo company, served at a port."""

    def __init__(self, data: Path, port: int, metrics: int | None = None) -> None:
        self.data = data
        self.metrics = f"http://127.0.0.1:{metrics}/metrics"
        self.url = f"http://127.0.0.1:{port}"
        self.settings = config.load(data)
        self.token = hubbub("token", ADA, "--data", data).stdout.strip()

    def signed_in(self) -> httpx.Client:
        """Ada's browser."""
        browser = httpx.Client(base_url=self.url, follow_redirects=True)
        page = browser.get("/sign-in").text
        token = page.split('name="_csrf_token" value="')[1].split('"')[0]
        password = self.settings.secrets.demo_password(ADA)
        answer = browser.post(
            "/sign-in", data={"username": ADA, "password": password, "_csrf_token": token, "next": "/"}
        )
        assert answer.status_code == 200 and "/sign-in" not in str(answer.url), answer.text[:500]
        return browser

    def post(self, text: str, on: str | None = None) -> str:
        path = f"{ELEMENTS}/{on}/capabilities/comments/items" if on else ELEMENTS
        body: dict[str, Any] = {"body": {"messageSegments": [{"type": "Text", "text": text}]}}
        if not on:
            body["subjectId"] = "me"
        answer = httpx.post(
            self.url + path, json=body, headers={"authorization": f"Bearer {self.token}"}, timeout=30
        )
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]
