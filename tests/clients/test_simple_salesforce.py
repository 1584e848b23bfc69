"""simple-salesforce as published on PyPI, unmodified, over TLS."""

import asyncio
import datetime
import ipaddress
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceMalformedRequest,
    SalesforceResourceNotFound,
)

from hubbub import objects, people
from hubbub.core import ids
from tests.cast import PASSWORD, Company, House
from tests.serving import serving


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for this machine that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    cert, private = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return cert, private


def work(client: Any, deal: str) -> None:
    """What a script does with records and with Chatter."""
    assert client.is_sandbox() is False
    (org,) = client.query("SELECT Id, Name, OrganizationType, InstanceName FROM Organization")["records"]
    assert client.Organization.get(org["Id"])["OrganizationType"] == "Enterprise Edition"
    with pytest.raises(SalesforceMalformedRequest, match="INVALID_TYPE"):
        client.query("SELECT Id FROM RecordType")
    opportunity = client.Opportunity
    made = opportunity.create({"Name": "Sund", "StageName": "Prospecting", "CloseDate": "2027-03-01"})
    assert made["success"]
    assert opportunity.update(made["id"], {"StageName": "Qualification"}) == 204
    assert opportunity.get(made["id"])["StageName"] == "Qualification"
    assert "Opportunity" in [each["name"] for each in client.describe()["sobjects"]]
    assert {"Id", "StageName"} <= {each["name"] for each in opportunity.describe()["fields"]}
    found = client.query("SELECT Id, Name FROM Opportunity ORDER BY Name")
    assert [each["Name"] for each in found["records"]] == ["Isdom", "Sund"]
    assert len(list(client.query_all_iter("SELECT Id FROM Opportunity"))) == 2
    client.Task.create(
        {
            "Subject": "Send the offer",
            "WhatId": made["id"],
            "ActivityDate": "2027-01-05",
            "Status": "Not Started",
        }
    )
    below = client.query(
        "SELECT LastActivityDate, (SELECT Subject, ActivityDate FROM OpenActivities), (SELECT Id FROM ActivityHistories) "
        f"FROM Opportunity WHERE Id = '{made['id']}'"
    )["records"][0]
    assert [each["Subject"] for each in below["OpenActivities"]["records"]] == ["Send the offer"]
    assert (below["ActivityHistories"], below["LastActivityDate"]) == (None, None)
    post = client.restful(
        "chatter/feed-elements",
        method="POST",
        json={"feedElementType": "FeedItem", "subjectId": deal, "text": "Signed"},
    )
    feed = client.restful(f"chatter/feeds/record/{deal}/feed-elements", params={"pageSize": 5})
    assert [each["id"] for each in feed["elements"]] == [post["id"]]
    assert opportunity.delete(made["id"]) == 204
    with pytest.raises(SalesforceResourceNotFound):
        opportunity.get(made["id"])
    with pytest.raises(SalesforceMalformedRequest, match="INVALID_FIELD"):
        client.query("SELECT Nothing FROM Account")


def several(client: Any) -> None:
    """What a script does with many records: by external id, in collections, in a composite, in a tree."""
    account = client.Account
    assert account.upsert("PyKey__c/a", {"Name": "Sund"}) == 201
    assert account.upsert("PyKey__c/a", {"Name": "Sund II"}) == 200
    assert account.upsert("PyKey__c/2027%2F1", {"Name": "Slashed"}) == 201
    assert account.get("PyKey__c/2027%2F1")["PyKey__c"] == "2027/1"
    found = account.get_by_custom_id("PyKey__c", "a")
    assert found["Name"] == "Sund II"
    kind = {"type": "Account"}
    made = client.restful(
        "composite/sobjects",
        method="POST",
        json={"records": [{"attributes": kind, "Name": "Fjord"}, {"attributes": kind, "Name": ""}]},
    )
    assert [each["success"] for each in made] == [True, False]
    put = client.restful(
        "composite/sobjects/Account/PyKey__c",
        method="PATCH",
        json={"records": [{"attributes": kind, "PyKey__c": key, "Name": key} for key in "ab"]},
    )
    assert [each["created"] for each in put] == [False, True]
    person = {"attributes": {"type": "Contact", "referenceId": "c"}, "LastName": "Lund"}
    tree = {"attributes": {**kind, "referenceId": "a"}, "Name": "Whole", "Contacts": {"records": [person]}}
    planted = client.restful("composite/tree/Account", method="POST", json={"records": [tree]})
    assert [each["referenceId"] for each in planted["results"]] == ["a", "c"]
    at = f"/services/data/v{client.sf_version}/sobjects/Account"
    said = client.restful(
        "composite",
        method="POST",
        json={
            "compositeRequest": [
                {"method": "GET", "url": f"{at}/PyKey__c/b", "referenceId": "b"},
                {"method": "DELETE", "url": f"{at}/@{{b.Id}}", "referenceId": "gone"},
            ]
        },
    )
    assert [each["httpStatusCode"] for each in said["compositeResponse"]] == [200, 204]
    now = datetime.datetime.now(datetime.UTC)
    spell = (now - datetime.timedelta(hours=1), now + datetime.timedelta(hours=1))
    assert found["Id"] in account.updated(*spell)["ids"]
    assert put[1]["id"] in [each["id"] for each in account.deleted(*spell)["deletedRecords"]]
    assert client.limits()["DailyApiRequests"]["Remaining"] > 0
    told = client.search("FIND {fjord} IN NAME FIELDS RETURNING Account(Id, Name), Contact")["searchRecords"]
    assert [each["Name"] for each in told] == ["Fjord"]
    assert made[0]["id"] in [each["Id"] for each in client.quick_search("Fjor*")["searchRecords"]]
    with pytest.raises(SalesforceMalformedRequest, match="MALFORMED_SEARCH"):
        client.search("FIND fjord")


def talk(client: Any, deal: str, colleague: str) -> None:
    """What a script does with the feed: every act, through `restful` and unmodified."""

    def ask(method: str, path: str, body: Any = None, **params: Any) -> Any:
        return client.restful(f"chatter/{path}", method=method, json=body, params=params or None)

    def said(*segments: dict[str, Any]) -> dict[str, Any]:
        return {"body": {"messageSegments": list(segments)}}

    def send(subject: str = "me", **more: Any) -> Any:
        made = {"feedElementType": "FeedItem", "subjectId": subject, **said({"type": "Text", "text": "Hi"})}
        return ask("POST", "feed-elements", made | more)

    def holds(feed: str, id: str, **params: Any) -> None:
        page = ask("GET", f"feeds/{feed}/feed-elements", **params)
        assert id in [each["id"] for each in page["elements"]], feed

    bold = [{"type": f"Markup{at}", "markupType": "Bold"} for at in ("Begin", "End")]
    post = send(deal, **said(bold[0], {"type": "Text", "text": "Signed"}, bold[1]))
    at = f"feed-elements/{post['id']}"
    assert post["body"]["isRichText"]
    for feed in ("news/me", "company", f"record/{deal}", "filter/me/006"):
        holds(feed, post["id"])
    comment = ask("POST", f"{at}/capabilities/comments/items", said({"type": "Text", "text": "one"}))
    reply = ask(
        "POST",
        f"{at}/capabilities/comments/items",
        said({"type": "Text", "text": "two"}) | {"threadParentId": comment["id"]},
    )
    assert reply["threadLevel"] == 1
    edited = ask("PATCH", f"comments/{comment['id']}", said({"type": "Text", "text": "better"}))
    assert edited["body"]["text"] == "better"
    like = ask("POST", f"{at}/capabilities/chatter-likes/items")
    assert ask("GET", f"likes/{like['id']}")["likedItem"]["id"] == post["id"]
    for name, given in (
        ("bookmarks", {"isBookmarkedByCurrentUser": True}),
        ("mute", {"isMutedByMe": True}),
        ("read-by", {"isReadByMe": True}),
        ("close", {"isClosed": True}),
    ):
        told = ask("PATCH", f"{at}/capabilities/{name}", given)
        assert {key: told[key] for key in given} == given
    holds("bookmarks/me", post["id"])
    holds("mute/me", post["id"])
    ask("PATCH", f"{at}/capabilities/mute", {"isMutedByMe": False})
    with pytest.raises(SalesforceMalformedRequest, match="INVALID_OPERATION"):
        ask("POST", f"{at}/capabilities/comments/items", said({"type": "Text", "text": "late"}))
    ask("PATCH", f"{at}/capabilities/close", {"isClosed": False})
    assert ask("PATCH", f"{at}/capabilities/up-down-vote", {"vote": "Up"})["upVoteCount"] == 1
    pins = f"feeds/record/{deal}/pinned-feed-elements"
    assert ask("PATCH", pins, {"entityId": post["id"], "isPinned": True})["isPinned"]
    assert [each["id"] for each in ask("GET", pins)["elements"]] == [post["id"]]
    topic = ask("POST", f"{at}/capabilities/topics", {"topicName": "Moorings"})
    holds(f"topics/{topic['id']}", post["id"])
    assert ask("POST", f"{at}/capabilities/moderation", {"type": "FlagAsSpam"})["moderationFlags"][
        "flaggedByMe"
    ]

    poll = send(capabilities={"poll": {"choices": ["Yes", "No"]}})
    choice = poll["capabilities"]["poll"]["choices"][0]["id"]
    voted = ask("PATCH", f"feed-elements/{poll['id']}/capabilities/poll", {"myChoiceId": choice})
    assert (voted["myChoiceId"], voted["totalVoteCount"]) == (choice, 1)
    question = send(capabilities={"questionAndAnswers": {"questionTitle": "How deep?"}})
    asked = f"feed-elements/{question['id']}/capabilities"
    answer = ask("POST", f"{asked}/comments/items", said({"type": "Text", "text": "Forty metres"}))
    best = ask("PATCH", f"{asked}/question-and-answers", {"bestAnswerId": answer["id"]})
    assert best["bestAnswer"]["id"] == answer["id"]
    shared = send(capabilities={"feedEntityShare": {"feedEntityId": question["id"]}})
    assert shared["capabilities"]["feedEntityShare"]["feedEntity"]["id"] == question["id"]

    follow = ask("POST", "users/me/following", {"subjectId": colleague})
    assert ask("GET", f"subscriptions/{follow['id']}")["subject"]["id"] == colleague
    ask("DELETE", f"subscriptions/{follow['id']}")
    assert ask("GET", "mentions/completions", q="Noor")["mentionCompletions"]
    stream = ask("POST", "streams", {"name": "Sea", "subscriptionsToAdd": [{"entityId": deal}]})
    holds(f"streams/{stream['id']}", post["id"])
    favorite = ask("POST", "feeds/favorites/me", {"searchText": "Signed"})
    holds(f"favorites/me/{favorite['id']}", post["id"])
    batch = ask("GET", f"feed-elements/batch/{post['id']},{poll['id']}")
    assert [each["statusCode"] for each in batch["results"]] == [200, 200]
    assert client.restful("connect/notifications/status")["unreadCount"] >= 0
    for path in (f"likes/{like['id']}", f"comments/{reply['id']}", f"streams/{stream['id']}", at):
        ask("DELETE", path)
        with pytest.raises(SalesforceResourceNotFound):
            ask("GET", path)


def share(client: Any, deal: str, person: str) -> None:
    """What an administrator's script does with Setup, and that all of it is gone again."""

    def make(type: str, **values: Any) -> str:
        made = getattr(client, type).create(values)
        assert made["success"]
        return made["id"]

    def access() -> str:
        found = client.query(
            "SELECT RecordId, HasReadAccess, MaxAccessLevel FROM UserRecordAccess "
            f"WHERE UserId = '{person}' AND RecordId = '{deal}'"
        )
        return found["records"][0]["MaxAccessLevel"]

    role = make("UserRole", Name="Pilots")
    below = make("UserRole", Name="Deck", ParentRoleId=role)
    outer, inner = make("Group", Name="Outer"), make("Group", Name="Inner")
    queue = make("Group", Name="Leads", Type="Queue")
    make("QueueSobject", QueueId=queue, SobjectType="Opportunity")
    make("GroupMember", GroupId=outer, UserOrGroupId=inner)
    member = make("GroupMember", GroupId=inner, UserOrGroupId=person)
    assert access() == "None"
    shared = make("OpportunityShare", OpportunityId=deal, UserOrGroupId=outer, OpportunityAccessLevel="Read")
    assert access() == "Read"
    assert client.OpportunityShare.update(shared, {"OpportunityAccessLevel": "Edit"}) == 204
    assert access() == "Edit"
    assert client.OpportunityShare.get(shared)["RowCause"] == "Manual"
    assert client.GroupMember.delete(member) == 204
    assert access() == "None"
    extra = make("PermissionSet", Name="Auditors", Label="Audit")
    rights = make(
        "ObjectPermissions",
        ParentId=extra,
        SobjectType="Opportunity",
        PermissionsRead=True,
        PermissionsViewAllRecords=True,
    )
    field = make(
        "FieldPermissions",
        ParentId=extra,
        SobjectType="Opportunity",
        Field="Opportunity.Amount",
        PermissionsRead=True,
    )
    assigned = make("PermissionSetAssignment", AssigneeId=person, PermissionSetId=extra)
    assert access() == "Read"
    found = client.query_all(
        f"SELECT Assignee.Name, PermissionSet.Label FROM PermissionSetAssignment WHERE Id = '{assigned}'"
    )
    assert found["records"][0]["PermissionSet"]["Label"] == "Audit"
    assert "FieldPermissions" in [each["name"] for each in client.describe()["sobjects"]]
    assert {"ParentId", "Field"} <= {each["name"] for each in client.FieldPermissions.describe()["fields"]}
    with pytest.raises(SalesforceMalformedRequest, match="CIRCULAR_DEPENDENCY"):
        client.UserRole.update(role, {"ParentRoleId": below})
    for type, id in (
        ("PermissionSetAssignment", assigned),
        ("FieldPermissions", field),
        ("ObjectPermissions", rights),
        ("PermissionSet", extra),
        ("OpportunityShare", shared),
        ("Group", outer),
        ("Group", inner),
        ("Group", queue),
        ("UserRole", below),
        ("UserRole", role),
    ):
        assert getattr(client, type).delete(id) == 204
        with pytest.raises(SalesforceResourceNotFound):
            getattr(client, type).get(id)
    assert access() == "None"


def talk_as_then(client: Any, deal: str) -> None:
    """What a script of 2013 does with the feed: flat items, at version 27."""
    feed = f"chatter/feeds/record/{deal}/feed-items"
    link = {"attachmentType": "Link", "url": "https://tides.example/", "urlName": "Tides"}
    post = client.restful(feed, method="POST", json={"attachment": link})
    assert (post["type"], post["attachment"]["title"]) == ("LinkPost", "Tides")
    at = f"chatter/feed-items/{post['id']}"
    comment = client.restful(f"{at}/comments", method="POST", params={"text": "Yes"})
    assert comment["feedItem"]["id"] == post["id"]
    client.restful(f"{at}/likes", method="POST")
    item = client.restful(feed)["items"][0]
    assert (item["id"], item["isLikedByCurrentUser"]) == (post["id"], True)
    assert [each["id"] for each in item["comments"]["comments"]] == [comment["id"]]
    client.restful(at, method="DELETE")
    with pytest.raises(SalesforceResourceNotFound):
        client.restful(at)


class Rerouted(HTTPAdapter):
    """Names lead to our server, as a name server would have them do: the client knows Salesforce's own address only."""

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__()

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        parts = urlsplit(str(request.url))
        request.url = urlunsplit(parts._replace(netloc=urlsplit(self.url).netloc))
        return super().send(request, *args, **kwargs)


def sign_in_by_soap(session: requests.Session, username: str) -> None:
    """What a script does that knows a name and a password, and nothing of connected apps."""
    client = Salesforce(
        username=username, password=PASSWORD, security_token="", session=session, version="59.0"
    )
    found: Any = client.query("SELECT Id FROM Opportunity")
    assert found["totalSize"] == 1
    me: Any = client.restful("chatter/users/me")
    assert me["username"] == username
    with pytest.raises(SalesforceAuthenticationFailed, match="INVALID_LOGIN"):
        Salesforce(username=username, password="wrong", security_token="", session=session)


async def test_simple_salesforce_signs_in_by_soap(house: House, company: Company, tmp_path: Path) -> None:
    await company.make(
        "omar", "Opportunity", Name="Isdom", StageName="Prospecting", CloseDate=date(2027, 1, 1)
    )
    cert, key = make_certificate(tmp_path)
    async with serving(house, house.settings.port + 1, ssl_certfile=cert, ssl_keyfile=key) as url:
        session = requests.Session()
        session.verify = str(cert)
        session.trust_env = False
        session.mount("https://", Rerouted(url))
        await asyncio.to_thread(sign_in_by_soap, session, company.username("omar"))
        session.close()


async def test_simple_salesforce_works_with_hubbub(house: House, company: Company, tmp_path: Path) -> None:
    deal = await company.make(
        "omar", "Opportunity", Name="Isdom", StageName="Prospecting", CloseDate=date(2027, 1, 1)
    )
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        key_field = objects.NewField(
            name="PyKey__c", label="Key", type="string", unique=True, external_id=True
        )
        await objects.add_field(tx, ada, (await objects.catalog(tx)).object("Account"), key_field)
    cert, key = make_certificate(tmp_path)
    async with serving(house, house.settings.port + 1, ssl_certfile=cert, ssl_keyfile=key) as url:
        session = requests.Session()
        session.verify = str(cert)
        session.trust_env = False
        client = Salesforce(
            instance_url=url, session_id=await company.token("omar"), session=session, version="62.0"
        )
        await asyncio.to_thread(work, client, ids.show(deal))
        await asyncio.to_thread(talk, client, ids.show(deal), company.key("nina"))
        await asyncio.to_thread(several, client)
        client = Salesforce(
            instance_url=url, session_id=await company.token("ada"), session=session, version="62.0"
        )
        old = Salesforce(
            instance_url=url, session_id=await company.token("omar"), session=session, version="27.0"
        )
        await asyncio.to_thread(talk_as_then, old, ids.show(deal))
        await asyncio.to_thread(share, client, ids.show(deal), company.key("nina"))
        session.close()
