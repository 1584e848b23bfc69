"""What new people follow from the start: chosen by administrators, for colleagues who are added from then on."""

from hubbub import feed, people
from hubbub.core import ids
from tests.cast import Company
from tests.feed.test_posts import deal, send

FIRST = "/services/data/v62.0/hubbub/first-follows"


async def join(company: Company, name: str, *, guest: bool = False) -> int:
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        return await people.add_user(
            tx,
            ada,
            people.Newcomer(
                username=f"{name}@new.example",
                last_name=name.title(),
                guest=guest,
                permission_sets=(people.GUEST if guest else people.STANDARD,),
            ),
        )


async def follows(company: Company, user_id: int) -> set[str]:
    async with company.act() as tx:
        found = await tx.values(
            "select subject_id from follow where org_id = %(org)s and follower_id = %(user)s",
            {"user": user_id},
        )
    return {ids.show(id) for id in found}


async def news(company: Company, user_id: int) -> set[str]:
    async with company.act() as tx:
        return {item.key for item in (await feed.news(tx, await people.actor(tx, user_id))).items}


async def test_new_colleagues_follow_what_was_chosen(company: Company) -> None:
    key = await deal(company)
    ada = await company.client("ada")
    before = await join(company, "early")
    async with company.act() as tx:
        mo = await people.actor(tx, company.id("mo"))
    said = await send(company, "mo", "Welcome #newcomers")
    hidden = await send(company, "omar", "Between us", subject=key)
    assert (await ada.submit("/setup/first-follows", subject=mo.name)).status_code == 303
    assert (await ada.submit("/setup/first-follows", subject="#newcomers")).status_code == 303
    assert (await ada.submit("/setup/first-follows", subject=f"https://x.example/r/{key}")).status_code == 303
    page = (await ada.get("/setup/first-follows")).text
    assert all(shown in page for shown in (mo.name, "#newcomers", "Isdom"))
    listed = (await (await company.api("ada")).get(FIRST)).json()
    assert listed["total"] == 3
    made = await join(company, "late")
    assert await follows(company, made) == {each["id"] for each in listed["subjects"]}
    # To follow is not to see.
    assert await news(company, made) == {said["id"]}
    assert hidden["id"] not in await news(company, made)
    assert await follows(company, before) == set()
    assert await follows(company, await join(company, "visitor", guest=True)) == set()


async def test_what_is_removed_stays_with_who_follows_it(company: Company) -> None:
    api = await company.api("ada")
    assert (await api.post(FIRST, json={"subjectId": company.key("mo")})).status_code == 204
    assert (
        await api.post(FIRST, json={"subjectId": company.key("mo")})
    ).status_code == 204  # once more is once
    assert (await api.get(FIRST)).json()["total"] == 1
    first = await join(company, "first")
    assert (await api.delete(f"{FIRST}/{company.key('mo')}")).status_code == 204
    assert (await api.delete(f"{FIRST}/{company.key('mo')}")).status_code == 404
    assert await follows(company, first) == {company.key("mo")}
    assert await follows(company, await join(company, "second")) == set()
    assert [name for name in ("feed.first_follow.added", "feed.first_follow.removed")
            if len(await company.events(name)) == 1] == ["feed.first_follow.added", "feed.first_follow.removed"]  # fmt: skip


async def test_a_form_says_what_it_does_not_know(company: Company) -> None:
    ada = await company.client("ada")
    for text in ("", "Nobody Such", "#none", "/r/0060000000000zz"):
        answer = await ada.submit("/setup/first-follows", subject=text)
        assert answer.status_code == 422, text
    for who in ("omar", "gus"):
        assert (await (await company.api(who)).get(FIRST)).status_code == 404
