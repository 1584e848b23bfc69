"""People, roles and matrices in Setup: what is given and taken holds at once, and nothing is lost between two."""

import html
import re
from typing import Any

import httpx

from hubbub import people, records
from hubbub.core import ids
from tests.cast import Browser, Company


async def set_key(company: Company, name: str) -> str:
    async with company.act() as tx:
        return next(ids.show(each.id) for each in await people.permission_sets(tx) if each.name == name)


async def test_the_list_of_people(company: Company) -> None:
    ada, omar = await company.client("ada"), await company.client("omar")
    assert (await omar.get("/setup/people")).status_code == 404
    assert (await omar.get(f"/setup/people/{company.key('ada')}")).status_code == 404
    names = {"Omar Haddad", "Noor Rahman", "Gus", "Nina Petrova"}

    async def shown(**asked: str) -> set[str]:
        answer = await ada.get("/setup/people", params=asked)
        assert answer.status_code == 200
        main = answer.text.partition("<main")[2]
        return {name for name in names if re.search(rf">{name}[^<]*</a>", main)}

    assert await shown() == names
    assert await shown(q="oma") == {"Omar Haddad"}
    assert await shown(state="guests") == {"Gus"}
    assert await shown(role=ids.show(company.roles["Service"])) == {"Nina Petrova"}
    assert await shown(set=await set_key(company, people.GUEST)) == {"Gus"}
    async with company.act() as tx:
        await people.deactivate_user(tx, None, company.id("nina"))
    assert await shown(state="inactive") == {"Nina Petrova"}
    assert await shown(state="active") == names - {"Nina Petrova"}
    nobody = await ada.get("/setup/people", params={"q": "zzz"})
    assert "Nobody like that" in nobody.text
    assert (await ada.get("/setup/people?role=nonsense")).status_code == 404


async def test_pages_of_the_list(company: Company) -> None:
    ada = await company.client("ada")
    async with company.act() as tx:
        for number in range(60):
            await people.add_user(
                tx,
                None,
                people.Newcomer(username=f"u{number}@{company.org.domain}", last_name=f"Zed {number:02}"),
            )
    found: list[str] = []
    url: str | None = "/setup/people?q=zed"
    while url:
        text = html.unescape((await ada.get(url)).text)
        found += re.findall(r">(Zed \d\d)</a>", text)
        following = re.search(r'href="(/setup/people\?[^"]*after=[^"]*)"', text)
        url = following[1] if following else None
    assert found == [f"Zed {number:02}" for number in range(60)]


async def test_a_role_is_given_and_taken(company: Company) -> None:
    ada, noor, nina = [await company.client(name) for name in ("ada", "noor", "nina")]
    deal = ids.show(await company.make("omar", "Opportunity", **await company.deal_values()))
    omar = f"/setup/people/{company.key('omar')}"
    role = {name: ids.show(id) for name, id in company.roles.items()}
    assert "Sales Lead" in (await ada.get(omar)).text, "who stands above him"
    assert (await noor.get(f"/r/{deal}")).status_code == 200
    assert (await ada.submit(f"{omar}/role", role="")).status_code == 303
    assert (await noor.get(f"/r/{deal}")).status_code == 404
    assert (await ada.submit(f"{omar}/role", role=role["Sales Rep"])).status_code == 303
    assert (await noor.get(f"/r/{deal}")).status_code == 200
    lost = await ada.submit(f"{omar}/role", role=ids.show(ids.make(ids.Type.ROLE, 1)))
    assert lost.status_code == 422
    assert 'id="f-role-error"' in lost.text
    above = f"/setup/roles/{role['Sales Lead']}"
    assert (await nina.get(f"/r/{deal}")).status_code == 404
    unknown = await ada.submit(f"{above}/people", person="Nobody Known")
    assert unknown.status_code == 422
    assert 'id="f-person-error"' in unknown.text
    assert (await ada.submit(f"{above}/people", person="Nina Petrova")).status_code == 303
    assert "Nina Petrova" in (await ada.get(above)).text
    assert (await nina.get(f"/r/{deal}")).status_code == 200
    assert (await ada.submit(f"{above}/people/{company.key('nina')}/delete")).status_code == 303
    assert (await nina.get(f"/r/{deal}")).status_code == 404
    assert (await ada.submit(f"{above}/people/{company.key('nina')}/delete")).status_code == 404, "not his"


async def test_a_role_in_use_is_not_deleted(company: Company) -> None:
    ada = await company.client("ada")
    page = f"/setup/roles/{ids.show(company.roles['Service'])}"
    refused = await ada.submit(f"{page}/delete")
    assert refused.status_code == 422
    assert "in use by people: Nina Petrova" in refused.text
    await ada.submit("/setup/roles", name="Divers", parent="")
    async with company.act() as tx:
        made = next(id for id, name, _ in await people.role_tree(tx) if name == "Divers")
    assert (await ada.submit(f"/setup/roles/{ids.show(made)}/delete")).status_code == 303
    assert (await ada.get(f"/setup/roles/{ids.show(made)}")).status_code == 404


async def test_permission_sets_and_groups_of_a_person(company: Company) -> None:
    ada, omar = await company.client("ada"), await company.client("omar")
    page = f"/setup/people/{company.key('omar')}"
    moderator, admin = await set_key(company, people.MODERATOR), await set_key(company, people.ADMINISTRATOR)
    assert "Moderator</span>" not in (await ada.get(page)).text
    assert (await ada.submit(f"{page}/permission-sets", set=moderator)).status_code == 303
    assert "Moderator</span>" in (await ada.get(page)).text
    assert (await ada.submit(f"{page}/permission-sets", set=admin)).status_code == 422, "a profile is no set"
    assert (await ada.submit(f"{page}/permission-sets/{moderator}/delete")).status_code == 303
    assert (await ada.submit(f"{page}/permission-sets/{moderator}/delete")).status_code == 404
    assert (await ada.submit(f"{page}/profile", profile=moderator)).status_code == 422
    assert (await omar.get("/setup")).status_code == 404
    assert (await ada.submit(f"{page}/profile", profile=admin)).status_code == 303
    assert (await omar.get("/setup")).status_code == 200
    group = (await ada.submit("/setup/groups", name="Port desk", kind="group")).headers["location"]
    outer = (await ada.submit("/setup/groups", name="All desks", kind="group")).headers["location"]
    await ada.submit(f"{outer}/members", member="Group: Port desk")
    key = group.rpartition("/")[2]
    assert (await ada.submit(f"{page}/groups", group=key)).status_code == 303
    shown = (await ada.get(page)).text
    assert "by way of Group: Port desk" in shown
    assert "comes down to 1 active person" in (await ada.get(outer)).text
    assert (await ada.submit(f"{page}/groups/{key}/delete")).status_code == 303
    assert "All desks</a>" not in (await ada.get(page)).text
    assert (await ada.submit(f"{page}/groups/{key}/delete")).status_code == 404


async def test_a_person_is_shut_out_and_let_in(company: Company) -> None:
    ada, nina = await company.client("ada"), await company.client("nina")
    page = f"/setup/people/{company.key('nina')}"
    assert (await ada.submit(f"{page}/deactivate")).status_code == 303
    assert (await nina.get("/")).status_code == 303
    assert "inactive" in (await ada.get(page)).text
    assert (await ada.submit(f"{page}/activate")).status_code == 303
    assert (await (await company.client("nina")).get("/")).status_code == 200


async def test_why_somebody_sees_a_record(company: Company) -> None:
    ada, omar = await company.client("ada"), await company.client("omar")
    deal = ids.show(await company.make("omar", "Opportunity", **await company.deal_values()))
    page = f"/setup/people/{company.key('noor')}/why"
    for said in (deal, f"https://hubbub.example/r/{deal}?tab=details", f"/r/{deal}", deal[:15]):
        led = await ada.get(page, params={"record": said})
        assert led.status_code == 303, said
        why = await ada.get(led.headers["location"])
        assert "Stands above the owner" in why.text
        assert "Noor Rahman" in why.text
    for odd in ("", "hello", "x" * 18, "/r/"):
        refused = await ada.get(page, params={"record": odd})
        assert refused.status_code == 422, odd
        above, _, form = refused.text.partition('id="why-title"')
        assert 'class="problem"' in form and 'class="problem"' not in above, (
            "what is wrong stands at the form"
        )
        assert 'id="f-record-error"' in refused.text
    assert (await omar.get(page, params={"record": deal})).status_code == 404
    gone = f"/r/{deal}/why?person={ids.show(ids.make(ids.Type.USER, 1))}"
    assert (await ada.get(gone)).status_code == 422


async def test_a_queue_serves_objects(company: Company) -> None:
    ada = await company.client("ada")
    page = (await ada.submit("/setup/groups", name="Incoming", kind="queue")).headers["location"]
    queue = ids.parse(page.rpartition("/")[2])
    assert (await ada.submit(f"{page}/objects", Opportunity="true", Account="")).status_code == 303
    async with company.act() as tx:
        served = [each.object for each in await people.queue_objects(tx, queue)]
    assert served == [ids.Type.OPPORTUNITY]
    form = (await ada.get(page)).text
    assert re.search(r'name="Opportunity" value="true" checked', form)
    assert not re.search(r'name="Account" value="true" checked', form)
    deal = await company.make("omar", "Opportunity", **await company.deal_values())
    async with company.act() as tx:
        me = await people.actor(tx, company.id("ada"))
        await records.update_record(tx, me, deal, {"OwnerId": queue})
    for path in ("objects", "delete"):
        refused = await ada.submit(f"{page}/{path}", Account="true")
        assert refused.status_code == 422, path
        assert "owns 1 record" in refused.text
    async with company.act() as tx:
        assert len(await people.queue_objects(tx, queue)) == 1, "nothing is half done"
    group = (await ada.submit("/setup/groups", name="Desk", kind="group")).headers["location"]
    assert (await ada.submit(f"{group}/objects", Account="true")).status_code == 404


# --- two administrators at one matrix ------------------------------------------------------------------------------


def boxes(answer: httpx.Response, action: str) -> dict[str, str]:
    """The boxes that are ticked in a form, and what its page was made of."""
    page = html.unescape(answer.text)
    form = re.search(rf'<form method="post" action="{re.escape(action)}".*?</form>', page, re.S)
    assert form
    ticked = dict.fromkeys(re.findall(r'name="([\w.]+)" value="1"[^>]* checked', form[0]), "1")
    seen = re.search(r'name="seen" value="([^"]*)"', form[0])
    assert seen
    return ticked | {"seen": seen[1]}


async def two(company: Company) -> tuple[Browser, Browser, str]:
    ada = await company.client("ada")
    admin = await set_key(company, people.ADMINISTRATOR)
    await ada.submit(f"/setup/people/{company.key('noor')}/profile", profile=admin)
    made = await ada.submit("/setup/permission-sets", name="Auditors")
    return ada, await company.client("noor"), made.headers["location"]


async def rights(company: Company, page: str) -> dict[int, str]:
    async with company.act() as tx:
        return {
            each.object: each.rights
            for each in await people.object_grants(tx, ids.parse(page.rpartition("/")[2]))
        }


async def test_two_who_tick_boxes_lose_nothing(company: Company) -> None:
    ada, noor, page = await two(company)
    mine, hers = [boxes(await each.get(page), f"{page}/objects") for each in (ada, noor)]
    save: dict[str, Any] = {**hers, "Contact.r": "1", "Account.r": "1"}
    assert (await noor.submit(f"{page}/objects", **save)).status_code == 303
    told = await ada.submit(f"{page}/objects", **mine, **{"Opportunity.r": "1", "Opportunity.e": "1"})
    assert told.status_code == 422
    assert "Somebody else changed this while you had it open" in told.text
    assert await rights(company, page) == {ids.Type.ACCOUNT: "r", ids.Type.CONTACT: "r"}, "not saved yet"
    merged = boxes(told, f"{page}/objects")
    assert set(merged) == {"seen", "Contact.r", "Account.r", "Opportunity.r", "Opportunity.e"}
    assert re.search(r'aria-label="Contacts: Read, set by somebody else meanwhile" checked', told.text)
    assert re.search(r'aria-label="Opportunities: Edit, set by you, not saved yet" checked', told.text)
    assert (await ada.submit(f"{page}/objects", **merged)).status_code == 303
    assert await rights(company, page) == {
        ids.Type.ACCOUNT: "r", ids.Type.CONTACT: "r", ids.Type.OPPORTUNITY: "re"
    }  # fmt: skip


async def test_what_both_ticked_needs_no_asking(company: Company) -> None:
    ada, noor, page = await two(company)
    mine, hers = [boxes(await each.get(page), f"{page}/objects") for each in (ada, noor)]
    for browser, form in ((noor, hers), (ada, mine)):
        assert (await browser.submit(f"{page}/objects", **form, **{"Contact.r": "1"})).status_code == 303
    assert await rights(company, page) == {ids.Type.CONTACT: "r"}


async def test_two_who_tick_fields_lose_nothing(company: Company) -> None:
    ada, noor, page = await two(company)
    where, action = f"{page}?object=Contact", f"{page}/fields/Contact"
    mine, hers = [boxes(await each.get(where), action) for each in (ada, noor)]
    assert (await noor.submit(action, **hers, **{"Phone.r": "1"})).status_code == 303
    told = await ada.submit(action, **mine, **{"Email.e": "1"})
    assert told.status_code == 422
    merged = boxes(told, action)
    assert set(merged) == {"seen", "Phone.r", "Email.r", "Email.e"}
    del merged["Phone.r"]  # ada takes back what noor gave, knowing of it
    assert (await ada.submit(action, **merged)).status_code == 303
    assert set(boxes(await ada.get(where), action)) == {"seen", "Email.r", "Email.e"}


async def test_a_set_that_somebody_has_is_not_deleted(company: Company) -> None:
    ada, _noor, page = await two(company)
    await ada.submit(f"{page}/people", person="Omar Haddad")
    refused = await ada.submit(f"{page}/delete")
    assert refused.status_code == 422
    assert "in use by Omar Haddad" in refused.text
    await ada.submit(f"{page}/people/{company.key('omar')}/delete")
    assert (await ada.submit(f"{page}/delete")).status_code == 303
    assert (await ada.get(page)).status_code == 404
