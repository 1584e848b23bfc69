"""Setup through the front door: what administrators change, and that it holds at once for everybody else."""

import re

import pytest

from hubbub import people
from hubbub.core import ids
from tests.cast import Company


async def test_setup_is_for_administrators_alone(company: Company) -> None:
    ada, omar, gus = [await company.client(name) for name in ("ada", "omar", "gus")]
    assert 'href="/setup"' in (await ada.get("/")).text
    for other in (omar, gus):
        assert 'href="/setup"' not in (await other.get("/")).text
        assert (await other.get("/setup")).status_code == 404
        assert (await other.submit("/setup/roles", name="Mine")).status_code == 404
    async with company.act() as tx:
        assert "Mine" not in {name for _, name, _ in await people.role_tree(tx)}


async def test_a_default_is_changed_knowingly(company: Company) -> None:
    ada, omar, nina = [await company.client(name) for name in ("ada", "omar", "nina")]
    made = await company.make("omar", "Account", Name="Harbour Light")
    page = f"/r/{ids.show(made)}"
    assert (await nina.get(page)).status_code == 200
    form = (await ada.get("/setup/objects/Account")).text
    assert "Closes: whoever is neither the owner" in form
    unsure = await ada.submit("/setup/objects/Account", access="Private")
    assert unsure.status_code == 422
    assert "Say that you know what changes." in unsure.text
    assert re.search(r'value="Private" checked', unsure.text), "what was chosen stays chosen"
    assert (await nina.get(page)).status_code == 200
    closed = await ada.submit("/setup/objects/Account", access="Private", sure="true")
    assert closed.status_code == 303
    assert (await nina.get(page)).status_code == 404
    assert (await omar.get(page)).status_code == 200
    assert "Private" in (await ada.get("/setup/objects")).text
    wrong = await ada.submit("/setup/objects/Account", access="Nonsense", sure="true")
    assert wrong.status_code == 422
    assert (await ada.get("/setup/objects/Nothing")).status_code == 404


async def test_the_role_tree(company: Company) -> None:
    ada, noor = await company.client("ada"), await company.client("noor")
    deal = ids.show(await company.make("omar", "Opportunity", **await company.deal_values()))
    role = {name: ids.show(id) for name, id in company.roles.items()}
    assert (await noor.get(f"/r/{deal}")).status_code == 200
    added = await ada.submit("/setup/roles", name="Pilots", parent=role["Sales Lead"])
    assert added.status_code == 303
    tree = (await ada.get("/setup/roles")).text
    assert tree.index("Sales Lead") < tree.index("Pilots") < tree.index("Sales Rep"), "below it, by name"
    nameless = await ada.submit("/setup/roles", name=" ", parent="")
    assert nameless.status_code == 422
    assert 'id="f-name-error"' in nameless.text
    circle = await ada.submit(f"/setup/roles/{role['Sales Lead']}", name="Renamed", parent=role["Sales Rep"])
    assert circle.status_code == 422
    assert 'id="f-parent-error"' in circle.text
    assert "cannot stand below itself" in circle.text
    assert "Renamed" not in (await ada.get("/setup/roles")).text, "nothing is half done"
    moved = await ada.submit(
        f"/setup/roles/{role['Sales Rep']}", name="Field Rep", parent=role["Chief Executive"]
    )
    assert moved.status_code == 303
    assert "Field Rep" in (await ada.get("/setup/roles")).text
    assert (await noor.get(f"/r/{deal}")).status_code == 404
    lost = await ada.submit("/setup/roles", name="Lost", parent=ids.show(ids.make(ids.Type.ROLE, 1)))
    assert lost.status_code == 422
    assert (await ada.get(f"/setup/roles/{company.key('omar')}")).status_code == 404


async def test_groups_and_their_members(company: Company) -> None:
    ada, nina = await company.client("ada"), await company.client("nina")
    deal = await company.make("omar", "Opportunity", **await company.deal_values())
    first = await ada.submit("/setup/groups", name="Port desk", kind="group", hierarchy="true")
    assert first.status_code == 303
    page = first.headers["location"]
    again = await ada.submit("/setup/groups", name="Port desk", kind="group")
    assert again.status_code == 422
    assert 'id="f-name-error"' in again.text
    assert (await ada.submit("/setup/groups", name="Odd", kind="crowd")).status_code == 422
    group = ids.parse(page.rpartition("/")[2])
    async with company.act() as tx:
        from hubbub import records

        await records.share_record(tx, await people.actor(tx, company.id("omar")), deal, group)
    assert (await nina.get(f"/r/{ids.show(deal)}")).status_code == 404
    unknown = await ada.submit(f"{page}/members", member="Nobody Known")
    assert unknown.status_code == 422
    assert 'id="f-member-error"' in unknown.text
    assert 'value="Nobody Known"' in unknown.text
    for member in ("Nina Petrova", "Role and below: Sales Lead"):
        assert (await ada.submit(f"{page}/members", member=member)).status_code == 303
    assert (await nina.get(f"/r/{ids.show(deal)}")).status_code == 200
    inner = (await ada.submit("/setup/groups", name="Inner", kind="group")).headers["location"]
    assert (await ada.submit(f"{page}/members", member="Group: Inner")).status_code == 303
    circle = await ada.submit(f"{inner}/members", member="Group: Port desk")
    assert circle.status_code == 422
    assert "cannot stand inside itself" in circle.text
    removed = await ada.submit(f"{page}/members/{company.key('nina')}/delete")
    assert removed.status_code == 303
    assert (await nina.get(f"/r/{ids.show(deal)}")).status_code == 404
    renamed = await ada.submit(page, name="Harbour desk")
    assert renamed.status_code == 303
    shown = (await ada.get(page)).text
    assert "Harbour desk" in shown
    assert "Role and below: Sales Lead" in shown
    assert (await ada.submit(f"{page}/delete")).status_code == 303
    assert (await ada.get(page)).status_code == 404


async def _set(company: Company, name: str) -> str:
    async with company.act() as tx:
        return next(ids.show(each.id) for each in await people.permission_sets(tx) if each.name == name)


async def test_permission_sets(company: Company) -> None:
    ada, omar = await company.client("ada"), await company.client("omar")
    made = await ada.submit("/setup/permission-sets", name="Auditors")
    assert made.status_code == 303
    page = made.headers["location"]
    twice = await ada.submit("/setup/permission-sets", name="auditors")
    assert twice.status_code == 422
    assert 'id="f-name-error"' in twice.text
    granted = await ada.submit(f"{page}/objects", **{"Opportunity.r": "1", "Opportunity.v": "1"})
    assert granted.status_code == 303
    values = await company.deal_values()
    del values["AccountId"]  # omar's: by it he would see the deal
    deal = ids.show(await company.make("noor", "Opportunity", **values))
    assert (await omar.get(f"/r/{deal}")).status_code == 404
    unknown = await ada.submit(f"{page}/people", person="Nobody Known")
    assert unknown.status_code == 422
    assert 'id="f-person-error"' in unknown.text
    assert (await ada.submit(f"{page}/people", person="Omar Haddad")).status_code == 303
    assert (await omar.get(f"/r/{deal}")).status_code == 200
    shown = (await ada.get(page)).text
    assert re.search(r'name="Opportunity.v" value="1"[^>]* checked', shown)
    assert not re.search(r'name="Opportunity.m" value="1"[^>]* checked', shown)
    gone = await ada.submit(f"{page}/people/{company.key('omar')}/delete")
    assert gone.status_code == 303
    assert (await omar.get(f"/r/{deal}")).status_code == 404


async def test_a_field_is_hidden_by_its_box(company: Company) -> None:
    ada, noor = await company.client("ada"), await company.client("noor")
    deal = ids.show(await company.make("omar", "Opportunity", **await company.deal_values()))
    assert "48,000" in (await noor.get(f"/r/{deal}?tab=details")).text
    page = f"/setup/permission-sets/{await _set(company, people.STANDARD)}"
    form = (await ada.get(f"{page}?object=Opportunity")).text
    ticked = dict.fromkeys(re.findall(r'name="(\w+\.[re])" value="1"[^>]* checked', form), "1")
    assert "Amount.r" in ticked
    del ticked["Amount.r"], ticked["Amount.e"]
    assert (await ada.submit(f"{page}/fields/Opportunity", **ticked)).status_code == 303
    after = await noor.get(f"/r/{deal}?tab=details")
    assert after.status_code == 200
    assert "48,000" not in after.text
    assert "Prospecting" in after.text, "what stayed ticked stays"
    assert (await ada.submit(f"{page}/fields/Opportunity", **ticked, **{"Amount.r": "1"})).status_code == 303
    assert "48,000" in (await noor.get(f"/r/{deal}?tab=details")).text


async def test_the_last_administrator_stays_one(company: Company) -> None:
    ada = await company.client("ada")
    page = f"/setup/permission-sets/{await _set(company, people.ADMINISTRATOR)}"
    standard = f"/setup/permission-sets/{await _set(company, people.STANDARD)}"
    refused = await ada.submit(f"{standard}/people", person="Ada Kovacs")
    assert refused.status_code in (403, 422)
    assert "Somebody has to manage people" in refused.text
    assert (await ada.get("/setup")).status_code == 200
    assert (await ada.submit(f"{page}/people", person="Noor Rahman")).status_code == 303
    assert (await ada.submit(f"{standard}/people", person="Ada Kovacs")).status_code == 303
    assert (await ada.get("/setup")).status_code == 404
    assert (await (await company.client("noor")).get("/setup")).status_code == 200


@pytest.mark.parametrize(
    ("page", "said", "wrong"),
    [
        ("/setup/fields/Account", {"label": " ", "type": "x", "length": "many", "name": "!"}, "label type length name"),
        ("/setup/fields/Account", {"label": "Berth", "type": "string", "length": "9999", "name": "Berth"}, "length"),
        ("/setup/groups", {"name": "", "kind": ""}, "name kind"),
        ("/setup/apps", {"name": "", "kind": "", "callbacks": "ftp://x"}, "name kind callbacks"),
        ("/setup/tracking", {"most": "x", "days": "x", "characters": "1", "followed": "0"}, "most days characters followed"),
        ("/setup/tracking", {"most": "0", "days": "99999", "characters": "1"}, "most days characters"),
    ],
)  # fmt: skip
async def test_all_that_is_wrong_with_a_form_is_told_at_once(
    company: Company, page: str, said: dict[str, str], wrong: str
) -> None:
    ada = await company.client("ada")
    before = (await ada.get(page)).text
    answer = await ada.submit(page, **said)
    assert answer.status_code == 422
    assert sorted(re.findall(r'id="f-(\w+)-error"', answer.text)) == sorted(wrong.split())
    after = (await ada.get(page)).text
    assert re.findall(r"<b>.*</b>", after) == re.findall(r"<b>.*</b>", before), "nothing is half done"


async def test_all_that_is_wrong_with_an_app_or_a_share_is_told_at_once(company: Company) -> None:
    ada = await company.client("ada")
    made = await ada.submit("/setup/apps", name="Buoy", kind="confidential", callbacks="")
    app = await ada.submit(
        made.headers["location"],
        name="",
        callbacks="ftp://x",
        refresh_days="x",
        run_as="Nobody",
        audience="everybody",
    )
    assert app.status_code == 422
    found = re.findall(r'id="f-(\w+)-error"', app.text)
    assert sorted(found) == ["api", "callbacks", "name", "refresh_days", "run_as"]
    record = f"/r/{ids.show(await company.make('omar', 'Account', Name='Harbour Light'))}"
    omar = await company.client("omar")
    share = await omar.submit(f"{record}/shares", whom="Nobody", level="")
    assert share.status_code == 422 and sorted(re.findall(r'id="f-(\w+)-error"', share.text)) == [
        "level",
        "whom",
    ]
    team = await omar.submit(f"{record}/team", member="", team_level="")
    assert sorted(re.findall(r'id="f-(\w+)-error"', team.text)) == ["member", "team_level"]
