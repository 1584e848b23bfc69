"""The cast: one org a test, with the same seven people in it. Nothing is cleaned up, so tests cannot meet."""

import itertools
import secrets
from contextlib import AsyncExitStack
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import msgspec

from hubbub import objects, people
from hubbub.core import ids
from hubbub.core.config import Settings
from hubbub.core.db import Database
from world.cast import CAST, ROLES

PASSWORD = "correct horse battery"
_numbers = itertools.count(1)
_run = secrets.token_hex(2)  # a ready database may hold the orgs of earlier runs


class House(msgspec.Struct):
    """The running Hubbub that a whole test run shares."""

    settings: Settings
    app: Any
    database: Database


class Browser(httpx.AsyncClient):
    """A browser: it keeps cookies, and sends forms as a page would."""

    async def submit(self, path: str, /, **fields: Any) -> httpx.Response:
        """Send a form with the token that every page puts into it."""
        if "hubbub_csrf" not in self.cookies:
            await self.get("/sign-in")
        return await self.post(path, data={"_csrf_token": self.cookies["hubbub_csrf"], **fields})


class Company:
    """An org of its own with the cast in it."""

    def __init__(self, house: House, org: people.Org, clients: AsyncExitStack) -> None:
        self.house = house
        self.org = org
        # An address of its own: failed sign-ins of one test are not counted against another.
        self.address = f"fd00::{_run}:{next(_numbers):x}"
        self.ids: dict[str, int] = {}
        self.roles: dict[str, int] = {}
        self._clients = clients

    @property
    def org_id(self) -> int:
        return self.org.id

    @property
    def database(self) -> Database:
        return self.house.database

    def id(self, name: str) -> int:
        return self.ids[name]

    def key(self, name: str) -> str:
        """The person's id as addresses show it."""
        return ids.show(self.ids[name])

    def username(self, name: str) -> str:
        return f"{name}@{self.org.domain}"

    def act(self) -> Any:
        """A transaction in this org, for setting up what has no page yet and for looking into tables."""
        return self.database.act(self.org.id)

    async def actor(self, name: str) -> people.Actor:
        async with self.act() as tx:
            return await people.actor(tx, self.ids[name], client="test")

    async def nobody(self) -> Browser:
        """A browser in which nobody is signed in."""
        return await self._open(Browser(**self._address()))

    async def client(self, name: str) -> Browser:
        """A browser in which that person has signed in, through the front door."""
        browser = await self.nobody()
        answer = await browser.submit("/sign-in", username=self.username(name), password=PASSWORD)
        assert answer.status_code == 303, answer.text
        return browser

    async def api(self, name: str) -> httpx.AsyncClient:
        """A program that acts as that person, by bearer token."""
        token = await self.token(name)
        return await self._open(
            httpx.AsyncClient(headers={"authorization": f"Bearer {token}"}, **self._address())
        )

    async def token(self, name: str) -> str:
        """An access token of that person."""
        async with self.act() as tx:
            return await people.issue_token(tx, await people.actor(tx, self.ids[name], client="test"))

    async def make(self, owner: str, object: str, /, **values: Any) -> int:
        """A record, made by its owner; values as Python has them (dates, decimals, ids)."""
        from hubbub import records

        async with self.act() as tx:
            me = await people.actor(tx, self.ids[owner], client="test")
            return (await records.insert_record(tx, me, object, values)).id

    async def deal_values(self) -> dict[str, Any]:
        """What makes an opportunity of omar's: his account and the fields that must be filled in."""
        account = await self.make("omar", "Account", Name="Harbour Light")
        return {
            "Name": "Harbour Light renewal",
            "AccountId": account,
            "StageName": "Prospecting",
            "Amount": Decimal("48000"),
            "CloseDate": date(2026, 12, 15),
        }

    async def share(self, record_id: int, name: str, level: int = 1) -> None:
        """Share a record with a person: 1 to read, 2 to edit."""
        from hubbub import records

        async with self.act() as tx:
            me = await people.actor(tx, self.ids["ada"], client="test")
            await records.share_record(tx, me, record_id, self.ids[name], level)

    async def events(self, name: str) -> list[tuple[Any, ...]]:
        """What the log says of that name: actor, noun, parent, client, address, before, after."""
        async with self.act() as tx:
            return await tx.tuples(
                """select actor_id, noun_id, parent_id, client, address, before, after from event
                   where org_id = %(org)s and name = %(name)s order by created_at, id""",
                {"name": name},
            )

    def _address(self) -> dict[str, Any]:
        return {
            "transport": httpx.ASGITransport(app=self.house.app, client=(self.address, 1234)),
            "base_url": self.house.settings.url,
        }

    async def _open(self, client: Any) -> Any:
        return await self._clients.enter_async_context(client)


async def found_company(
    house: House, clients: AsyncExitStack, *, name: str = "", domain: str = "", demo: bool = False
) -> Company:
    """A fresh org with the cast in it."""
    number = f"{_run}{next(_numbers)}"
    org = await people.found_org(
        house.database,
        name or f"Company {number}",
        domain or f"c{number}.example",
        objects=objects.standard_objects(),
        demo=demo,
    )
    company = Company(house, org, clients)
    async with company.act() as tx:
        for role in ROLES:
            above = company.roles[role.above] if role.above else None
            company.roles[role.name] = await people.add_role(tx, None, role.name, above)
        for name, player in CAST.items():
            company.ids[name] = await people.add_user(
                tx,
                None,
                people.Newcomer(
                    username=company.username(name),
                    first_name=player.first_name,
                    last_name=player.last_name,
                    title=player.title,
                    role_id=company.roles[player.role] if player.role else None,
                    guest=player.guest,
                    demo=demo,
                    permission_sets=player.permission_sets,
                    password=PASSWORD,
                ),
            )
    return company
