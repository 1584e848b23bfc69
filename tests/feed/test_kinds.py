"""Questions, polls, shares, thanks and calls: what they are on the wire and on pages, and who may do what to them."""

import asyncio
from typing import Any

import pytest

from hubbub.core import ids
from tests.cast import Company
from tests.feed.test_posts import V, deal, send
from tests.feed.test_talk import comment, element_of

NOWHERE = {
    "actor", "body", "createdDate", "id", "parent", "relativeCreatedDate", "url",
}  # fmt: skip


async def make(
    company: Company, name: str, subject: str = "me", text: str = "", **capabilities: Any
) -> dict[str, Any]:
    """An element with these capabilities, made by the API."""
    given: dict[str, Any] = {
        "subjectId": subject,
        "feedElementType": "FeedItem",
        "capabilities": capabilities,
    }
    if text:
        given["body"] = {"messageSegments": [{"type": "Text", "text": text}]}
    answer = await (await company.api(name)).post(f"{V}/feed-elements", json=given)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def ask(company: Company, name: str, title: str, subject: str = "me", text: str = "") -> dict[str, Any]:
    return await make(company, name, subject, text, questionAndAnswers={"questionTitle": title})


async def poll(company: Company, name: str, *choices: str, subject: str = "me") -> dict[str, Any]:
    return await make(company, name, subject, "Which gauge?", poll={"choices": list(choices)})


async def part(company: Company, name: str, element: dict[str, Any], capability: str) -> dict[str, Any]:
    answer = await (await company.api(name)).get(f"{element['url']}/capabilities/{capability}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def change(company: Company, name: str, element: dict[str, Any], capability: str, **given: Any) -> Any:
    client = await company.api(name)
    return await client.patch(f"{element['url']}/capabilities/{capability}", json=given)


# --- questions -----------------------------------------------------------------------------------------------------


async def test_a_question_has_a_title_and_may_do_without_a_text(company: Company) -> None:
    element = await ask(company, "omar", "  Who knows\nthe port & its tides? ")
    assert (element["type"], element["body"]["text"]) == ("QuestionPost", "")
    question = element["capabilities"]["questionAndAnswers"]
    assert question["questionTitle"] == "Who knows the port &amp; its tides?"
    assert (question["bestAnswer"], question["canCurrentUserSelectOrRemoveBestAnswer"]) == (None, True)
    page = await (await company.client("nina")).get(f"/posts/{element['id']}")
    assert "Who knows the port &amp; its tides?" in page.text
    for title in ("", " \n ", "x" * 256, 7):
        answer = await (await company.api("omar")).post(
            f"{V}/feed-elements",
            json={
                "subjectId": "me",
                "capabilities": {"questionAndAnswers": {"questionTitle": title, "x": 1}},
            },
        )
        assert answer.status_code == 400, title


async def test_the_asker_the_records_owner_and_moderators_choose_the_best_answer(company: Company) -> None:
    key = await deal(company)
    await company.share(ids.parse(key), "nina")
    await company.share(ids.parse(key), "maya")
    await company.share(ids.parse(key), "mo")
    element = await ask(company, "nina", "Terms?", subject=key)
    answers = [await comment(company, who, element, who) for who in ("maya", "noor")]
    name = "question-and-answers"
    assert (await change(company, "maya", element, name, bestAnswerId=answers[0]["id"])).status_code == 403
    assert (await change(company, "gus", element, name, bestAnswerId=answers[0]["id"])).status_code == 404
    for who, answer in (("nina", answers[0]), ("omar", answers[1]), ("mo", answers[0])):
        told = await change(company, who, element, name, bestAnswerId=answer["id"])
        assert told.status_code == 200, (who, told.text)
        assert told.json()["bestAnswer"]["id"] == answer["id"]
        assert told.json()["bestAnswerSelectedBy"]["id"] == company.key(who)
    shown = (await element_of(company, "maya", element))["capabilities"]["questionAndAnswers"]
    assert shown["bestAnswer"]["id"] == answers[0]["id"]
    assert shown["canCurrentUserSelectOrRemoveBestAnswer"] is False
    gone = await change(company, "nina", element, name, bestAnswerId=None)
    assert (gone.json()["bestAnswer"], gone.json()["bestAnswerSelectedBy"]) == (None, None)


async def test_only_a_comment_of_the_first_level_of_that_question_is_an_answer(company: Company) -> None:
    element, other = await ask(company, "omar", "One?"), await ask(company, "omar", "Two?")
    elsewhere = await comment(company, "nina", other, "elsewhere")
    answer = await comment(company, "nina", element, "here")
    reply = (
        await (await company.api("omar")).post(
            f"{element['url']}/capabilities/comments/items",
            json={
                "body": {"messageSegments": [{"type": "Text", "text": "hm"}]},
                "threadParentId": answer["id"],
            },
        )
    ).json()
    for wrong in (elsewhere, reply):
        told = await change(company, "omar", element, "question-and-answers", bestAnswerId=wrong["id"])
        assert told.status_code == 400, told.text
    assert "verified" not in reply["capabilities"]
    post = await send(company, "omar", "No question")
    assert (await change(company, "omar", post, "question-and-answers", bestAnswerId=None)).status_code == 404


async def test_a_best_answer_that_is_taken_away_is_best_no_more(company: Company) -> None:
    element = await ask(company, "omar", "Who?")
    answer = await comment(company, "nina", element, "Ines")
    await change(company, "omar", element, "question-and-answers", bestAnswerId=answer["id"])
    assert (await (await company.api("nina")).delete(answer["url"])).status_code == 204
    question = (await element_of(company, "omar", element))["capabilities"]["questionAndAnswers"]
    assert (question["bestAnswer"], question["bestAnswerSelectedBy"]) == (None, None)


async def test_moderators_verify_answers(company: Company) -> None:
    element = await ask(company, "omar", "Is it tidal?")
    answer = await comment(company, "nina", element, "Yes")
    said = (await comment(company, "nina", await send(company, "omar", "hm"), "ok"))["capabilities"]
    assert "verified" not in said
    path = f"{answer['url']}/capabilities/verified"
    assert (await (await company.api("omar")).patch(path, json={"isVerified": True})).status_code == 403
    mo = await company.api("mo")
    told = (await mo.patch(path, json={"isVerified": True})).json()
    assert (told["isVerified"], told["isVerifiableByMe"], told["lastVerifiedByUser"]["id"]) == (
        True, True, company.key("mo"),
    )  # fmt: skip
    assert (await element_of(company, "nina", element))["hasVerifiedComment"] is True
    omar = (await (await company.api("omar")).get(answer["url"])).json()["capabilities"]["verified"]
    assert (omar["isVerified"], omar["isVerifiableByMe"]) == (True, False)
    assert (await mo.patch(path, json={"isVerified": False})).json()["isVerified"] is False
    assert (await element_of(company, "nina", element))["hasVerifiedComment"] is False
    assert (await mo.patch(path, json={"isVerified": "perhaps"})).status_code == 400


async def test_best_and_verified_answers_on_the_page(company: Company) -> None:
    element = await ask(company, "omar", "Who?")
    answer = await comment(company, "nina", element, "Ines, she knows")
    omar, mo = await company.client("omar"), await company.client("mo")
    assert (await omar.submit(f"/comments/{answer['id']}/best-answer")).status_code == 303
    assert (await mo.submit(f"/comments/{answer['id']}/verification")).status_code == 303
    page = (await omar.get(f"/posts/{element['id']}")).text
    best = page[page.index('class="best-answer"') :].partition("</section>")[0]
    assert "Ines, she knows" in best and "Verified" in best
    assert f"/comments/{answer['id']}/best-answer/delete" in page
    others = (await (await company.client("noor")).get(f"/posts/{element['id']}")).text
    assert f"/comments/{answer['id']}/best-answer" not in others
    assert (await omar.submit(f"/comments/{answer['id']}/best-answer/delete")).status_code == 303
    assert 'class="best-answer"' not in (await omar.get(f"/posts/{element['id']}")).text


# --- polls ---------------------------------------------------------------------------------------------------------


async def test_a_poll_is_voted_in_once_and_tells_how_it_stands_to_who_has_voted(company: Company) -> None:
    element = await poll(company, "omar", "Radar", "Float", "Pressure")
    before = element["capabilities"]["poll"]
    assert [(c["position"], c["text"], c["voteCount"], c["voteCountRatio"]) for c in before["choices"]] == [
        (1, "Radar", None, None), (2, "Float", None, None), (3, "Pressure", None, None),
    ]  # fmt: skip
    radar, float_, _ = (choice["id"] for choice in before["choices"])
    for who, choice in (("omar", radar), ("nina", radar), ("noor", float_)):
        assert (await change(company, who, element, "poll", myChoiceId=choice)).status_code == 200
    told = await part(company, "nina", element, "poll")
    assert [(c["voteCount"], round(c["voteCountRatio"], 3)) for c in told["choices"]] == [
        (2, 0.667),
        (1, 0.333),
        (0, 0),
    ]
    assert (told["myChoiceId"], told["totalVoteCount"]) == (radar, 3)
    hidden = await part(company, "maya", element, "poll")
    assert {c["voteCount"] for c in hidden["choices"]} == {None} and hidden["totalVoteCount"] == 3
    again = await change(company, "nina", element, "poll", myChoiceId=radar)
    other = await change(company, "nina", element, "poll", myChoiceId=float_)
    assert (again.status_code, other.status_code) == (200, 400)
    assert (await part(company, "nina", element, "poll"))["totalVoteCount"] == 3


async def test_votes_at_once_are_counted_exactly(company: Company) -> None:
    element = await poll(company, "omar", "Radar", "Float")
    choices = [choice["id"] for choice in element["capabilities"]["poll"]["choices"]]
    voters = ["ada", "omar", "maya", "noor", "nina", "mo"]
    clients = {who: await company.api(who) for who in voters}
    path = f"{element['url']}/capabilities/poll"
    answers = await asyncio.gather(
        *(clients[who].patch(path, json={"myChoiceId": choices[n % 2]}) for n in range(3) for who in voters)
    )
    assert {answer.status_code for answer in answers} <= {200, 400, 409}
    told = await part(company, "omar", element, "poll")
    assert told["totalVoteCount"] == sum(choice["voteCount"] for choice in told["choices"]) == len(voters)


async def test_polls_have_two_to_ten_different_choices_and_a_question(company: Company) -> None:
    omar = await company.api("omar")
    for choices in (
        ["a"],
        [],
        [str(n) for n in range(11)],
        ["Same", " same "],
        ["a", 7],
        ["a", "x" * 256],
        "ab",
    ):
        answer = await omar.post(
            f"{V}/feed-elements",
            json={"subjectId": "me", "body": {"messageSegments": [{"type": "Text", "text": "?"}]},
                  "capabilities": {"poll": {"choices": choices}}},
        )  # fmt: skip
        assert answer.status_code == 400, choices
    wordless = {"subjectId": "me", "capabilities": {"poll": {"choices": ["a", "b"]}}}
    assert (await omar.post(f"{V}/feed-elements", json=wordless)).status_code == 400


async def test_a_closed_poll_takes_no_votes_and_tells_all_how_it_stands(company: Company) -> None:
    element = await poll(company, "omar", "Radar", "Float")
    radar = element["capabilities"]["poll"]["choices"][0]["id"]
    await change(company, "nina", element, "poll", myChoiceId=radar)
    assert (await change(company, "omar", element, "close", isClosed=True)).status_code == 200
    assert (await change(company, "noor", element, "poll", myChoiceId=radar)).status_code == 400
    told = await part(company, "noor", element, "poll")
    assert ([c["voteCount"] for c in told["choices"]], told["myChoiceId"]) == ([1, 0], None)


async def test_a_poll_on_an_unseen_deal_and_choices_of_other_polls(company: Company) -> None:
    element = await poll(company, "omar", "Radar", "Float", subject=await deal(company))
    other = await poll(company, "omar", "Red", "Green")
    radar, red = (each["capabilities"]["poll"]["choices"][0]["id"] for each in (element, other))
    assert (await change(company, "nina", element, "poll", myChoiceId=radar)).status_code == 404
    assert (await change(company, "noor", element, "poll", myChoiceId=red)).status_code == 400
    assert (
        await change(company, "noor", await send(company, "omar", "x"), "poll", myChoiceId=red)
    ).status_code == 404


async def test_a_poll_on_its_page(company: Company) -> None:
    element = await poll(company, "omar", "Radar <b>", "Float")
    nina = await company.client("nina")
    page = (await nina.get(f"/posts/{element['id']}")).text
    assert "Radar &lt;b&gt;" in page and "<progress" not in page
    radar = element["capabilities"]["poll"]["choices"][0]["id"]
    assert (await nina.submit(f"/posts/{element['id']}/poll-votes")).status_code == 400
    assert (await nina.submit(f"/posts/{element['id']}/poll-votes", choice=radar)).status_code == 303
    page = (await nina.get(f"/posts/{element['id']}")).text
    assert '<progress value="1" max="1"' in page and "100 %" in page


# --- shares --------------------------------------------------------------------------------------------------------


async def test_a_share_shows_the_original_only_to_who_may_see_it(company: Company) -> None:
    key = await deal(company)
    original = await send(company, "omar", "They pay in ninety days", subject=key)
    share = await make(company, "noor", "me", "Look", feedEntityShare={"feedEntityId": original["id"]})
    for who, seen in (("omar", True), ("noor", True), ("nina", False)):
        element = await element_of(company, who, share)
        inner = element["capabilities"]["feedEntityShare"]["feedEntity"]
        page = (await (await company.client(who)).get(f"/posts/{share['id']}")).text
        if seen:
            assert (inner["id"], inner["body"]["text"]) == (original["id"], "They pay in ninety days")
            assert element["originalFeedItem"]["id"] == original["id"]
            assert element["originalFeedItemActor"]["id"] == company.key("omar")
            assert "They pay in ninety days" in page and element["isSharable"]
        else:
            assert inner["isEntityAvailable"] is False and not any(inner[name] for name in NOWHERE)
            assert (element["originalFeedItem"], element["originalFeedItemActor"]) == (None, None)
            assert not element["isSharable"]
            assert original["id"] not in page and "ninety" not in page and "Omar" not in page
            assert "A post that you cannot see" in page
    assert (await (await company.api("omar")).delete(original["url"])).status_code == 204
    gone = (await element_of(company, "omar", share))["capabilities"]["feedEntityShare"]["feedEntity"]
    assert gone == (await element_of(company, "nina", share))["capabilities"]["feedEntityShare"]["feedEntity"]


async def test_shares_are_counted_as_far_as_one_sees_them(company: Company) -> None:
    key = await deal(company)
    original = await send(company, "nina", "Open to all")
    await make(company, "omar", key, feedEntityShare={"feedEntityId": original["id"]})
    share = await make(company, "omar", "me", feedEntityShare={"feedEntityId": original["id"]})
    # what shares something shares that
    again = await make(company, "noor", "me", feedEntityShare={"feedEntityId": share["id"]})
    assert again["originalFeedItem"]["id"] == original["id"]
    for who, count in (("omar", 3), ("noor", 3), ("nina", 2)):
        page = (await (await company.client(who)).get(f"/posts/{original['id']}")).text
        link = page[page.index(f'href="/posts/{original["id"]}/share"') :].partition("</a>")[0]
        assert f'<span class="figure">{count}</span>' in link, (who, link)


async def test_sharing_by_the_form(company: Company) -> None:
    key = await deal(company)
    original = await send(company, "nina", "Tide tables are out")
    omar = await company.client("omar")
    form = (await omar.get(f"/posts/{original['id']}/share?q=isd")).text
    assert f"to={key}" in form and "Tide tables are out" in form
    assert (
        f"to={key}"
        not in (await (await company.client("nina")).get(f"/posts/{original['id']}/share?q=isd")).text
    )
    answer = await omar.submit(f"/posts/{original['id']}/shares", subject=key, text="For the deal")
    assert answer.status_code == 303
    page = (await omar.get(f"/r/{key}")).text
    assert "For the deal" in page and "Tide tables are out" in page
    assert (
        await (await company.client("maya")).submit(f"/posts/{original['id']}/shares", subject=key)
    ).status_code == 404
    hidden = await send(company, "omar", "secret", subject=key)
    nina = await company.client("nina")
    assert (await nina.get(f"/posts/{hidden['id']}/share")).status_code == 404
    assert (
        await nina.submit(f"/posts/{hidden['id']}/shares", subject=company.key("nina"))
    ).status_code == 404


# --- thanks and calls ----------------------------------------------------------------------------------------------


async def test_thanks_with_a_badge_stand_on_the_profile_of_who_is_thanked(company: Company) -> None:
    element = await make(
        company, "omar", company.key("nina"), "For the night shift", thanks={"badge": "teamwork"}
    )
    assert (element["type"], element["parent"]["id"]) == ("RypplePost", company.key("nina"))
    assert element["capabilities"]["thanks"] == {"badge": "teamwork", "label": "Team player"}
    noor = await company.client("noor")
    page = (await noor.get(f"/people/{company.key('nina')}")).text
    assert "Team player" in page and "For the night shift" in page
    assert (await noor.submit(f"/people/{company.key('nina')}/thanks", badge="idea")).status_code == 303
    assert "Good idea" in (await noor.get(f"/people/{company.key('nina')}")).text
    refused = await noor.submit(f"/people/{company.key('nina')}/thanks", badge="crown", text="kept")
    assert refused.status_code == 422 and "kept" in refused.text
    assert (await noor.get(f"/people/{company.key('noor')}/thanks")).status_code == 403


@pytest.mark.parametrize(
    ("subject", "capability"),
    [
        ("omar", {"thanks": {"badge": "teamwork"}}),
        ("nina", {"thanks": {"badge": "crown"}}),
        ("nina", {"call": {"minutes": 5}}),
        ("deal", {"thanks": {"badge": "teamwork"}}),
        ("deal", {"call": {"minutes": -1}}),
        ("deal", {"call": {"minutes": "5"}}),
        ("deal", {"call": {"minutes": 5}, "thanks": {"badge": "idea"}}),
        ("deal", {"content": {"title": "x"}}),
    ],
)
async def test_what_is_no_thanks_and_no_call_is_refused(
    company: Company, subject: str, capability: dict[str, Any]
) -> None:
    key = await deal(company) if subject == "deal" else company.key(subject)
    given = {"subjectId": key, "capabilities": capability}
    assert (await (await company.api("omar")).post(f"{V}/feed-elements", json=given)).status_code == 400


async def test_a_call_is_logged_on_a_record(company: Company) -> None:
    element = await make(
        company, "omar", await deal(company), "They agree", call={"subject": "Terms", "minutes": 12}
    )
    assert element["type"] == "CallLogPost"
    assert element["capabilities"]["call"] == {"minutes": 12, "subject": "Terms"}
    page = (await (await company.client("noor")).get(f"/posts/{element['id']}")).text
    assert "Terms" in page and "12 minutes" in page and "They agree" in page


# --- live cards ----------------------------------------------------------------------------------------------------


async def test_a_record_that_a_post_links_shows_as_its_reader_reads_it(company: Company) -> None:
    key = await deal(company, Name="Isdom gauges")
    await company.share(ids.parse(key), "maya")
    answer = await (await company.api("omar")).post(
        f"{V}/feed-elements",
        json={"subjectId": "me", "body": {"messageSegments": [
            {"type": "Text", "text": "See "}, {"type": "EntityLink", "entityId": key}]}},
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    pages = {
        who: (await (await company.client(who)).get(f"/posts/{answer.json()['id']}")).text
        for who in ("omar", "maya", "nina")
    }
    assert "live-card" in pages["omar"] and "$1,000" in pages["omar"]
    assert "live-card" in pages["maya"] and "$1,000" not in pages["maya"]  # she may not read the amount
    assert "live-card" not in pages["nina"] and "Isdom" not in pages["nina"]
    question = await ask(company, "omar", "Terms?", subject=key)
    assert "$1,000" in (await (await company.client("noor")).get(f"/posts/{question['id']}")).text
    assert "$1,000" not in (await (await company.client("maya")).get(f"/posts/{question['id']}")).text
