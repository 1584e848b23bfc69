"""Asking for help on a record, publishing the answer without who asked, and thanking those who helped."""

from collections.abc import Mapping

from hubbub import notify, people, records
from hubbub.core import events, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid, NotFound
from hubbub.core.ids import Type
from hubbub.core.languages import mark
from hubbub.feed.access import ItemRow, access_item, in_name_of, in_thread, may_publish
from hubbub.feed.actions.bodies import Segment
from hubbub.feed.actions.items import post
from hubbub.feed.actions.kinds import MOST_TITLE, one_line
from hubbub.feed.actions.telling import to_tell

# What help is asked for, and how soon.
NEEDS = {
    "advice": mark("Advice"),
    "review": mark("A second pair of eyes"),
    "answer": mark("An answer for the customer"),
    "introduction": mark("An introduction"),
    "work": mark("Help with the work"),
}
URGENCIES = {"whenever": mark("Whenever you can"), "week": mark("This week"), "today": mark("Today")}

MOST_ASKED = 50


async def ask(
    tx: Tx,
    actor: people.Actor,
    *,
    record_id: int,
    need: str,
    urgency: str,
    title: object,
    body: list[Segment],
    asked: Mapping[int, str],
    sealed: bool = False,
) -> int:
    """Ask for help on a record: a question in its feed, of which the people `asked` (each as `team`, `chosen` or `expert`)
    are told. `sealed`: it is asked in the record's name, and nobody who reads it can tell who did."""
    if actor.guest:
        raise Forbidden("Guests ask by writing where something was shared with them.")
    if ids.type_of(record_id) in (Type.USER, Type.TOPIC):
        raise Invalid("INVALID_INPUT", "Help is asked for on a record.", fields=["recordId"])
    if need not in NEEDS:
        raise Invalid("INVALID_INPUT", "kind is one of {choices}.", fields=["kind"], choices=", ".join(NEEDS))
    if urgency not in URGENCIES:
        raise Invalid(
            "INVALID_INPUT", "urgency is one of {choices}.", fields=["urgency"], choices=", ".join(URGENCIES)
        )
    if not asked:
        raise Invalid(
            "REQUIRED_FIELD_MISSING",
            "Choose whom you ask: your team, an expert, or a name.",
            fields=["audience"],
        )
    if len(asked) > MOST_ASKED:
        raise Invalid(
            "LIMIT_EXCEEDED",
            "You ask {count} people; {most} is the most.",
            fields=["audience"],
            count=len(asked),
            most=MOST_ASKED,
        )
    item_id = await post(
        tx, actor, parent_id=record_id, body=body, kind="QuestionPost", title=title, sealed=sealed
    )
    unable = set(asked) - await records.viewers_of(tx, record_id, set(asked))
    if unable:
        names = sorted(each.name for each in (await people.visible_cards(tx, actor, unable)).values())
        raise Invalid(
            "INVALID_CROSS_REFERENCE_KEY",
            "{names} cannot see this record, and so cannot be asked."
            if names
            else "Somebody cannot see this record, and so cannot be asked.",
            fields=["audience"],
            names=", ".join(names),
        )
    await tx.run(
        """insert into ask (org_id, item_id, record_id, kind, urgency, sealed)
           values (%(org)s, %(item)s, %(record)s, %(need)s, %(urgency)s, %(sealed)s)""",
        {"item": item_id, "record": record_id, "need": need, "urgency": urgency, "sealed": sealed},
    )
    await tx.run(
        """insert into ask_person (org_id, item_id, user_id, via)
           select %(org)s, %(item)s, a.id, a.via from unnest(%(users)s::bigint[], %(via)s::text[]) a(id, via)""",
        {"item": item_id, "users": list(asked), "via": list(asked.values())},
    )
    him = in_name_of(actor, record_id) if sealed else actor
    item = ItemRow(item_id, "QuestionPost", record_id, him.id, False, None, None)
    told = await to_tell(tx, actor, item, dict.fromkeys(asked, "asked"))
    await notify.tell(tx, told, item_id, thread_id=item_id, by=him.id)
    await events.record(
        tx, him, "feed.ask.created", item_id, parent=record_id,
        after={"kind": need, "urgency": urgency, "sealed": sealed},
    )  # fmt: skip
    return item_id


async def publish_answer(
    tx: Tx,
    actor: people.Actor,
    item_id: int,
    comment_id: int,
    *,
    title: object,
    answer: list[Segment],
    name_helper: bool = True,
) -> int:
    """Publish a question and one of its answers, as they are worded now, as a post in the record's name: nothing in it leads
    to who asked, nor to the thread. Who answered is named unless that is not wanted."""
    item = await access_item(tx, actor, item_id)
    him = in_thread(tx, actor, item)
    if not may_publish(him, item.author_id):
        raise Forbidden("Only who asked and moderators publish the answer.")
    asked = one_line(title, "The question", MOST_TITLE, "title")
    if not asked or not answer:
        raise Invalid(
            "REQUIRED_FIELD_MISSING", "A question and its answer are published together.", fields=["title"]
        )
    helper = await tx.tuples(
        """select c.author_id, k.published_id from feed_comment c
           join ask k on k.org_id = %(org)s and k.item_id = c.item_id
           where c.org_id = %(org)s and c.id = %(comment)s and c.item_id = %(item)s and c.deleted_at is null
           for no key update of k""",
        {"comment": comment_id, "item": item_id},
    )
    if not helper:
        raise NotFound()
    helper_id, before = helper[0]
    if before is not None:
        raise Invalid("INVALID_OPERATION", "This answer is published already.", status=409)
    body: list[Segment] = [
        *_paragraph(
            {"type": "MarkupBegin", "markupType": "Bold"},
            _text(asked),
            {"type": "MarkupEnd", "markupType": "Bold"},
        ),
        *answer,
    ]
    if name_helper and ids.type_of(helper_id) == Type.USER:
        card = (await people.cards(tx, {helper_id}))[helper_id]
        body += _paragraph(_text("Answered by "), _mention(card))
    published_id = await post(tx, actor, parent_id=item.parent_id, body=body, sealed=True)
    await tx.run(
        "update ask set published_id = %(published)s where org_id = %(org)s and item_id = %(item)s",
        {"item": item_id, "published": published_id},
    )
    await events.record(tx, him, "feed.ask.published", item_id, parent=item.parent_id)
    return published_id


async def thank_helpers(tx: Tx, actor: people.Actor, record_id: int) -> int | None:
    """Thank in the record's feed, now that it is won, those who wrote the best answers to what was asked there, and those
    whose answers the asker liked: once for each question."""
    rows = await tx.tuples(
        f"""select distinct k.item_id, c.author_id from ask k
            join feed_item i on i.org_id = %(org)s and i.id = k.item_id
            join feed_comment c on c.org_id = %(org)s and c.item_id = k.item_id
            where k.org_id = %(org)s and k.record_id = %(record)s and k.thanked_at is null and i.deleted_at is null
              and c.deleted_at is null and c.author_id <> i.author_id and c.author_id >> 48 = {Type.USER:d}
              and (c.id = i.best_comment_id or exists (select 1 from feed_like l
                where l.org_id = %(org)s and l.target_id = c.id and l.user_id = i.author_id))""",
        {"record": record_id},
    )
    # Who gave the record away with the same save writes there no more.
    if not rows or not await records.viewers_of(tx, record_id, {actor.id}):
        return None
    await tx.run(
        "update ask set thanked_at = now() where org_id = %(org)s and item_id = any(%(items)s::bigint[])",
        {"items": sorted({item_id for item_id, _ in rows})},
    )
    cards = await people.cards(tx, {helper for _, helper in rows})
    helpers = sorted(cards.values(), key=lambda person: (person.name.casefold(), person.id))
    body: list[Segment] = [_text("Won, with the help of ")]
    for at, person in enumerate(helpers):
        if at:
            body.append(_text(" and " if at == len(helpers) - 1 else ", "))
        body.append(_mention(person))
    body.append(_text(". Thank you!"))
    return await post(tx, actor, parent_id=record_id, body=body, sealed=True)


def _text(text: str) -> Segment:
    return {"type": "Text", "text": text}


def _mention(person: people.Person) -> Segment:
    return {"type": "Mention", "id": person.key, "name": person.name, "text": f"@{person.name}"}


def _paragraph(*segments: Segment) -> list[Segment]:
    return [
        {"type": "MarkupBegin", "markupType": "Paragraph"},
        *segments,
        {"type": "MarkupEnd", "markupType": "Paragraph"},
    ]
