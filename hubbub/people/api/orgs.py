"""The orgs of a login, and the domains of an org."""

from litestar import Response, delete, get, post

from hubbub.core.errors import Invalid
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.rest import connect_date, input_of, json_answer
from hubbub.people import queries
from hubbub.people.access import Me
from hubbub.people.actions import ask_for_domain, confirm_domain, remove_domain


@get("/orgs")
async def read_orgs(tx: Transaction, actor: Me) -> Response[bytes]:
    """GET /hubbub/orgs — {orgs: [{id, name, domain, user, isGuest, isCurrent}]}: the orgs of the token's login. A token
    names one of them; for another, ask for a token there."""
    mine = await queries.memberships(tx, actor)
    return json_answer(
        {
            "orgs": [
                {
                    "id": org.key,
                    "name": org.name,
                    "domain": org.domain,
                    "user": org.person,
                    "isGuest": org.guest,
                    "isCurrent": org.current,
                }
                for org in mine
            ]
        }
    )


@get("/domains")
async def read_domains(tx: Transaction, actor: Me) -> Response[bytes]:
    """GET /hubbub/domains — {domains, lookAlikes: [{domain, own, reason, createdDate}]}: the org's domains, and those
    founded elsewhere that look like them (reason: letters, one letter, name); 403 unless for moderators and administrators."""
    like = await queries.look_alikes(tx, actor)
    return json_answer(
        {
            "domains": await queries.own_domains(tx, actor),
            "lookAlikes": [
                {
                    "domain": each.domain,
                    "own": each.own,
                    "reason": each.reason,
                    "createdDate": connect_date(each.created_at),
                }
                for each in like
            ],
        }
    )


@post("/domains", status_code=202)
async def ask_for_a_domain(request: Request, tx: Transaction, actor: Me) -> Response[bytes]:
    """POST /hubbub/domains {email} — have a link sent to an address of a domain that is to be the org's, too: {email}; 403
    unless by an administrator, 429 after 20 a day."""
    email = (await input_of(request)).get("email")
    if not isinstance(email, str):
        raise Invalid("REQUIRED_FIELD_MISSING", "email: a text is missing.", fields=["email"])
    address = await ask_for_domain(tx, actor, request.app.state.settings, email)
    return json_answer({"email": address.text}, 202)


@post("/domains/confirmations", status_code=201)
async def confirm_a_domain(request: Request, tx: Transaction, actor: Me) -> Response[bytes]:
    """POST /hubbub/domains/confirmations {secret} — add the domain whose mail had a link ending with this: {domain}; 403
    unless by an administrator, 410 for a link that is old, used or another org's, 409 for a domain of another org."""
    secret = (await input_of(request)).get("secret")
    if not isinstance(secret, str):
        raise Invalid("REQUIRED_FIELD_MISSING", "secret: a text is missing.", fields=["secret"])
    return json_answer({"domain": await confirm_domain(tx, actor, secret)}, 201)


@delete("/domains/{domain:str}", status_code=204)
async def give_up_a_domain(tx: Transaction, actor: Me, domain: InPath) -> None:
    """DELETE /hubbub/domains/{domain} — give it up; 403 unless by an administrator, and for the last one; 404 if it is not
    the org's."""
    await remove_domain(tx, actor, domain)


HUBBUB = [read_orgs, read_domains, ask_for_a_domain, confirm_a_domain, give_up_a_domain]
