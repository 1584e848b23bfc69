"""Which name is meant by a text."""

import pytest

from hubbub.setup.access import Names

PRODUCTS = ["GTX Pro", "GTX Plus Pro", "GTX Basic", "MG Special", "GTK 500", "Zoé"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("GTX Pro", "GTX Pro"),
        ("GTXPro", "GTX Pro"),
        ("gtx-plus pro", "GTX Plus Pro"),
        ("MG Speical", "MG Special"),
        ("zoe", "Zoé"),
        ("GTK 501", None),  # another number is another thing
        ("GTX", None),
        ("Zo", None),
        ("Something else", None),
        ("", None),
        ("!!!", None),
    ],
)
def test_a_name_is_found_in_spite_of_a_slip(text: str, meant: str | None) -> None:
    assert Names(PRODUCTS).meant(text) == meant


def test_what_may_mean_two_names_means_none() -> None:
    assert Names(["Hanna Berg", "Hanne Berg"]).meant("Hann Berg") is None
    assert Names(["Hanna Berg", "hanna berg"]).meant("HANNA BERG") is None
    assert Names(["Hanna Berg", "hanna berg"]).meant("hanna berg") == "hanna berg"
