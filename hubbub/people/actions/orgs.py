"""Organizations: founded with a number of their own, a version of rights, and the permission sets to begin with."""

from collections.abc import Sequence

import msgspec

from hubbub.core import events, ids
from hubbub.core.db import Database, Tx
from hubbub.core.ids import Type
from hubbub.people.access.domains import one_domain
from hubbub.people.actions.permissions import GrantedObject, add_standard_sets


class Org(msgspec.Struct, frozen=True):
    """An organization."""

    id: int
    name: str
    domain: str

    @property
    def key(self) -> str:
        return ids.show(ids.make(Type.ORG, self.id))


async def found_org(
    database: Database, name: str, domain: str, *, objects: Sequence[GrantedObject], demo: bool = False
) -> Org:
    """Found an organization, in a transaction of its own; `objects` are those that its permission sets grant."""
    async with database.act(await new_org_id(database)) as tx:
        return await found_org_within(tx, name, domain, objects=objects, demo=demo)


async def new_org_id(database: Database) -> int:
    """A number for an organization that is to be founded; one that is not used is lost, and not missed."""
    return await database.new_org_number()


async def found_org_within(
    tx: Tx, name: str, domain: str, *, objects: Sequence[GrantedObject], demo: bool = False
) -> Org:
    """Found the organization whose number the act has entered, together with all else that the act does."""
    await tx.run(
        "insert into org (org_id, name, domain, demo) values (%(org)s, %(name)s, %(domain)s, %(demo)s)",
        {"name": name, "domain": domain, "demo": demo},
    )
    await tx.run("insert into org_access (org_id) values (%(org)s)")
    await claim_domain(tx, one_domain(domain) or domain.lower())
    await add_standard_sets(tx, None, objects)
    await events.record(tx, None, "people.org.founded", ids.make(Type.ORG, tx.org_id), after={"name": name})
    return Org(tx.org_id, name, domain)


async def claim_domain(tx: Tx, domain: str) -> bool:
    """Make the org that the act has entered the one that people of this domain join, unless another is; that one's
    founding is waited for. Tells whether it is this one now."""
    claimed = await tx.run(
        "insert into company_domain (domain, org_id) values (%(domain)s, %(org)s) on conflict do nothing",
        {"domain": domain},
    )
    return bool(claimed) or await org_of_domain(tx, domain) == tx.org


async def org_of_domain(tx: Tx, domain: str) -> int | None:
    """The org that people of this domain join."""
    return await tx.value("select org_id from company_domain where domain = %(domain)s", {"domain": domain})


async def complete_demo(tx: Tx) -> None:
    """Say that all of the demo company is there: until then /health answers 503."""
    await events.record(tx, None, "people.demo.completed", ids.make(Type.ORG, tx.org_id))
