"""The metadata: standard objects, values of every type, fields that an org adds."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from hubbub import objects, people
from hubbub.core import ids
from hubbub.core.errors import Forbidden, Invalid
from hubbub.core.ids import Type
from tests.cast import Company


def field(type: str, **said: Any) -> objects.Field:
    return objects.make_field(id=1, name="X__c", label="X", type=type, column="t1", said=said)


def test_no_two_fields_share_a_slot_a_name_or_an_id() -> None:
    seen: set[int] = set()
    for each in objects.standard_objects():
        slots = [f.column for f in each.fields if f.column not in ("long", "modified_at")]
        assert len(slots) == len(set(slots)), each.name
        assert len(each.index) == len(each.fields), each.name
        numbers = {f.id for f in each.fields}
        assert len(numbers) == len(each.fields) and not numbers & seen, each.name
        seen |= numbers
        for name in (*each.highlights, *each.columns, each.sort[0], *each.named_by):
            assert each.get(name), f"{each.name}.{name}"
        for f in each.fields:
            assert all(each.get(source) for source in f.sources)


def test_ids_of_standard_fields_never_change() -> None:
    """They stand in permission sets, histories and feeds of every installation."""
    opportunity = next(each for each in objects.standard_objects() if each.name == "Opportunity")
    expected = {
        "Name": 34003,
        "OwnerId": 34004,
        "AccountId": 34101,
        "StageName": 34102,
        "Amount": 34103,
        "CloseDate": 34104,
    }
    for name, number in expected.items():
        assert opportunity.field(name).id == ids.make(Type.FIELD, (1 << 40) + number)
    assert [f.name for f in opportunity.fields if f.tracked] == [
        "OwnerId",
        "StageName",
        "Amount",
        "CloseDate",
    ]


@pytest.mark.parametrize(
    ("kind", "said", "given", "kept"),
    [
        ("string", {}, "  Ann\nLee\t ", "Ann Lee"),
        ("string", {}, "", None),
        ("string", {}, 12, "12"),
        ("textarea", {"length": 1000}, "a\r\nb\tc", "a\nb\tc"),
        ("currency", {"scale": 2}, 1.005, Decimal("1.01")),
        ("currency", {"scale": 2}, "12500.50", Decimal("12500.50")),
        ("currency", {"scale": 2}, " ", None),
        ("int", {}, 7, 7),
        ("int", {}, 7.0, 7),
        ("percent", {"precision": 3}, 40, Decimal(40)),
        ("boolean", {}, "TRUE", True),
        ("boolean", {}, None, False),
        ("date", {}, "2026-02-28", date(2026, 2, 28)),
        ("datetime", {}, "2026-02-28T10:00:00.000+0100", datetime(2026, 2, 28, 9, tzinfo=UTC)),
        ("datetime", {}, "2026-02-28T10:00:00Z", datetime(2026, 2, 28, 10, tzinfo=UTC)),
        ("email", {}, "ann@example.com", "ann@example.com"),
        ("picklist", {"values": ["A"]}, "B", "B"),
        ("reference", {}, "005000000000001", ids.make(Type.USER, 1)),
    ],
)
def test_values_from_json(kind: str, said: dict[str, Any], given: Any, kept: Any) -> None:
    parsed = field(kind, **said).parse_json(given)
    assert parsed == kept and type(parsed) is type(kept)
    assert field(kind, **said).from_plain(field(kind, **said).to_plain(parsed)) == kept, (
        "history loses nothing"
    )


@pytest.mark.parametrize(
    ("kind", "said", "given", "code"),
    [
        ("string", {"length": 3}, "long", "STRING_TOO_LONG"),
        ("string", {}, ["a"], "JSON_PARSER_ERROR"),
        ("string", {}, True, "JSON_PARSER_ERROR"),
        ("string", {}, "a\ud800", "FIELD_INTEGRITY_EXCEPTION"),
        ("string", {}, "a\0", "FIELD_INTEGRITY_EXCEPTION"),
        ("int", {}, 7.5, "JSON_PARSER_ERROR"),
        ("int", {}, 10**9, "NUMBER_OUTSIDE_VALID_RANGE"),
        ("int", {}, "9" * 5000, "NUMBER_OUTSIDE_VALID_RANGE"),
        ("currency", {"scale": 2}, 1e16, "NUMBER_OUTSIDE_VALID_RANGE"),
        ("currency", {}, float("inf"), "JSON_PARSER_ERROR"),
        ("currency", {}, "1e999999999999", "NUMBER_OUTSIDE_VALID_RANGE"),
        ("percent", {"precision": 3, "low": 0}, -1, "NUMBER_OUTSIDE_VALID_RANGE"),
        ("boolean", {}, 1, "JSON_PARSER_ERROR"),
        ("date", {}, "2026-02-30", "JSON_PARSER_ERROR"),
        ("date", {}, "2026-2-3", "JSON_PARSER_ERROR"),
        ("date", {}, "9999-01-01", "NUMBER_OUTSIDE_VALID_RANGE"),
        ("datetime", {}, "2026-02-28", "JSON_PARSER_ERROR"),
        ("datetime", {}, "2026-02-28T25:00:00Z", "JSON_PARSER_ERROR"),
        ("email", {}, "ann", "INVALID_EMAIL_ADDRESS"),
        ("picklist", {"values": ["A"], "restricted": True}, "B", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ("reference", {}, "rubbish", "MALFORMED_ID"),
        ("reference", {}, 5, "JSON_PARSER_ERROR"),
    ],
)
def test_values_that_a_field_cannot_take(kind: str, said: dict[str, Any], given: Any, code: str) -> None:
    with pytest.raises(objects.BadValue) as refused:
        field(kind, **said).parse_json(given)
    assert (refused.value.code, refused.value.fields) == (code, ["X__c"])
    assert refused.value.said and len(refused.value.message) < 600


def test_values_from_forms_and_for_people() -> None:
    money = field("currency", scale=2)
    assert money.parse_form(" 12,500.50 ") == Decimal("12500.50") and money.parse_form("  ") is None
    assert (
        money.show(Decimal("12500.50")) == "$12,500.50" and money.to_form(Decimal("12500.50")) == "12500.50"
    )
    moment = field("datetime")
    kept = moment.parse_form("2026-07-01T12:00", "Europe/Berlin")
    assert (
        kept == datetime(2026, 7, 1, 10, tzinfo=UTC)
        and moment.to_form(kept, "Europe/Berlin") == "2026-07-01T12:00"
    )
    assert field("boolean").parse_form("") is False and field("boolean").parse_form("true") is True


async def test_field_that_an_org_adds_is_its_own(company: Company) -> None:
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        opportunity = (await objects.catalog(tx)).object("Opportunity")
        key = objects.NewField(
            name="ExternalKey__c", label="Key", type="string", unique=True, external_id=True
        )
        product = objects.NewField(name="Product__c", label="Product", type="reference", to="Product2")
        note = objects.NewField(name="Note__c", label="Note", type="textarea", length=5000)
        slots = [(await objects.add_field(tx, ada, opportunity, new)).column for new in (key, product, note)]
        assert slots == ["t3", "r1", "long"]
        found = (await objects.catalog(tx)).object("Opportunity")
        assert (
            found.field("product__C").relation == "Product__r" and found.field("ExternalKey__c").external_id
        )
        for wrong, code in [
            (key, "DUPLICATE_DEVELOPER_NAME"),
            (objects.NewField(name="Key", label="Key", type="string"), "INVALID_FIELD"),
            (objects.NewField(name="K__c; drop", label="Key", type="string"), "INVALID_FIELD"),
            (objects.NewField(name="K__c", label="Key", type="rubbish"), "INVALID_TYPE"),
            (objects.NewField(name="K__c", label="Key", type="reference", to="Rubbish"), "INVALID_TYPE"),
            (objects.NewField(name="K__c", label=" ", type="string"), "STRING_TOO_LONG"),
        ]:
            with pytest.raises(Invalid) as refused:
                await objects.add_field(tx, ada, opportunity, wrong)
            assert refused.value.code == code
        with pytest.raises(Forbidden):
            await objects.add_field(tx, await people.actor(tx, company.id("omar")), opportunity, key)
    standard = next(each for each in objects.standard_objects() if each.name == "Opportunity")
    assert standard.get("Product__c") is None


async def test_slots_run_out_with_a_clear_word(company: Company) -> None:
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        for number in range(9):
            opportunity = (await objects.catalog(tx)).object("Opportunity")
            new = objects.NewField(name=f"Ref{number}__c", label="Ref", type="reference", to="Account")
            if number < 8:
                await objects.add_field(tx, ada, opportunity, new)
                continue
            with pytest.raises(Invalid) as refused:
                await objects.add_field(tx, ada, opportunity, new)
            assert refused.value.code == "LIMIT_EXCEEDED"
