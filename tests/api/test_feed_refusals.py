"""What the feed refuses over REST: the status, the error code, and that nothing of it was done."""

from typing import Any

from hubbub.core import ids
from hubbub.core.ids import Type
from tests.cast import Company
from tests.feed.test_posts import V, deal, send
from tests.feed.test_talk import comment

NO_POST, NO_COMMENT = ids.show(ids.make(Type.FEED_ITEM, 3)), ids.show(ids.make(Type.COMMENT, 3))
NO_USER, NO_DEAL = ids.show(ids.make(Type.USER, 3)), ids.show(ids.make(Type.OPPORTUNITY, 3))
NO_LIKE, NO_TOPIC = ids.show(ids.make(Type.LIKE, 3)), ids.show(ids.make(Type.TOPIC, 3))
INPUT, MISSING, EMPTY = "INVALID_INPUT", "MISSING_ARGUMENT", "REQUIRED_FIELD_MISSING"
WRONG_ID, OPERATION, ACCESS, GONE = "MALFORMED_ID", "INVALID_OPERATION", "INSUFFICIENT_ACCESS", "NOT_FOUND"
LONG, MANY, JSON = "STRING_TOO_LONG", "LIMIT_EXCEEDED", "JSON_PARSER_ERROR"


def body(*segments: dict[str, Any]) -> dict[str, Any]:
    return {"body": {"messageSegments": list(segments)}}


def text(words: str) -> dict[str, Any]:
    return {"type": "Text", "text": words}


def begin(kind: str) -> dict[str, Any]:
    return {"type": "MarkupBegin", "markupType": kind}


def end(kind: str) -> dict[str, Any]:
    return {"type": "MarkupEnd", "markupType": kind}


def post(**more: Any) -> dict[str, Any]:
    return {"feedElementType": "FeedItem", "subjectId": "me", **body(text("Hello")), **more}


def poll(count: int) -> dict[str, Any]:
    return post(capabilities={"poll": {"choices": [f"choice {n}" for n in range(count)]}})


def question(title: object) -> dict[str, Any]:
    return post(capabilities={"questionAndAnswers": {"questionTitle": title}})


POST, AT = "feed-elements", "feed-elements/{post}/capabilities"
SHUT, TALK = "feed-elements/{closed}/capabilities", "comments/items"

# Who asks for what; {name} stands for what `scene` made.
REFUSED: list[tuple[str, str, str, Any, int, str]] = [
    # segments that do not nest, or are none
    ("omar", "POST", POST, post(**body(begin("Bold"), text("x"))), 400, INPUT),
    ("omar", "POST", POST, post(**body(text("x"), end("Bold"))), 400, INPUT),
    ("omar", "POST", POST,
     post(**body(begin("Bold"), begin("Italic"), text("x"), end("Bold"), end("Italic"))), 400, INPUT),
    ("omar", "POST", POST, post(**body(begin("ListItem"), text("x"), end("ListItem"))), 400, INPUT),
    ("omar", "POST", POST, post(**body(begin("Blink"), text("x"), end("Blink"))), 400, INPUT),
    ("omar", "POST", POST, post(**body({"type": "Nothing"})), 400, INPUT),
    ("omar", "POST", POST, post(**body({"type": "InlineImage", "fileId": "{deal}"})), 400, WRONG_ID),
    ("omar", "POST", POST, post(**body()), 400, INPUT),
    ("omar", "POST", POST, post(**body(text("  \n"))), 400, EMPTY),
    ("omar", "POST", POST, post(body="x"), 400, INPUT),
    ("omar", "POST", POST, post(**body(text("x" * 10_001))), 400, LONG),
    ("omar", "POST", POST, post(**body(*[{"type": "Hashtag", "tag": f"t{n}"} for n in range(11)])), 400, MANY),
    ("omar", "PATCH", "feed-elements/{post}", body(begin("Bold"), text("x")), 400, INPUT),
    ("omar", "POST", f"{AT}/{TALK}", body(begin("Bold"), text("x")), 400, INPUT),
    # mentions of nobody; who may not see it is no refusal (below)
    ("omar", "POST", POST, post(**body({"type": "Mention", "id": NO_USER})), 404, GONE),
    ("omar", "POST", POST, post(**body({"type": "Mention", "id": "{deal}"})), 400, WRONG_ID),
    ("omar", "POST", POST, post(**body({"type": "Mention"})), 400, INPUT),
    ("nina", "POST", POST, post(**body({"type": "EntityLink", "entityId": "{deal}"})), 404, GONE),
    # polls and questions
    ("omar", "POST", POST, poll(1), 400, INPUT),
    ("omar", "POST", POST, poll(11), 400, INPUT),
    ("omar", "POST", POST, post(capabilities={"poll": {"choices": ["Same", "same"]}}), 400, INPUT),
    ("omar", "POST", POST, post(capabilities={"poll": {"choices": ["Yes", "x" * 256]}}), 400, LONG),
    ("omar", "POST", POST, post(capabilities={"poll": {"choices": "Yes"}}), 400, INPUT),
    ("omar", "POST", POST, question(""), 400, EMPTY),
    ("omar", "POST", POST, question("x" * 256), 400, LONG),
    ("omar", "POST", POST, post(capabilities={"nothing": {"a": 1}}), 400, INPUT),
    ("omar", "POST", POST, post(capabilities="poll"), 400, INPUT),
    ("nina", "PATCH", "feed-elements/{poll}/capabilities/poll", {"myChoiceId": "{other_choice}"}, 400, OPERATION),
    ("omar", "PATCH", "feed-elements/{shut_poll}/capabilities/poll", {"myChoiceId": "{shut_choice}"}, 400, OPERATION),
    ("omar", "PATCH", "feed-elements/{poll}/capabilities/poll", {"myChoiceId": "{shut_choice}"}, 400, INPUT),
    ("omar", "PATCH", "feed-elements/{poll}/capabilities/poll", {"myChoiceId": "{post}"}, 400, WRONG_ID),
    ("omar", "PATCH", "feed-elements/{poll}/capabilities/poll", {}, 400, WRONG_ID),
    ("omar", "PATCH", f"{AT}/poll", {"myChoiceId": "{choice}"}, 404, GONE),
    ("omar", "PATCH", f"{AT}/question-and-answers", {"bestAnswerId": "{comment}"}, 404, GONE),
    ("omar", "PATCH", "feed-elements/{question}/capabilities/question-and-answers", {}, 400, MISSING),
    ("omar", "PATCH", "feed-elements/{question}/capabilities/question-and-answers",
     {"bestAnswerId": "{comment}"}, 400, INPUT),
    ("omar", "PATCH", "feed-elements/{question}/capabilities/question-and-answers",
     {"bestAnswerId": NO_COMMENT}, 404, GONE),
    ("nina", "PATCH", "feed-elements/{question}/capabilities/question-and-answers",
     {"bestAnswerId": "{answer}"}, 403, ACCESS),
    ("omar", "PATCH", "comments/{answer}/capabilities/verified", {"isVerified": True}, 403, ACCESS),
    # what is closed
    ("omar", "POST", f"{SHUT}/{TALK}", body(text("late")), 400, OPERATION),
    ("nina", "POST", f"{SHUT}/{TALK}", body(text("late")), 400, OPERATION),
    ("nina", "PATCH", f"{SHUT}/up-down-vote", {"vote": "Up"}, 400, OPERATION),
    ("nina", "PATCH", f"{SHUT}/close", {"isClosed": False}, 403, ACCESS),
    ("omar", "PATCH", f"{AT}/close", {}, 400, INPUT),
    # what is deleted
    ("omar", "GET", "feed-elements/{deleted}", None, 404, GONE),
    ("omar", "PATCH", "feed-elements/{deleted}", {"text": "x"}, 404, GONE),
    ("omar", "DELETE", "feed-elements/{deleted}", None, 404, GONE),
    ("nina", "POST", "feed-elements/{deleted}/capabilities/comments/items", body(text("x")), 404, GONE),
    ("nina", "POST", "feed-elements/{deleted}/capabilities/chatter-likes/items", None, 404, GONE),
    ("nina", "POST", "feed-elements/{deleted}/restoration", None, 404, GONE),
    ("nina", "PATCH", "feed-elements/{deleted}/capabilities/bookmarks", {"isBookmarkedByCurrentUser": True}, 404, GONE),
    ("nina", "POST", f"{AT}/{TALK}", body(text("x")) | {"threadParentId": "{dead_comment}"}, 400, INPUT),
    ("nina", "POST", f"{AT}/{TALK}", body(text("x")) | {"threadParentId": "{answer}"}, 400, INPUT),
    ("nina", "POST", "comments/{dead_comment}/likes", None, 404, GONE),
    ("nina", "PATCH", "comments/{dead_comment}", {"text": "x"}, 404, GONE),
    ("omar", "POST", POST, post(capabilities={"feedEntityShare": {"feedEntityId": "{deleted}"}}), 404, GONE),
    # what is not there, or not for me
    ("omar", "GET", f"feed-elements/{NO_POST}", None, 404, GONE),
    ("omar", "DELETE", f"feed-elements/{NO_POST}", None, 404, GONE),
    ("omar", "POST", f"feed-elements/{NO_POST}/capabilities/comments/items", body(text("x")), 404, GONE),
    ("omar", "PATCH", f"feed-elements/{NO_POST}/capabilities/mute", {"isMutedByMe": True}, 404, GONE),
    ("omar", "GET", f"comments/{NO_COMMENT}", None, 404, GONE),
    ("omar", "DELETE", f"likes/{NO_LIKE}", None, 404, GONE),
    ("omar", "POST", POST, post(subjectId=NO_DEAL), 404, GONE),
    ("omar", "POST", POST, post(subjectId=NO_USER), 404, GONE),
    ("nina", "POST", POST, post(subjectId="{deal}"), 404, GONE),
    ("nina", "GET", "feed-elements/{deal_post}", None, 404, GONE),
    ("nina", "POST", "feed-elements/{deal_post}/capabilities/comments/items", body(text("x")), 404, GONE),
    ("nina", "POST", POST, post(capabilities={"feedEntityShare": {"feedEntityId": "{deal_post}"}}), 404, GONE),
    ("nina", "POST", "users/me/following", {"subjectId": "{deal}"}, 404, GONE),
    ("nina", "GET", f"feeds/topics/{NO_TOPIC}/feed-elements", None, 404, GONE),
    ("nina", "GET", "feeds/nothing/me/feed-elements", None, 404, GONE),
    ("nina", "GET", "feeds/news/{omar}/feed-elements", None, 404, GONE),
    # what I see and may not do
    ("nina", "PATCH", "feed-elements/{post}", {"text": "x"}, 403, ACCESS),
    ("nina", "DELETE", "feed-elements/{post}", None, 403, ACCESS),
    ("omar", "PATCH", "comments/{comment}", {"text": "x"}, 403, ACCESS),
    ("omar", "DELETE", "likes/{like}", None, 403, ACCESS),
    ("nina", "PATCH", "feeds/user-profile/{omar}/pinned-feed-elements", {"entityId": "{post}", "isPinned": True}, 403,
     ACCESS),
    ("nina", "DELETE", f"{AT}/moderation", None, 403, ACCESS),
    # ids of the wrong kind
    ("omar", "GET", "feed-elements/nonsense", None, 400, WRONG_ID),
    ("omar", "GET", "feed-elements/{comment}", None, 400, WRONG_ID),
    ("omar", "GET", "comments/{post}", None, 400, WRONG_ID),
    ("omar", "DELETE", "likes/{post}", None, 400, WRONG_ID),
    ("omar", "POST", POST, post(subjectId="nonsense"), 400, WRONG_ID),
    ("omar", "POST", POST, post(subjectId="{post}"), 404, GONE),
    ("omar", "POST", POST, post(capabilities={"feedEntityShare": {"feedEntityId": "{comment}"}}), 400, WRONG_ID),
    ("omar", "POST", f"{AT}/{TALK}", body(text("x")) | {"threadParentId": "{post}"}, 400, WRONG_ID),
    ("omar", "PATCH", "feeds/user-profile/me/pinned-feed-elements", {"entityId": "{comment}", "isPinned": True}, 400,
     WRONG_ID),
    ("omar", "POST", "users/me/following", {"subjectId": "nonsense"}, 400, WRONG_ID),
    ("omar", "GET", "feeds/streams/{post}/feed-elements", None, 400, WRONG_ID),
    # values that are none
    ("omar", "POST", POST, post(feedElementType="Bundle"), 400, INPUT),
    ("omar", "POST", POST, post(visibility="Everybody"), 400, INPUT),
    ("omar", "POST", POST, {"feedElementType": "FeedItem", **body(text("x"))}, 400, MISSING),
    ("omar", "POST", POST, [], 400, JSON),
    ("omar", "PATCH", f"{AT}/bookmarks", {"isBookmarkedByCurrentUser": "perhaps"}, 400, INPUT),
    ("omar", "PATCH", f"{AT}/read-by", {}, 400, INPUT),
    ("omar", "PATCH", f"{AT}/up-down-vote", {"vote": "Sideways"}, 400, INPUT),
    ("omar", "POST", f"{AT}/chatter-likes/items?face=hate", None, 400, INPUT),
    ("omar", "POST", f"{AT}/moderation", {"type": "FlagAsBoring"}, 400, INPUT),
    ("omar", "POST", f"{AT}/moderation", {"type": "FlagAsSpam", "note": "x" * 4001}, 400, LONG),
    ("omar", "POST", f"{AT}/topics", {}, 400, MISSING),
    ("omar", "GET", "feeds/news/me/feed-elements?pageSize=101", None, 400, INPUT),
    ("omar", "GET", "feeds/news/me/feed-elements?sort=Backwards", None, 400, INPUT),
    ("omar", "GET", "feed-elements", None, 400, MISSING),
    ("omar", "GET", "mentions/completions", None, 400, MISSING),
    ("omar", "POST", "feed-elements/batch", {"inputs": []}, 400, MISSING),
    ("omar", "POST", "feed-elements/batch", {"inputs": [{}] * 501}, 400, "EXCEEDED_ID_LIMIT"),
]  # fmt: skip


async def scene(company: Company) -> dict[str, str]:
    """What the refused requests name."""
    omar, nina = await company.api("omar"), await company.api("nina")

    async def shut(element: dict[str, Any]) -> None:
        answer = await omar.patch(f"{element['url']}/capabilities/close", json={"isClosed": True})
        assert answer.status_code == 200, answer.text

    sold = await deal(company)
    said = await send(company, "omar", "Tide gauges")
    closed, deleted = await send(company, "omar", "Closed"), await send(company, "omar", "Deleted")
    asked = await send(
        company, "omar", "?", capabilities={"questionAndAnswers": {"questionTitle": "How deep?"}}
    )
    polls = [
        await send(company, "omar", "Which?", capabilities={"poll": {"choices": ["Yes", "No"]}}) for _ in "12"
    ]
    choices = [[c["id"] for c in each["capabilities"]["poll"]["choices"]] for each in polls]
    dead = await comment(company, "nina", said, "never mind")
    made = {
        "deal": sold,
        "post": said["id"],
        "deal_post": (await send(company, "omar", "Signed", subject=sold))["id"],
        "closed": closed["id"],
        "deleted": deleted["id"],
        "question": asked["id"],
        "answer": (await comment(company, "nina", asked, "Very"))["id"],
        "comment": (await comment(company, "nina", said, "Fine"))["id"],
        "dead_comment": dead["id"],
        "poll": polls[0]["id"],
        "choice": choices[0][0],
        "other_choice": choices[0][1],
        "shut_poll": polls[1]["id"],
        "shut_choice": choices[1][0],
        "like": (await nina.post(f"{said['url']}/capabilities/chatter-likes/items")).json()["id"],
    }
    voted = await nina.patch(f"{polls[0]['url']}/capabilities/poll", json={"myChoiceId": choices[0][0]})
    assert voted.status_code == 200, voted.text
    await shut(closed)
    await shut(polls[1])
    assert (await omar.delete(deleted["url"])).status_code == 204
    assert (await nina.delete(dead["url"])).status_code == 204
    return {name: company.key(name) for name in company.ids} | made


async def happened(company: Company) -> int:
    """How many acts were done: every write records one."""
    async with company.act() as tx:
        return await tx.value("select count(*) from event where org_id = %(org)s")


def fill(value: Any, made: dict[str, str]) -> Any:
    match value:
        case str():
            for name, id in made.items():
                value = value.replace(f"{{{name}}}", id)
            return value
        case dict():
            return {name: fill(each, made) for name, each in value.items()}
        case list():
            return [fill(each, made) for each in value]
    return value


async def test_refused_and_nothing_done(company: Company) -> None:
    made = await scene(company)
    programs = {who: await company.api(who) for who in ("omar", "nina")}
    before = await happened(company)
    wrong: list[str] = []
    for who, method, path, sent, status, code in REFUSED:
        answer = await programs[who].request(
            method, f"{V}/{fill(path, made)}", json=fill(sent, made) if sent is not None else None
        )
        got = answer.json()[0] if answer.status_code >= 400 else {}
        if (answer.status_code, got.get("errorCode")) != (status, code) or not got.get("message"):
            wrong.append(
                f"{who} {method} {path} {str(sent)[:120]}\n    {status} {code}, was {answer.status_code} {str(got)[:200]}"
            )
        if (now := await happened(company)) != before:
            wrong.append(f"{who} {method} {path} {str(sent)[:120]}\n    did something all the same")
            before = now
    assert not wrong, "\n".join(wrong)


# Every act that makes something, told twice with one key.
TWICE: list[tuple[str, str, Any]] = [
    ("POST", POST, question("How deep is it?")),
    ("POST", POST, poll(2)),
    ("POST", POST, post(capabilities={"feedEntityShare": {"feedEntityId": "{post}"}})),
    ("POST", "feed-elements/batch", {"inputs": [{"richInput": post()}, {"richInput": post()}]}),
    ("POST", f"{AT}/{TALK}", body(text("again")) | {"threadParentId": "{comment}"}),
    ("POST", f"{AT}/chatter-likes/items", None),
    ("POST", f"{AT}/moderation", {"type": "FlagAsSpam"}),
    ("POST", f"{AT}/topics", {"topicName": "tides"}),
    ("PATCH", "feed-elements/{poll}/capabilities/poll", {"myChoiceId": "{choice}"}),
    ("PATCH", f"{AT}/up-down-vote", {"vote": "Up"}),
    ("PATCH", f"{AT}/close", {"isClosed": True}),
    ("POST", "users/me/following", {"subjectId": "{nina}"}),
    ("DELETE", "feed-elements/{question}", None),
]


async def test_what_is_sent_twice_with_one_key_is_done_once(company: Company) -> None:
    made = await scene(company)
    omar = await company.api("omar")
    for number, (method, path, sent) in enumerate(TWICE):
        url, key = f"{V}/{fill(path, made)}", {"idempotency-key": f"act {number}"}
        given = fill(sent, made) if sent is not None else None
        first = await omar.request(method, url, json=given, headers=key)
        assert first.status_code in (200, 201, 204), first.text
        done = await happened(company)
        again = await omar.request(method, url, json=given, headers=key)
        assert (again.status_code, again.content) == (first.status_code, first.content), path
        assert again.headers["idempotent-replay"] == "true"
        assert await happened(company) == done, path
        other = await omar.request(method, url, json={"text": "other"}, headers=key)
        assert (other.status_code, other.json()[0]["errorCode"]) == (422, "IDEMPOTENCY_KEY_REUSED"), path
        assert await happened(company) == done, path


async def test_a_mention_of_who_may_not_see_it_is_told_to_its_author_alone(company: Company) -> None:
    made = await scene(company)
    mention = {"type": "Mention", "id": company.key("nina")}
    element = await send(company, "omar", "x", subject=made["deal"], body=body(mention)["body"])

    def accessible(told: dict[str, Any]) -> list[bool]:
        return [each["accessible"] for each in told["body"]["messageSegments"] if each["type"] == "Mention"]

    assert accessible(element) == [False]
    noor, nina = await company.api("noor"), await company.api("nina")
    assert accessible((await noor.get(element["url"])).json()) == [True]
    assert (await nina.get(element["url"])).status_code == 404
    to_me = (await nina.get(f"{V}/feeds/to/me/feed-elements")).json()["elements"]
    assert element["id"] not in [each["id"] for each in to_me]
    notices = (await nina.get("/services/data/v62.0/connect/notifications")).json()["notifications"]
    assert element["id"] not in str(notices)


async def test_far_too_much_is_refused_before_it_is_read(company: Company) -> None:
    made = await scene(company)
    omar = await company.api("omar")
    before = await happened(company)
    for method, path in (
        ("POST", "feed-elements"),
        ("POST", f"feed-elements/{made['post']}/capabilities/comments/items"),
        ("PATCH", f"feed-elements/{made['post']}"),
        ("POST", "feed-elements/batch"),
    ):
        answer = await omar.request(method, f"{V}/{path}", json=post(**body(text("x" * 10_000_000))))
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (413, "REQUEST_TOO_LARGE"), path
    assert await happened(company) == before


async def test_what_is_refused_in_a_batch_keeps_no_other_back(company: Company) -> None:
    made = await scene(company)
    omar, nina = await company.api("omar"), await company.api("nina")
    inputs = [
        post(**body(text("first"))),
        poll(1),
        post(subjectId=NO_DEAL),
        post(subjectId=made["deal"], **body({"type": "Mention", "id": company.key("nina")})),
        post(**body({"type": "Mention", "id": company.key("nina")})),
    ]
    sent = {"inputs": [*({"richInput": each} for each in inputs), {}]}
    told = (await omar.post(f"{V}/feed-elements/batch", json=sent)).json()
    assert told["hasErrors"] is True
    assert [each["statusCode"] for each in told["results"]] == [201, 400, 404, 201, 201, 400]
    codes = [each["result"][0]["errorCode"] for each in told["results"] if each["statusCode"] >= 400]
    assert codes == [INPUT, GONE, MISSING]
    reached = [each["result"]["body"]["messageSegments"][0]["accessible"] for each in told["results"][3:5]]
    assert reached == [False, True]
    first, on_deal = (told["results"][at]["result"]["id"] for at in (0, 3))
    keys = f"{on_deal},{first},{made['deleted']},nonsense,{made['comment']}"
    for program, statuses in ((omar, [200, 200, 404, 400, 400]), (nina, [404, 200, 404, 400, 400])):
        read = (await program.get(f"{V}/feed-elements/batch/{keys}")).json()
        assert [each["statusCode"] for each in read["results"]] == statuses
        assert read["results"][1]["result"]["body"]["text"] == "first"
    capabilities = (await omar.get(f"{V}/feed-elements/{first}/capabilities")).json()
    assert capabilities == (await omar.get(f"{V}/feed-elements/{first}")).json()["capabilities"]
