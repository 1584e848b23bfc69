"""One login in two companies: whoever goes on in the other arrives there."""

import pytest
from playwright.async_api import expect

from hubbub import people
from tests.browser.conftest import Visit
from tests.browser.test_live import listening
from tests.cast import PASSWORD, Company, House, found_company

pytestmark = pytest.mark.browser


async def test_going_on_in_another_company(company: Company, house: House, clients, visit: Visit) -> None:
    other = await found_company(house, clients, name="Harbour Light")
    async with other.act() as tx:
        await people.add_user(
            tx, None, people.Newcomer(username=company.username("omar"), last_name="Haddad", guest=True,
                                      password=PASSWORD, permission_sets=(people.GUEST,)),
        )  # fmt: skip
    omar = await visit("omar")
    for name in ("Harbour Light", company.org.name, "Harbour Light"):
        await omar.goto("/orgs")
        await listening(omar)
        # The page that is left is told that its session has ended; it must not come in between.
        await omar.get_by_role("button", name=f"Go there {name}").click()
        await omar.wait_for_url("**/")
        await expect(omar.locator("body")).to_contain_text(name)
        await listening(omar)
