"""Refusals: what the caller did wrong, with the status and the words that he gets."""

from hubbub.core.languages import mark


class Refused(Exception):
    """An act that was not done: HTTP status, Salesforce's error code, words for people, the fields at fault."""

    status = 400
    code = "BAD_REQUEST"
    message = mark("The request could not be understood.")

    def __init__(
        self,
        code: str | None = None,
        message: str | None = None,
        *,
        fields: list[str] | None = None,
        status: int | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.code = code or self.code
        self.message = message or self.message
        self.fields = fields or []
        self.status = status or self.status
        self.headers = headers or {}
        super().__init__(self.message)


class NotFound(Refused):
    """There is no such thing, or none that the caller may know of: the two are never told apart."""

    status = 404
    code = "NOT_FOUND"
    message = mark("The requested resource does not exist")


class Forbidden(Refused):
    """The caller sees the thing and may not do this to it."""

    status = 403
    code = "INSUFFICIENT_ACCESS"
    message = mark("You may see this, but you have no right to do that to it.")

    def __init__(self, message: str | None = None, *, code: str | None = None) -> None:
        super().__init__(code, message)


class Invalid(Refused):
    """What was sent cannot be used; `fields` names where."""

    status = 400
    code = "INVALID_INPUT"


class Unauthenticated(Refused):
    """No session or token, or one that has ended."""

    status = 401
    code = "INVALID_SESSION_ID"
    message = mark("Session expired or invalid")


class Unavailable(Refused):
    """Hubbub cannot answer just now; the same request may work in a moment."""

    status = 503
    code = "SERVER_UNAVAILABLE"
    message = mark(
        "The database cannot be reached just now. Nothing was changed; please try again in a moment."
    )
