"""Domains of work e-mail: in one spelling, told from public mail providers, and compared with those that look alike."""

import re
import unicodedata
from functools import cache
from pathlib import Path

import idna
import msgspec

from hubbub.core.errors import Invalid

_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"(?=.{4,120}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9-]{2,63}")
PROVIDERS = Path(__file__).with_name("mail_providers.txt")


class WorkAddress(msgspec.Struct, frozen=True):
    """An e-mail address in the one spelling in which it is kept and compared."""

    local: str
    domain: str  # lower case, and as DNS has it: what is not ASCII is punycode

    @property
    def text(self) -> str:
        return f"{self.local}@{self.domain}"


def one_domain(text: str) -> str | None:
    """A domain in the one spelling in which it is compared; None where it can be none."""
    text = text.strip().removesuffix(".")
    try:
        domain = idna.encode(text, uts46=True, transitional=False).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        return None
    return domain if _DOMAIN.fullmatch(domain) else None


def work_address(text: str) -> WorkAddress:
    """Parse an address that somebody typed; raises INVALID_EMAIL_ADDRESS."""
    local, at, rest = unicodedata.normalize("NFKC", text).strip().lower().rpartition("@")
    domain = one_domain(rest) if at else None
    if domain is None or not _LOCAL.fullmatch(local) or len(local) > 64 or len(local) + 1 + len(domain) > 80:
        raise Invalid("INVALID_EMAIL_ADDRESS", "This is not an e-mail address.", fields=["email"])
    return WorkAddress(local, domain)


def readable(domain: str) -> str:
    """A domain as people read it: punycode as the letters that it stands for."""
    try:
        return idna.decode(domain)
    except (idna.IDNAError, UnicodeError):
        return domain


# --- public mail providers -----------------------------------------------------------------------------------------


@cache
def _providers() -> frozenset[str]:
    lines = PROVIDERS.read_text().splitlines()
    return frozenset(word for line in lines for word in line.partition("#")[0].split())


def is_public(domain: str) -> bool:
    """Whether anybody can get an address there: nobody's company is named by it, nor by what lies under it."""
    parts = domain.split(".")
    return any(".".join(parts[start:]) in _providers() for start in range(len(parts) - 1))


# --- look-alikes ---------------------------------------------------------------------------------------------------

# Letters of other alphabets, and digits, that are taken for Latin letters. Several look like the same.
_LOOKS = {
    **dict(zip("асеорхуіјѕһԁԛԝьгпвнкмт", "aceopxyijshdqwbrnbhkmt", strict=True)),
    **dict(zip("αβγεικνορτυχωηκ", "abyeikvoptuxwnk", strict=True)),
    **dict(zip("ɑɡıℓոսօհցզԍ", "agilnuohgqg", strict=True)),
    **dict(zip("013457", "oleast", strict=True)),
    "ß": "ss", "ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ŧ": "t", "þ": "p", "æ": "ae", "œ": "oe",
}  # fmt: skip
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("nn", "m"))
_LIKE_L = str.maketrans("i|", "ll")


def skeleton(domain: str) -> str:
    """What is left of a domain for an eye in a hurry: look-alike letters become one, accents and hyphens go."""
    letters = unicodedata.normalize("NFKD", readable(domain).lower())
    plain = "".join(_LOOKS.get(c, c) for c in letters if not unicodedata.combining(c) and c != "-")
    for pair, one in _PAIRS:
        plain = plain.replace(pair, one)
    return plain.translate(_LIKE_L)


def resembles(domain: str, own: str) -> str | None:
    """Why one domain may be taken for another: 'letters' that look alike, 'one letter' off, the same 'name' elsewhere."""
    if domain == own:
        return None
    if skeleton(domain) == skeleton(own):
        return "letters"
    mine, other = own.split("."), domain.split(".")
    # Below four letters everything is one letter off everything.
    if len(mine[0]) >= 4 and _one_off(readable(domain), readable(own)):
        return "one letter"
    if len(mine[0]) >= 4 and skeleton(other[0]) == skeleton(mine[0]):
        return "name"
    return None


def _one_off(a: str, b: str) -> bool:
    """Whether one letter was changed, left out, added, or two neighbours were exchanged."""
    if len(a) > len(b):
        a, b = b, a
    if len(b) - len(a) > 1 or a == b:
        return False
    at = next((i for i in range(len(a)) if a[i] != b[i]), len(a))
    if len(a) < len(b):
        return a[at:] == b[at + 1 :]
    return a[at + 1 :] == b[at + 1 :] or (
        a[at : at + 2] == b[at : at + 2][::-1] and a[at + 2 :] == b[at + 2 :]
    )
