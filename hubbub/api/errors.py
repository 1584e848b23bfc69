"""OAuth's own errors: an object instead of Salesforce's list."""

from litestar import Response

from hubbub.core.errors import Refused
from hubbub.core.rest import json_answer


def oauth_answer(refused: Refused) -> Response[bytes]:
    """The refusal as OAuth's error object."""
    return json_answer(
        {"error": refused.code, "error_description": refused.message}, refused.status, refused.headers
    )
