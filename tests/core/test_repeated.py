"""A form that is sent again is the same form, whichever process reads it."""

import os
import subprocess
import sys

SCRIPT = """
import asyncio
from litestar.enums import RequestEncodingType
from litestar.testing import RequestFactory
from hubbub.core.http import idempotency

form = {"subject": "a", "text": "b", "_csrf_token": "x", "_key": "c", "choice": ["2", "1"]}
request = RequestFactory().post("/posts", data=form, request_media_type=RequestEncodingType.URL_ENCODED)
print(asyncio.run(idempotency._content(request)))
"""


def test_a_form_is_known_again_after_a_restart() -> None:
    """The names of a form's fields are read through a set, whose order each process has for itself."""
    read = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env=os.environ | {"PYTHONHASHSEED": str(seed)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in range(4)
    }
    assert read == {"""b'[["_key","c"],["choice","2"],["choice","1"],["subject","a"],["text","b"]]'\n"""}
