"""What Setup refuses over REST: the status, the error code, and that nothing of it was done."""

from typing import Any

import pytest

from hubbub import people, records
from hubbub.core import ids
from hubbub.core.ids import Type
from tests.api.test_setup_objects import V, make, select
from tests.cast import Company

UNKNOWN_USER = ids.show(ids.make(Type.USER, 3))
UNKNOWN_ROLE = ids.show(ids.make(Type.ROLE, 3))
UNKNOWN_GROUP = ids.show(ids.make(Type.GROUP, 3))
UNKNOWN_SET = ids.show(ids.make(Type.PERMISSION_SET, 3))
UNKNOWN_DEAL = ids.show(ids.make(Type.OPPORTUNITY, 3))
CROSS, WRONG_ID, MISSING = "INVALID_CROSS_REFERENCE_KEY", "MALFORMED_ID", "REQUIRED_FIELD_MISSING"
INTEGRITY, PICKLIST = "FIELD_INTEGRITY_EXCEPTION", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
FIXED, TYPE, LONG = "INVALID_FIELD_FOR_INSERT_UPDATE", "JSON_PARSER_ERROR", "STRING_TOO_LONG"

# Who asks for what; {name} stands for what `scene` made.
REFUSED: list[tuple[str, str, str, dict[str, Any], int, str]] = [
    # cycles
    ("ada", "PATCH", "UserRole/{top}", {"ParentRoleId": "{low}"}, 400, "CIRCULAR_DEPENDENCY"),
    ("ada", "PATCH", "UserRole/{top}", {"ParentRoleId": "{top}"}, 400, "CIRCULAR_DEPENDENCY"),
    ("ada", "PATCH", "UserRole/{top}", {"Name": "New", "ParentRoleId": "{low}"}, 400, "CIRCULAR_DEPENDENCY"),
    ("ada", "POST", "GroupMember", {"GroupId": "{inner}", "UserOrGroupId": "{outer}"}, 400, "CIRCULAR_DEPENDENCY"),
    ("ada", "POST", "GroupMember", {"GroupId": "{inner}", "UserOrGroupId": "{inner}"}, 400, "CIRCULAR_DEPENDENCY"),
    # people who are not active
    ("ada", "POST", "GroupMember", {"GroupId": "{inner}", "UserOrGroupId": "{gone}"}, 400, "INACTIVE_OWNER_OR_USER"),
    ("ada", "POST", "PermissionSetAssignment", {"AssigneeId": "{gone}", "PermissionSetId": "{set}"}, 400,
     "INACTIVE_OWNER_OR_USER"),
    ("omar", "POST", "OpportunityShare",
     {"OpportunityId": "{deal}", "UserOrGroupId": "{gone}", "OpportunityAccessLevel": "Read"}, 400, CROSS),
    ("omar", "POST", "OpportunityTeamMember", {"OpportunityId": "{deal}", "UserId": "{gone}"}, 400,
     "INACTIVE_OWNER_OR_USER"),
    # ids of what is not there
    ("ada", "POST", "UserRole", {"Name": "X", "ParentRoleId": UNKNOWN_ROLE}, 400, CROSS),
    ("ada", "PATCH", "UserRole/{top}", {"ParentRoleId": UNKNOWN_ROLE}, 400, CROSS),
    ("ada", "PATCH", f"UserRole/{UNKNOWN_ROLE}", {"Name": "X"}, 404, "NOT_FOUND"),
    ("ada", "DELETE", f"UserRole/{UNKNOWN_ROLE}", {}, 404, "NOT_FOUND"),
    ("ada", "POST", "GroupMember", {"GroupId": UNKNOWN_GROUP, "UserOrGroupId": "{omar}"}, 400, CROSS),
    ("ada", "POST", "GroupMember", {"GroupId": "{inner}", "UserOrGroupId": UNKNOWN_USER}, 400, CROSS),
    ("ada", "POST", "PermissionSetAssignment", {"AssigneeId": UNKNOWN_USER, "PermissionSetId": "{set}"}, 400, CROSS),
    ("ada", "POST", "PermissionSetAssignment", {"AssigneeId": "{omar}", "PermissionSetId": UNKNOWN_SET}, 400, CROSS),
    ("ada", "POST", "ObjectPermissions",
     {"ParentId": UNKNOWN_SET, "SobjectType": "Account", "PermissionsRead": True}, 400, CROSS),
    ("omar", "POST", "OpportunityShare",
     {"OpportunityId": UNKNOWN_DEAL, "UserOrGroupId": "{noor}", "OpportunityAccessLevel": "Read"}, 400, CROSS),
    ("nina", "POST", "OpportunityShare",
     {"OpportunityId": "{deal}", "UserOrGroupId": "{nina}", "OpportunityAccessLevel": "Read"}, 400, CROSS),
    ("omar", "POST", "OpportunityShare",
     {"OpportunityId": "{deal}", "UserOrGroupId": UNKNOWN_USER, "OpportunityAccessLevel": "Read"}, 400, CROSS),
    ("omar", "POST", "OpportunityTeamMember", {"OpportunityId": "{deal}", "UserId": UNKNOWN_USER}, 400, CROSS),
    # ids of the wrong kind, and none
    ("ada", "POST", "UserRole", {"Name": "X", "ParentRoleId": "{omar}"}, 400, WRONG_ID),
    ("ada", "POST", "UserRole", {"Name": "X", "ParentRoleId": "nonsense"}, 400, WRONG_ID),
    ("ada", "POST", "GroupMember", {"GroupId": "{top}", "UserOrGroupId": "{omar}"}, 400, WRONG_ID),
    ("ada", "POST", "GroupMember", {"GroupId": "{inner}", "UserOrGroupId": "{deal}"}, 400, WRONG_ID),
    ("ada", "POST", "PermissionSetAssignment", {"AssigneeId": "{set}", "PermissionSetId": "{omar}"}, 400, WRONG_ID),
    ("omar", "POST", "AccountShare",
     {"AccountId": "{deal}", "UserOrGroupId": "{noor}", "AccountAccessLevel": "Read"}, 400, WRONG_ID),
    ("omar", "POST", "OpportunityShare",
     {"OpportunityId": "{deal}", "UserOrGroupId": "{deal}", "OpportunityAccessLevel": "Read"}, 400, WRONG_ID),
    ("ada", "GET", "UserRole/nonsense", {}, 404, "NOT_FOUND"),
    ("ada", "GET", "Group/{top}", {}, 404, "NOT_FOUND"),
    ("ada", "DELETE", "PermissionSetAssignment/{set}", {}, 404, "NOT_FOUND"),
    # what is missing, too much, or of another type
    ("ada", "POST", "UserRole", {}, 400, MISSING),
    ("ada", "POST", "UserRole", {"Name": ""}, 400, MISSING),
    ("ada", "POST", "UserRole", {"Name": "x" * 81}, 400, LONG),
    ("ada", "POST", "UserRole", {"Name": {"a": 1}}, 400, TYPE),
    ("ada", "PATCH", "UserRole/{top}", {"Name": None}, 400, MISSING),
    ("ada", "POST", "Group", {"Name": "X", "DoesIncludeBosses": "perhaps"}, 400, TYPE),
    ("ada", "POST", "Group", {"Name": "X", "Type": "Role"}, 400, PICKLIST),
    ("ada", "PATCH", "Group/{inner}", {"Type": "Queue"}, 400, FIXED),
    ("ada", "POST", "Group", {"Name": "Inner"}, 400, "DUPLICATE_DEVELOPER_NAME"),
    ("ada", "POST", "UserRole", {"Name": "X", "Nothing": 1}, 400, "INVALID_FIELD"),
    ("ada", "POST", "UserRole", {"Name": "X", "Id": "{top}"}, 400, FIXED),
    ("ada", "POST", "GroupMember", {"GroupId": "{inner}"}, 400, MISSING),
    ("ada", "PATCH", "GroupMember/{member}", {"UserOrGroupId": "{omar}"}, 405, "METHOD_NOT_ALLOWED"),
    ("ada", "POST", "PermissionSet", {"Name": "Auditors"}, 400, "DUPLICATE_DEVELOPER_NAME"),
    ("ada", "POST", "PermissionSet", {"Name": "X", "PermissionsViewAllData": 1}, 400, TYPE),
    ("ada", "PATCH", "PermissionSet/{set}", {"Label": "x" * 81}, 400, LONG),
    ("ada", "POST", "PermissionSetAssignment", {"AssigneeId": "{nina}", "PermissionSetId": "{set}"}, 400,
     "DUPLICATE_VALUE"),
    ("ada", "POST", "ObjectPermissions",
     {"ParentId": "{set}", "SobjectType": "Account", "PermissionsRead": True}, 400, "DUPLICATE_VALUE"),
    ("ada", "POST", "ObjectPermissions",
     {"ParentId": "{set}", "SobjectType": "Contact", "PermissionsEdit": True}, 400, INTEGRITY),
    ("ada", "POST", "ObjectPermissions", {"ParentId": "{set}", "SobjectType": "Contact"}, 400, INTEGRITY),
    ("ada", "POST", "ObjectPermissions",
     {"ParentId": "{set}", "SobjectType": "Nothing", "PermissionsRead": True}, 400, PICKLIST),
    ("ada", "PATCH", "ObjectPermissions/{grant}", {"PermissionsRead": False}, 400, INTEGRITY),
    # fields that are not there (any more), that cannot be granted, or not so
    ("ada", "POST", "FieldPermissions",
     {"ParentId": "{set}", "SobjectType": "Account", "Field": "Account.Gone__c", "PermissionsRead": True}, 400, PICKLIST),
    ("ada", "POST", "FieldPermissions",
     {"ParentId": "{set}", "SobjectType": "Account", "Field": "Contact.Phone", "PermissionsRead": True}, 400, PICKLIST),
    ("ada", "POST", "FieldPermissions",
     {"ParentId": "{set}", "SobjectType": "Account", "Field": "Account.Name", "PermissionsRead": True}, 400, PICKLIST),
    ("ada", "POST", "FieldPermissions",
     {"ParentId": "{set}", "SobjectType": "Account", "Field": "Account.Phone", "PermissionsEdit": True}, 400, INTEGRITY),
    # the last administrator
    ("ada", "DELETE", "PermissionSetAssignment/{admin}", {}, 403, "INSUFFICIENT_ACCESS"),
    ("ada", "PATCH", "PermissionSet/{admins}", {"PermissionsManageUsers": False}, 403, "INSUFFICIENT_ACCESS"),
    # shares and teams
    ("omar", "POST", "OpportunityShare", {"OpportunityId": "{deal}", "UserOrGroupId": "{noor}"}, 400, MISSING),
    ("omar", "POST", "OpportunityShare",
     {"OpportunityId": "{deal}", "UserOrGroupId": "{noor}", "OpportunityAccessLevel": "All"}, 400, INTEGRITY),
    ("omar", "POST", "OpportunityShare",
     {"OpportunityId": "{deal}", "UserOrGroupId": "{noor}", "OpportunityAccessLevel": "Much"}, 400, PICKLIST),
    ("omar", "POST", "OpportunityShare",
     {"OpportunityId": "{deal}", "UserOrGroupId": "{noor}", "OpportunityAccessLevel": "Read", "RowCause": "Rule"}, 400,
     INTEGRITY),
    ("omar", "PATCH", "OpportunityShare/{share}", {"UserOrGroupId": "{nina}"}, 400, FIXED),
    ("maya", "POST", "OpportunityShare",
     {"OpportunityId": "{deal}", "UserOrGroupId": "{nina}", "OpportunityAccessLevel": "Read"}, 403,
     "INSUFFICIENT_ACCESS"),
    ("maya", "DELETE", "OpportunityShare/{share}", {}, 404, "NOT_FOUND"),
    ("omar", "POST", "OpportunityTeamMember",
     {"OpportunityId": "{deal}", "UserId": "{noor}", "TeamMemberRole": "x" * 81}, 400, LONG),
    ("omar", "POST", "OpportunityTeamMember",
     {"OpportunityId": "{deal}", "UserId": "{noor}", "OpportunityAccessLevel": "All"}, 400, INTEGRITY),
    ("omar", "POST", "UserRecordAccess", {"UserId": "{omar}", "RecordId": "{deal}"}, 405, "METHOD_NOT_ALLOWED"),
    ("omar", "POST", "Group", {"Name": "Mine"}, 404, "NOT_FOUND"),
]  # fmt: skip

# What would show that something was done all the same.
STATE = (
    "SELECT Id, Name, ParentRoleId FROM UserRole ORDER BY Id",
    "SELECT Id, Name, Type FROM Group ORDER BY Id",
    "SELECT Id, GroupId, UserOrGroupId FROM GroupMember ORDER BY Id",
    "SELECT Id, Name, Label, PermissionsManageUsers, PermissionsViewAllData FROM PermissionSet ORDER BY Id",
    "SELECT Id, AssigneeId, PermissionSetId FROM PermissionSetAssignment ORDER BY Id",
    "SELECT Id, ParentId, SobjectType, PermissionsRead, PermissionsEdit FROM ObjectPermissions ORDER BY Id",
    "SELECT Id, ParentId, Field, PermissionsEdit FROM FieldPermissions ORDER BY Id",
    "SELECT Id, UserOrGroupId, RowCause, OpportunityAccessLevel FROM OpportunityShare WHERE OpportunityId = '{deal}'",
    "SELECT Id, UserId, TeamMemberRole FROM OpportunityTeamMember ORDER BY Id",
)


async def scene(company: Company) -> dict[str, str]:
    """What the refused requests name."""
    ada = await company.api("ada")
    values = await company.deal_values()
    del values["AccountId"]
    deal = await company.make("omar", "Opportunity", **values)
    async with company.act() as tx:
        me = await people.actor(tx, company.id("ada"))
        gone = await people.add_user(
            tx, me, people.Newcomer(username=company.username("gone"), last_name="Gone", active=False)
        )
        share = await records.share_record(tx, me, deal, company.id("maya"))
    outer, inner = await make(ada, "Group", Name="Outer"), await make(ada, "Group", Name="Inner")
    top = await make(ada, "UserRole", Name="Top")
    made = {
        "top": top,
        "low": await make(ada, "UserRole", Name="Low", ParentRoleId=top),
        "outer": outer,
        "inner": inner,
        "member": await make(ada, "GroupMember", GroupId=outer, UserOrGroupId=inner),
        "set": (auditors := await make(ada, "PermissionSet", Name="Auditors")),
        "grant": await make(
            ada, "ObjectPermissions", ParentId=auditors, SobjectType="Account", PermissionsRead=True
        ),
        "deal": ids.show(deal),
        "share": ids.show(share),
        "gone": ids.show(gone),
    }
    await make(ada, "PermissionSetAssignment", AssigneeId=company.key("nina"), PermissionSetId=auditors)
    (last,) = await select(
        ada,
        "SELECT Id, PermissionSetId FROM PermissionSetAssignment WHERE PermissionSet.PermissionsManageUsers = true",
    )
    return (
        {name: company.key(name) for name in company.ids}
        | made
        | {
            "admin": last["Id"],
            "admins": last["PermissionSetId"],
        }
    )


async def state(company: Company, made: dict[str, str]) -> list[Any]:
    ada = await company.api("ada")
    return [await select(ada, text.replace("{deal}", made["deal"])) for text in STATE]


@pytest.mark.parametrize(("who", "method", "path", "sent", "status", "code"), REFUSED)
async def test_refused_and_nothing_done(
    company: Company, who: str, method: str, path: str, sent: dict[str, Any], status: int, code: str
) -> None:
    made = await scene(company)

    def fill(value: Any) -> Any:
        return value.format(**made) if isinstance(value, str) and "{" in value else value

    before = await state(company, made)
    program = await company.api(who)
    answer = await program.request(
        method, f"{V}/sobjects/{fill(path)}", json={name: fill(value) for name, value in sent.items()}
    )
    assert answer.status_code == status, answer.text
    assert answer.json()[0]["errorCode"] == code, answer.text
    assert set(answer.json()[0]) >= {"errorCode", "message"}
    assert await state(company, made) == before
