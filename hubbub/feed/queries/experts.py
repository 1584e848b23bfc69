"""Whom to ask: who has won deals like this one, and who knows the account, by what the asker himself may read.

Each won deal of the account counts 4 (three of them at most), each of about the same size or of the same type 1 (five at
most together), owning the account 3, and each post or comment on it 1 (five at most). Questions count for nobody.
"""

from collections import defaultdict

import msgspec

from hubbub import people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.ids import Type
from hubbub.core.languages import Text
from hubbub.feed.access import NOTED, sight

MOST = 8
MOST_TALK = 500  # the latest items of each subject


class Expert(msgspec.Struct, frozen=True):
    """Somebody who may help, why, and whether he sees the record."""

    person: people.Person
    reasons: list[Text]
    may_see: bool

    @property
    def why(self) -> list[str]:
        """The reasons in the language that is spoken now."""
        return [each.said for each in self.reasons]


async def experts(tx: Tx, actor: people.Actor, record_id: int, *, most: int = MOST) -> list[Expert]:
    """Whom Hubbub suggests to ask about a record, the best first; the actor himself is left out."""
    record = await records.access_record(tx, actor, record_id)
    him = await records.viewer(tx, actor)
    account_id = record.id if record.object.name == "Account" else record.values.get("AccountId")
    account = None
    if account_id:
        account = (await records.visible_cards(tx, actor, [account_id])).get(account_id)
    score: dict[int, int] = defaultdict(int)
    why: dict[int, list[Text]] = defaultdict(list)
    name = account.name if account else ""
    for winner in await records.winners(tx, him, record, account.id if account else None):
        score[winner.user_id] += 4 * min(winner.of_account, 3) + min(winner.of_size + winner.of_type, 5)
        why[winner.user_id] += [
            each
            for n, each in (
                (
                    winner.of_account,
                    Text("won a deal of {name}", name=name)
                    if winner.of_account == 1
                    else Text("won {n} deals of {name}", n=winner.of_account, name=name),
                ),
                (
                    winner.of_size,
                    Text("won a deal of about this size")
                    if winner.of_size == 1
                    else Text("won {n} deals of about this size", n=winner.of_size),
                ),
                (
                    winner.of_type,
                    Text("won a deal of this type")
                    if winner.of_type == 1
                    else Text("won {n} deals of this type", n=winner.of_type),
                ),
            )
            if n
        ]
    if account:
        owner = (await records.access_record(tx, actor, account.id)).owner_id
        if ids.type_of(owner) == Type.USER:
            score[owner] += 3
            why[owner].append(Text("looks after {name}", name=name))
    here = Text("this {object:lower}", object=record.label)
    places: dict[int, Text | str] = {record.id: here} | ({account.id: name} if account else {})
    for place, label in places.items():
        for user_id, said in (await _talkers(tx, him, place)).items():
            score[user_id] += min(said, 5)
            why[user_id].append(
                Text("wrote once on {place}", place=label)
                if said == 1
                else Text("wrote {n} times on {place}", n=said, place=label)
            )
    score.pop(actor.id, None)
    known = await people.visible_cards(tx, actor, score)
    known = {id: person for id, person in known.items() if person.active and not person.guest}
    best = sorted(known, key=lambda id: (-score[id], known[id].name.casefold(), id))[:most]
    seeing = await records.viewers_of(tx, record_id, set(best)) if best else set()
    return [Expert(known[id], why[id], id in seeing) for id in best]


async def team(tx: Tx, actor: people.Actor, record_id: int, *, sealed: bool = False) -> list[people.Person]:
    """My team on a record: its owner, those on its team, and those inside who have my role, as far as they see the record.

    What is `sealed` goes to the record's own people, whoever asks, or the team would tell whose it is.
    """
    record = await records.access_record(tx, actor, record_id)
    mates = {each.user_id for each in await records.team(tx, actor, record_id)}
    mates |= {record.owner_id} if ids.type_of(record.owner_id) == Type.USER else set()
    if not sealed:
        mates |= await people.role_mates(tx, actor)
        mates -= {actor.id}
    mates = await records.viewers_of(tx, record_id, mates)
    cards = await people.visible_cards(tx, actor, mates)
    return sorted((p for p in cards.values() if p.active), key=lambda p: (p.name.casefold(), p.id))


async def _talkers(tx: Tx, him: records.Viewer, subject_id: int) -> dict[int, int]:
    """How often who wrote on a subject, of what the viewer sees there; questions and what is asked of others aside."""
    kinds = ", ".join(f"'{kind}'" for kind in (*NOTED, "QuestionPost"))
    return dict(
        await tx.tuples(
            f"""with seen as materialized (
                  select i.id, i.kind, i.author_id from feed_entry e
                  join feed_item i on i.org_id = %(org)s and i.id = e.item_id
                  where e.org_id = %(org)s and e.subject_id = %(subject)s and e.via = 'parent' and {sight(him)}
                  order by e.created_at desc limit {MOST_TALK}),
                said as (select s.author_id as id from seen s where s.kind not in ({kinds})
                  union all
                  select c.author_id from seen s join feed_comment c on c.org_id = %(org)s and c.item_id = s.id
                  where c.deleted_at is null and c.author_id <> s.author_id)
                select id, count(*) from said where id >> 48 = {Type.USER:d} group by id""",
            {**him.params, "subject": subject_id},
        )
    )
