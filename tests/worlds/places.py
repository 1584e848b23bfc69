"""Places that few links lead to: topics, every feed in every order, streams, favourites, drafts, who will see a post; and
every address that needs no id."""

from random import Random
from typing import Any

from hubbub.core import ids
from tests.worlds.addresses import PARAMETER, V, routes
from tests.worlds.worlds import Pair, World

ORDERS = ("posts", "activity", "top", "viewed")
SORTS = ("CreatedDateDesc", "LastModifiedDateDesc", "Relevance", "MostViewed")
FEEDS = ("news", "company", "to", "people", "topics", "bookmarks", "mute")
PAGES = ("to", "people", "topics", "bookmarks", "muted")
ON_TOPICS = (
    "/t/{id}", "/t/{id}?show=talk", "/t/{id}/edit", "/feeds/topic/{id}/unread", V + "/connect/topics/{id}",
    V + "/connect/topics/{id}/knowledgeable-users", V + "/connect/topics/{id}/related-topics",
    V + "/chatter/records/{id}/followers", V + "/chatter/subscriptions/{id}",
)  # fmt: skip
OF_PEOPLE = (
    V + "/chatter/users/{id}/topics", V + "/chatter/users/{id}/knowledgeable-about-topics?topicId={topic}",
    V + "/chatter/users/{id}/following", V + "/chatter/users/{id}/followers", "/people/{id}", "/people/{id}?show=talk",
    "/people/{id}/chart", V + "/connect/user-profiles/{id}", V + "/chatter/users/{id}", V + "/hubbub/people/{id}",
    V + "/hubbub/people/{id}/chart", V + "/hubbub/people/{id}/owned", "/profilephoto/{id}/T",
)  # fmt: skip
ON_THINGS = (
    "/r/{id}?tab=related", "/r/{id}?tab=related", "/r/{id}?tab=activity", "/r/{id}?tab=members",
    "/r/{id}/fragment?tab=activity", "/o/Opportunity/board/{id}", "/r/{id}/fields/Amount",
    "/o/Opportunity?filtered=1&f=AccountId&op=equals&v={id}", "/o/Contact/new?AccountId={id}",
    "/audience/{id}", "/drafts/on/{id}", "/r/{id}/topics", "/r/{id}/ask", V + "/connect/records/{id}/topics",
    V + "/hubbub/asks/experts?recordId={id}", V + "/hubbub/asks?recordId={id}",
    V + "/connect/topics/suggestions?recordId={id}", V + "/chatter/feeds/record/{id}/pinned-feed-elements",
)  # fmt: skip
OF_FILES = (
    "/files/{id}", V + "/connect/files/{id}", V + "/connect/files/{id}/content", V + "/connect/files/{id}/rendition",
)  # fmt: skip
OF_VIEWS = (
    "/o/Opportunity?view={id}", "/o/Opportunity/board?view={id}", "/o/Opportunity/export?view={id}", "/feeds/lists/{id}",
    V + "/sobjects/Opportunity/listviews/{id}", V + "/sobjects/Opportunity/listviews/{id}/describe",
    V + "/sobjects/Opportunity/listviews/{id}/results",
)  # fmt: skip
LISTS = (
    "/o/Opportunity", "/o/Opportunity?view=open&sort=Amount&dir=desc", "/o/Opportunity?sort=AccountId&dir=asc",
    "/o/Opportunity?filtered=1&f=Amount&op=greaterThan&v=500", "/o/Opportunity/board", "/o/Opportunity/board?sort=Amount",
    "/o/Opportunity/export", "/o/Opportunity/export?c=Name&c=Amount&c=AccountId", "/o/Account/export", "/o/Account",
    "/jump/standing", V + "/recent", V + "/sobjects/Opportunity",
    V + "/query?q=SELECT+Id,Name,Type+FROM+RecentlyViewed+ORDER+BY+LastViewedDate+DESC",
    V + "/query?q=SELECT+COUNT()+FROM+Account+WHERE+LastViewedDate+!=+null", V + "/query?q=SELECT+Id+FROM+ListView",
    "/o/CampaignMember", "/o/Contract", "/o/Asset", V + "/query?q=SELECT+Id,Name+FROM+CampaignMember+ORDER+BY+Name",
    "/o/Opportunity?filtered=1&f=AccountId&op=contains&v=e", "/o/Opportunity/board?stage=Prospecting", "/o/Task/board",
    V + "/sobjects/Opportunity/listviews", V + "/sobjects/Account/listviews",
    "/topics?sort=name", "/topics?q=h", "/topics?q=t", "/trending", "/drafts", "/streams", "/following",
    V + "/connect/topics?sort=alphaAsc", V + "/connect/topics?q=h", V + "/connect/topics?q=hush&exactMatch=true",
    V + "/connect/topics?q=gone&exactMatch=true&fallBackToRenamedTopics=true", V + "/connect/topics?pageSize=1",
    "/people?q=omra", "/people?q=calibratoin", V + "/hubbub/people?q=sevrice", V + "/chatter/users?q=ports",
    "/invitations", V + "/hubbub/invitations", V + "/hubbub/invitations?state=open",
    V + "/connect/topics/trending", V + "/connect/topics/trending?maxResults=2",
    V + "/connect/topics/suggestions?text=the+hush+of+tides", V + "/chatter/streams?sort=Descending",
    V + "/chatter/feeds", V + "/chatter/feeds/favorites/me", V + "/chatter/feeds/draft/me/feed-elements",
)  # fmt: skip


async def know_topics(pair: Pair) -> None:
    """Topics have names in the worlds, too: `topic:hush`. One that only one of them has, is an id of nothing in the other."""
    for world, other in ((pair.a, pair.b), (pair.b, pair.a)):
        async with world.company.act() as tx:
            there = await tx.tuples("select key, id from topic where org_id = %(org)s order by key")
        for key, id in there:
            world.made[f"topic:{key}"] = id
        for key, _ in there:
            if f"topic:{key}" not in other.made:
                async with other.company.act() as tx:
                    other.made[f"topic:{key}"] = await tx.new_id(ids.Type.TOPIC)


def places(app: Any, world: World, who: str, random: Random, most: int) -> list[tuple[str, str, str]]:
    """What there is to look at, of very much a sample: as text with `{id}` and `{topic}`, and the names of what they are."""
    names = sorted(world.made)
    topics = [name for name in names if name.startswith("topic:")]
    mine = [name for name in names if name.startswith(f"{who}'s ")]
    streams = [name for name in mine if ids.type_of(world.id(name)) == ids.Type.STREAM]
    kept = [name for name in mine if ids.type_of(world.id(name)) == ids.Type.FAVORITE]
    written = [name for name in mine if ids.type_of(world.id(name)) == ids.Type.DRAFT]
    things = ["common", "harbour", "private", "campaign", "omar", *random.sample(names, 5)]

    found = [(each, "") for each in LISTS]
    alone = [path.replace("{version:str}", "v62.0") for path, methods in routes(app) if "GET" in methods]
    found += [(path, "") for path in alone if "communities" not in path and not PARAMETER.search(path)]
    found += [(path, topic) for path in ON_TOPICS for topic in topics]
    found += [(path, name) for path in OF_PEOPLE for name in ("omar", "noor", "nina")]
    found += [(path, name) for path in ON_THINGS for name in things]
    found += [(V + "/chatter/drafts/{id}", name) for name in written]
    files = [name for name in names if ids.type_of(world.id(name)) == ids.Type.FILE]
    found += [(path, name) for path in OF_FILES for name in files for _ in range(8)]
    views = [name for name in names if ids.type_of(world.id(name)) == ids.Type.LIST_VIEW]
    found += [(path, name) for path in OF_VIEWS for name in views for _ in range(2)]
    found += [(f"/streams/{{id}}?sort={order}", name) for name in streams for order in ORDERS]
    found += [(V + "/chatter/streams/{id}", name) for name in streams]
    found += [(V + "/chatter/feeds/favorites/me/{id}", name) for name in kept]
    for order, sort in zip(ORDERS, SORTS, strict=True):
        for size in ("", "&pageSize=2"):
            end = f"/feed-elements?sort={sort}{size}"
            found += [(f"{V}/chatter/feeds/{kind}/me{end}", "") for kind in FEEDS if kind != "company"]
            found += [(f"{V}/chatter/feeds/company{end}", "")]
            found += [(f"{V}/chatter/feeds/filter/me/006{end}", "")]
            found += [(f"{V}/chatter/feeds/topic/{{id}}{end}", name) for name in topics]
            found += [(f"{V}/chatter/feeds/streams/{{id}}{end}", name) for name in streams]
            found += [(f"{V}/chatter/feeds/favorites/me/{{id}}{end}", name) for name in kept]
            found += [(f"{V}/chatter/feeds/user-profile/{{id}}{end}", name) for name in ("omar", "nina")]
        found += [(f"/?sort={order}", ""), (f"/company?sort={order}", "")]
        found += [(f"/feeds/{kind}?sort={order}", "") for kind in PAGES]
        found += [(f"/feeds/streams/{{id}}?sort={order}", name) for name in streams]
        found += [(f"/feeds/favorites/{{id}}?sort={order}", name) for name in kept]
        found += [(f"/t/{{id}}?sort={order}", name) for name in topics]
        found += [(f"/r/{{id}}?sort={order}", name) for name in ("common", "harbour")]
    picked = random.sample(found, min(most, len(found)))
    return [(path, name, random.choice(topics)) for path, name in picked]


def place(world: World, path: str, name: str, topic: str) -> str:
    shown = world.key(name) if name else ""
    return path.replace("{id}", shown).replace("{topic}", world.key(topic) if topic else "")
