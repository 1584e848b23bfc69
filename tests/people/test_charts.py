"""Managers and the org chart: up, down, beside, never in a circle; and what time it is at somebody's desk."""

import asyncio
import re
from datetime import UTC, datetime

import pytest

from hubbub import people
from hubbub.people.access.clocks import there
from tests.cast import Company

V = "/services/data/v62.0"


async def reports_to(company: Company, **managers: str) -> None:
    ada = await company.client("ada")
    for who, manager in managers.items():
        answer = await ada.submit(f"/people/{company.key(who)}/edit", manager=company.username(manager))
        assert answer.status_code == 303, answer.text


async def chart(company: Company, reader: str, who: str) -> dict[str, list[str]]:
    answer = (await (await company.api(reader)).get(f"{V}/hubbub/people/{company.key(who)}/chart")).json()
    return {name: [each["firstName"] for each in answer[name]] for name in ("above", "peers", "reports")}


async def test_the_chart_goes_up_down_and_sideways(company: Company) -> None:
    await reports_to(company, omar="noor", maya="noor", nina="omar", mo="omar", noor="ada")
    assert await chart(company, "nina", "omar") == {
        "above": ["Ada", "Noor"], "peers": ["Maya"], "reports": ["Mo", "Nina"],
    }  # fmt: skip
    assert await chart(company, "nina", "ada") == {"above": [], "peers": [], "reports": ["Noor"]}
    page = (await (await company.client("nina")).get(f"/people/{company.key('omar')}/chart")).text
    links = re.findall(r'class="who"[^>]* href="/people/(005\w+)(?:/chart)?"', page)
    assert [*links] == [company.key(name) for name in ("ada", "noor", "omar", "mo", "nina", "maya")]
    profile = (await (await company.client("mo")).get(f"/people/{company.key('nina')}")).text.partition(
        "<main"
    )[2]
    chain = re.findall(r"<dt>Reports to</dt><dd>(.*?)</dd>", profile, re.S)[0]
    assert re.findall(r">([A-Z]\w+ [A-Z]\w+)<", chain) == ["Omar Haddad", "Noor Rahman", "Ada Kovacs"]
    detail = (await (await company.api("nina")).get(f"{V}/chatter/users/{company.key('omar')}")).json()
    assert (detail["managerId"], detail["managerName"]) == (company.key("noor"), "Noor Rahman")
    query = f"{V}/query?q=SELECT+Name,Manager.Name+FROM+User+WHERE+ManagerId='{company.key('omar')}'+ORDER+BY+Name"
    rows = (await (await company.api("nina")).get(query)).json()["records"]
    assert [(row["Name"], row["Manager"]["Name"]) for row in rows] == [
        ("Mo Okafor", "Omar Haddad"), ("Nina Petrova", "Omar Haddad"),
    ]  # fmt: skip


async def test_who_was_deactivated_is_skipped(company: Company) -> None:
    await reports_to(company, omar="noor", nina="omar", noor="ada")
    async with company.act() as tx:
        await people.deactivate_user(tx, None, company.id("noor"))
    assert await chart(company, "nina", "nina") == {"above": ["Ada", "Omar"], "peers": [], "reports": []}
    assert (await chart(company, "nina", "ada"))["reports"] == ["Omar"], "he reports to who stood above her"


async def test_a_guest_has_no_chart_but_his_own_and_learns_of_nobody(company: Company) -> None:
    gus, api = await company.client("gus"), await company.api("gus")
    assert (await gus.get(f"/people/{company.key('omar')}/chart")).status_code == 404
    assert (await api.get(f"{V}/hubbub/people/{company.key('omar')}/chart")).status_code == 404
    assert (await api.get(f"{V}/hubbub/people/{company.key('omar')}")).status_code == 404
    words = set()
    for name in ("Omar Haddad", "Nobody Here", company.username("omar"), company.key("omar")):
        assert (await gus.submit(f"/people/{company.key('gus')}/edit", manager=name)).status_code == 422
        words.add((await api.patch(f"{V}/hubbub/people/me", json={"manager": name})).json()[0]["message"])
    assert words == {"Manager: people from outside report to nobody here."}
    ada = await company.client("ada")
    await ada.submit(f"/people/{company.key('gus')}/edit", manager="Omar Haddad")
    mine = (await api.get(f"{V}/hubbub/people/me")).json()
    assert mine["manager"] is None and await chart(company, "gus", "gus") == {
        "above": [],
        "peers": [],
        "reports": [],
    }
    row = (await api.get(f"{V}/query?q=SELECT+ManagerId,Manager.Name+FROM+User")).json()["records"][0]
    assert row["Manager"] is None and row["ManagerId"] is None


@pytest.mark.parametrize("way", ["page", "api"])
async def test_nobody_reports_to_himself_by_whatever_way(company: Company, way: str) -> None:
    await reports_to(company, omar="noor", nina="omar")
    noor, api = await company.client("noor"), await company.api("noor")
    for manager, said in (
        ("Noor Rahman", "own manager"),
        ("Omar Haddad", "circle"),
        ("Nina Petrova", "Omar Haddad"),
    ):
        if way == "page":
            answer = await noor.submit(f"/people/{company.key('noor')}/edit", manager=manager, title="Kept")
            assert answer.status_code == 422 and 'id="f-manager-error"' in answer.text
        else:
            answer = await api.patch(f"{V}/hubbub/people/me", json={"manager": manager, "title": "Kept"})
            assert answer.status_code == 400 and answer.json()[0]["fields"] == ["manager"]
        assert said in answer.text
    profile = (await api.get(f"{V}/hubbub/people/me")).json()
    assert profile["manager"] is None and profile["title"] == "Head of Sales", "nothing of it was saved"


async def test_two_who_make_each_other_their_manager_at_once_make_no_circle(company: Company) -> None:
    for _ in range(5):
        ada = await company.api("ada")
        for name in ("omar", "nina"):
            await ada.patch(f"{V}/hubbub/people/{company.key(name)}", json={"manager": None})
        both = await asyncio.gather(
            ada.patch(f"{V}/hubbub/people/{company.key('omar')}", json={"manager": company.key("nina")}),
            ada.patch(f"{V}/hubbub/people/{company.key('nina')}", json={"manager": company.key("omar")}),
        )
        assert sorted(each.status_code for each in both) == [200, 400]


async def test_each_wrong_field_has_its_own_words(company: Company) -> None:
    omar = await company.client("omar")
    answer = await omar.submit(
        f"/people/{company.key('omar')}/edit",
        last_name="", phone="call me", mobile="12", timezone="Mars/Olympus", locale="xx_YY", work_from="25", work_to="9",
        manager="Nobody Atall", skills=", ".join(f"s{n}" for n in range(31)), title="x" * 81,
    )  # fmt: skip
    assert answer.status_code == 422
    for name in "last_name phone mobile timezone locale work_from manager skills title".split():
        assert f'id="f-{name}-error"' in answer.text, name
    assert 'value="call me"' in answer.text, "what was typed stays"
    half = await omar.submit(f"/people/{company.key('omar')}/edit", work_from="9", work_to="")
    assert half.status_code == 422 and "both hours" in half.text


async def test_what_a_profile_says_is_kept_and_shown(company: Company) -> None:
    omar, nina, api = await company.client("omar"), await company.client("nina"), await company.api("nina")
    saved = await omar.submit(
        f"/people/{company.key('omar')}/edit",
        nickname="Skipper", department="Sales", skills="Tides,  Ice <b>navigation</b>, tides", phone="+31 20 555 0100",
        mobile="", city="Tromsø", country="Norway", timezone="Europe/Oslo", locale="nb_NO", work_from="9", work_to="17:30",
    )  # fmt: skip
    assert saved.status_code == 303
    profile = (await api.get(f"{V}/hubbub/people/{company.key('omar')}")).json()
    assert profile["skills"] == ["Ice <b>navigation</b>", "tides"]
    assert (profile["workFrom"], profile["workTo"], profile["timeZone"]) == ("09:00", "17:30", "Europe/Oslo")
    page = (await nina.get(f"/people/{company.key('omar')}")).text
    for each in (
        "Skipper",
        "Sales",
        "Ice &lt;b&gt;navigation",
        "tel:+31205550100",
        "Tromsø, Norway",
        "there now",
        "works",
    ):
        assert each in page, each
    assert "<b>navigation" not in page
    fields = "Department,CommunityNickname,City,Country,Phone,MobilePhone,TimeZoneSidKey,LocaleSidKey"
    row = (await api.get(f"{V}/sobjects/User/{company.key('omar')}?fields={fields}")).json()
    assert [row[name] for name in fields.split(",")] == [
        "Sales", "Skipper", "Tromsø", "Norway", "+31 20 555 0100", None, "Europe/Oslo", "nb_NO",
    ]  # fmt: skip
    detail = (await api.get(f"{V}/chatter/users/{company.key('omar')}")).json()
    assert detail["phoneNumbers"] == [
        {"label": "Work", "phoneNumber": "+31 20 555 0100", "phoneType": "Work", "type": "Work"}
    ]
    assert detail["address"]["formattedAddress"] == "Tromsø, Norway"
    same = await omar.submit(f"/people/{company.key('omar')}/edit", nickname="Skipper")
    assert same.status_code == 303 and len(await company.events("people.user.changed")) == 1


# --- clocks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "zone", "reader", "hours", "clock", "day", "works"),
    [
        ("2026-11-22T13:05Z", "Europe/Amsterdam", "UTC", ("09:00", "17:00"), "14:05", 0, True),
        ("2026-11-22T16:00Z", "Europe/Amsterdam", "UTC", ("09:00", "17:00"), "17:00", 0, False),
        ("2026-11-22T07:59Z", "Europe/Amsterdam", "UTC", ("09:00", "17:00"), "08:59", 0, False),
        ("2026-11-22T08:00Z", "Europe/Amsterdam", "UTC", ("09:00", "17:00"), "09:00", 0, True),
        # Another day, both ways, and across the line where the date changes.
        ("2026-11-22T20:30Z", "Asia/Tokyo", "Europe/Berlin", ("09:00", "17:00"), "05:30", 1, False),
        ("2026-11-22T03:00Z", "America/Los_Angeles", "Europe/Berlin", ("09:00", "20:00"), "19:00", -1, True),
        ("2026-11-22T10:30Z", "Pacific/Kiritimati", "Pacific/Pago_Pago", None, "00:30", 2, None),
        # Hours past midnight.
        ("2026-11-22T23:30Z", "UTC", "UTC", ("22:00", "06:00"), "23:30", 0, True),
        ("2026-11-22T05:59Z", "UTC", "UTC", ("22:00", "06:00"), "05:59", 0, True),
        ("2026-11-22T06:00Z", "UTC", "UTC", ("22:00", "06:00"), "06:00", 0, False),
        # A spring night without 2:30, an autumn night with two of them, and a zone with half an hour.
        ("2026-03-29T00:59Z", "Europe/Berlin", "UTC", ("01:00", "02:00"), "01:59", 0, True),
        ("2026-03-29T01:00Z", "Europe/Berlin", "UTC", ("01:00", "02:00"), "03:00", 0, False),
        ("2026-10-25T00:30Z", "Europe/Berlin", "UTC", ("02:00", "03:00"), "02:30", 0, True),
        ("2026-10-25T01:30Z", "Europe/Berlin", "UTC", ("02:00", "03:00"), "02:30", 0, True),
        ("2026-10-25T02:00Z", "Europe/Berlin", "UTC", ("02:00", "03:00"), "03:00", 0, False),
        ("2026-11-22T18:30Z", "Asia/Kolkata", "UTC", None, "00:00", 1, None),
    ],
)  # fmt: skip
def test_the_clock_on_somebodys_wall(
    now: str, zone: str, reader: str, hours: tuple[str, str] | None, clock: str, day: int, works: bool | None
) -> None:
    start, end = hours or (None, None)
    found = there(
        datetime.fromisoformat(now).astimezone(UTC),
        zone=zone, start=start, end=end, reader_zone=reader, reader_locale="en_GB",
    )  # fmt: skip
    assert (found.clock, found.day, found.works) == (clock, day, works)
