"""Sharing one record through the front door, its team with its history, and why somebody sees it."""

from hubbub.core import ids
from tests.cast import Company


async def deal(company: Company) -> str:
    values = await company.deal_values()
    del values["AccountId"]
    return f"/r/{ids.show(await company.make('omar', 'Opportunity', **values))}"


async def test_who_owns_it_shares_it_by_hand(company: Company) -> None:
    omar, nina, maya = [await company.client(name) for name in ("omar", "nina", "maya")]
    page = await deal(company)
    assert (await nina.get(page)).status_code == 404
    assert (await nina.get(f"{page}/sharing")).status_code == 404
    shown = (await omar.get(f"{page}/sharing")).text
    assert "Omar Haddad" in shown
    assert "Private" in shown
    unknown = await omar.submit(f"{page}/shares", whom="Somebody", level="1")
    assert unknown.status_code == 422
    assert 'id="f-whom-error"' in unknown.text
    assert 'value="Somebody"' in unknown.text
    odd = await omar.submit(f"{page}/shares", whom="Nina Petrova", level="9")
    assert odd.status_code == 422
    assert 'id="f-level-error"' in odd.text
    assert (await omar.submit(f"{page}/shares", whom="Role: Service", level="1")).status_code == 303
    assert (await nina.get(page)).status_code == 200
    seen = (await nina.get(f"{page}/sharing")).text
    assert "Omar Haddad" in seen, "who works on it is no secret for who sees it"
    assert "Role: Service" not in seen, "with whom it is shared is"
    assert f'action="{page}/shares"' not in seen
    assert (await nina.submit(f"{page}/shares", whom="Maya Lindqvist", level="1")).status_code == 403
    assert (await maya.get(page)).status_code == 404
    listed = (await omar.get(f"{page}/sharing")).text
    assert "Role: Service" in listed
    assert "shared by hand" in listed
    async with company.act() as tx:
        from hubbub import people

        role = ids.show((await people.roles_by_name(tx))["Service"])
    assert (await omar.submit(f"{page}/shares/{role}/delete")).status_code == 303
    assert (await nina.get(page)).status_code == 404
    assert (await omar.submit(f"{page}/shares/{role}/delete")).status_code == 404


async def test_a_team_comes_and_goes(company: Company) -> None:
    omar, nina = await company.client("omar"), await company.client("nina")
    page = await deal(company)
    wrong = await omar.submit(f"{page}/team", member="Somebody", role="Diver", team_level="1")
    assert wrong.status_code == 422
    assert 'id="f-member-error"' in wrong.text
    assert 'value="Diver"' in wrong.text
    odd = await omar.submit(f"{page}/team", member="Nina Petrova", team_level="3")
    assert 'id="f-team_level-error"' in odd.text
    long = await omar.submit(f"{page}/team", member="Nina Petrova", team_level="1", role="x" * 81)
    assert 'id="f-role-error"' in long.text
    joined = await omar.submit(f"{page}/team", member="Nina Petrova", role="Diver", team_level="2")
    assert joined.status_code == 303
    assert (await nina.get(f"{page}/edit")).status_code == 200
    shown = (await omar.get(f"{page}/sharing")).text
    assert "Diver" in shown
    assert "on the team" in shown
    assert "Who was on it" not in shown
    # Who works on it may take himself off, and is led to where he still may be.
    left = await nina.submit(f"{page}/team/{company.key('nina')}/delete")
    assert left.status_code == 303
    assert left.headers["location"] == "/o/Opportunity"
    assert (await nina.get(page)).status_code == 404
    assert "Who was on it" in (await omar.get(f"{page}/sharing")).text
    product = await company.make("ada", "Product2", Name="Gauge")
    ada = await company.client("ada")
    refused = await ada.submit(f"/r/{ids.show(product)}/team", member="Nina Petrova", team_level="1")
    assert refused.status_code == 422


async def test_why_somebody_sees_it(company: Company) -> None:
    ada, omar, noor, nina, gus = [
        await company.client(name) for name in ("ada", "omar", "noor", "nina", "gus")
    ]
    page = await deal(company)
    assert "Owns it." in (await omar.get(f"{page}/why")).text
    assert "Stands above the owner in the role tree" in (await noor.get(f"{page}/why")).text
    assert (await nina.get(f"{page}/why")).status_code == 404
    assert (await noor.get(f"{page}/why?person=Omar+Haddad")).status_code == 403
    about_nina = await ada.get(f"{page}/why?person=Nina+Petrova")
    assert about_nina.status_code == 200
    assert "Nothing shares it." in about_nina.text
    nobody = await ada.get(f"{page}/why?person=Somebody")
    assert nobody.status_code == 422
    assert 'id="f-person-error"' in nobody.text
    assert (await omar.submit(f"{page}/shares", whom=company.username("gus"), level="1")).status_code == 303
    why = await gus.get(f"{page}/why")
    assert why.status_code == 200
    assert "shared by hand with Gus" in why.text or "It is shared by hand with" in why.text
    # A field that is hidden from maya is not known to her on this page either.
    maya = await company.client("maya")
    assert (await omar.submit(f"{page}/shares", whom="Maya Lindqvist", level="1")).status_code == 303
    hers = await maya.get(f"{page}/why")
    assert hers.status_code == 200
    assert 'value="Amount"' not in hers.text
    hidden = await maya.get(f"{page}/why?field=Amount")
    missing = await maya.get(f"{page}/why?field=Nothing")
    assert hidden.status_code == missing.status_code == 422
    told = await ada.get(f"{page}/why?person=Maya+Lindqvist&field=Amount")
    assert told.status_code == 200
    assert "No permission set grants this on the field: read." in told.text
