"""Signing up, founding and joining; a new password for who has forgotten his, and for who has not."""

import contextlib
from collections.abc import Sequence

import msgspec

from hubbub.core import events, jobs, mail
from hubbub.core.config import Settings
from hubbub.core.db import Database, Tx
from hubbub.core.errors import Invalid, Refused
from hubbub.core.ids import Type, make, show
from hubbub.core.languages import Text, language_of, spoken, usual_locale
from hubbub.people.access import Actor, Origin
from hubbub.people.access.domains import WorkAddress, readable, resembles
from hubbub.people.actions import passwords
from hubbub.people.actions.links import PASSWORD, SIGN_UP, BadLink, read_link, refuse_public, use_link
from hubbub.people.actions.orgs import claim_domain, found_org_within, new_org_id, org_of_domain
from hubbub.people.actions.permissions import ADMINISTRATOR, STANDARD, GrantedObject
from hubbub.people.actions.profiles import zones
from hubbub.people.actions.sessions import PER_NAME, begin_session, counted
from hubbub.people.actions.users import (
    Newcomer,
    add_user,
    end_everywhere,
    give_login,
    hold_login,
    store_password,
)

LONGEST_COMPANY = 80
MOST_TOLD = 5  # moderators who get a mail about a look-alike


class ShutOut(Refused):
    status = 403
    code = "INSUFFICIENT_ACCESS"
    text = "This account was closed by an administrator. Only he can open it again."


class Welcome(msgspec.Struct, frozen=True):
    """What somebody who proved his address will be asked, and what becomes of him."""

    email: str
    domain: str  # as people read it
    company: str | None  # the name of the org that he joins; None where he founds it
    needs_password: bool  # a login that he has already keeps its own


async def welcome(tx: Tx, secret: str) -> Welcome:
    """What a sign-up link leads to; raises INVALID_LINK (410)."""
    link = await read_link(tx, SIGN_UP, secret)
    address = link.address
    _, verified = await find_login(tx, address)
    org_id = await org_of_domain(tx, address.domain)
    company = None
    if org_id is not None:
        await tx.enter(org_id)
        company = await tx.value("select name from org where org_id = %(org)s")
    return Welcome(address.text, readable(address.domain), company, not verified)


async def sign_up(
    database: Database,
    settings: Settings,
    secret: str,
    origin: Origin,
    *,
    first_name: str,
    last_name: str,
    company: str,
    password: str,
    objects: Sequence[GrantedObject],
    timezone: str = "",
) -> tuple[str, Actor]:
    """Go in by a sign-up link: the first of a domain founds its org and administers it, later ones join it. Tells the
    secret for the cookie. Raises INVALID_LINK (410), BadProfile, INVALID_NEW_PASSWORD."""
    async with database.act(None, read=True) as tx:
        found = await welcome(tx, secret)
        address = (await read_link(tx, SIGN_UP, secret)).address
    refuse_public(settings, address.domain)
    if found.needs_password:
        passwords.check_password(password)
    company = " ".join(company.split()) or _name_of(address.domain)
    if len(company) > LONGEST_COMPANY or not company.isprintable():
        raise Invalid(
            "STRING_TOO_LONG", "Company: at most {most} characters.", fields=["company"], most=LONGEST_COMPANY
        )
    # Slow, and so before the act: others of the domain wait for it.
    hashed = await passwords.hash_password(password) if found.needs_password else None
    number = await new_org_id(database) if found.company is None else None
    async with database.act(number) as tx:
        await use_link(tx, SIGN_UP, secret)
        founds = number is not None and await claim_domain(tx, address.domain)
        login_id = await prove_login(tx, address, hashed)
        if founds:
            await found_org_within(tx, company, address.domain, objects=objects)
        else:
            # Also who lost the race: the winner has committed by now.
            await tx.enter(await org_of_domain(tx, address.domain) or 0)
        user_id = await enter_org(
            tx,
            address,
            login_id,
            ADMINISTRATOR if founds else STANDARD,
            first_name,
            last_name,
            timezone=timezone,
        )
        secret, me = await begin_session(tx, user_id, origin)
        await events.record(tx, me, "people.sign_up.completed", user_id, after={"founded": founds})
        if founds:
            await jobs.defer(tx, "people.compare_domain", domain=address.domain, base=settings.url)
    return secret, me


async def find_login(tx: Tx, address: WorkAddress, *, hold: bool = False) -> tuple[int | None, bool]:
    """The login of an address, and whether its owner has proved that it is his. `hold`: until this act ends nobody
    changes that."""
    found = await tx.tuples(
        f"""select l.id, l.verified_at is not null from login_name n join login l on l.id = n.login_id
            where n.name = %(name)s{" for no key update of l" if hold else ""}""",
        {"name": address.text},
    )
    return (found[0][0], found[0][1]) if found else (None, False)


async def prove_login(tx: Tx, address: WorkAddress, hashed: str | None) -> int:
    """The login of an address that is proved now. A password that others may know is replaced, and what they opened with
    it ends: whoever takes an address in first must not be in when its owner comes."""
    login_id, verified = await find_login(tx, address, hold=True)
    if login_id is None:
        if hashed is None:
            raise BadLink()
        login_id = await tx.new_id(Type.LOGIN)
        await tx.run(
            "insert into login (id, password_hash, verified_at) values (%(id)s, %(hash)s, now())",
            {"id": login_id, "hash": hashed},
        )
        if not await tx.run(
            "insert into login_name (name, login_id) values (%(name)s, %(id)s) on conflict do nothing",
            {"name": address.text, "id": login_id},
        ):
            raise Refused(
                "UNABLE_TO_LOCK_ROW",
                "You confirmed this address twice at the same moment. Please sign in.",
                status=409,
            )
    elif not verified:
        if hashed is None:
            raise BadLink()
        await store_password(tx, login_id, hashed, verified=True)
        await end_everywhere(tx, login_id)
    return login_id


async def enter_org(
    tx: Tx,
    address: WorkAddress,
    login_id: int,
    profile: str,
    first_name: str,
    last_name: str,
    *,
    guest: bool = False,
    timezone: str = "",
) -> int:
    """The person of that address in this org: he who is there already, or a new one, who is spoken to from now on as his
    browser wished and read the hour in his `timezone`. Whoever invited him sees that he came."""
    known = await tx.tuples(
        "select id, login_id, active from app_user where org_id = %(org)s and username = %(name)s for update",
        {"name": address.text},
    )
    if known:
        user_id, his_login, active = known[0]
        if not active:
            raise ShutOut()
        if his_login is None:
            await give_login(tx, user_id, login_id)
        elif his_login != login_id:
            raise BadLink()
    else:
        user_id = await add_user(
            tx,
            None,
            Newcomer(
                username=address.text,
                first_name=first_name,
                last_name=last_name,
                guest=guest,
                permission_sets=(profile,),
                login_id=login_id,
                locale=usual_locale(spoken()),
                timezone=timezone if timezone in zones() else "UTC",
            ),
        )
    inviters = await tx.values(
        """update invitation set state = 'accepted', accepted_at = now(), accepted_by = %(user)s
           where org_id = %(org)s and email = %(email)s and state in ('waiting', 'sent') returning invited_by""",
        {"email": address.text, "user": user_id},
    )
    if told := {show(inviter): "joined" for inviter in inviters if inviter != user_id}:
        his = show(user_id)
        await jobs.defer(tx, "notify.tell", told=told, noun=his, thread=his, by=his)
    return user_id


def _name_of(domain: str) -> str:
    """A company's name for the time being: the domain's first part."""
    name = readable(domain).split(".")[0].replace("-", " ")
    return name[:1].upper() + name[1:]


# --- look-alikes ---------------------------------------------------------------------------------------------------


async def compare_domain(tx: Tx, *, domain: str, base: str) -> None:
    """Show a domain that was founded to the moderators of those that it looks like."""
    founder = tx.org_id
    others = await tx.tuples(
        "select domain, org_id from company_domain where org_id <> %(org)s order by org_id, domain"
    )
    for own, org_id in others:
        reason = resembles(domain, own)
        if reason is None:
            continue
        await tx.enter(org_id)
        new = await tx.run(
            """insert into look_alike (org_id, domain, own, reason)
               values (%(org)s, %(domain)s, %(own)s, %(reason)s) on conflict do nothing""",
            {"domain": domain, "own": own, "reason": reason},
        )
        if not new:
            continue
        await events.record(
            tx,
            None,
            "people.look_alike.founded",
            make(Type.ORG, founder),
            after={"domain": domain, "own": own, "reason": reason},
        )
        told = await tx.tuples(
            """select u.email, u.locale from app_user u
               where u.org_id = %(org)s and u.active and u.login_id is not null and exists (
                 select 1 from permission_assignment a
                 join permission_set s on s.org_id = %(org)s and s.id = a.permission_set_id
                 where a.org_id = %(org)s and a.user_id = u.id and 'ModerateChatter' = any(s.abilities))
               order by u.id limit %(most)s""",
            {"most": MOST_TOLD},
        )
        for email, locale in told:
            with contextlib.suppress(
                Invalid
            ):  # an address to which no mail can go: the page shows it all the same
                await mail.post(
                    tx,
                    to=email,
                    subject=Text("A company was founded at {domain}", domain=readable(domain)),
                    lines=[
                        Text(
                            "Its domain, {readable} ({domain}), looks like yours, {own}. "
                            "It is a company of its own and sees nothing of yours. "
                            "If your people may take it for you, tell them.",
                            readable=readable(domain),
                            domain=domain,
                            own=readable(own),
                        )
                    ],
                    label=Text("Domains like yours"),
                    address=f"{base}/domains",
                    language=language_of(locale),
                )


# --- passwords -----------------------------------------------------------------------------------------------------


async def change_password(tx: Tx, actor: Actor, *, present: str, new: str) -> None:
    """Change my own password: everywhere else I am signed out. Raises INVALID_LOGIN where the present one is wrong."""
    passwords.check_password(new)
    async with counted(tx.database, {f"name:{actor.username}": PER_NAME}):
        kept = await tx.value(
            "select password_hash from login where id = %(login)s", {"login": actor.login_id}
        )
        if actor.login_id is None or not await passwords.is_password(present, kept):
            raise _not_present()
    hashed = await passwords.hash_password(new)
    # Both were slow, and nobody waited for them: who has chosen another one meanwhile, as by a mail, keeps it.
    if await hold_login(tx, actor.login_id, alone=True) != kept:
        raise _not_present()
    await store_password(tx, actor.login_id, hashed, verified=None)
    await end_everywhere(tx, actor.login_id, but=actor.session_id or 0)
    await events.record(tx, actor, "people.password.changed", actor.user_id)


def _not_present() -> Invalid:
    return Invalid("INVALID_LOGIN", "This is not your present password.", fields=["present"])


async def reset_password(database: Database, secret: str, password: str, origin: Origin) -> tuple[str, Actor]:
    """Choose a new password by a link from a mail, and go in; everywhere else he is signed out. Tells the secret for the
    cookie. Raises INVALID_LINK (410), INVALID_NEW_PASSWORD."""
    passwords.check_password(password)
    async with database.act(None, read=True) as tx:
        await read_link(tx, PASSWORD, secret)
    hashed = await passwords.hash_password(password)
    async with database.act(None) as tx:
        link = await use_link(tx, PASSWORD, secret)
        login_id, _ = await find_login(tx, link.address)
        if login_id is None:
            raise BadLink()
        await store_password(tx, login_id, hashed, verified=True)
        await end_everywhere(tx, login_id)
        for org_id, user_id in await tx.tuples(
            "select org_id, user_id from login_org where login_id = %(login)s order by org_id",
            {"login": login_id},
        ):
            await tx.enter(org_id)
            if await tx.value(
                "select 1 from app_user where org_id = %(org)s and id = %(user)s and active",
                {"user": user_id},
            ):
                secret, me = await begin_session(tx, user_id, origin)
                await events.record(tx, me, "people.password.recovered", user_id)
                return secret, me
        raise ShutOut()
