"""SOAP, as far as clients sign in by it: login, logout, who I am, what time it is."""

from xml.parsers import expat
from xml.sax.saxutils import escape

import msgspec
import structlog
from litestar import Response, post

from hubbub import people
from hubbub.api import scopes
from hubbub.api.oauth import origin_of
from hubbub.core import ids
from hubbub.core.clock import now
from hubbub.core.config import Settings
from hubbub.core.db import LOST, Database
from hubbub.core.errors import NotFound, Refused, Unauthenticated, Unavailable
from hubbub.core.handlers import InPath, Request
from hubbub.core.http import Credential, as_refusal
from hubbub.core.ids import Type
from hubbub.core.rest import VERSIONS, connect_date

log = structlog.get_logger("hubbub.soap")

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
LARGEST = 64 * 1024
DEEPEST = 20
# Partner and enterprise: the same words in different namespaces.
KINDS = {"u": "partner", "c": "enterprise"}


class Fault(Refused):
    """What is told instead of an answer; SOAP says it with status 500."""

    status = 500


class Call(msgspec.Struct):
    """What a client asks for: an operation with its values, and what stands above it in the header."""

    operation: str = ""
    values: dict[str, str] = {}
    headers: dict[str, str] = {}


@post(
    ["/services/Soap/u/{version:str}", "/services/Soap/u/{version:str}/{org:str}"],
    status_code=200,
    include_in_schema=False,
)
async def call_partner(request: Request, version: InPath) -> Response[bytes]:
    """POST /services/Soap/u/{version}/{organization} — login, logout, getUserInfo, getServerTimestamp as SOAP's partner API
    says them. Faults have status 500."""
    return await _answer(request, "u", version)


@post(
    ["/services/Soap/c/{version:str}", "/services/Soap/c/{version:str}/{org:str}"],
    status_code=200,
    include_in_schema=False,
)
async def call_enterprise(request: Request, version: InPath) -> Response[bytes]:
    """POST /services/Soap/c/{version}/{organization} — login, logout and who I am as the enterprise API says them."""
    return await _answer(request, "c", version)


async def _answer(request: Request, kind: str, version: str) -> Response[bytes]:
    headers: dict[str, str] = {}
    status = 200
    try:
        if version.removesuffix(".0") not in map(str, VERSIONS):
            raise Fault("UNSUPPORTED_API_VERSION", "Invalid Api version specified on URL")
        call = parse(await request.body())
        result = await _OPERATIONS[call.operation](request, call, f"{kind}/{version}")
        body = f"<{call.operation}Response>{result}</{call.operation}Response>"
    except Exception as failure:
        refusal = as_refusal(failure)
        if not isinstance(refusal, Fault) and refusal.status == 500:
            log.error("soap failed", status=refusal.status)
        headers, status = refusal.headers, 500
        body = _fault(_code(refusal), refusal.message, KINDS[kind])
    return Response(
        content=_envelope(body, KINDS[kind]).encode(),
        status_code=status,
        media_type="text/xml",
        headers={"cache-control": "no-store", **headers},
    )


# --- what may be asked ---------------------------------------------------------------------------------------------


async def _login(request: Request, call: Call, at: str) -> str:
    settings: Settings = request.app.state.settings
    database: Database = request.app.state.database
    org = call.headers.get("LoginScopeHeader.organizationId", "")
    try:
        actor, token = await people.issue_to_person(
            database,
            call.values.get("username", ""),
            call.values.get("password", ""),
            origin_of(request),
            name=f"SOAP: {client}" if (client := call.headers.get("CallOptions.client", "")[:60]) else "SOAP",
            org_id=ids.parse(org, Type.ORG) & 0x7FFFFFFF if org else None,
        )
    except Unavailable:
        raise
    except Refused as refused:
        if refused.status == 429:
            raise Fault("LOGIN_RATE_EXCEEDED", refused.message, headers=refused.headers) from None
        raise Fault(
            "INVALID_LOGIN", "Invalid username, password, security token; or user locked out."
        ) from None
    async with database.act(actor.org_id, read=True) as tx:
        info = _user_info(actor, await people.profile(tx, actor, actor.user_id))
    server = f"{settings.url}/services/Soap/{at}/{ids.show15(ids.make(Type.ORG, actor.org_id))}"
    return (
        "<result><metadataServerUrl></metadataServerUrl><passwordExpired>false</passwordExpired><sandbox>false</sandbox>"
        f"<serverUrl>{escape(server)}</serverUrl><sessionId>{escape(token)}</sessionId>"
        f"<userId>{ids.show(actor.user_id)}</userId>{info.replace('result>', 'userInfo>')}</result>"
    )


async def _logout(request: Request, call: Call, _: str) -> str:
    session = call.headers.get("SessionHeader.sessionId", "")
    if not await people.revoke_token(request.app.state.database, session, origin_of(request)):
        raise _no_session()
    return ""


async def _get_user_info(request: Request, call: Call, _: str) -> str:
    actor, profile = await _whose(request, call)
    return _user_info(actor, profile)


async def _get_server_timestamp(request: Request, call: Call, _: str) -> str:
    await _whose(request, call)
    return f"<result><timestamp>{connect_date(now())}</timestamp></result>"


_OPERATIONS = {
    "login": _login,
    "logout": _logout,
    "getUserInfo": _get_user_info,
    "getServerTimestamp": _get_server_timestamp,
}


async def _whose(request: Request, call: Call) -> tuple[people.Actor, people.Profile]:
    """Whose session a call brings in its header; raises INVALID_SESSION_ID."""
    session = call.headers.get("SessionHeader.sessionId", "")
    try:
        held = Credential("token", ids.parse(session.partition("!")[0], Type.ORG) & 0x7FFFFFFF, session)
        async with request.app.state.database.act(held.org_id, read=True) as tx:
            actor = await people.authenticate(tx, held)
            scopes.require(request.scope["path"], actor)
            return actor, await people.profile(tx, actor, actor.user_id)
    except (Unavailable, *LOST):
        raise
    except Refused:
        raise _no_session() from None


def _no_session() -> Fault:
    return Fault("INVALID_SESSION_ID", "Invalid Session ID found in SessionHeader: Illegal Session")


# --- as XML --------------------------------------------------------------------------------------------------------


def parse(body: bytes) -> Call:
    """The call in an envelope. Nothing is ever declared in it: no entity, nothing fetched, nothing that grows."""
    if len(body) > LARGEST:
        raise Fault("EXCEEDED_MAX_SIZE_REQUEST", f"At most {LARGEST} bytes.")
    call = Call(values={}, headers={})
    path: list[str] = []
    texts: list[list[str]] = []

    def start(name: str, _: dict[str, str]) -> None:
        namespace, _sep, local = name.rpartition("\n")
        if len(path) >= DEEPEST or (not path and (namespace, local) != (ENVELOPE, "Envelope")):
            raise _malformed("it is no SOAP envelope")
        path.append(local)
        texts.append([])
        if len(path) == 3 and path[1] == "Body":
            if call.operation:
                raise _malformed("it asks for two things at once")
            call.operation = local

    def end(_: str) -> None:
        text = "".join(texts.pop())
        if len(path) == 4 and path[1] == "Body":
            call.values[path[3]] = text
        elif len(path) == 4 and path[1] == "Header":
            call.headers[f"{path[2]}.{path[3]}"] = text
        path.pop()

    def data(text: str) -> None:
        if texts:
            texts[-1].append(text)

    def declared(*_: object) -> None:
        raise _malformed("a document type is declared, which SOAP forbids")

    parser = expat.ParserCreate(namespace_separator="\n")
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, data
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = declared
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise _malformed(str(error)) from None
    if call.operation not in _OPERATIONS:
        raise Fault("INVALID_OPERATION", f"No operation available for request {call.operation[:80]}")
    return call


def _malformed(why: str) -> Fault:
    return Fault("UNKNOWN_EXCEPTION", f"The XML cannot be read: {why[:200]}")


def _envelope(body: str, kind: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soapenv:Envelope xmlns:soapenv="{ENVELOPE}" xmlns="urn:{kind}.soap.sforce.com"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
    )


def _fault(code: str, message: str, kind: str) -> str:
    said, kind_of = escape(message), "LoginFault" if code == "INVALID_LOGIN" else "UnexpectedErrorFault"
    return (
        f"<soapenv:Fault><faultcode>{escape(code)}</faultcode><faultstring>{escape(code)}: {said}</faultstring>"
        f'<detail><sf:{kind_of} xmlns:sf="urn:fault.{kind}.soap.sforce.com" xsi:type="sf:{kind_of}">'
        f"<sf:exceptionCode>{escape(code)}</sf:exceptionCode><sf:exceptionMessage>{said}</sf:exceptionMessage>"
        f"</sf:{kind_of}></detail></soapenv:Fault>"
    )


def _code(refusal: Refused) -> str:
    """A refusal's code as SOAP knows it."""
    match refusal:
        case Unauthenticated():
            return "INVALID_SESSION_ID"
        case NotFound():
            return "INVALID_LOGIN"
        case _:
            return refusal.code


def _user_info(actor: people.Actor, profile: people.Profile) -> str:
    """Who somebody is, in the order of the WSDL; money and attachments are told as of an org that has neither."""
    org = ids.show(ids.make(Type.ORG, actor.org_id))
    facts = {
        "accessibilityMode": "false",
        "chatterExternal": "true" if actor.guest else "false",
        "currencySymbol": "$",
        "orgAttachmentFileSizeLimit": "0",
        "orgDefaultCurrencyIsoCode": "USD",
        "orgDefaultCurrencyLocale": "en_US",
        "orgDisallowHtmlAttachments": "false",
        "orgHasPersonAccounts": "false",
        "organizationId": org,
        "organizationMultiCurrency": "false",
        "organizationName": profile.company,
        "profileId": "",
        "roleId": ids.show(actor.role_id) if actor.role_id else "",
        "sessionSecondsValid": str(people.SESSION_SECONDS),
        "userDefaultCurrencyIsoCode": "USD",
        "userEmail": profile.email,
        "userFullName": profile.name,
        "userId": profile.key,
        "userLanguage": profile.locale,
        "userLocale": profile.locale,
        "userName": profile.username,
        "userTimeZone": profile.timezone,
        "userType": "CsnOnly" if actor.guest else "Standard",
        "userUiSkin": "Theme3",
    }
    inside = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in facts.items())
    return f"<result>{inside}</result>"


ROUTES = [call_partner, call_enterprise]
