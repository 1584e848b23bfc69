"""The versions of the API, and what each begins with."""

from litestar import Response, get

from hubbub import people
from hubbub.api.identity import identity_url
from hubbub.core.handlers import InPath, Request
from hubbub.core.rest import VERSIONS, json_answer, known_version

SEASONS = ("Winter", "Spring", "Summer")
RESOURCES = (
    "sobjects",
    "query",
    "queryAll",
    "search",
    "parameterizedSearch",
    "composite",
    "chatter",
    "connect",
    "limits",
    "recent",
)


def label(version: int) -> str:
    """Salesforce's name of a version: three a year, Winter '11 was the twentieth."""
    year = 11 + (version - 20) // 3
    return f"{SEASONS[(version - 20) % 3]} '{year:02d}"


@get("/services/data")
async def read_versions(request: Request) -> Response[bytes]:
    """GET /services/data/ — the versions that Hubbub speaks; no token needed."""
    return json_answer(
        [
            {"label": label(version), "url": f"/services/data/v{version}.0", "version": f"{version}.0"}
            for version in VERSIONS
        ]
    )


@get("/services/data/{version:str}", guards=[known_version])
async def read_version(request: Request, actor: people.Me, version: InPath) -> Response[bytes]:
    """GET /services/data/vXX.0/ — the resources of this version."""
    base = f"/services/data/{version}"
    urls = {name: f"{base}/{name}" for name in RESOURCES}
    return json_answer(urls | {"identity": identity_url(request.app.state.settings.url, actor)})


ROUTES = [read_versions, read_version]
