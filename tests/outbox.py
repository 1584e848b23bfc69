"""What a company sends: jobs done as the worker would, and the mails that came of them."""

from typing import Any

import msgspec
import pytest

from hubbub import routes
from hubbub.core import mail
from hubbub.core.db import Database
from tests.cast import Company, House


async def work(company: Company, task: str = "people.send_link") -> None:
    """Do the jobs of that name that wait, as the worker would, and forget them."""
    database: Database = company.database
    async with database.act(None) as tx:
        waiting = await tx.tuples(
            """with gone as (delete from procrastinate_jobs where task_name = %(task)s and status = 'todo'
                             returning id, args) select args from gone order by id""",
            {"task": task},
        )
    for (args,) in waiting:
        org = args.pop("org")
        async with database.act(org) as tx:
            await routes.JOBS[task](tx, **args)


async def mails_to(company: Company, email: str) -> list[mail.Mail]:
    """What an address was sent, the latest last."""
    async with company.database.act(None) as tx:
        sent = await tx.values(
            "select id from mail where recipient = %(email)s and state = 'waiting' order by created_at, id",
            {"email": email},
        )
    for id in sent:
        settings = msgspec.structs.replace(company.house.settings, keep_mail=True)
        await mail.send(settings, company.database, mail=id)
    async with company.database.act(None) as tx:
        kept = {each.id: each for each in await mail.kept(tx)}
    return [kept[id] for id in sent]


@pytest.fixture(autouse=True)
def sends_mail(house: House) -> Any:
    """Mail is kept, as on a Hubbub that tries itself out."""
    state = house.app.app.state
    before = state.settings
    state.settings = msgspec.structs.replace(before, keep_mail=True)
    yield
    state.settings = before
