"""The domains of a company: one more is added by who proves an address of it, and given up again."""

from hubbub.core import events, jobs
from hubbub.core.config import Settings
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid, NotFound, Refused
from hubbub.core.http import spend
from hubbub.core.ids import Type, make
from hubbub.core.languages import ENGLISH, Text, spoken
from hubbub.people.access import Actor, require_admin
from hubbub.people.access.domains import WorkAddress, one_domain, readable, work_address
from hubbub.people.actions.links import (
    DOMAIN,
    PER_RECIPIENT,
    WINDOW,
    BadLink,
    Link,
    NoMail,
    post_link,
    read_link,
    refuse_public,
    use_link,
)
from hubbub.people.actions.orgs import claim_domain
from hubbub.people.queries.founding import own_domains

PER_DAY = 20  # mails that prove domains, of an org


async def ask_for_domain(tx: Tx, actor: Actor, settings: Settings, email: str) -> WorkAddress:
    """Have a link sent to an address of a domain that is to be the company's, too. Whose it is now is told to nobody before
    the address is proved. Raises REQUEST_LIMIT_EXCEEDED (429), FUNCTIONALITY_NOT_ENABLED (403)."""
    require_admin(actor)
    if not settings.mails:
        raise NoMail()
    address = work_address(email)
    refuse_public(settings, address.domain)
    if address.domain in await own_domains(tx, actor):
        raise Invalid(
            "DUPLICATE_VALUE", "{domain} is yours already.", fields=["email"], domain=readable(address.domain)
        )
    for key, most, seconds in (
        (f"domains:{tx.org_id}", PER_DAY, 86_400),
        (f"mail to:{address.text}", PER_RECIPIENT, WINDOW),
    ):
        if await spend(tx, key, 1, most=most, seconds=seconds) is None:
            raise Refused(
                "REQUEST_LIMIT_EXCEEDED",
                "Too many mails for this. Please try again later.",
                status=429,
                headers={"retry-after": str(seconds)},
            )
    await events.record(
        tx, actor, "people.domain.asked", make(Type.ORG, tx.org_id), after={"email": address.text}
    )
    await jobs.defer(tx, "people.send_domain_link", email=address.text, base=settings.url, language=spoken())
    return address


async def send_domain_link(tx: Tx, *, email: str, base: str, language: str = ENGLISH) -> None:
    """Write the mail that proves an address of a domain, in the language of the administrator who asked for it."""
    company = await tx.value("select name from org where org_id = %(org)s")
    domain = readable(work_address(email).domain)
    await post_link(
        tx,
        DOMAIN,
        email,
        base,
        subject=Text("{domain} for {company} on Hubbub", domain=domain, company=company),
        lines=[
            Text(
                "An administrator of {company} wants people with an address of {domain} to join {company} on Hubbub.",
                domain=domain,
                company=company,
            ),
            Text(
                "With this link he confirms that. It works once, for 24 hours, for who administers {company} there; "
                "to others it does nothing. If you do not know of it, pass it on to nobody.",
                company=company,
            ),
        ],
        label=Text("Confirm {domain}", domain=domain),
        language=language,
        org_id=tx.org_id,
    )


async def domain_to_confirm(tx: Tx, actor: Actor, secret: str) -> Link:
    """The address behind a link of ours; raises INVALID_LINK (410), also for one of another company."""
    require_admin(actor)
    link = await read_link(tx, DOMAIN, secret)
    if link.org_id != tx.org_id:
        raise BadLink()
    return link


async def confirm_domain(tx: Tx, actor: Actor, secret: str) -> str:
    """Let the people of a domain join this company from now on; tells the domain. Raises INVALID_LINK (410), and
    DUPLICATE_VALUE (409) where they join another."""
    await domain_to_confirm(tx, actor, secret)
    link = await use_link(tx, DOMAIN, secret)
    domain = link.address.domain
    if not await claim_domain(tx, domain):
        raise Refused(
            "DUPLICATE_VALUE",
            "People of {domain} join another company here.",
            status=409,
            domain=readable(domain),
        )
    await events.record(tx, actor, "people.domain.added", make(Type.ORG, tx.org_id), after={"domain": domain})
    return domain


async def remove_domain(tx: Tx, actor: Actor, text: str) -> None:
    """Give a domain up: whoever is here stays, and who comes later by it founds a company of its own. Raises Forbidden for
    the last one."""
    require_admin(actor)
    domain = one_domain(text)
    mine = await tx.values(
        """select d.domain from org o join company_domain d on d.org_id = o.org_id
           where o.org_id = %(org)s order by d.created_at, d.domain for update of o, d"""
    )
    if domain not in mine:
        raise NotFound()
    left = [each for each in mine if each != domain]
    if not left:
        raise Forbidden("A company has at least one domain: add another first.")
    await tx.run(
        "delete from company_domain where domain = %(domain)s and org_id = %(org)s", {"domain": domain}
    )
    await tx.run(
        "update org set domain = %(next)s where org_id = %(org)s and domain = %(domain)s",
        {"domain": domain, "next": left[0]},
    )
    await events.record(
        tx, actor, "people.domain.removed", make(Type.ORG, tx.org_id), before={"domain": domain}
    )
