"""Sharing rules through the front door: counted before they are saved, filled by a job, gone when deleted."""

from decimal import Decimal
from urllib.parse import urlencode

from hubbub import records
from hubbub.core import ids
from tests.cast import Company


async def rule_ids(company: Company) -> list[int]:
    async with company.act() as tx:
        return [each.id for each in await records.rules(tx, await _ada(company, tx))]


async def _ada(company: Company, tx):
    from hubbub import people

    return await people.actor(tx, company.id("ada"))


async def fill(company: Company, rule_id: int) -> None:
    async with company.act() as tx:
        await records.JOBS["records.fill_rule"](tx, rule_id=rule_id)


async def deal(company: Company, amount: int) -> str:
    values = await company.deal_values()
    del values["AccountId"]
    return ids.show(await company.make("omar", "Opportunity", **values | {"Amount": Decimal(amount)}))


async def test_a_rule_by_owner(company: Company) -> None:
    ada, nina, omar = [await company.client(name) for name in ("ada", "nina", "omar")]
    made = await deal(company, 5)
    said = {
        "object": "Opportunity",
        "kind": "owner",
        "name": "Service sees sales",
        "source": "Role: Sales Rep",
        "target": "Role: Service",
        "level": "1",
    }
    counted = await ada.get(f"/setup/new-rule?{urlencode(said)}")
    assert counted.status_code == 200
    assert "would share 1 record " in counted.text
    assert await rule_ids(company) == [], "counting saves nothing"
    assert 'name="source" type="text" value="Role: Sales Rep"' in counted.text, "what was typed stays"
    assert (await omar.submit("/setup/rules", **said)).status_code == 404
    assert (await nina.get(f"/r/{made}")).status_code == 404
    assert (await ada.submit("/setup/rules", **said)).status_code == 303
    assert (await nina.get(f"/r/{made}")).status_code == 200
    assert (await nina.get(f"/r/{made}/edit")).status_code == 403
    listed = (await ada.get("/setup/rules")).text
    assert "Service sees sales" in listed
    assert "owned by Role: Sales Rep" in listed
    assert "in force" in listed
    (rule,) = await rule_ids(company)
    assert (await omar.submit(f"/setup/rules/{ids.show(rule)}/delete")).status_code == 404
    assert (await ada.submit(f"/setup/rules/{ids.show(rule)}/delete")).status_code == 303
    assert (await nina.get(f"/r/{made}")).status_code == 404
    assert (await ada.submit(f"/setup/rules/{ids.show(rule)}/delete")).status_code == 404


async def test_a_rule_by_conditions_shows_its_progress(company: Company) -> None:
    ada, nina = await company.client("ada"), await company.client("nina")
    small, great = await deal(company, 5), await deal(company, 9000)
    said = {
        "object": "Opportunity",
        "kind": "criteria",
        "name": "Great ones",
        "target": "Nina Petrova",
        "level": "2",
        "field1": "Amount",
        "operator1": "greaterOrEqual",
        "value1": "9,000",
    }
    assert "would share 1 record " in (await ada.get(f"/setup/new-rule?{urlencode(said)}")).text
    assert (await ada.submit("/setup/rules", **said)).status_code == 303
    waiting = (await ada.get("/setup/rules")).text
    assert "about to begin" in waiting
    assert "data-going" in waiting
    assert "in force" not in waiting
    assert (await nina.get(f"/r/{great}")).status_code == 404, "what a job has not found is not shared"
    (rule,) = await rule_ids(company)
    await fill(company, rule)
    done = (await ada.get("/setup/rules")).text
    assert "in force" in done
    assert "data-going" not in done
    assert (await nina.get(f"/r/{great}/edit")).status_code == 200
    assert (await nina.get(f"/r/{small}")).status_code == 404
    assert (await ada.submit(f"/setup/rules/{ids.show(rule)}/delete")).status_code == 303
    assert (await nina.get(f"/r/{great}")).status_code == 404


async def test_what_is_wrong_with_a_rule_stands_at_its_input(company: Company) -> None:
    ada = await company.client("ada")
    said = {"object": "Opportunity", "kind": "criteria", "name": "", "target": "Somebody", "level": "7"}
    wrong = {
        "field1": "Amount", "operator1": "equals", "value1": "much",
        "field2": "Nothing__c", "operator2": "equals", "value2": "x",
        "field3": "Amount", "operator3": "contains", "value3": "9",
    }  # fmt: skip
    for answer in (
        await ada.get(f"/setup/new-rule?{urlencode(said | wrong)}"),
        await ada.submit("/setup/rules", **said, **wrong),
    ):
        assert answer.status_code == 422
        for input in ("name", "target", "level", "field1", "field2"):
            assert f'id="f-{input}-error"' in answer.text, input
        assert 'value="much"' in answer.text, "what was typed stays"
    textual = {**said, "name": "R", "target": "Everyone inside", "level": "1", "field1": "Amount",
               "operator1": "contains", "value1": "9"}  # fmt: skip
    answer = await ada.submit("/setup/rules", **textual)
    assert answer.status_code == 422
    assert 'id="f-field1-error"' in answer.text
    none = await ada.get(
        f"/setup/new-rule?{urlencode(said | {'name': 'R', 'target': 'Everyone inside', 'level': '1'})}"
    )
    assert none.status_code == 422
    assert 'id="f-field1-error"' in none.text
    assert await rule_ids(company) == []
    for object, kind in (("Nothing", "owner"), ("Product2", "owner"), ("Opportunity", "odd")):
        assert (await ada.get(f"/setup/new-rule?object={object}&kind={kind}")).status_code == 404
    assert (await ada.get("/setup/new-rule?object=Opportunity&kind=owner")).status_code == 200


async def test_a_rule_is_changed(company: Company) -> None:
    ada, nina, omar = [await company.client(name) for name in ("ada", "nina", "omar")]
    small, great = await deal(company, 5), await deal(company, 9000)
    said = {
        "object": "Opportunity", "kind": "criteria", "name": "Great ones", "target": "Role: Service", "level": "1",
        "field1": "Amount", "operator1": "greaterThan", "value1": "100",
    }  # fmt: skip
    await ada.submit("/setup/rules", **said)
    (rule,) = await rule_ids(company)
    await fill(company, rule)
    page = f"/setup/rules/{ids.show(rule)}"
    form = (await ada.get(page)).text
    for held in (
        'value="Great ones"',
        'value="Role: Service"',
        '<option value="Amount" selected>',
        'value="100',
    ):
        assert held in form, held
    assert (await omar.get(page)).status_code == 404
    counted = await ada.get(f"{page}?{urlencode(said | {'value1': '1', 'name': 'All'})}")
    assert "would share 2 records " in counted.text
    assert 'value="All"' in counted.text
    assert await rule_ids(company) == [rule], "counting changes nothing"
    assert (await ada.submit(page, **said | {"name": "Greatest"})).status_code == 303
    assert await rule_ids(company) == [rule], "a name alone finds nothing anew"
    wrong = await ada.submit(page, **said | {"name": "No", "target": "Nobody Known", "value1": "2"})
    assert wrong.status_code == 422
    assert 'id="f-target-error"' in wrong.text
    assert "Greatest" in (await ada.get("/setup/rules")).text, "what is refused changes nothing"
    assert (await nina.get(f"/r/{great}")).status_code == 200
    assert (await ada.submit(page, **said | {"operator1": "lessThan", "level": "2"})).status_code == 303
    assert (await nina.get(f"/r/{great}")).status_code == 404, "what it granted is gone at once"
    (anew,) = await rule_ids(company)
    assert "data-going" in (await ada.get("/setup/rules")).text
    await fill(company, anew)
    assert (await nina.get(f"/r/{small}/edit")).status_code == 200
    assert (await nina.get(f"/r/{great}")).status_code == 404
    assert (await ada.get(page)).status_code == 404
    assert (await ada.submit(page, **said)).status_code == 404


async def test_a_condition_on_a_hidden_field_is_not_lost_in_silence(company: Company) -> None:
    from hubbub import people

    ada = await company.client("ada")
    said = {
        "object": "Opportunity", "kind": "criteria", "name": "Two", "target": "Role: Service", "level": "1",
        "field1": "Amount", "operator1": "greaterThan", "value1": "735190001",
        "field2": "NextStep", "operator2": "equals", "value2": "Call",
    }  # fmt: skip
    await ada.submit("/setup/rules", **said)
    (rule,) = await rule_ids(company)
    page = f"/setup/rules/{ids.show(rule)}"
    assert "asks for a field that is gone" not in (await ada.get(page)).text
    async with company.act() as tx:
        amount = (
            (await records.viewer(tx, await _ada(company, tx))).catalog.object("Opportunity").field("Amount")
        )
        for each in await people.permission_sets(tx):
            await people.withdraw_field(tx, None, each.name, amount.id)
    form = (await ada.get(page)).text
    assert "asks for a field that is gone" in form
    assert 'value="Call"' in form
    assert "735190001" not in form


async def test_principals_are_called_the_same_in_lists_and_inputs_in_every_language(company: Company) -> None:
    ada = await company.client("ada")
    said = {"object": "Opportunity", "kind": "owner", "name": "Everybody reads sales", "level": "1"}
    made = await ada.submit(
        "/setup/rules", **said, source="Role and below: Sales Rep", target="Everyone inside"
    )
    assert made.status_code == 303
    (rule,) = await rule_ids(company)
    page = f"/setup/rules/{ids.show(rule)}"
    for locale, source, target in (
        ("en_GB", "Role and below: Sales Rep", "Everyone inside"),
        ("de_DE", "Rolle und darunter: Sales Rep", "Alle im Haus"),
    ):
        async with company.act() as tx:
            await tx.run(
                "update app_user set locale = %(locale)s where org_id = %(org)s and id = %(ada)s",
                {"locale": locale, "ada": company.id("ada")},
            )
        listed = (await ada.get("/setup/rules")).text
        assert source in listed and target in listed, locale
        form = (await ada.get(page)).text
        assert f'value="{source}"' in form and f'value="{target}"' in form, locale
        # What the form shows can be sent as it is.
        assert (await ada.submit(page, **said, source=source, target=target)).status_code == 303, locale
        (rule,) = await rule_ids(company)
        page = f"/setup/rules/{ids.show(rule)}"
