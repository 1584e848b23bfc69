"""simple-salesforce as published on PyPI, unmodified, over TLS."""

import asyncio
import datetime
import ipaddress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceMalformedRequest, SalesforceResourceNotFound

from hubbub.core import ids
from tests.cast import Company, House
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


async def test_simple_salesforce_works_with_hubbub(house: House, company: Company, tmp_path: Path) -> None:
    deal = await company.make(
        "omar", "Opportunity", Name="Isdom", StageName="Prospecting", CloseDate=date(2027, 1, 1)
    )
    cert, key = make_certificate(tmp_path)
    async with serving(house, house.settings.port + 1, ssl_certfile=cert, ssl_keyfile=key) as url:
        session = requests.Session()
        session.verify = str(cert)
        session.trust_env = False
        client = Salesforce(
            instance_url=url, session_id=await company.token("omar"), session=session, version="62.0"
        )
        await asyncio.to_thread(work, client, ids.show(deal))
        session.close()
