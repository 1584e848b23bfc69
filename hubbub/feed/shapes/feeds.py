"""Bodies of feeds: the directory, a feed, its pages, bundles of changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from hubbub import records
from hubbub.core import ids
from hubbub.core.rest import connect_date, relative_date, version_of
from hubbub.feed.queries import Bundle, Favorite, Page, Place, Stream
from hubbub.feed.shapes.lists import with_query

if TYPE_CHECKING:
    from hubbub.feed.shapes import Shaper

Json = dict[str, Any]
RESPECTING_MUTE = ("/feeds/news", "/feeds/people", "/feeds/filter", "/feeds/streams", "/feeds/topics/me")


def page(
    shape: Shaper, page: Page, path: str, query: Json, after: Place | None, *, token: str | None = None
) -> Json:
    """Feed Element Page. `token`: how far the feed was read, for updatesUrl and isModifiedUrl."""
    url = shape.url(path)
    following = str(page.next) if page.next else None
    base = path.rpartition("/")[0]
    modified = shape.url(f"{base}/is-modified", since=token) if token and base == "/feeds/news/me" else None
    kept = {name: value for name, value in query.items() if name != "updatedSince"}
    return {
        "currentPageToken": str(after) if after else None,
        "currentPageUrl": with_query(url, query | ({"page": str(after)} if after else {})),
        "elements": [element(shape, each, page) for each in page.elements],
        "isModifiedToken": token if modified else None,
        "isModifiedUrl": modified,
        "nextPageToken": following,
        "nextPageUrl": with_query(url, query | {"page": following}) if following else None,
        "updatesToken": token,
        "updatesUrl": with_query(url, kept | {"updatedSince": token}) if token else None,
    }


def element(shape: Shaper, element: Any, page: Page) -> Json:
    """Feed Item or Bundle; where the feed is ordered by rank, with the reason of its rank, which Salesforce does not tell."""
    if isinstance(element, Bundle):
        return bundle(shape, element)
    body = shape.item(element)
    if rank := page.ranks.get(element.id):
        body["rank"] = msgspec.to_builtins(rank)
    return body


def bundle(shape: Shaper, bundle: Bundle) -> Json:
    """A Feed Element that is a Bundle: a run of changes of one record, as one."""
    path = f"/feed-elements/{bundle.key}"
    return {
        "body": shape.body([]),
        "capabilities": {"bundle": bundle_capability(shape, bundle)},
        "createdDate": connect_date(bundle.first.created_at),
        "feedElementType": "Bundle",
        "header": shape.header(bundle.first),
        "id": bundle.key,
        "modifiedDate": connect_date(bundle.first.last_activity),
        "parent": shape.subject(bundle.parent),
        "relativeCreatedDate": relative_date(bundle.first.created_at),
        "url": shape.url(f"{path}/capabilities/bundle", until=bundle.last_key),
    }


def bundle_capability(shape: Shaper, bundle: Bundle) -> Json:
    """Tracked Change Bundle Capability: the newest changes, of the newest two elements."""
    path = f"/feed-elements/{bundle.key}/capabilities/bundle/feed-elements"
    more = bundle.shown[-1].key if bundle.shown and len(bundle.shown) < bundle.total else None
    url = shape.url(path, until=bundle.last_key)
    return {
        "bundleType": "TrackedChanges",
        "changes": [
            {
                "fieldName": shape.text(change.label),
                "newValue": shape.text(change.new),
                "oldValue": shape.text(change.old),
            }
            for item in bundle.shown[:2]
            for change in item.changes
        ],
        "page": {
            "currentPageToken": None,
            "currentPageUrl": url,
            "elements": [shape.item(item) for item in bundle.shown],
            "isModifiedToken": None,
            "isModifiedUrl": None,
            "nextPageToken": more,
            "nextPageUrl": shape.url(path, until=bundle.last_key, page=more) if more else None,
            "updatesToken": None,
            "updatesUrl": None,
        },
        "totalElements": bundle.total,
    }


def stream(shape: Shaper, stream: Stream) -> Json:
    """Chatter Stream."""
    return {
        "community": None,
        "createdDate": connect_date(stream.created_at),
        "description": shape.text(stream.description),
        "id": stream.key,
        "name": shape.text(stream.name),
        "subscriptions": [
            shape.subject(each.subject)
            if each.subject
            else {
                "id": each.key,
                "name": shape.text(each.name.removeprefix("#")),
                "type": "Topic",
                "url": f"{shape.base}/connect/topics/{each.key}",
            }
            for each in stream.subjects
        ],
        "url": shape.url(f"/streams/{stream.key}"),
    }


def favorite(shape: Shaper, kept: Favorite) -> Json:
    """Favorite."""
    path, topic, view = f"/feeds/favorites/me/{kept.key}", kept.topic_id, kept.view_id
    target = None
    if topic:
        target = {"id": ids.show(topic), "url": f"{shape.base}/connect/topics/{ids.show(topic)}"}
    if view:
        target = {"id": ids.show(view), "url": None}
    return {
        "community": None,
        "createdBy": None,
        "followed": kept.followed,
        "feedUrl": shape.url(f"{path}/feed-elements"),
        "id": kept.key,
        "lastViewDate": connect_date(kept.viewed_at) if kept.viewed_at else None,
        "name": shape.text(kept.name),
        "searchText": shape.text(kept.search),
        "target": target,
        "type": "ListView" if view else "Topic" if topic else "Search",
        "url": shape.url(path),
        "user": None,
    }


def feed(shape: Shaper, path: str) -> Json:
    """Feed."""
    pinned = shape.url(f"{path}/pinned-feed-elements") if path.startswith("/feeds/record/") else None
    return {
        "feedElementPostUrl": shape.url("/feed-elements"),
        "feedElements": None,
        "feedElementsUrl": shape.url(f"{path}/feed-elements"),
        "isModifiedUrl": shape.url(f"{path}/is-modified") if path == "/feeds/news/me" else None,
        "pinnedFeedElementsUrl": pinned,
        "redirectedFeedFilter": None,
        "redirectedFeedSort": None,
        "redirectedFeedType": None,
        "respectsMute": path.startswith(RESPECTING_MUTE),
        **_old_urls(shape, path),
    }


def directory(
    shape: Shaper, viewer: records.Viewer, favorites: list[Favorite], streams: list[Stream]
) -> Json:
    """Feed Directory: the feeds that the reader has."""
    actor = viewer.actor
    inside = [] if actor.guest else [("Company Highlights", "Company", "/feeds/company", None)]
    topics = [] if actor.guest else [("Topics", "Topics", "/feeds/topics/me", None)]
    feeds = [
        ("What I Follow", "News", "/feeds/news/me", None),
        ("To Me", "To", "/feeds/to/me", None),
        ("Bookmarked", "Bookmarks", "/feeds/bookmarks/me", None),
        ("My Drafts", "Draft", "/feeds/draft/me", None),
        ("Muted", "Mute", "/feeds/mute/me", None),
        *inside,
        ("People", "People", "/feeds/people/me", None),
        *topics,
        ("My Profile", "UserProfile", f"/feeds/user-profile/{ids.show(actor.id)}", None),
    ]
    mine = [(each.name, "Streams", f"/feeds/streams/{each.key}", None) for each in streams]
    return {
        "favorites": [favorite(shape, each) for each in favorites],
        "feeds": [_directed(shape, *each) for each in [*feeds, *mine, *_filters(viewer)]],
    }


def filters(shape: Shaper, viewer: records.Viewer) -> Json:
    """Feed Directory: What I Follow, by the type of what it is about."""
    return {"favorites": [], "feeds": [_directed(shape, *each) for each in _filters(viewer)]}


def _filters(viewer: records.Viewer) -> list[tuple[str, str, str, str | None]]:
    codes = [(object.plural, object.code) for object in viewer.catalog.objects if viewer.can(object).read] + [
        ("People", int(ids.Type.USER))
    ]
    prefixes = [(label, ids.PREFIX[code]) for label, code in sorted(codes)]
    return [(label, "Filter", f"/feeds/filter/me/{prefix}", prefix) for label, prefix in prefixes]


def _directed(shape: Shaper, label: str, kind: str, path: str, prefix: str | None) -> Json:
    """Feed Directory Item."""
    return {
        "feedElementsUrl": shape.url(f"{path}/feed-elements"),
        "feedType": kind,
        "feedUrl": shape.url(path),
        "keyPrefix": prefix,
        "label": shape.text(label),
        **_old_urls(shape, path),
    }


def _old_urls(shape: Shaper, path: str) -> Json:
    """Where versions up to 31 find what is in a feed."""
    return {"feedItemsUrl": shape.url(f"{path}/feed-items")} if version_of(shape.base) <= 31 else {}
