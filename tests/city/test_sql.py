"""SQL keeps to its room and to its org: what stands in the code, and what the tests ran."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cast import Company
from tests.city.statements import parse, tables, without_org
from tests.city.watch import TENANT, counted, tables_of_rooms

HUBBUB = Path(__file__).parent.parent.parent / "hubbub"

# Which room owns which tables; every table of the migrations is here.
ROOMS = {
    "core": {"event", "idempotency_key", "id_block", "rate_limit", "migration", "mail"},
    "people": {
        "org", "org_access", "login", "login_name", "login_org", "role", "role_closure", "app_user", "permission_set",
        "permission_assignment", "object_permission", "field_permission", "session", "connected_app", "token", "follow",
        "app_group", "group_member", "queue_object", "preference", "first_follow",
        "mail_link", "company_domain", "invitation",
        "app_permission_set", "app_consent", "authorization_code", "spent_token",
        "look_alike", "photo", "user_skill", "person_word", "word_form",
    },
    "objects": {"custom_field", "object_default"},
    "records": {"record", "record_key", "record_share", "record_team", "sharing_rule", "field_history", "stage_history",
                "record_number", "list_view", "record_view"},
    "feed": {
        "feed_item", "feed_entry", "feed_subject", "feed_comment", "feed_like", "feed_change", "feed_tracking",
        "feed_tracking_object", "feed_limits", "feed_share", "topic", "feed_vote", "feed_mark", "feed_seen", "feed_revision",
        "feed_pin", "feed_flag", "poll_choice", "poll_vote", "record_topic", "stream", "stream_subject", "favorite",
        "followed_search", "link_preview", "draft", "ask", "ask_person", "sealed_asker", "feed_made",
        "digest_turn", "digest_day", "digest_setting", "announcement", "announcement_reading", "feed_image",
    },
    "files": {"file"},
    "notify": {"notice"},
}  # fmt: skip

# A room that reads a table of another, and why it may.
EXEMPT: dict[tuple[str, str], str] = {}

_SQL = re.compile(r"\b(select|insert into|update|delete from|from|join|exists)\b")
_NAMED = re.compile(r"\b(?:from|join|into|update|,)\s+(?:only\s+|lateral\s+)?([a-z_][a-z0-9_]*)\b")


def owner_of(table: str) -> str | None:
    return next((room for room, owned in ROOMS.items() if table in owned), None)


def texts_of(path: Path) -> Iterator[tuple[int, str]]:
    """The texts of a file that may be SQL: all but docstrings; what an f-string fills in is a gap."""
    tree = ast.parse(path.read_text())
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield (
                node.lineno,
                "".join(str(p.value) if isinstance(p, ast.Constant) else " ¤ " for p in node.values),
            )
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docstrings | parts
        ):
            yield node.lineno, node.value


def tables_in(text: str) -> set[str]:
    """The tables that a piece of SQL names."""
    return {name for name in _NAMED.findall(text) if owner_of(name)} if _SQL.search(text) else set()


def test_every_table_belongs_to_a_room() -> None:
    known = set.union(*ROOMS.values())
    assert set(tables_of_rooms()) | {"migration"} == known
    assert sum(map(len, ROOMS.values())) == len(known), "a table belongs to one room"


def test_no_room_names_the_tables_of_another() -> None:
    trespasses, used = [], set()
    for path in sorted(HUBBUB.rglob("*.py")):
        room = path.relative_to(HUBBUB).parts[0].removesuffix(".py")
        for line, text in texts_of(path):
            for table in tables_in(text):
                if owner_of(table) == room:
                    continue
                if (room, table) in EXEMPT:
                    used.add((room, table))
                else:
                    trespasses.append(
                        f"{path.relative_to(HUBBUB)}:{line} names {table}, which is {owner_of(table)}'s"
                    )
    assert not trespasses, "\n".join(trespasses)
    assert used == set(EXEMPT), f"exemptions that nothing needs any more: {set(EXEMPT) - used}"


def test_nobody_commits_but_the_database() -> None:
    commits = [
        str(path.relative_to(HUBBUB))
        for path in sorted(HUBBUB.rglob("*.py"))
        if re.search(r"\.commit\(|execute\(\s*\"commit", path.read_text())
    ]
    assert commits == ["core/db.py"]


@pytest.mark.parametrize(
    ("sql", "faults"),
    [
        ("select 1 from app_user u where u.org_id = %(org)s and u.id = %(id)s", 0),
        ("select 1 from app_user where org_id = %(org)s", 0),
        ("select 1 from app_user u where u.id = %(id)s", 1),
        ("select 1 from app_user u join role r on r.id = u.role_id where u.org_id = %(org)s", 1),
        ("select 1 from app_user u, role r where org_id = %(org)s and r.org_id = %(org)s", 1),
        (
            "select 1 from app_user u join role r on (r.org_id, r.id) = (u.org_id, u.role_id) where u.org_id = %(org)s",
            0,
        ),
        ("select 1 from app_user u where u.org_id = %(org)s or u.id = 1", 1),
        (
            "select 1 from app_user u where u.org_id = %(org)s and exists (select 1 from role r where r.id = 2)",
            1,
        ),
        ("with u as (select 1 from role where org_id = %(org)s) select 1 from u", 0),
        ("insert into role (org_id, id) values (%(org)s, 1) on conflict (org_id, id) do nothing", 0),
        ("insert into role (id) values (1)", 1),
        ("insert into role (org_id, id) select %(org)s, f.id from follow f", 1),
        ("update role r set name = 'x' from app_user u where r.org_id = %(org)s and u.id = r.id", 1),
        ("delete from role where id = 1", 1),
        ("select 1 from login where id = 1", 0),
        ("update role set org_id = 2 where org_id = %(org)s", 1),
        ("update role set name = random()::text where org_id = %(org)s", 1),
        ("delete from role where org_id = %(org)s and random() < 0.5", 1),
        ("delete from role where org_id = %(org)s and id < extract(epoch from now())", 0),
        ("insert into role (org_id, id) values (%(org)s, (select 1))", 1),
    ],
)
def test_a_statement_without_its_org_is_found(sql: str, faults: int) -> None:
    assert len(without_org(sql, TENANT)) == faults


async def test_statements_of_an_act_are_watched(company: Company) -> None:
    with counted() as statements:
        async with company.act() as tx:
            await tx.value("select name from org where org_id = %(org)s")
    assert [tables(sql) for sql in statements] == [{"org"}]


def test_statements_can_be_read() -> None:
    assert len(parse("select '50%%', %(x)s; select 2")) == 2


def test_only_core_opens_connections() -> None:
    """What everybody else asks of the database goes through an act, where it is watched."""
    connecting = re.compile(r"psycopg\.(Async)?[Cc]onnect|\.pool\b|\.connection\b")
    outside = [
        str(path.relative_to(HUBBUB))
        for path in sorted(HUBBUB.rglob("*.py"))
        if path.relative_to(HUBBUB).parts[0] not in ("core", "cli") and connecting.search(path.read_text())
    ]
    assert outside == []
