"""schemathesis over the whole API, as an ordinary person: whatever is sent, the answer is no failure of ours.

A run of CI is short and the same each time. A longer one, that tries other things: `HUBBUB_FUZZ_SECONDS=1200 HUBBUB_FUZZ_SEED=7
bin/test fuzz`.
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from hubbub.api.openapi.bodies import component, inputs, schema
from hubbub.api.openapi.document import document, latest
from tests.cast import Company, House
from tests.city.conftest import Story
from tests.fuzz.conftest import keys_of

SECONDS = int(os.environ.get("HUBBUB_FUZZ_SECONDS", "20"))
SEED = os.environ.get("HUBBUB_FUZZ_SEED", "1")
EXAMPLES = os.environ.get("HUBBUB_FUZZ_EXAMPLES", "4")
CHECKS = os.environ.get(
    "HUBBUB_FUZZ_CHECKS",
    "not_a_server_error,content_type_conformance,status_code_conformance,response_schema_conformance",
)
SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
# What no JSON library warns of: PostgreSQL refuses the first, UTF-8 the second; numbers and depths beyond any column.
ODD = ["\0", "\ud800", "9" * 400, "-1", "٣", "%00", "../..", "𝒳" * 300, "a" * 5000]

# Queries that mean something, for `q`.
QUERIES = [
    "SELECT FIELDS(ALL) FROM Opportunity LIMIT 9",
    "SELECT Id, Account.Owner.Name FROM Contact WHERE CreatedDate > LAST_N_DAYS:9",
    "SELECT StageName, COUNT(Id), SUM(Amount) FROM Opportunity GROUP BY StageName",
    "tides",
]
METHODS = ["GET", "POST", "PATCH", "DELETE"]
URLS = ["/services/data/v62.0/sobjects/Account", "v62.0/chatter/users/me", "https://example.com/x"]
RECORD = {"attributes": {"type": "Account", "referenceId": "a"}, "Name": "Sund"}


def prepared(told: dict[str, Any], keys: dict[str, list[str]]) -> dict[str, Any]:
    """The document, with ids of real things and odd texts where any text may stand."""
    document = json.loads(json.dumps(told))
    ids = keys["key"]
    for place in document["paths"].values():
        for operation in place.values():
            for parameter in operation["parameters"]:
                if parameter.get("in") == "path":
                    parameter["schema"] = {"enum": [*keys.get(parameter["name"], ids), *ODD[2:]]}
                elif parameter.get("in") == "query" and parameter["schema"].get("type") == "string":
                    known = QUERIES if parameter["name"] == "q" else ids
                    parameter["schema"] = {
                        "anyOf": [{"enum": known}, {"enum": ODD[:1] + ODD[2:]}, {"type": "string"}]
                    }
    for name in inputs():
        properties = document["components"]["schemas"][component(name)]["properties"]
        for each, shape in properties.items():
            properties[each] = _meant(shape, ids)
    return document


def _meant(shape: dict[str, Any], ids: list[str]) -> dict[str, Any]:
    """What a property is to be, where it holds a text: things that are there, and odd ones; sometimes anything at all."""
    if shape == schema("id"):
        return {"anyOf": [{"enum": ids}, {"enum": ids}, {"enum": ODD[:1] + ODD[2:]}, {}]}
    if "anyOf" in shape:
        return {"anyOf": [_meant(each, ids) for each in shape["anyOf"]]}
    if shape.get("type") == "array":
        return {**shape, "items": _meant(shape["items"], ids)}
    if "$ref" in shape and shape["$ref"].endswith("/RecordInput"):
        return {"anyOf": [{"enum": [RECORD]}, shape]}
    if shape == {"type": "string"}:
        return {"anyOf": [{"enum": QUERIES + METHODS + URLS}, {"enum": ODD[:1] + ODD[2:]}, shape]}
    return shape if shape else {"anyOf": [{"enum": [*ids, [RECORD]]}, {"enum": ODD[:1] + ODD[2:]}, {}]}


async def test_nothing_that_is_sent_makes_the_server_fail(
    story: Story, house: House, address: str, tmp_path: Path
) -> None:
    company: Company = story.company
    told = prepared(document(house.app.app, latest(), address), await keys_of(story))
    (tmp_path / "openapi.json").write_text(json.dumps(told))
    command = [
        SCHEMATHESIS, "run", tmp_path / "openapi.json", "--url", address,
        "--header", f"Authorization: Bearer {await company.token('omar')}",
        "--checks", CHECKS, "--phases", "coverage,fuzzing" if SECONDS > 120 else "fuzzing",
        "--max-examples", EXAMPLES, "--max-time", str(SECONDS), "--seed", SEED, "--continue-on-failure",
        "--mode", "all", "--workers", "1", "--suppress-health-check", "all", "--warnings", "off",
        "--report", "ndjson", "--report-ndjson-path", tmp_path / "said.ndjson", "--no-color", "--request-timeout", "20",
    ]  # fmt: skip
    run = await asyncio.create_subprocess_exec(
        *map(str, command), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd=tmp_path
    )
    try:
        said, _ = await asyncio.wait_for(run.communicate(), SECONDS + 120)
    finally:
        if run.returncode is None:
            run.kill()
    print(said.decode()[-20_000:])
    assert b"Test cases" in said
    assert run.returncode == 0, "schemathesis found something: see above"
