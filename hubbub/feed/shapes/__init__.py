"""Bodies of the Chatter REST API: feeds, feed elements, comments, likes, subscriptions.

Every property that the reference names is there, null when it is empty; but a capability that the reader cannot use on an
element is absent, which is how clients are told so.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import msgspec

from hubbub import people
from hubbub.core import html, ids
from hubbub.core.rest import connect_date, encode_text, relative_date
from hubbub.feed.queries import (
    Comment,
    Item,
    Original,
    Revision,
    Shown,
    Speaker,
    Subject,
    Tag,
)
from hubbub.feed.shapes import topics
from hubbub.feed.shapes.capabilities import capabilities, comment_capabilities
from hubbub.feed.shapes.likes import likes_message

Json = dict[str, Any]

# Kinds of Record Fields; what is none of these is Text.
_FIELD_KINDS = {
    "boolean": "Boolean",
    "currency": "Currency",
    "date": "Date",
    "datetime": "DateTime",
    "double": "Number",
    "email": "Email",
    "int": "Number",
    "percent": "Percent",
    "phone": "Phone",
    "picklist": "Picklist",
    "reference": "Reference",
    "url": "Url",
}


class Shaper(msgspec.Struct, frozen=True):
    """What every body depends on: the address prefix of the request, the reader's subscriptions, how text is encoded."""

    base: str  # "/services/data/v62.0" or that with "/connect/communities/internal"
    subscriptions: Mapping[int, int]
    encode: bool = True
    unreached: frozenset[str] = frozenset()  # whom this request's author mentioned in vain

    def text(self, value: str | None) -> str | None:
        """Text as the API sends it: with the five HTML entities, unless the client asked for raw text."""
        return encode_text(value) if self.encode else value

    def url(self, path: str, **query: object) -> str:
        return f"{self.base}/chatter{path}" + (f"?{urlencode(query)}" if query else "")

    def connect(self, path: str, **query: object) -> str:
        """The address of what is not Chatter's."""
        root = self.base if "/connect/" in self.base else f"{self.base}/connect"
        return f"{root}{path}" + (f"?{urlencode(query)}" if query else "")

    # --- who and what ---

    def person(self, person: people.Person) -> msgspec.Raw:
        """User Summary."""
        return _person(person, self.base, self.subscriptions.get(person.id), self.encode)

    def speaker(self, speaker: Speaker) -> msgspec.Raw:
        """User Summary; or the Record Summary of the record in whose name somebody speaks."""
        return self.subject(speaker) if isinstance(speaker, Subject) else self.person(speaker)

    def subject(self, subject: Subject) -> msgspec.Raw:
        """User Summary, Record Summary or Topic."""
        if subject.person is not None:
            return self.person(subject.person)
        if subject.object == "Topic":
            return msgspec.Raw(msgspec.json.encode(topics.tag(self, Tag(subject.id, subject.name))))
        return _record(subject, self.base, self.subscriptions.get(subject.id), self.encode)

    def reference(self, path: str, id: int | None) -> Json | None:
        return _reference(self.base, path, id)

    # --- bodies ---

    def body(self, segments: list[Json]) -> Json:
        """Feed Item Body."""
        return {
            "isRichText": any(segment["type"] == "MarkupBegin" for segment in segments),
            "messageSegments": [self.segment(segment) for segment in segments],
            "text": self.text(html.plain(segments)),
        }

    def segment(self, segment: Json) -> Json:
        """Message Segment."""
        text = self.text(segment.get("text", ""))
        match segment["type"]:
            case "Mention":
                user = {"id": segment["id"], "url": self.url(f"/users/{segment['id']}")}
                return {
                    "accessible": segment["id"] not in self.unreached,
                    "name": self.text(segment["name"]),
                    "record": {**user, "type": "User"},
                    "text": text,
                    "type": "Mention",
                }
            case "Hashtag":
                tag = self.text(segment["tag"])
                topic_url = url = None
                if "id" in segment:
                    topic_url = self.connect(f"/topics/{segment['id']}")
                    url = self.connect("/topics", exactMatch="true", q=segment["tag"])
                return {"tag": tag, "text": text, "topicUrl": topic_url, "type": "Hashtag", "url": url}
            case "Link":
                return {"text": text, "type": "Link", "url": segment["url"]}
            case "EntityLink":
                record = ids.parse(segment["id"]) if "id" in segment else None
                return {
                    "motif": people.motif(ids.type_of(record)) if record else None,
                    "reference": self.reference("records", record),
                    "text": text,
                    "type": "EntityLink",
                }
            case "InlineImage":
                return self.image(segment, text)
            case "MarkupBegin" | "MarkupEnd" as kind:
                markup = segment["markupType"]
                made = {"htmlTag": html.TAGS[markup], "markupType": markup, "text": "", "type": kind}
                if markup == "Hyperlink" and kind == "MarkupBegin":
                    made |= {"altText": self.text(segment.get("altText")), "url": segment["url"]}
                return made
        return {"text": text, "type": "Text"}

    def image(self, segment: Json, text: Any) -> Json:
        """Inline Image Segment."""
        url = self.connect(f"/files/{segment['fileId']}")
        previews = [
            {
                "format": name,
                "previewUrls": [{"pageNumber": 1, "previewUrl": f"{url}/rendition?type={name}"}],
                "status": "Available",
            }
            for name in ("THUMB120BY90", "THUMB240BY180", "THUMB720BY480")
        ]
        return {
            "altText": self.text(segment["altText"]),
            "contentSize": segment["bytes"],
            "fileExtension": segment["extension"],
            "text": text,
            "thumbnails": {"fileId": segment["fileId"], "previews": previews, "url": f"{url}/previews"},
            "type": "InlineImage",
            "url": f"{url}/content",
        }

    def header(self, item: Item | Original) -> msgspec.Raw:
        """Feed Item Preamble: who did what, as segments that a client may print."""
        return _header(item.author, item.parent, self.base, self.encode)

    # --- feed elements ---

    def item(self, item: Item) -> Json:
        """Feed Item."""
        path = f"/feed-elements/{item.key}"
        return {
            "actor": self.speaker(item.author),
            "body": self.body(item.body),
            "capabilities": capabilities(self, item, path),
            "clientInfo": None,
            "createdDate": connect_date(item.created_at),
            "event": False,
            "feedElementType": "FeedItem",
            "hasVerifiedComment": item.question is not None and item.question.verified,
            "header": self.header(item),
            "id": item.key,
            "isDeleteRestricted": not item.may_delete,
            "isSharable": item.sharable,
            "modifiedDate": connect_date(item.last_activity),
            "originalFeedItem": self.reference("feed-elements", item.original.id if item.original else None),
            "originalFeedItemActor": self.speaker(item.original.author) if item.original else None,
            "parent": self.subject(item.parent),
            "photoUrl": f"/profilephoto/{item.author.key}/T",
            "relativeCreatedDate": relative_date(item.created_at),
            "type": item.kind,
            "url": self.url(path),
            "visibility": item.visibility,
        }

    def original(self, original: Original | None) -> Json:
        """Feed Item Summary of what is shared; Feed Entity Not Available Summary where the reader does not see it, which
        tells nothing of it."""
        if original is None:
            names = ("actor", "body", "createdDate", "id", "parent", "relativeCreatedDate", "url")
            return dict.fromkeys(names) | {"feedElementType": "FeedItem", "isEntityAvailable": False}
        return {
            "actor": self.speaker(original.author),
            "body": self.body(original.body),
            "capabilities": {},
            "createdDate": connect_date(original.created_at),
            "feedElementType": "FeedItem",
            "header": self.header(original),
            "id": original.key,
            "isEntityAvailable": True,
            "modifiedDate": connect_date(original.last_activity),
            "originalFeedItem": None,
            "originalFeedItemActor": None,
            "parent": self.subject(original.parent),
            "photoUrl": f"/profilephoto/{original.author.key}/T",
            "relativeCreatedDate": relative_date(original.created_at),
            "url": self.url(f"/feed-elements/{original.key}"),
            "visibility": original.visibility,
        }

    def record_view(self, item: Item) -> Json:
        """Record View: the new record as it is now, with the fields that the reader may read."""
        record = item.parent
        fields = [self.record_field(shown) for shown in item.shown]
        return {
            "id": record.key,
            "motif": people.motif(ids.type_of(record.id)),
            "mySubscription": self.reference("subscriptions", self.subscriptions.get(record.id)),
            "name": self.text(record.name),
            "relatedListDefinitions": [],
            "sections": [
                {
                    "columnCount": 1,
                    "columnOrder": "TopDown",
                    "fields": fields,
                    "heading": None,
                    "isCollapsible": False,
                }
            ],
            "type": record.object,
            "url": self.url(f"/records/{record.key}"),
        }

    def record_field(self, shown: Shown) -> Json:
        """Record Field, of the kind that its value has."""
        field, value = shown.field, shown.value
        kind = _FIELD_KINDS.get(field.type, "Text")
        body: Json = {"label": self.text(field.label), "text": self.text(shown.text), "type": kind}
        match kind:
            case "Reference":
                path = "users" if field.to == ("User",) else "records"
                body["reference"] = self.reference(path, value if shown.text is not None else None)
            case "Date":
                body["dateValue"] = field.to_json(value)
            case "Percent":
                body["value"] = field.to_json(value)
        return body

    def link(self, speaker: Speaker) -> Json:
        """Entity Link Segment that names who speaks."""
        path = "records" if isinstance(speaker, Subject) else "users"
        return {
            "motif": people.motif(ids.type_of(speaker.id)),
            "reference": self.reference(path, speaker.id),
            "text": self.text(speaker.name),
            "type": "EntityLink",
        }

    def comment(self, comment: Comment) -> Json:
        """Comment."""
        item = ids.show(comment.item_id)
        element = {"id": item, "url": self.url(f"/feed-elements/{item}")}
        likes_url = self.url(f"/comments/{comment.key}/likes")
        return {
            "body": self.body(comment.body),
            "capabilities": comment_capabilities(self, comment, f"/comments/{comment.key}"),
            "clientInfo": None,
            "createdDate": connect_date(comment.created_at),
            "feedElement": element,
            "id": comment.key,
            "isDeleted": comment.deleted,
            "isDeleteRestricted": not comment.may_delete,
            "likes": {
                "currentPageToken": 0,
                "currentPageUrl": likes_url,
                "items": [],
                "nextPageToken": None,
                "nextPageUrl": None,
                "previousPageToken": None,
                "previousPageUrl": None,
                "total": comment.like_count,
            },
            "likesMessage": likes_message(self, [], comment.like_count, mine=comment.my_like is not None),
            "myLike": self.reference("likes", comment.my_like),
            "parent": element,
            "relativeCreatedDate": relative_date(comment.created_at),
            "threadLevel": comment.level,
            "threadParentId": ids.show(comment.parent_id) if comment.parent_id else None,
            "type": "TextComment",
            "url": self.url(f"/comments/{comment.key}"),
            "user": self.speaker(comment.author) if not comment.deleted else None,
        }

    # --- editing ---

    def revision(self, revision: Revision) -> Json:
        """One version of a post or comment, which Salesforce does not have."""
        kinds = {"same": "Same", "gone": "Removed", "new": "Added"}
        return {
            "body": self.body(revision.body),
            "changes": [{"text": self.text(text), "type": kinds[kind]} for kind, text in revision.changes],
            "editedBy": self.speaker(revision.editor),
            "editedDate": connect_date(revision.edited_at),
            "revision": revision.revision,
            "title": self.text(revision.title),
        }


# Half of an answer is who and what, and always the same people and records: each is written once.


@lru_cache(maxsize=16384)
def _person(person: people.Person, base: str, subscription_id: int | None, encode: bool) -> msgspec.Raw:
    summary = people.user_summary(person, base, subscription_id=subscription_id, encode=encode)
    return msgspec.Raw(msgspec.json.encode(summary))


@lru_cache(maxsize=16384)
def _record(subject: Subject, base: str, subscription_id: int | None, encode: bool) -> msgspec.Raw:
    summary = {
        "id": subject.key,
        "motif": people.motif(ids.type_of(subject.id)),
        "mySubscription": _reference(base, "subscriptions", subscription_id),
        "name": encode_text(subject.name) if encode else subject.name,
        "type": subject.object,
        "url": f"{base}/chatter/records/{subject.key}",
    }
    return msgspec.Raw(msgspec.json.encode(summary))


@lru_cache(maxsize=16384)
def _header(author: Speaker, parent: Subject, base: str, encode: bool) -> msgspec.Raw:
    path = "users" if isinstance(author, people.Person) else "records"
    segments: list[Json] = [_link(path, author.id, author.name, base, encode)]
    if parent.id != author.id:
        segments.append({"text": " — ", "type": "Text"})
        path = "users" if parent.person else "records"
        segments.append(_link(path, parent.id, parent.name, base, encode))
    text = "".join(each["text"] for each in segments)
    return msgspec.Raw(msgspec.json.encode({"isRichText": None, "messageSegments": segments, "text": text}))


def _link(path: str, id: int, name: str, base: str, encode: bool) -> Json:
    return {
        "motif": people.motif(ids.type_of(id)),
        "reference": _reference(base, path, id),
        "text": encode_text(name) if encode else name,
        "type": "EntityLink",
    }


def _reference(base: str, path: str, id: int | None) -> Json | None:
    return None if id is None else {"id": ids.show(id), "url": f"{base}/chatter/{path}/{ids.show(id)}"}
