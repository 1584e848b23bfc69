"""Which topics may fit a text or a record: those that there are first, then words of it that could become one."""

import re
from collections import Counter
from collections.abc import Iterable

from hubbub import people, records
from hubbub.core import html
from hubbub.core.db import Tx
from hubbub.feed.access import sight, topic_sight
from hubbub.feed.actions.bodies import topic_key
from hubbub.feed.queries.topics import Suggestion, Topic, topics

SUGGESTED = 5
MOST_TEXT = 5000
MOST_NAMES = 1000  # of one text that are looked up
LONGEST = 4  # words of a name
FEWEST_LETTERS = 4  # of a word that could become a topic

_WORD = re.compile(r"[^\W_](?:[\w&'’./-]*\w)?")
_SENTENCE = re.compile(r"[.!?:;\n]+\s*")
# Words that stand with a capital letter for another reason than that they are names.
_COMMON = frozenset(
    "about after again also because been before being both could does down from have here into just like more most "
    "much need never only other over please should some soon still than thank thanks that their them then there these "
    "they this those through today tomorrow under very want well were what when where which while will with would "
    "yesterday your".split()
)


def names_in(text: str) -> list[str]:
    """What in a text could be a topic's name: runs of one to four words, the longest first."""
    words = [match.group() for match in _WORD.finditer(text[:MOST_TEXT])]
    found: dict[str, str] = {}
    for length in range(LONGEST, 0, -1):
        for at in range(len(words) - length + 1):
            name = " ".join(words[at : at + length])
            found.setdefault(topic_key(name), name)
    return list(found.values())[:MOST_NAMES]


def new_names(text: str) -> list[str]:
    """Names that a text makes much of: written with capital letters inside a sentence, or several times."""
    seen: Counter[str] = Counter()
    spelt: dict[str, str] = {}
    for sentence in _SENTENCE.split(text[:MOST_TEXT]):
        run: list[str] = []
        for number, word in enumerate([*_WORD.findall(sentence), ""]):
            if word and number and word[0].isupper() and word.casefold() not in _COMMON:
                run.append(word)
                continue
            if run and len(run) <= LONGEST and len(" ".join(run)) >= FEWEST_LETTERS:
                spelt.setdefault(topic_key(" ".join(run)), " ".join(run))
                seen[topic_key(" ".join(run))] += 2
            run = []
            if len(word) > FEWEST_LETTERS and word.casefold() not in _COMMON:
                spelt.setdefault(topic_key(word), word)
                seen[topic_key(word)] += 1
    return [spelt[key] for key, times in seen.most_common() if times > 1]


async def suggest_for_text(
    tx: Tx, actor: people.Actor, text: str, *, size: int = SUGGESTED, but: Iterable[int] = ()
) -> list[Suggestion]:
    """Topics for a text: those that the actor knows of and that it names, then new names of it."""
    if actor.guest:
        return []
    viewer = await records.viewer(tx, actor)
    names = {topic_key(name): at for at, name in enumerate(names_in(text))}
    rows = await tx.tuples(
        f"""select t.id, t.key from topic t
            where t.org_id = %(org)s and t.key = any(%(keys)s) and {topic_sight(viewer)}""",
        {**viewer.params, "keys": list(names)},
    )
    skipped = set(but)
    there = [id for id, _ in sorted(rows, key=lambda row: names[row[1]])]
    known = await topics(tx, actor, [id for id in there if id not in skipped][:size])
    found = [Suggestion(each.name, each) for each in known]
    taken = {key for _, key in rows}
    fresh = [name for name in new_names(text) if topic_key(name) not in taken]
    return (found + [Suggestion(name, None) for name in fresh])[:size]


async def suggest_for_record(
    tx: Tx, actor: people.Actor, record_id: int, *, size: int = SUGGESTED
) -> list[Suggestion]:
    """Topics for a record that the actor is known to see: those under which posts on it stand, then what these and its name
    name; without those that it has."""
    viewer = await records.viewer(tx, actor)
    rows = await tx.tuples(
        f"""select i.id, i.body from feed_entry e join feed_item i on i.org_id = %(org)s and i.id = e.item_id
            where e.org_id = %(org)s and e.subject_id = %(record)s and i.parent_id = %(record)s and {sight(viewer)}
            order by e.created_at desc, e.item_id desc limit 50""",
        {**viewer.params, "record": record_id},
    )
    there = set(
        await tx.values(
            "select topic_id from record_topic where org_id = %(org)s and record_id = %(record)s",
            {"record": record_id},
        )
    )
    said = await tx.values(
        """select e.subject_id from feed_entry e join topic t on t.org_id = %(org)s and t.id = e.subject_id
           where e.org_id = %(org)s and e.item_id = any(%(items)s::bigint[]) and e.via = 'topic'
           group by e.subject_id, t.key order by count(*) desc, t.key""",
        {"items": [row[0] for row in rows]},
    )
    known: list[Topic] = await topics(tx, actor, [id for id in said if id not in there][:size])
    found = [Suggestion(each.name, each) for each in known]
    if len(found) < size:
        card = (await records.cards(tx, actor, [record_id])).get(record_id)
        text = "\n".join([card.name if card else "", *(html.plain(body) for _, body in rows)])
        found += await suggest_for_text(
            tx, actor, text, size=size - len(found), but=there | {each.id for each in known}
        )
    return found


async def suggest_for_post(
    tx: Tx, actor: people.Actor, item_id: int, *, size: int = SUGGESTED
) -> list[Suggestion]:
    """Topics for a post that the actor is known to see, without those that it has."""
    ((title, body),) = await tx.tuples(
        "select title, body from feed_item where org_id = %(org)s and id = %(item)s", {"item": item_id}
    )
    there = await tx.values(
        "select subject_id from feed_entry where org_id = %(org)s and item_id = %(item)s and via = 'topic'",
        {"item": item_id},
    )
    said = [segment for segment in body if segment["type"] not in ("Hashtag", "Mention", "EntityLink")]
    text = f"{title or ''}\n{html.plain(said)}"
    return await suggest_for_text(tx, actor, text, size=size, but=there)
