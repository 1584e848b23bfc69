"""Tasks, cases and leads that are made of posts: what they begin with, who sees that they were made, and who may make them."""

from typing import Any

from hubbub import desk
from hubbub.core import ids
from tests.cast import Company
from tests.feed.test_posts import V, deal, send

DATA = "/services/data/v62.0"


async def make(company: Company, who: str, post: str, object: str = "Task", **fields: Any) -> str:
    answer = await (await company.api(who)).post(
        f"{V}/feed-elements/{post}/records", json={"object": object, "fields": fields}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def read(company: Company, who: str, object: str, key: str) -> dict[str, Any]:
    answer = await (await company.api(who)).get(f"{DATA}/sobjects/{object}/{key}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_task_is_made_of_a_post_by_a_form_that_is_filled_in(company: Company) -> None:
    key = await deal(company)
    post = await send(company, "omar", "They want a quote by Friday\nand a site visit", subject=key)
    omar = await company.client("omar")
    assert f"/posts/{post['id']}/records/new" in (await omar.get(f"/posts/{post['id']}")).text
    form = (await omar.get(f"/posts/{post['id']}/records/new")).text
    assert 'value="They want a quote by Friday"' in form
    assert "They want a quote by Friday\nand a site visit</textarea>" in form
    assert "(Opportunity)" in form and "Omar Haddad" in form
    missing = await omar.submit(f"/posts/{post['id']}/records/new", object="Task", Subject="")
    assert missing.status_code == 422 and "This is needed." in missing.text
    late = await omar.submit(
        f"/posts/{post['id']}/records/new", object="Task", Subject="Quote", ActivityDate="Friday", WhatId=""
    )
    assert late.status_code == 422 and 'value="Quote"' in late.text
    made = await omar.submit(
        f"/posts/{post['id']}/records/new",
        object="Task", Subject="Send the quote", ActivityDate="2026-12-04", Priority="High", OwnerId="Omar Haddad",
        WhatId="Isdom (Opportunity)", WhoId="", Description="Two pages",
    )  # fmt: skip
    assert made.status_code == 303, made.text
    assert made.headers["location"] == f"/posts/{post['id']}"
    found = (await (await company.api("omar")).get(f"{V}/feed-elements/{post['id']}/records")).json()[
        "records"
    ]
    assert [(each["type"], each["name"]) for each in found] == [("Task", "Send the quote")]
    task = await read(company, "omar", "Task", found[0]["id"])
    assert (task["WhatId"], task["ActivityDate"], task["Priority"]) == (key, "2026-12-04", "High")
    # each says of the other
    shown = (await omar.get(f"/posts/{post['id']}")).text
    assert "Made of this:" in shown and "Send the quote" in shown
    record = (await omar.get(f"/r/{found[0]['id']}")).text
    assert f"/posts/{post['id']}" in record and "Made of this post" in record


async def test_what_is_not_said_begins_with_the_post(company: Company) -> None:
    account = ids.show(await company.make("omar", "Account", Name="Quay & Sons"))
    key = await deal(company, AccountId=ids.parse(account))
    post = await send(company, "omar", "The lamp is out again. " + "x" * 400, subject=key)
    task = await read(company, "omar", "Task", await make(company, "omar", post["id"]))
    assert task["Subject"].startswith("The lamp is out again. xxx") and len(task["Subject"]) == 255
    assert (task["WhatId"], task["OwnerId"], task["Status"]) == (key, company.key("omar"), "Not Started")
    case = await read(
        company, "omar", "Case", await make(company, "omar", post["id"], "Case", Priority="High")
    )
    assert (case["AccountId"], case["Priority"], case["Status"]) == (account, "High", "New")
    assert case["Description"].startswith("The lamp is out again.")
    # of a post on a profile
    mine = await send(company, "omar", "Somebody call Ann")
    task = await read(company, "omar", "Task", await make(company, "omar", mine["id"]))
    assert (task["Subject"], task["WhatId"]) == ("Somebody call Ann", None)
    # of a guest's post: a lead of his name
    await company.share(ids.parse(key), "gus")
    asked = await send(company, "gus", "May we have two?", subject=key)
    lead = await read(
        company, "omar", "Lead", await make(company, "omar", asked["id"], "Lead", Company="Quay")
    )
    name = (await (await company.api("omar")).get(f"{V}/users/{company.key('gus')}")).json()["name"]
    assert (lead["Name"], lead["Company"], lead["Description"]) == (name, "Quay", "May we have two?")


async def test_only_who_sees_the_record_learns_that_it_was_made(company: Company) -> None:
    key = await deal(company)
    await company.share(ids.parse(key), "maya")
    post = await send(company, "omar", "Look into it", subject=key)
    # about nothing: who sees what a task is about sees the task
    task = await make(company, "omar", post["id"], Subject="A secret errand", WhatId=None)
    maya, page = await company.api("maya"), await company.client("maya")
    assert (await maya.get(f"{V}/feed-elements/{post['id']}/records")).json() == {"records": []}
    for address in (f"/posts/{post['id']}", f"/r/{key}", "/"):
        text = (await page.get(address)).text
        assert "secret errand" not in text and "Made of this" not in text, address
    assert (await maya.get(f"{V}/records/{task}/source")).status_code == 404
    await company.share(ids.parse(task), "maya")
    (found,) = (await maya.get(f"{V}/feed-elements/{post['id']}/records")).json()["records"]
    assert found["id"] == task and "A secret errand" in (await page.get(f"/posts/{post['id']}")).text
    # and only who sees the post learns of what it was made
    await company.share(ids.parse(task), "nina")
    nina = await company.api("nina")
    assert (await nina.get(f"{V}/records/{task}/source")).json() == {"feedElement": None}
    assert "Made of this post" not in (await (await company.client("nina")).get(f"/r/{task}")).text
    told = (await maya.get(f"{V}/records/{task}/source")).json()["feedElement"]
    assert told["id"] == post["id"]
    # what lies in the bin is made no more, and comes back
    omar = await company.client("omar")
    await omar.submit(f"/r/{task}/delete")
    assert (await maya.get(f"{V}/feed-elements/{post['id']}/records")).json() == {"records": []}
    await omar.submit(f"/bin/{task}/restore")
    assert (await maya.get(f"{V}/feed-elements/{post['id']}/records")).json()["records"] == [found]


async def test_who_may_make_what(company: Company) -> None:
    key = await deal(company)
    post = await send(company, "omar", "Hm", subject=key)
    await company.share(ids.parse(key), "maya")
    await company.share(ids.parse(key), "gus")
    body = {"object": "Task", "fields": {}}
    for who, status in (("maya", 201), ("noor", 201), ("nina", 404), ("gus", 403)):
        answer = await (await company.api(who)).post(f"{V}/feed-elements/{post['id']}/records", json=body)
        assert answer.status_code == status, (who, answer.text)
    assert "/records/new" not in (await (await company.client("gus")).get(f"/posts/{post['id']}")).text
    omar = await company.api("omar")
    for bad in (
        {"object": "Account"}, {"object": "Nothing"}, {}, {"object": "Task", "fields": {"Nothing": 1}},
        {"object": "Task", "fields": {"ActivityDate": "soon"}}, {"object": "Task", "fields": []},
        {"object": "Lead", "fields": {"LastName": "Quay"}}, {"object": "Task", "fields": {"WhatId": company.key("omar")}},
    ):  # fmt: skip
        answer = await omar.post(f"{V}/feed-elements/{post['id']}/records", json=bad)
        assert answer.status_code == 400, (bad, answer.text)
    made = (await omar.get(f"{V}/feed-elements/{post['id']}/records")).json()["records"]
    assert len(made) == 2, "maya's and noor's, which are about his deal; of what was refused nothing is there"


async def test_who_gives_a_task_to_another_goes_on_seeing_it(company: Company) -> None:
    post = await send(company, "nina", "Somebody call Ann")
    task = await make(company, "nina", post["id"], OwnerId=company.key("maya"))
    assert (await read(company, "nina", "Task", task))["OwnerId"] == company.key("maya")
    assert (await read(company, "maya", "Task", task))["Subject"] == "Somebody call Ann"
    mo = await company.api("mo")
    assert (await mo.get(f"{DATA}/sobjects/Task/{task}")).status_code == 404
    notices = (await (await company.client("maya")).get("/notices")).text
    assert "Somebody call Ann" in notices
    # he may read it, no more
    nina = await company.api("nina")
    assert (await nina.patch(f"{DATA}/sobjects/Task/{task}", json={"Priority": "Low"})).status_code == 403


async def test_what_is_purged_leaves_no_trace_of_where_it_came_from(company: Company) -> None:
    key = await deal(company)
    post = await send(company, "omar", "Look", subject=key)
    tasks = [await make(company, "omar", post["id"]) for _ in range(2)]
    omar = await company.client("omar")
    for gone in (tasks[0], key):
        await omar.submit(f"/r/{gone}/delete")
        await omar.submit(f"/bin/{gone}/purge")
        async with company.act() as tx:
            await desk.forget_records(tx, [str(ids.parse(gone))])
            left = await tx.values("select record_id from feed_made where org_id = %(org)s")
        assert left == ([ids.parse(tasks[1])] if gone != key else [])
    assert (await omar.get(f"/r/{tasks[1]}")).status_code == 200
