"""The members of a campaign on its page: added, answered, taken out; of whom one does not see only that there is somebody."""

import re

from hubbub.core import ids
from tests.cast import Company
from tests.desk.test_activities import make, refused
from tests.desk.test_making import DATA


async def campaign(company: Company) -> str:
    return await make(company, "omar", "Campaign", Name="Harbour Days")


async def test_members_are_added_by_name_and_their_answers_noted(company: Company) -> None:
    key = await campaign(company)
    await make(company, "omar", "Lead", FirstName="Tove", LastName="Lind", Company="Fjordline")
    omar = await company.client("omar")
    empty = (await omar.get(f"/r/{key}?tab=members")).text
    assert "Nobody yet." in empty and f'action="/r/{key}/members"' in empty
    added = await omar.submit(f"/r/{key}/members", LeadId="Tove Lind", Status="Sent")
    assert (added.status_code, added.headers["location"]) == (303, f"/r/{key}?tab=members")
    page = (await omar.get(f"/r/{key}?tab=members")).text
    assert "Tove Lind" in page and ">(1)<" in page
    for wrong, words in (
        ({"LeadId": "Tove Lind"}, "this is there already"),
        ({"LeadId": "Nobody"}, "There is no “Nobody” that you can see."),
        ({}, "Choose a lead or a contact"),
    ):
        refused = await omar.submit(f"/r/{key}/members", **({"LeadId": "", "ContactId": ""} | wrong))
        assert refused.status_code == 422 and words in refused.text, wrong
    (member,) = set(re.findall(r'action="/r/(\w+)/fields/Status"', page))
    back = f"/r/{key}?tab=members"
    saved = await omar.submit(f"/r/{member}/fields/Status", Status="Responded", _version="1", next=back)
    assert (saved.status_code, saved.headers["location"]) == (303, back)
    read = await (await company.api("omar")).get(f"{DATA}/sobjects/CampaignMember/{member}")
    assert read.json()["Status"] == "Responded"
    gone = await omar.submit(f"/r/{member}/delete", next=back)
    assert (gone.status_code, gone.headers["location"]) == (303, back)
    assert "Tove Lind" not in (await omar.get(back)).text.partition("<tbody>")[2]
    # nobody is led away from here
    again = await omar.submit(f"/r/{key}/delete", next="https://elsewhere.example/")
    assert again.headers["location"] == "/"


async def test_whom_one_does_not_see_has_no_name_among_the_members(company: Company) -> None:
    key = await campaign(company)
    hidden = await make(company, "omar", "Lead", LastName="Lind", Company="Fjordline")
    await make(company, "omar", "CampaignMember", CampaignId=key, LeadId=hidden)
    nina, gus = await company.client("nina"), await company.client("gus")
    page = (await nina.get(f"/r/{key}?tab=members")).text
    assert "Somebody whom you cannot see" in page and "Lind" not in page and hidden not in page
    assert (
        "/fields/Status" not in page
        and "/delete" not in page.partition("<tbody>")[2].partition("</tbody>")[0]
    )
    # who may only read a campaign adds nobody to it; and who may edit it, only whom he sees
    assert f'action="/r/{key}/members"' not in page
    assert (await nina.submit(f"/r/{key}/members", LeadId="Lind")).status_code == 403
    own = await make(company, "nina", "Lead", LastName="Quist", Company="Fjordline")
    shut = (400, "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY")
    assert await refused(company, "nina", "CampaignMember", CampaignId=key, LeadId=own) == shut
    await company.share(ids.parse(key), "nina", 2)
    guessed = await nina.submit(f"/r/{key}/members", LeadId="Lind")
    unknown = await nina.submit(f"/r/{key}/members", LeadId="Nobody")
    assert (guessed.status_code, unknown.status_code) == (422, 422)
    assert "There is no “Lind” that you can see." in guessed.text
    assert (await gus.get(f"/r/{key}?tab=members")).status_code == 404
    await company.share(ids.parse(key), "gus")
    assert (await gus.submit(f"/r/{key}/members", LeadId="Lind")).status_code in (403, 404)
    # what has no members has no such tab
    account = await make(company, "omar", "Account", Name="Quay")
    omar = await company.client("omar")
    assert 'id="record-members"' not in (await omar.get(f"/r/{account}?tab=members")).text
