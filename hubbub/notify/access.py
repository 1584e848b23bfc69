"""What a notice is, of which kinds there are, and whose it is."""

from datetime import datetime
from typing import Any

import msgspec

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import NotFound
from hubbub.core.languages import mark


class Kind(msgspec.Struct, frozen=True):
    """A reason to be told something, and Salesforce's name for not wanting it."""

    name: str
    label: str  # as the page of preferences says it
    usual: bool = True
    personal: bool = False  # it means me, not only something that I take part in
    field: str | None = None  # of Salesforce's user, true for who does not want it

    @property
    def preference(self) -> str:
        return f"notice.{self.name}"


# The strongest first: a notice says the strongest of what it was told since it was last read.
ALL_KINDS = (
    Kind("asked", mark("Somebody asks me for help"), personal=True),
    Kind(
        "mentioned",
        mark("Somebody mentions me in a post"),
        personal=True,
        field="UserPreferencesDisableMentionsPostEmail",
    ),
    Kind(
        "mentioned_comment",
        mark("Somebody mentions me in a comment"),
        personal=True,
        field="UserPreferencesDisMentionsCommentEmail",
    ),
    Kind("announced", mark("A moderator announces what everybody must read"), personal=True),
    Kind("hidden", mark("A moderator hides what I posted"), personal=True),
    Kind("hidden_comment", mark("A moderator hides what I commented"), personal=True),
    Kind("best_answer", mark("My answer is chosen as the best"), personal=True),
    Kind("assigned", mark("A record becomes mine"), personal=True),
    Kind("handed_over", mark("All that a colleague owned becomes mine"), personal=True),
    Kind("joined", mark("Somebody accepts my invitation"), personal=True),
    Kind(
        "profile_post",
        mark("Somebody posts on my profile"),
        personal=True,
        field="UserPreferencesDisableProfilePostEmail",
    ),
    Kind(
        "comment_mine",
        mark("Somebody comments on what I posted or changed"),
        field="UserPreferencesDisableChangeCommentEmail",
    ),
    Kind(
        "comment_profile",
        mark("Somebody comments on a post on my profile"),
        field="UserPreferencesDisProfPostCommentEmail",
    ),
    Kind("comment_followed", mark("Somebody comments in a thread that I follow")),
    Kind(
        "comment_joined",
        mark("Somebody comments after me"),
        field="UserPreferencesDisableLaterCommentEmail",
    ),
    Kind("shared", mark("Somebody shares what I posted"), field="UserPreferencesDisableSharePostEmail"),
    Kind("liked", mark("Somebody likes what I wrote"), field="UserPreferencesDisableLikeEmail"),
    Kind("follower", mark("Somebody follows me"), field="UserPreferencesDisableFollowersEmail"),
    Kind("digest", mark("My digest of the day is ready")),
    Kind(
        "comment_bookmarked",
        mark("Somebody comments on what I bookmarked"),
        usual=False,
        field="UserPreferencesDisableBookmarkEmail",
    ),
    Kind(
        "comment_liked",
        mark("Somebody comments on what I like"),
        usual=False,
        field="UserPreferencesDisCommentAfterLikeEmail",
    ),
)
KINDS = {kind.name: kind for kind in ALL_KINDS}
RANKS = {name: rank for rank, name in enumerate(KINDS)}


class Sight(msgspec.Struct, frozen=True):
    """SQL of the room above that is true for the threads (notice.thread_id and noun_id under the alias `n`) that the
    reader may see now, and what it binds."""

    condition: str
    params: dict[str, Any]


class Notice(msgspec.Struct, frozen=True):
    """What somebody was told of one thread since he last read of it."""

    id: int
    thread_id: int
    noun_id: int
    reason: str
    # Who did what the reason says, then who else was here last: three at most; also records, in whose name somebody speaks.
    actor_ids: list[int]
    count: int  # how often something happened
    created_at: datetime
    last_at: datetime
    seen: bool
    read: bool

    @property
    def key(self) -> str:
        return ids.show(self.id)


COLUMNS = """n.id, n.thread_id, n.noun_id, n.reason, n.actor_ids, n.count, n.created_at, n.last_at,
             n.seen_at is not null as seen, n.read_at is not null as read"""


async def access_notice(tx: Tx, actor: people.Actor, notice_id: int, sight: Sight) -> Notice:
    """The notice, if it is the actor's and he may see what it is about."""
    found = await tx.row(
        f"""select {COLUMNS} from notice n
            where n.org_id = %(org)s and n.id = %(id)s and n.user_id = %(me)s and {sight.condition}""",
        {**sight.params, "id": notice_id, "me": actor.id},
        into=Notice,
    )
    if found is None:
        raise NotFound()
    return found
