"""Setup in real browsers: accessible in every look, by keyboard alone, without script, and fresh by itself."""

import pytest
from playwright.async_api import expect

from hubbub import people, records
from hubbub.core import ids, languages
from tests.browser.conftest import Visit
from tests.browser.looks import LOOKS, faults, violations
from tests.browser.test_pages import story
from tests.cast import Company

pytestmark = pytest.mark.browser


async def furnish(company: Company) -> dict[str, str]:
    """A group, a queue, a rule, a permission set and something deleted: the keys of their pages."""
    gone = await company.make("omar", "Account", Name="Gone <b>by</b> mistake")
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        group = await people.add_group(tx, ada, "Port desk")
        await people.add_member(tx, ada, group, company.id("nina"))
        queue = await people.add_group(tx, ada, "Incoming", queue=True)
        big = records.Condition("Amount", "greaterThan", 100)
        rule = await records.add_rule(tx, ada, "Opportunity", "Great ones", target_id=group, conditions=[big])
        held = await people.add_permission_set(tx, ada, "Auditors")
        await people.assign_permission_set(tx, ada, company.id("nina"), "Auditors")
        await records.delete_record(tx, await people.actor(tx, company.id("omar")), gone)
    return {"group": ids.show(group), "queue": ids.show(queue), "rule": ids.show(rule), "set": ids.show(held)}


async def fill(company: Company, rule: str) -> None:
    async with company.act() as tx:
        await records.JOBS["records.fill_rule"](tx, rule_id=ids.parse(rule))


async def test_setup_is_accessible_and_fits(company: Company, visit: Visit) -> None:
    deal, made = await story(company), await furnish(company)
    ada = await visit("ada", expect_errors=True)  # some of these forms are refused
    role = ids.show(company.roles["Sales Rep"])
    found: list[str] = []
    for address in [
        "/setup", "/setup/people", "/setup/people?q=nobody+like+that", f"/setup/people/{company.key('nina')}",
        f"/setup/people/{company.key('gus')}", f"/setup/people/{company.key('nina')}/why?record=x",
        "/setup/objects", "/setup/objects/Opportunity", "/setup/roles", f"/setup/roles/{role}", "/setup/groups",
        f"/setup/groups/{made['group']}", f"/setup/groups/{made['queue']}", "/setup/rules",
        f"/setup/rules/{made['rule']}", "/setup/new-rule?object=Opportunity&kind=criteria&name=",
        "/setup/new-rule?object=Account&kind=owner", "/setup/permission-sets", f"/setup/permission-sets/{made['set']}",
        "/setup/tracking", "/setup/tracking/Opportunity", f"/r/{deal}/sharing", f"/r/{deal}/why", f"/r/{deal}/history",
        "/bin",
    ]:  # fmt: skip
        await ada.goto(address)
        await ada.wait_for_selector("html.scripted")
        found += await faults(ada, address)
    await ada.goto(f"/setup/groups/{made['group']}")
    await ada.get_by_text("Delete… Port desk").click()
    await expect(ada.locator(".asks")).to_be_in_viewport(ratio=1)
    found += await faults(ada, "asking once more")
    assert not found, "\n".join(found)


async def test_progress_shows_itself(company: Company, visit: Visit) -> None:
    made = await furnish(company)
    ada = await visit("ada")
    await ada.goto("/setup/rules")
    await expect(ada.locator("progress")).to_have_count(1)
    await ada.get_by_text("Delete… Great ones").click()
    await fill(company, made["rule"])
    await expect(ada.locator(".row .tag.good")).to_have_text("in force")
    await expect(ada.locator("progress")).to_have_count(0)
    await expect(ada.locator(".asks")).to_be_visible()  # what was open stays open


async def test_a_rule_is_counted_while_it_is_written(company: Company, visit: Visit) -> None:
    await story(company)
    ada = await visit("ada", expect_errors=True)  # what cannot be counted yet is a 422
    await ada.goto("/setup/new-rule?object=Opportunity&kind=criteria")
    await ada.fill("#f-name", "Great ones")
    await ada.fill("#f-target", "Everyone inside")
    await ada.select_option("#f-field1", "Amount")
    await ada.select_option("[name=operator1]", "greaterThan")
    await ada.fill("[name=value1]", "100")
    await expect(ada.locator("#counted")).to_contain_text("would share 1 record ")
    await ada.fill("[name=value1]", "900000")
    await expect(ada.locator("#counted")).to_contain_text("would share 0 records")
    await ada.get_by_role("button", name="Save").click()
    await expect(ada.locator(".rows .row")).to_contain_text("Great ones")


async def test_setup_without_script(company: Company, visit: Visit) -> None:
    made = await furnish(company)
    ada = await visit("ada", java_script_enabled=False, expect_errors=True)
    await ada.goto(f"/setup/rules/{made['rule']}")
    await ada.fill("[name=value1]", "200")
    await ada.get_by_role("button", name="Count what it would share").click()
    await expect(ada.locator("#counted")).to_contain_text("would share 0 records")
    assert "_csrf_token" not in ada.url
    await expect(ada.locator("[name=value1]")).to_have_value("200")
    await ada.get_by_role("button", name="Save").click()
    await expect(ada.locator("progress")).to_have_count(1)
    async with company.act() as tx:
        (rule,) = await records.rules(tx, await people.actor(tx, company.id("ada")))
    await fill(company, ids.show(rule.id))
    await ada.get_by_role("link", name="Look again").click()
    await expect(ada.locator(".row .tag.good")).to_have_text("in force")

    await ada.goto(f"/setup/people/{company.key('ada')}")
    await ada.select_option("#f-profile", label="Standard User")
    await ada.get_by_role("button", name="Save profile").click()
    await expect(ada.locator(".problem")).to_contain_text("Somebody has to manage people")
    await ada.goto(f"/setup/people/{company.key('omar')}")
    await ada.select_option("#f-set", label="Moderator")
    await ada.get_by_role("button", name="Give", exact=True).click()
    await expect(ada.locator(".abilities")).to_contain_text("Moderator")
    await ada.get_by_text("Deactivate… Omar Haddad").click()
    await ada.get_by_role("button", name="Deactivate", exact=True).click()
    await expect(ada.locator("h1")).to_contain_text("inactive")


async def test_setup_by_keyboard_alone(company: Company, visit: Visit) -> None:
    made = await furnish(company)
    ada = await visit("ada")
    await ada.goto(f"/setup/permission-sets/{made['set']}?object=Contact")
    box = ada.get_by_label("Contacts: Read", exact=True)
    await box.focus()
    await ada.keyboard.press("Space")
    await ada.keyboard.press("Enter")
    await ada.wait_for_url(f"**/setup/permission-sets/{made['set']}")
    await expect(box).to_be_checked()

    await ada.goto(f"/setup/groups/{made['group']}")
    await ada.get_by_text("Delete… Port desk").focus()
    await ada.keyboard.press("Enter")
    await expect(ada.locator(".asks")).to_be_visible()
    await ada.keyboard.press("Escape")
    await expect(ada.locator(".asks")).to_be_hidden()
    await ada.keyboard.press("Enter")
    await ada.keyboard.press("Tab")
    await expect(ada.get_by_role("button", name="Delete Port desk")).to_be_focused()
    await ada.keyboard.press("Enter")
    await ada.wait_for_url("**/setup/groups")
    await expect(ada.get_by_text("Port desk")).to_have_count(0)


async def test_two_administrators_at_one_matrix(company: Company, visit: Visit) -> None:
    made = await furnish(company)
    async with company.act() as tx:
        await people.assign_permission_set(tx, None, company.id("noor"), people.ADMINISTRATOR)
    ada, noor = await visit("ada", expect_errors=True), await visit("noor")
    for page in (ada, noor):
        await page.goto(f"/setup/permission-sets/{made['set']}")
    await noor.get_by_label("Contacts: Read", exact=True).check()
    await noor.get_by_role("button", name="Save objects").click()
    await expect(noor.get_by_label("Contacts: Read", exact=True)).to_be_checked()
    await ada.get_by_label("Accounts: Read", exact=True).check()
    await ada.get_by_role("button", name="Save objects").click()
    await expect(ada.locator(".problem")).to_contain_text("Somebody else changed this")
    await expect(ada.locator("td.theirs input")).to_be_checked()
    await expect(ada.locator("td.mine input")).to_be_checked()
    await expect(ada.locator("td.theirs")).to_contain_text("theirs")
    assert not await violations(ada)
    await ada.get_by_role("button", name="Save objects").click()
    await expect(ada.locator("td.mine")).to_have_count(0)
    for name in ("Contacts: Read", "Accounts: Read"):
        await expect(ada.get_by_label(name, exact=True)).to_be_checked()


async def test_what_asks_once_more_stands_in_a_narrow_window(company: Company, visit: Visit) -> None:
    """Opened on a phone, it hangs over neither edge, whether one reads from left to right or from right to left."""
    made = await furnish(company)
    ada = await visit("ada", **LOOKS["phone"])
    for locale in ("en_US", languages.TURNED):
        async with company.act() as tx:
            await tx.run(
                "update app_user set locale = %(locale)s where org_id = %(org)s and id = %(ada)s",
                {"locale": locale, "ada": company.id("ada")},
            )
        for address in (
            "/setup/rules", f"/setup/groups/{made['group']}", f"/setup/permission-sets/{made['set']}",
            f"/setup/people/{company.key('nina')}",
        ):  # fmt: skip
            await ada.goto(address)
            await ada.wait_for_selector("html.scripted")
            await ada.locator(".menu:has(.asks) > summary").first.click()
            await expect(ada.locator(".menu[open] .asks")).to_be_in_viewport(ratio=1)
            back = await ada.locator(".setup-nav .nav-head .icon").evaluate(
                "icon => getComputedStyle(icon).transform"
            )
            assert back == ("none" if locale == "en_US" else "matrix(-1, 0, 0, 1, 0, 0)"), address
        leaving = await ada.locator("[formaction='/sign-out'] .icon").evaluate(
            "icon => getComputedStyle(icon).transform"
        )
        assert leaving == back, "the door opens to where one reads on"
