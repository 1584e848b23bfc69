"""What a token opens: which of its scopes each address of the API asks for."""

import re

from hubbub import people
from hubbub.core.errors import Refused

# The first that fits. What fits none is open to `full` alone, so that a new address is closed until it stands here.
NEEDED: list[tuple[re.Pattern[str], frozenset[str]]] = [
    (re.compile(pattern), frozenset(scopes))
    for pattern, scopes in (
        # Who may read records in somebody's name learns in whose.
        (r"/id/.+|/services/oauth2/userinfo", {"id", "profile", "openid", "api"}),
        # Of Hubbub's own resources the talk, and who is who. Apps, invitations, what people own: none of Chatter's.
        (r"/services/data/v\d\d\.0/hubbub/(asks|digests|first-follows|orgs)(/.*)?", {"chatter_api", "api"}),
        (r"/services/data/v\d\d\.0/hubbub/people(/[^/]+(/chart)?)?", {"chatter_api", "api"}),
        (r"/services/data/v\d\d\.0/(chatter|connect)(/.*)?", {"chatter_api", "api"}),
        (r"/services/data/v\d\d\.0", {"chatter_api", "api"}),
        (r"/services/data/v\d\d\.0/.*|/services/Soap/.+", {"api"}),
    )
]


class NotInScope(Refused):
    """A token that is good, but not for this address."""

    status = 403
    code = "INVALID_SESSION_ID"
    text = "This session is not valid for use with the REST API"

    def __init__(self, needed: frozenset[str]) -> None:
        # RFC 6750 has a header for it; Salesforce has the words.
        named = " ".join(sorted(needed))
        super().__init__(headers={"www-authenticate": f'Bearer error="insufficient_scope", scope="{named}"'})


def needed(path: str) -> frozenset[str]:
    """The scopes any of which opens an address; `full` opens all."""
    for pattern, scopes in NEEDED:
        if pattern.fullmatch(path.rstrip("/")):
            return scopes | {"full"}
    return frozenset({"full"})


def require(path: str, actor: people.Actor) -> None:
    """Refuse a token whose scopes do not open this address; raises NotInScope."""
    wanted = needed(path)
    if actor.scopes is not None and not actor.scopes & wanted:
        raise NotInScope(wanted)
