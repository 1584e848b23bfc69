"""HTTP: one act per request, credentials, idempotency keys, limits, errors of the right status and shape."""

from hubbub.core.http.acts import WRITES, Act, act_of, tells_secret
from hubbub.core.http.credentials import (
    COOKIE,
    Credential,
    credential,
    hash_secret,
    is_api,
    new_secret,
    same_secret,
)
from hubbub.core.http.errors import answer_error, as_refusal
from hubbub.core.http.idempotency import begin_idempotent, is_form, received
from hubbub.core.http.limits import give_back, limit, spend
from hubbub.core.http.middleware import is_ours, one_act, own_forms, wished

__all__ = [
    "COOKIE",
    "WRITES",
    "Act",
    "Credential",
    "act_of",
    "answer_error",
    "as_refusal",
    "begin_idempotent",
    "credential",
    "give_back",
    "hash_secret",
    "is_api",
    "is_form",
    "is_ours",
    "limit",
    "new_secret",
    "one_act",
    "own_forms",
    "received",
    "same_secret",
    "spend",
    "tells_secret",
    "wished",
]
