"""Refusals: what the caller did wrong, with the status and the words that he gets."""

from typing import Any

from hubbub.core.languages import Text


class Refused(Exception):
    """An act that was not done: HTTP status, Salesforce's error code, the fields at fault, and why: a text of the catalogue
    with what fills its gaps. `message` says it in English, as the API does; `said` as the person reads whose page it is."""

    status = 400
    code = "BAD_REQUEST"
    text = "The request could not be understood."

    def __init__(
        self,
        code: str | None = None,
        text: str | Text | None = None,
        *,
        fields: list[str] | None = None,
        status: int | None = None,
        headers: dict[str, str] | None = None,
        **values: Any,
    ) -> None:
        self.code = code or self.code
        self.why = text if isinstance(text, Text) else Text(text or self.text, **values)
        self.fields = fields or []
        self.status = status or self.status
        self.headers = headers or {}
        super().__init__(self.why)

    @property
    def message(self) -> str:
        """Why, in English."""
        return str(self.why)

    @property
    def said(self) -> str:
        """Why, in the language that is spoken now."""
        return self.why.said

    def __str__(self) -> str:
        return self.message


class NotFound(Refused):
    """There is no such thing, or none that the caller may know of: the two are never told apart."""

    status = 404
    code = "NOT_FOUND"
    text = "The requested resource does not exist"


class Forbidden(Refused):
    """The caller sees the thing and may not do this to it."""

    status = 403
    code = "INSUFFICIENT_ACCESS"
    text = "You may see this, but you have no right to do that to it."

    def __init__(self, text: str | Text | None = None, *, code: str | None = None, **values: Any) -> None:
        super().__init__(code, text, **values)


class Invalid(Refused):
    """What was sent cannot be used; `fields` names where."""

    status = 400
    code = "INVALID_INPUT"


class Several(Invalid):
    """All that is wrong with what was sent, each with its field; who takes only one gets the first."""

    def __init__(self, each: list[Invalid]) -> None:
        super().__init__(each[0].code, each[0].why, fields=each[0].fields)
        self.each = each


class Unauthenticated(Refused):
    """No session or token, or one that has ended."""

    status = 401
    code = "INVALID_SESSION_ID"
    text = "Session expired or invalid"


class Unavailable(Refused):
    """Hubbub cannot answer just now; the same request may work in a moment."""

    status = 503
    code = "SERVER_UNAVAILABLE"
    text = "The database cannot be reached just now. Nothing was changed; please try again in a moment."
