"""Home leads with what needs me, and offers whom and what to follow with the reason: of what I see alone."""

from datetime import date
from html import unescape

from hubbub.core import ids
from tests.cast import Company


async def home(company: Company, name: str) -> str:
    return unescape((await (await company.client(name)).get("/")).text)


async def test_questions_on_my_deals_and_overdue_tasks_come_first(company: Company) -> None:
    deal = await company.make(
        "omar", "Opportunity", Name="Locks", StageName="Prospecting", CloseDate=date(2099, 1, 31)
    )
    await company.make("omar", "Task", Subject="Call the mill", ActivityDate=date(2020, 1, 1))
    await company.make("omar", "Task", Subject="Not yet", ActivityDate=date(2099, 1, 1))
    await company.make("nina", "Task", Subject="Nina's own", ActivityDate=date(2020, 1, 1))
    noor = await company.client("noor")
    await noor.submit("/posts", subject=ids.show(deal), kind="QuestionPost", title="Who signs?", text="")
    page = await home(company, "omar")
    needs = page[
        page.index('class="card needs"') : page.index("</section>", page.index('class="card needs"'))
    ]
    assert needs.index("Who signs?") < needs.index("Call the mill")
    assert "nobody has answered this" in needs and "task was due" in needs
    assert "Not yet" not in needs and "Nina's own" not in needs
    assert "Who signs?" not in await home(company, "nina")
    post = needs.partition('href="/posts/')[2].partition('"')[0]
    await (await company.client("omar")).submit(f"/posts/{post}/comments", text="I do")
    page = await home(company, "omar")
    assert 'class="card needs"' in page
    assert "nobody has answered this" not in page


async def test_what_is_worth_following_is_of_what_one_sees(company: Company) -> None:
    deal = await company.make(
        "omar", "Opportunity", Name="Worth a look", StageName="Prospecting", CloseDate=date(2099, 1, 31)
    )
    seen = await company.make("nina", "Account", Name="Sund Ferries")
    omar, nina = [await company.client(name) for name in ("omar", "nina")]
    before = await home(company, "nina")
    assert "Worth a look" not in before
    await nina.submit(f"/subjects/{company.key('omar')}/follow")
    await omar.submit(f"/subjects/{ids.show(deal)}/follow")
    await omar.submit(f"/subjects/{ids.show(seen)}/follow")
    await omar.submit(f"/subjects/{company.key('maya')}/follow")
    page = await home(company, "nina")
    assert "Worth a look" not in page
    assert "Sund Ferries" in page and "followed by 1 person you follow" in page
    await nina.submit(f"/subjects/{ids.show(seen)}/follow")
    side = (await home(company, "nina")).partition('class="right"')[2]
    assert "Sund Ferries" not in side
    assert "You may want to follow" not in await home(company, "gus")
