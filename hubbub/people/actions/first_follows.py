"""What new people follow from the start. A subject is only an id here, as in follows."""

from hubbub.core.db import Tx
from hubbub.core.ids import Type


async def begin_following(tx: Tx, user_id: int) -> None:
    """Let a new person follow what was chosen for new people; himself he does not follow."""
    subjects = await tx.values(
        "select subject_id from first_follow where org_id = %(org)s and subject_id <> %(user)s order by subject_id",
        {"user": user_id},
    )
    if not subjects:
        return
    await tx.run(
        """insert into follow (org_id, follower_id, subject_id, id)
           select %(org)s, %(user)s, f.subject_id, f.id
           from unnest(%(subjects)s::bigint[], %(ids)s::bigint[]) f(subject_id, id)
           on conflict (org_id, follower_id, subject_id) do nothing""",
        {
            "user": user_id,
            "subjects": subjects,
            "ids": await tx.new_ids(Type.SUBSCRIPTION, len(subjects)),
        },
    )


async def add_first_follow(tx: Tx, subject_id: int, *, most: int) -> bool | None:
    """Choose a subject for new people, as one of at most so many (None: there are); was it chosen just now?"""
    chosen = {"subject": subject_id, "most": most}
    made = await tx.run(
        """insert into first_follow (org_id, subject_id)
           select %(org)s, %(subject)s
           where (select count(*) from first_follow f where f.org_id = %(org)s) < %(most)s
           on conflict (org_id, subject_id) do nothing""",
        chosen,
    )
    if made:
        return True
    known = await tx.value(
        "select 1 from first_follow where org_id = %(org)s and subject_id = %(subject)s", chosen
    )
    return False if known else None


async def remove_first_follow(tx: Tx, subject_id: int) -> bool:
    """Choose it no more; was it chosen?"""
    return bool(
        await tx.run(
            "delete from first_follow where org_id = %(org)s and subject_id = %(subject)s",
            {"subject": subject_id},
        )
    )
