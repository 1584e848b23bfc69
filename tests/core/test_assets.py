"""The built files of the front end: sent as they were packed when they were built, to be kept for ever."""

import gzip

import pytest

from hubbub.core import html
from tests.cast import Company

NAMES = (
    "app.js",
    "app.css",
    "pages.js",
    "pages.css",
    "sprite.svg",
    "editor.js",
    "editor.css",
    "palette.js",
    "emoji.json",
)


@pytest.mark.parametrize("name", NAMES)
async def test_a_built_file_is_sent_as_it_was_packed(company: Company, name: str) -> None:
    address = html.asset(name)
    path = html.ROOMS / "assets" / address.rpartition("/")[2]
    nobody = await company.nobody()
    packed = await nobody.get(address)
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) == path.with_name(path.name + ".gz").stat().st_size
    assert (
        packed.content == path.read_bytes() == gzip.decompress(path.with_name(path.name + ".gz").read_bytes())
    )
    plain = await nobody.get(address, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers and plain.content == packed.content
    for answer in (packed, plain):
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["vary"].lower() == "accept-encoding"
        kind = {
            "js": "text/javascript",
            "css": "text/css",
            "svg": "image/svg+xml",
            "json": "application/json",
        }
        assert answer.headers["content-type"].partition(";")[0] == kind[path.suffix[1:]]
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "name", ["manifest.json", "app.js", "..%2froutes.py", "../routes.py", "%00", "app.js.gz", ".app.js"]
)
async def test_nothing_else_is_sent(company: Company, name: str) -> None:
    assert (await (await company.nobody()).get(f"/assets/{name}")).status_code == 404
