"""The digest: once a day of one's own clock, only where something happened, and as one sees it when one reads."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hubbub import feed
from hubbub.core import ids
from hubbub.feed.actions import digest
from tests.cast import Company
from tests.feed.test_posts import deal, send
from tests.inbox.test_following import follow
from tests.inbox.test_notices import V, kinds, say, told

DIGESTS = f"{V}/hubbub/digests"


async def for_digest(company: Company, name: str, subject: str) -> None:
    made = await follow(company, name, subject)
    answer = await (await company.api(name)).patch(made["url"], json={"level": "digest"})
    assert answer.status_code == 200, answer.text


async def turn(company: Company, name: str) -> str:
    """His turn, as the job names it."""
    async with company.act() as tx:
        at = await tx.value(
            "select next_at from digest_turn where org_id = %(org)s and user_id = %(user)s",
            {"user": company.id(name)},
        )
    return at.astimezone(UTC).isoformat()


async def waiting(company: Company, name: str) -> list[tuple[Any, ...]]:
    """The jobs that wait for him: when, and for which turn."""
    async with company.act() as tx:
        return await tx.tuples(
            """select j.scheduled_at, j.args ->> 'turn' from procrastinate_jobs j
               where j.task_name = 'feed.digest' and j.args ->> 'user' = %(key)s and j.status = 'todo'
               order by j.id""",
            {"key": company.key(name)},
        )


async def next_day(company: Company, name: str) -> None:
    """The worker does what waits for him, as if its hour had come, and yesterday's digest was yesterday."""
    async with company.act() as tx:
        await tx.run(
            "update digest_day set day = day - 1 where org_id = %(org)s and user_id = %(user)s",
            {"user": company.id(name)},
        )
    at = await turn(company, name)
    async with company.act() as tx:
        await feed.JOBS["feed.digest"](tx, user=company.key(name), turn=at)


async def shown(company: Company, name: str) -> list[tuple[str, list[str]]]:
    """His newest digest: its subjects, each with what is said there."""
    api = await company.api(name)
    days = (await api.get(DIGESTS)).json()["digests"]
    if not days:
        return []
    found = (await api.get(days[0]["url"])).json()
    return [
        (each["subject"]["name"], [item["body"]["text"] for item in each["elements"]])
        for each in found["subjects"]
    ]


async def test_once_a_day_the_bell_tells_of_what_others_did(company: Company) -> None:
    key = await deal(company)
    await company.share(ids.parse(key), "maya")
    before = await send(company, "omar", "Said before", key)
    await for_digest(company, "maya", key)
    await next_day(company, "maya")
    assert await kinds(company, "maya") == [] and await shown(company, "maya") == [], "nothing happened"

    await send(company, "omar", "They want 60 days", key)
    await send(company, "maya", "My own words", key)
    await say(company, "omar", before, "and again")
    assert await kinds(company, "maya") == [], "not at once"
    await next_day(company, "maya")
    (line,) = await told(company, "maya")
    assert (line["type"], line["messageTitle"], line["count"]) == ("digest", "Your digest is ready", 1)
    assert await shown(company, "maya") == [("Isdom", ["Said before", "They want 60 days"])]
    assert len(await company.events("feed.digest.created")) == 1

    await next_day(company, "maya")
    assert len((await (await company.api("maya")).get(DIGESTS)).json()["digests"]) == 1, "nothing new"
    browser = await company.client("maya")
    opened = await browser.get(f"/notices/{line['id']}")
    assert (opened.status_code, opened.headers["location"]) == (303, "/digest")
    page = (await browser.get("/digest")).text
    assert "They want 60 days" in page and "My own words" not in page
    await send(company, "omar", "And tomorrow?", key)
    await next_day(company, "maya")
    assert await shown(company, "maya") == [("Isdom", ["And tomorrow?"])]
    assert len(await told(company, "maya")) == 1, "one line, however many days"


async def test_a_digest_is_read_with_the_sight_of_its_reader_at_that_time(company: Company) -> None:
    key, other = await deal(company), await deal(company, Name="Other")
    for each in (key, other):
        await company.share(ids.parse(each), "maya")
        await for_digest(company, "maya", each)
        await send(company, "omar", f"On {each}", each)
    async with company.act() as tx:
        await tx.run(
            "delete from record_share where org_id = %(org)s and record_id = %(id)s", {"id": ids.parse(other)}
        )
    await next_day(company, "maya")
    assert await shown(company, "maya") == [("Isdom", [f"On {key}"])]
    api = await company.api("maya")
    (day,) = (await api.get(DIGESTS)).json()["digests"]
    for name in ("omar", "nina"):  # a day is each person's own
        assert (await (await company.api(name)).get(day["url"])).status_code == 404
    async with company.act() as tx:
        await tx.run(
            "delete from record_share where org_id = %(org)s and record_id = %(id)s", {"id": ids.parse(key)}
        )
    assert await shown(company, "maya") == []
    assert "Isdom" not in (await (await company.client("maya")).get("/digest")).text
    for wrong in ("2026-1-1", "soon", "99999-01-01"):
        assert (await api.get(f"{DIGESTS}/{wrong}")).status_code == 404


async def test_what_somebody_says_where_i_do_not_look_is_not_in_my_digest_of_him(company: Company) -> None:
    """The subject is seen, and a digest made: each item is asked for by itself."""
    key = await deal(company)
    await for_digest(company, "maya", company.key("omar"))
    await send(company, "omar", "For all")
    said = await send(company, "omar", "On the deal", key)
    await next_day(company, "maya")
    assert await shown(company, "maya") == [("Omar Haddad", ["For all"])]
    await company.share(ids.parse(key), "maya")
    assert await shown(company, "maya") == [("Omar Haddad", ["On the deal", "For all"])]
    gone = await (await company.api("omar")).delete(f"{V}/chatter/feed-elements/{said['id']}")
    assert gone.status_code == 204
    assert await shown(company, "maya") == [("Omar Haddad", ["For all"])]


async def test_what_happened_out_of_sight_is_told_by_no_notice(company: Company) -> None:
    """Counts obey sight when it is sent, too."""
    key = await deal(company)
    await company.share(ids.parse(key), "maya")
    await for_digest(company, "maya", key)
    async with company.act() as tx:
        await tx.run(
            "delete from record_share where org_id = %(org)s and record_id = %(id)s", {"id": ids.parse(key)}
        )
    await send(company, "omar", "Unseen", key)
    await next_day(company, "maya")
    assert await told(company, "maya") == []
    assert (await (await company.api("maya")).get(DIGESTS)).json() == {"digests": [], "hour": 8}


async def test_a_turn_is_taken_once_and_the_next_one_waits(company: Company) -> None:
    key = await deal(company)
    await company.share(ids.parse(key), "maya")
    await for_digest(company, "maya", key)
    await for_digest(company, "maya", company.key("omar"))
    ((at, named),) = await waiting(company, "maya")
    assert at == datetime.fromisoformat(named), "one job, however much she follows so"
    await send(company, "omar", "Once", key)
    first = await turn(company, "maya")
    for _ in range(2):  # the worker may be told twice
        async with company.act() as tx:
            await feed.JOBS["feed.digest"](tx, user=company.key("maya"), turn=first)
    assert len(await waiting(company, "maya")) == 2, "the one that waited first, and the next day's"
    assert len(await company.events("feed.digest.created")) == 1
    await send(company, "omar", "Twice", key)
    async with company.act() as tx:  # the clock was put back: the same day comes again
        await feed.JOBS["feed.digest"](tx, user=company.key("maya"), turn=await turn(company, "maya"))
    assert len(await company.events("feed.digest.created")) == 1
    assert await shown(company, "maya") == [("Isdom", ["Once"])]
    await next_day(company, "maya")
    assert await shown(company, "maya") == [("Isdom", ["Twice"])], "nothing is lost by it"


async def test_who_follows_nothing_so_any_more_has_no_turn(company: Company) -> None:
    made = await follow(company, "maya", company.key("omar"))
    api = await company.api("maya")
    await api.patch(made["url"], json={"level": "digest"})
    await api.patch(made["url"], json={"level": "all"})
    await next_day(company, "maya")
    async with company.act() as tx:
        assert await tx.value("select count(*) from digest_turn where org_id = %(org)s") == 0
    await api.patch(made["url"], json={"level": "digest"})
    assert await turn(company, "maya")


async def test_who_does_not_want_to_be_told_finds_it_all_the_same(company: Company) -> None:
    await for_digest(company, "maya", company.key("omar"))
    api = await company.api("maya")
    off = await api.post(
        f"{V}/connect/notifications/settings/organization/digest", json={"desktopEnabled": False}
    )
    assert off.status_code == 200, off.text
    await send(company, "omar", "Quietly")
    await next_day(company, "maya")
    assert await told(company, "maya") == []
    assert await shown(company, "maya") == [("Omar Haddad", ["Quietly"])]


def test_the_hour_is_that_of_ones_own_clock_whatever_it_does() -> None:
    at = datetime(2026, 3, 28, 12, tzinfo=UTC)  # the night before the clocks go forward in Berlin
    assert digest.next_turn("Europe/Berlin", at, 8) == datetime(2026, 3, 29, 6, tzinfo=UTC)
    assert digest.next_turn("Europe/Berlin", at - timedelta(days=1), 8) == datetime(
        2026, 3, 28, 7, tzinfo=UTC
    )
    assert digest.next_turn("Asia/Kolkata", at, 8) == datetime(2026, 3, 29, 2, 30, tzinfo=UTC)
    assert digest.next_turn("America/Los_Angeles", at, 8) == datetime(2026, 3, 28, 15, tzinfo=UTC)
    due = datetime(2026, 3, 28, 7, tzinfo=UTC)
    assert digest.next_turn("Europe/Berlin", due, 8) > due, "a turn is never its own next one"


async def test_it_comes_at_the_hour_that_its_owner_chooses(company: Company) -> None:
    key = await deal(company)
    await company.share(ids.parse(key), "maya")
    async with company.act() as tx:
        await tx.run(
            "update app_user set timezone = 'Asia/Kolkata' where org_id = %(org)s and id = %(id)s",
            {"id": company.id("maya")},
        )
    maya = await company.api("maya")
    assert (await maya.get(DIGESTS)).json()["hour"] == 8
    await for_digest(company, "maya", key)
    was = await turn(company, "maya")
    assert "T02:30:00" in was
    assert (await maya.patch(DIGESTS, json={"hour": 18})).json() == {"hour": 18}
    now = await turn(company, "maya")
    assert "T12:30:00" in now
    assert [each[1] for each in await waiting(company, "maya")] == [was, now]
    # The job of the old hour does nothing any more, that of the new one tells once, and awaits the same hour.
    await send(company, "omar", "They want 60 days", key)
    async with company.act() as tx:
        await feed.JOBS["feed.digest"](tx, user=company.key("maya"), turn=was)
    assert await kinds(company, "maya") == []
    await next_day(company, "maya")
    assert await kinds(company, "maya") == ["digest"]
    assert "T12:30:00" in await turn(company, "maya")
    for wrong in (24, -1, "noon", None, True, 8.5):
        assert (await maya.patch(DIGESTS, json={"hour": wrong})).status_code == 400, wrong
    browser = await company.client("maya")
    assert (await browser.submit("/digest/hour", hour="6")).status_code == 303
    page = (await browser.get("/digest")).text
    assert '<option value="6" selected>06:00</option>' in page and "Asia/Kolkata" in page
    assert "T00:30:00" in await turn(company, "maya")
    assert (await browser.submit("/digest/hour", hour="25")).status_code == 400
    assert (await (await company.api("omar")).get(DIGESTS)).json()["hour"] == 8, "each his own"
    assert len(await company.events("feed.digest_hour.changed")) == 2
