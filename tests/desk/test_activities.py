"""Activities on records: planned, noted, checked off; who sees them, and when they are in whose zone."""

from datetime import timedelta
from typing import Any

from hubbub import records
from hubbub.core import clock, ids
from hubbub.core.events import Event
from tests.cast import Company
from tests.desk.test_making import DATA, read
from tests.feed.test_live import gone, heard, listen
from tests.feed.test_posts import V, deal


def days(number: int) -> str:
    return (clock.now().date() + timedelta(days=number)).isoformat()


async def make(company: Company, who: str, object: str, **values: Any) -> str:
    answer = await (await company.api(who)).post(f"{DATA}/sobjects/{object}", json=values)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def refused(company: Company, who: str, object: str, **values: Any) -> tuple[int, str]:
    answer = await (await company.api(who)).post(f"{DATA}/sobjects/{object}", json=values)
    return answer.status_code, answer.json()[0]["errorCode"]


async def test_the_next_steps_of_a_deal_are_on_its_page_the_overdue_first(company: Company) -> None:
    key = await deal(company)
    omar = await company.client("omar")
    empty = (await omar.get(f"/r/{key}?tab=activity")).text
    assert "Nothing is planned." in empty and "tab=activity&amp;new=task" in empty
    form = (await omar.get(f"/r/{key}?tab=activity&new=task")).text
    assert f'action="/r/{key}/activities"' in form and 'name="ActivityDate"' in form
    for subject, due in (("Send the offer", days(3)), ("Call the bank", days(-2)), ("Some day", "")):
        made = await omar.submit(
            f"/r/{key}/activities", kind="task", Subject=subject, ActivityDate=due, Priority="Normal"
        )
        assert (made.status_code, made.headers["location"]) == (303, f"/r/{key}?tab=activity")
    page = (await omar.get(f"/r/{key}?tab=activity")).text
    assert page.index("Call the bank") < page.index("Send the offer") < page.index("Some day")
    assert page.count("Overdue") == 1
    assert page.index("Overdue") < page.index("Send the offer")
    wrong = await omar.submit(f"/r/{key}/activities", kind="task", Subject="Late", ActivityDate="soon")
    assert wrong.status_code == 422 and 'value="Late"' in wrong.text and "Enter a date" in wrong.text
    assert (await omar.submit(f"/r/{key}/activities", kind="party", Subject="x")).status_code == 400


async def test_a_task_is_checked_off_on_the_page_of_what_it_is_about(company: Company) -> None:
    key = await deal(company)
    task = await make(company, "omar", "Task", Subject="Send the offer", WhatId=key, ActivityDate=days(-1))
    omar = await company.client("omar")
    assert f'action="/r/{task}/stage"' in (await omar.get(f"/r/{key}?tab=activity")).text
    done = await omar.submit(f"/r/{task}/stage", stage="Completed", about=key)
    assert (done.status_code, done.headers["location"]) == (303, f"/r/{key}?tab=activity")
    page = (await omar.get(f"/r/{key}?tab=activity")).text
    assert "Overdue" not in page and f'action="/r/{task}/stage"' not in page
    assert page.index("What was done") < page.index("Send the offer")
    assert (await read(company, "omar", "Task", task))["IsClosed"] is True


async def test_checking_a_task_off_is_read_out_and_leaves_what_is_typed_beside_it(company: Company) -> None:
    key = await deal(company)
    task = await make(company, "omar", "Task", Subject="Send the offer", WhatId=key, ActivityDate=days(-1))
    omar = await company.client("omar")
    omar.headers["accept"] = "text/vnd.turbo-stream.html"
    done = await omar.submit(f"/r/{task}/stage", stage="Completed", about=key)
    assert done.status_code == 200 and 'target="told"><template>Checked off<' in done.text
    assert 'target="record-activities"' in done.text and "Log a Call" not in done.text
    assert done.text.index("What was done") < done.text.index("Send the offer")
    nina = await company.client("nina")
    nina.headers["accept"] = "text/vnd.turbo-stream.html"
    assert (await nina.submit(f"/r/{task}/stage", stage="Completed", about=key)).status_code == 404


async def test_a_logged_call_is_a_task_that_is_done_and_the_feed_tells_of_it(company: Company) -> None:
    key = await deal(company)
    omar = await company.client("omar")
    made = await omar.submit(
        f"/r/{key}/activities", kind="call", Subject="Asked about the pump",
        CallDurationInSeconds="12", Description="They want two.",
    )  # fmt: skip
    assert made.status_code == 303, made.text
    answer = await (await company.api("omar")).get(f"{V}/feeds/record/{key}/feed-elements")
    told = answer.json()["elements"]
    assert [(each["type"], each["body"]["text"]) for each in told] == [("CallLogPost", "They want two.")]
    query = "SELECT Subject, Status, TaskSubtype, CallDurationInSeconds, ActivityDate FROM Task"
    found = (await (await company.api("omar")).get(f"{DATA}/query", params={"q": query})).json()["records"]
    assert [tuple(each[name] for name in ("Subject", "Status", "TaskSubtype", "CallDurationInSeconds")) for each in found] == [
        ("Asked about the pump", "Completed", "Call", 720)
    ]  # fmt: skip
    page = (await omar.get(f"/r/{key}?tab=activity")).text
    assert page.index("What was done") < page.index("Asked about the pump") and "12 minutes" in page
    wrong = await omar.submit(
        f"/r/{key}/activities", kind="call", Subject="x", CallDurationInSeconds="a while"
    )
    assert wrong.status_code == 422 and 'value="a while"' in wrong.text


async def test_who_sees_the_record_sees_what_is_to_be_done_about_it(company: Company) -> None:
    key = await deal(company)
    task = await make(company, "omar", "Task", Subject="Send the offer", WhatId=key, ActivityDate=days(3))
    alone = await make(company, "omar", "Task", Subject="Buy ink")
    await company.share(ids.parse(key), "maya")
    await company.share(ids.parse(key), "gus")
    for who, sees in (("noor", True), ("maya", True), ("nina", False), ("gus", False), ("mo", False)):
        api = await company.api(who)
        assert (await api.get(f"{DATA}/sobjects/Task/{task}")).status_code == (200 if sees else 404), who
        answer = await api.get(f"{DATA}/query", params={"q": "SELECT Id FROM Task"})
        expected = [task] if sees else []
        if who == "noor":  # she stands above him
            expected = sorted([task, alone])
        assert sorted(each["Id"] for each in answer.json()["records"]) == expected, who
        page = await (await company.client(who)).get(f"/r/{key}?tab=activity")
        assert ("Send the offer" in page.text) is sees, who
    # she reads it, and it is not hers to change
    maya = await company.api("maya")
    changed = await maya.patch(f"{DATA}/sobjects/Task/{task}", json={"Status": "Completed"})
    assert changed.status_code == 403
    shown = (await (await company.client("maya")).get(f"/r/{key}?tab=activity")).text
    assert f'action="/r/{task}/stage"' not in shown
    # with the record its tasks go out of sight at once
    omar = await company.client("omar")
    await omar.submit(f"/r/{key}/shares/{company.key('maya')}/delete")
    assert (await maya.get(f"{DATA}/sobjects/Task/{task}")).status_code == 404


async def test_whom_an_activity_is_about_shows_it_only_where_it_is_about_nothing_else(
    company: Company,
) -> None:
    key = await deal(company)
    account = await make(company, "nina", "Account", Name="Sund Ferries")
    person = await make(company, "nina", "Contact", LastName="Sund", AccountId=account)
    await company.share(ids.parse(account), "omar")
    secret = await make(company, "omar", "Task", Subject="Bribe the mill", WhatId=key, WhoId=person)
    plain = await make(company, "omar", "Task", Subject="Call her", WhoId=person)
    visit = await make(
        company, "omar", "Event", Subject="Secret visit", WhatId=key, WhoId=person,
        StartDateTime="2027-03-01T10:00:00Z", EndDateTime="2027-03-01T11:00:00Z",
    )  # fmt: skip
    nina = await company.api("nina")  # hers is the contact; she does not see the deal
    assert (await nina.get(f"{DATA}/sobjects/Task/{plain}")).status_code == 200
    for object, id in (("Task", secret), ("Event", visit)):
        assert (await nina.get(f"{DATA}/sobjects/{object}/{id}")).status_code == 404
    counted = await nina.get(f"{DATA}/query", params={"q": "SELECT COUNT() FROM Task"})
    assert counted.json()["totalSize"] == 1
    client = await company.client("nina")
    page = (await client.get(f"/r/{person}?tab=activity")).text
    assert "Call her" in page and "Bribe" not in page and "Secret visit" not in page
    assert (await client.get(f"/r/{secret}")).status_code == 404
    # as soon as it is about the person alone, she sees it; and what becomes about the deal leaves her open pages
    omar = await company.api("omar")
    assert (await omar.patch(f"{DATA}/sobjects/Task/{secret}", json={"WhatId": None})).status_code == 204
    assert (await nina.get(f"{DATA}/sobjects/Task/{secret}")).status_code == 200
    open_page = await listen(company, "nina", f"record/{plain}")
    assert await heard(open_page) == []
    assert (await omar.patch(f"{DATA}/sobjects/Task/{plain}", json={"WhatId": key})).status_code == 204
    assert await gone(open_page) == {f"record/{plain}"}
    by, noun, parent, _, _, before, after = (await company.events("records.record.updated"))[-1]
    event = Event(company.org_id, 1, "records.record.updated", by, noun, parent, before, after)
    assert records.withdrawn(event) == {ids.parse(plain)}


async def test_an_event_does_not_end_before_it_begins(company: Company) -> None:
    key = await deal(company)
    start = "2027-03-01T10:00:00Z"
    assert (await refused(company, "omar", "Event", WhatId=key, Subject="Visit", StartDateTime=start,
                          EndDateTime="2027-03-01T09:00:00Z")) == (400, "FIELD_INTEGRITY_EXCEPTION")  # fmt: skip
    visit = await make(
        company, "omar", "Event", WhatId=key, Subject="Visit", StartDateTime=start, EndDateTime=start
    )
    api = await company.api("omar")
    earlier = await api.patch(f"{DATA}/sobjects/Event/{visit}", json={"EndDateTime": "2027-02-01T10:00:00Z"})
    assert (earlier.status_code, earlier.json()[0]["fields"]) == (400, ["EndDateTime"])
    omar = await company.client("omar")
    typed = await omar.submit(
        f"/r/{key}/activities", kind="event", Subject="Visit", StartDateTime="2027-03-01T10:00",
        EndDateTime="2027-03-01T09:00",
    )  # fmt: skip
    assert typed.status_code == 422 and "It cannot end before it begins." in typed.text


async def test_times_are_in_the_zone_of_who_looks_and_whole_days_are_days_everywhere(
    company: Company,
) -> None:
    key = await deal(company)
    async with company.act() as tx:
        await tx.run(
            "update app_user set timezone = 'Pacific/Auckland' where org_id = %(org)s and id = %(id)s",
            {"id": company.id("noor")},
        )
    await make(
        company, "omar", "Event", WhatId=key, Subject="Visit", StartDateTime="2027-06-01T20:30:00Z",
        EndDateTime="2027-06-01T21:30:00Z",
    )  # fmt: skip
    omar, noor = [await company.client(name) for name in ("omar", "noor")]
    made = await omar.submit(
        f"/r/{key}/activities", kind="event", Subject="Fair", StartDateTime="2027-07-01T08:00",
        EndDateTime="2027-07-02T18:00", IsAllDayEvent="true",
    )  # fmt: skip
    assert made.status_code == 303, made.text
    assert "2 Jun 2027, 08:30 – 09:30" in (page := (await noor.get(f"/r/{key}?tab=activity")).text) or (
        "Jun 2, 2027, 08:30 – 09:30" in page
    ), page
    for who in (omar, noor):
        page = (await who.get(f"/r/{key}?tab=activity")).text
        assert "Jul 1, 2027 – Jul 2, 2027" in page or "1 Jul 2027 – 2 Jul 2027" in page
    query = "SELECT Id, StartDateTime FROM Event WHERE Subject = 'Fair'"
    answer = await (await company.api("omar")).get(f"{DATA}/query", params={"q": query})
    found = answer.json()["records"][0]
    assert found["StartDateTime"] == "2027-07-01T00:00:00.000+0000"
    shown = (await noor.get(f"/r/{found['Id']}?tab=details")).text
    assert "2 Jul 2027, 12" not in shown and "Jul 1, 2027, 12" not in shown


async def test_typeof_answers_by_what_an_activity_is_about(company: Company) -> None:
    key = await deal(company)
    account = await make(company, "omar", "Account", Name="Quay & Sons", Phone="0100")
    for subject, what in (("A", key), ("B", account), ("C", None)):
        await make(company, "omar", "Task", Subject=subject, WhatId=what)

    async def ask(who: str, query: str) -> Any:
        answer = await (await company.api(who)).get(f"{DATA}/query", params={"q": query})
        return answer.json()

    query = """SELECT Subject, TYPEOF What WHEN Account THEN Name, Phone WHEN Opportunity THEN StageName
               ELSE Name END, What.Type FROM Task ORDER BY Subject"""
    wrong = await ask("omar", query)
    assert wrong[0]["errorCode"] == "INVALID_FIELD"  # one way or the other
    query = query.replace(", What.Type", "")
    found = [each["What"] for each in (await ask("omar", query))["records"]]
    assert found[0]["StageName"] == "Prospecting" and found[0]["attributes"]["type"] == "Opportunity"
    assert {name: found[1][name] for name in ("Name", "Phone")} == {"Name": "Quay & Sons", "Phone": "0100"}
    assert found[2] is None
    other = "SELECT TYPEOF What WHEN Case THEN CaseNumber ELSE Name END FROM Task WHERE Subject = 'B'"
    assert (await ask("omar", other))["records"][0]["What"]["Name"] == "Quay & Sons"
    none = "SELECT TYPEOF What WHEN Case THEN CaseNumber END FROM Task WHERE Subject = 'B'"
    assert (await ask("omar", none))["records"][0]["What"] is None
    for bad, code in (
        ("SELECT TYPEOF What WHEN Nothing THEN Name END FROM Task", "INVALID_TYPE"),
        ("SELECT TYPEOF What WHEN Account THEN Nothing END FROM Task", "INVALID_FIELD"),
        ("SELECT TYPEOF Account WHEN Account THEN Name END FROM Contact", "MALFORMED_QUERY"),
        ("SELECT TYPEOF What WHEN Account THEN Name FROM Task", "MALFORMED_QUERY"),
        ("SELECT TYPEOF What WHEN Account THEN Owner.Name END FROM Task", "MALFORMED_QUERY"),
        ("SELECT TYPEOF What WHEN Account THEN Name END, COUNT(Id) FROM Task", "MALFORMED_QUERY"),
    ):
        assert (await ask("omar", bad))[0]["errorCode"] == code, bad
    # maya may not read amounts, which TYPEOF says in the words of a field that does not exist
    hidden = "SELECT TYPEOF What WHEN Opportunity THEN Amount END FROM Task"
    missing = hidden.replace("Amount", "Amoun")
    assert (await ask("maya", hidden))[0]["message"] == (await ask("maya", missing))[0]["message"].replace(
        "Amoun", "Amount"
    )


async def test_what_is_completed_is_not_lost(company: Company) -> None:
    omar = await company.client("omar")
    task = await make(company, "omar", "Task", Subject="Send the offer", Status="Completed")
    lead = await make(
        company, "omar", "Lead", LastName="Reed", Company="Reed & Co", Status="Closed - Not Converted"
    )
    assert '<ol class="path won"' in (await omar.get(f"/r/{task}")).text
    assert '<ol class="path lost"' in (await omar.get(f"/r/{lead}")).text


async def test_whole_days_are_the_same_days_everywhere(company: Company) -> None:
    """West of Greenwich a day of UTC begins on the day before: lists, files and forms must not say so."""
    key = await deal(company)
    async with company.act() as tx:
        await tx.run(
            "update app_user set timezone = 'America/Los_Angeles' where org_id = %(org)s and id = %(id)s",
            {"id": company.id("omar")},
        )
    fair = await make(
        company, "omar", "Event", WhatId=key, Subject="Fair", StartDateTime="2027-07-01T00:00:00Z",
        EndDateTime="2027-07-02T00:00:00Z", IsAllDayEvent=True,
    )  # fmt: skip
    late = await make(
        company, "omar", "Event", WhatId=key, Subject="Late", StartDateTime="2027-07-02T03:00:00Z",
        EndDateTime="2027-07-02T08:00:00Z",
    )  # fmt: skip
    omar = await company.client("omar")
    listed = (await omar.get("/o/Event?view=all")).text
    assert "Jul 1, 2027<" in listed and "Jul 2, 2027<" in listed and "Jun 30, 2027" not in listed
    assert "Jul 1, 2027, 20:00" in listed and "Jul 2, 2027, 01:00" in listed
    related = (await omar.get(f"/r/{key}?tab=related")).text
    assert "Jul 1, 2027<" in related and "Jun 30" not in related
    file = (await omar.get("/o/Event/export?view=all")).text.splitlines()
    assert any(line.startswith("Fair,2027-07-01,2027-07-02,") for line in file), file
    assert any(line.startswith("Late,2027-07-01 20:00,2027-07-02 01:00,") for line in file), file
    # a day that is searched for is the day that is shown
    for day, found in (("2027-06-30", []), ("2027-07-01", ["Fair", "Late"]), ("2027-07-02", [])):
        asked = {"view": "all", "filtered": "1", "f": "StartDateTime", "op": "equals", "v": day}
        file = (await omar.get("/o/Event/export", params=asked)).text.splitlines()[1:]
        assert sorted(line.split(",")[0] for line in file) == found, day
    # one field where it stands: the form holds the day, and what is typed is that day
    at = f"/r/{fair}/fields/StartDateTime"
    assert 'value="2027-07-01T00:00"' in (await omar.get(at)).text
    saved = await omar.submit(at, StartDateTime="2027-07-02T00:00")
    assert saved.status_code == 303, saved.text
    assert "Jul 2, 2027<" in (await omar.get(f"/r/{fair}?tab=details")).text
    api = await company.api("omar")
    told = (await api.get(f"{DATA}/sobjects/Event/{fair}")).json()
    assert told["StartDateTime"] == "2027-07-02T00:00:00.000+0000"
    changes = (await omar.get(f"/r/{fair}/history")).text
    assert "Jul 2, 2027<" in changes and "Jun 30" not in changes
    feed = (await omar.get(f"/r/{fair}")).text
    assert "Jul 2, 2027</ins>" in feed and "Jun 30" not in feed
    moved = await omar.submit(f"/r/{late}/fields/EndDateTime", EndDateTime="2027-07-02T01:30")
    assert moved.status_code == 303, moved.text
    feed = (await omar.get(f"/r/{late}")).text
    assert "Jul 2, 2027, 01:00</del>" in feed and "Jul 2, 2027, 01:30</ins>" in feed, "a time is a time"
    told = (await api.get(f"{DATA}/sobjects/Event/{late}")).json()
    assert told["StartDateTime"] == "2027-07-02T03:00:00.000+0000"
    # what becomes a whole day, or a time again, stays on the day that he has before his eyes
    at = f"/r/{late}/fields/IsAllDayEvent"
    saved = await omar.submit(at, IsAllDayEvent="true")
    assert saved.status_code == 303, saved.text
    told = (await api.get(f"{DATA}/sobjects/Event/{late}")).json()
    assert [told[name][:16] for name in ("StartDateTime", "EndDateTime")] == [
        "2027-07-01T00:00",
        "2027-07-02T00:00",
    ]
    assert (await omar.submit(at, IsAllDayEvent="false")).status_code == 303
    told = (await api.get(f"{DATA}/sobjects/Event/{late}")).json()
    assert [told[name][:16] for name in ("StartDateTime", "EndDateTime")] == [
        "2027-07-01T07:00",
        "2027-07-02T07:00",
    ]
    whole = await omar.submit(
        f"/r/{late}/edit",
        StartDateTime="2027-07-01T00:00",
        EndDateTime="2027-07-02T00:00",
        IsAllDayEvent="true",
    )
    assert whole.status_code == 303, whole.text
    told = (await api.get(f"{DATA}/sobjects/Event/{late}")).json()
    assert told["StartDateTime"] == "2027-07-01T00:00:00.000+0000"


async def test_a_call_says_how_long_it_was_as_people_say_it(company: Company) -> None:
    key = await deal(company)
    omar = await company.client("omar")
    made = await omar.submit(f"/r/{key}/activities", kind="call", Subject="Bank", CallDurationInSeconds="95")
    assert made.status_code == 303, made.text
    query = "SELECT Id, CallDurationInSeconds FROM Task WHERE Subject = 'Bank'"
    answer = await (await company.api("omar")).get(f"{DATA}/query", params={"q": query})
    call = answer.json()["records"][0]
    assert call["CallDurationInSeconds"] == 5700
    assert "1 hr 35 min" in (await omar.get(f"/r/{call['Id']}?tab=details")).text
    assert "1 hr 35 min" in (await omar.get("/o/Task?view=all&c=Subject&c=CallDurationInSeconds")).text
    form = (await omar.get(f"/r/{call['Id']}/fields/CallDurationInSeconds")).text
    assert 'value="5700"' in form and "In seconds." in form
    assert "In seconds." not in (await omar.get(f"/r/{key}?tab=activity&new=call")).text
