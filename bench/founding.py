"""`founding`: 50 people of a domain confirm their addresses at the same moment, for 200 domains: one of them founds."""

import asyncio
import time
from collections import Counter

import msgspec
from argon2 import PasswordHasher

from bench.ground import Figures, acts, data_folder, database, say
from hubbub import objects, people
from hubbub.core.config import Settings
from hubbub.core.db import Database
from hubbub.core.mail.outbox import secret_of
from hubbub.people.actions import passwords

DOMAINS, PEOPLE = 200, 50
ORIGIN = people.Origin("bench", "127.0.0.1")


async def measure(domains: int = DOMAINS, size: int = PEOPLE) -> Figures:
    """The figure named founders in the contract; two pools of connections, as two web processes have them."""
    passwords.hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)  # not what is measured
    founders: Counter[int] = Counter()
    members: Counter[int] = Counter()
    failed: Counter[str] = Counter()
    slowest = 0.0
    with data_folder() as told:
        settings = msgspec.structs.replace(told, keep_mail=True)
        with database(settings):
            async with acts(settings) as one, acts(settings) as two:
                for number in range(domains):
                    domain = f"company-{number}.example"
                    secrets = await _links(one, [f"p{each}@{domain}" for each in range(size)])
                    started = time.monotonic()
                    ended = await asyncio.gather(
                        *(_enter((one, two)[at % 2], settings, secret) for at, secret in enumerate(secrets)),
                        return_exceptions=True,
                    )
                    slowest = max(slowest, time.monotonic() - started)
                    failed.update(type(each).__name__ for each in ended if isinstance(each, BaseException))
                    found, joined = await _counted(one, domain)
                    founders[found] += 1
                    members[joined] += 1
                    if number % 20 == 19:
                        say(f"  {number + 1} domains: founders {dict(founders)}, members {dict(members)}")
    return {
        "domains": domains,
        "at_once": size,
        "founders": {f"{count} founders": of for count, of in sorted(founders.items())},
        "with_one_founder": founders[1],
        "not_one": domains - founders[1],
        "members": {f"{count} members": of for count, of in sorted(members.items())},
        "failed": failed.total(),
        **({"failed_by_kind": dict(failed)} if failed else {}),
        "slowest_race_s": round(slowest, 2),
    }


async def _links(opened: Database, emails: list[str]) -> list[str]:
    """The secrets of the links that addresses are sent; what is not measured takes one act."""
    async with opened.act(None) as tx:
        for email in emails:
            await people.JOBS["people.send_link"](
                tx, purpose="sign-up", email=email, base="https://hub.example"
            )
        mails = await tx.values("select id from mail where recipient = any(%(emails)s)", {"emails": emails})
        return [secret_of(opened, id) for id in mails]


async def _enter(opened: Database, settings: Settings, secret: str) -> None:
    await people.sign_up(
        opened,
        settings,
        secret,
        ORIGIN,
        first_name="",
        last_name="Racer",
        company="",
        password="as fast as I can",
        objects=objects.standard_objects(),
    )


async def _counted(opened: Database, domain: str) -> tuple[int, int]:
    """Who founded, by the log of all orgs that the people of the domain are in; and how many they are."""
    async with opened.act(None) as tx:
        orgs = await tx.values(
            """select distinct o.org_id from login_name n join login_org o on o.login_id = n.login_id
               where n.name like %(like)s""",
            {"like": f"%@{domain}"},
        )
        founders = members = 0
        for org in orgs:
            await tx.enter(org)
            founders += await tx.value(
                """select count(*) from event where org_id = %(org)s and name = 'people.sign_up.completed'
                   and (after ->> 'founded')::boolean"""
            )
            members += await tx.value("select count(*) from app_user where org_id = %(org)s and active")
    return founders, members
