"""Hubbub as an installed app, and the colours of a browser."""

import json
import re

from hubbub.core import html
from tests.cast import Company


async def test_what_a_device_is_told_is_there(company: Company) -> None:
    nobody = await company.nobody()
    answer = await nobody.get("/manifest.webmanifest")
    assert answer.headers["content-type"].startswith("application/manifest+json")
    told = json.loads(answer.text)
    assert told["scope"] == told["id"] == "/" and told["display"] == "standalone"
    assert {"any", "maskable"} == {icon["purpose"] for icon in told["icons"]}
    for icon in told["icons"]:
        picture = await nobody.get(icon["src"])
        assert picture.headers["content-type"] == "image/png"
        size = int.from_bytes(picture.content[16:20], "big"), int.from_bytes(picture.content[20:24], "big")
        assert "{}x{}".format(*size) == icon["sizes"]
    policy = answer.headers["content-security-policy"]
    assert "worker-src 'self'" in policy and "manifest-src 'self'" in policy


async def test_the_worker_keeps_the_shell_and_nothing_of_anybody(company: Company) -> None:
    omar = await company.client("omar")
    worker = await omar.get("/worker.js")
    assert worker.headers["cache-control"] == "no-cache"
    kept = set(re.findall(r'"(/[^"]*)"', worker.text))
    shell = {html.asset(name) for name in ("app.js", "app.css", "pages.js", "pages.css", "sprite.svg")}
    assert kept == shell | {"/offline"}
    page = await omar.get("/offline")
    assert page.status_code == 200 and "Omar" not in page.text and "cannot be reached" in page.text


async def test_colours_are_the_browsers(company: Company) -> None:
    omar = await company.client("omar")
    assert "data-theme" not in (await omar.get("/")).text
    assert (await omar.submit("/theme/dark", next="/notices")).headers["location"] == "/notices"
    assert 'data-theme="dark"' in (await omar.get("/")).text
    assert 'data-theme="dark"' not in (await (await company.client("omar")).get("/")).text
    await omar.submit("/theme/device")
    assert "data-theme" not in (await omar.get("/")).text
    assert (await omar.submit("/theme/dark", next="//elsewhere.example")).headers["location"] == "/"
