"""The story of the city's tests: what is sent at random meets things that are there."""

from tests.city.conftest import story

__all__ = ["story"]
