"""Build the company by calling the same actions that the pages call, as the people who do them."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from hubbub import desk, feed, objects, people, records
from hubbub.core import clock
from hubbub.core.config import Settings, Trouble
from hubbub.core.db import Database, Tx
from world import lines, portraits, story
from world.cast import CAST, DOMAIN, NAME, ROLES, Player
from world.company import ACCOUNTS, CONTACTS, PRODUCTS

FOUNDED = "72d 08:00"
CLIENT = "demo company"


async def build(settings: Settings, progress: Callable[[int, int], None] | None = None) -> bool:
    """Build the demo company unless it is there; tells whether it was built. `progress` is told how many steps of how many.

    All of it is one transaction: a build that is broken off leaves nothing, and the next one begins afresh.
    """
    database = Database(settings.app_url, size=2, secret=settings.secrets.sealing, files=settings.files)
    await database.open()
    try:
        async with database.act(None) as tx:
            org_id = await people.org_of_login(tx, people.DEMO_USERNAME)
        if org_id is not None:
            async with database.act(org_id) as tx:
                if await people.demo_complete(tx):
                    return False
            raise Trouble(
                f"{people.DEMO_USERNAME} belongs to another organization here; use --empty or another --data."
            )
        async with database.act(await people.new_org_id(database)) as tx:
            await _Builder(tx, settings, progress or (lambda done, of: None)).build()
            await people.complete_demo(tx)
        return True
    finally:
        await database.close()


class _Builder:
    """What is known while the company is built: who is who, and what was said."""

    def __init__(self, tx: Tx, settings: Settings, progress: Callable[[int, int], None]) -> None:
        self.tx = tx
        self.settings = settings
        self.progress = progress
        self.now = clock.now()
        self.catalog: objects.Catalog
        self.actors: dict[str, people.Actor] = {}
        self.known: dict[str, int] = {}  # persons, records and talk, by the name that the story gives them

    async def build(self) -> None:
        beats = sorted(story.LINES, key=lambda line: lines.moment(line.when, self.now))
        await people.found_org_within(self.tx, NAME, DOMAIN, objects=objects.standard_objects(), demo=True)
        await self._add_people()
        await self._add_records()
        await self._date_back(lines.moment(FOUNDED, self.now))
        for done, line in enumerate(beats):
            self.progress(done, len(beats))
            at = lines.moment(line.when, self.now)
            await self._do(line, at)
            await self._date_back(at)
        await self.tx.run(_READ, {"since": self.now - FRESH})
        self.progress(len(beats), len(beats))

    async def _add_people(self) -> None:
        roles: dict[str, int] = {}
        for role in ROLES:
            roles[role.name] = await people.add_role(
                self.tx, None, role.name, roles[role.above] if role.above else None
            )
        for name, player in CAST.items():
            username = f"{name}@{player.domain}"
            self.known[name] = await people.add_user(
                self.tx,
                None,
                people.Newcomer(
                    username=username,
                    first_name=player.first_name,
                    last_name=player.last_name,
                    title=player.title,
                    about=player.about,
                    role_id=roles[player.role] if player.role else None,
                    guest=player.guest,
                    demo=True,
                    timezone=player.zone,
                    permission_sets=player.permission_sets,
                    password=self.settings.secrets.demo_password(username),
                ),
            )
        self.catalog = await objects.catalog(self.tx)
        for name in CAST:
            self.actors[name] = await people.actor(self.tx, self.known[name], client=CLIENT)
        for name, player in CAST.items():
            await people.edit_profile(self.tx, self.actors[name], self.known[name], _profile(player))
        for name, looks in portraits.LOOKS.items():
            picture = portraits.portrait(looks)
            await people.put_photo(self.tx, self.actors[name], self.known[name], picture)

    async def _add_records(self) -> None:
        at = lines.moment(FOUNDED, self.now)
        for product in PRODUCTS:
            await self._make("ada", "Product2", product | {"IsActive": True}, at)
        for account in ACCOUNTS:
            await self._make("noor", "Account", account, at)
        for contact in CONTACTS:
            first, last = contact.name.split(" ", 1)
            values = {
                "Salutation": contact.salutation,
                "FirstName": first,
                "LastName": last,
                "AccountId": contact.account,
                "Title": contact.title,
                "Department": contact.department,
            }
            given = {name: value for name, value in values.items() if value}
            self.known[contact.name] = await self._make("omar", "Contact", given, at)

    async def _make(self, who: str, object: str, values: dict[str, Any], at: datetime) -> int:
        values = self._values(object, values)
        saved = await desk.create_record(self.tx, self.actors[who], object, values, created_at=at, told=False)
        if name := values.get("Name"):
            self.known[name] = saved.id
        return saved.id

    async def _do(self, line: lines.Line, at: datetime) -> None:
        me = self.actors[line.who]
        match line:
            case lines.Made():
                await self._make(line.who, "Opportunity", line.values | {"Name": line.name}, at)
            case lines.Added():
                values = self._values(line.object, line.values)
                saved = await desk.create_record(self.tx, me, line.object, values, created_at=at, told=False)
                self.known[line.as_] = saved.id
            case lines.Called():
                said = {
                    "Subject": line.subject,
                    "CallDurationInSeconds": line.minutes * 60,
                    "Description": line.text,
                }
                saved = await desk.plan(
                    self.tx, me, self.known[line.name], "call", said | {"ActivityDate": at.date()}
                )
            case lines.Converted():
                account = self.known[line.account]
                done = await desk.convert_lead(
                    self.tx, me, self.known[line.lead], account_id=account, opportunity_name=line.deal
                )
                self.known[line.deal] = done.opportunity_id or 0
            case lines.Changed():
                record_id = self.known[line.name]
                values = self._values(self.catalog.of(record_id).name, line.values)
                await desk.update_record(self.tx, me, record_id, values)
                if line.as_:
                    self.known[line.as_] = await self._latest_on(self.known[line.name])
            case lines.Said():
                body = await feed.parse_text(self.tx, me, line.text)
                item_id = await feed.post(self.tx, me, parent_id=self.known[line.on], body=body)
                if line.as_:
                    self.known[line.as_] = item_id
            case lines.Answered():
                body = await feed.parse_text(self.tx, me, line.text)
                comment_id = await feed.comment(self.tx, me, item_id=self.known[line.to], body=body)
                if line.as_:
                    self.known[line.as_] = comment_id
            case lines.Liked():
                await feed.like(self.tx, me, self.known[line.what])
            case lines.Followed():
                for subject in line.subjects:
                    await feed.follow(self.tx, me, self.known[subject])
            case lines.Shared():
                await records.share_record(
                    self.tx, me, self.known[line.name], self.known[line.to], line.level
                )

    def _values(self, object: str, values: dict[str, Any]) -> dict[str, Any]:
        """The values as Python has them: dates from days, amounts as decimals, records by their names."""
        found: dict[str, Any] = {}
        for name, value in values.items():
            field = self.catalog.object(object).field(name)
            if field.type == "reference":
                found[name] = self.known[value]
            elif isinstance(value, lines.Hour):
                day = self.now.date() + timedelta(days=value.days)
                found[name] = datetime.combine(day, time.fromisoformat(value.hour), UTC)
            elif isinstance(value, lines.Day):
                found[name] = self.now.date() + timedelta(days=value.days)
            else:
                found[name] = field.parse_json(value)
        return found

    async def _latest_on(self, record_id: int) -> int:
        """The item that tells of the last change of a record."""
        return await self.tx.value(
            """select id from feed_item where org_id = %(org)s and parent_id = %(record)s
               order by created_at desc, id desc limit 1""",
            {"record": record_id},
        )

    async def _date_back(self, at: datetime) -> None:
        """Let what was just done have been done then.

        Acts stamp the present, and shall. The story is told in the order in which it happened, so whatever is later than
        this moment was written by the step just done. The event log is left alone: it says when this was really built.
        """
        await self.tx.run(_DATE_BACK, {"at": at})


def _profile(player: Player) -> dict[str, str | None]:
    """What a person says of himself, beyond what he was added with."""
    start, end = player.hours or (None, None)
    return {
        "manager": f"{player.manager}@{DOMAIN}" if player.manager else None,
        "skills": player.skills,
        "department": player.department,
        "city": player.city,
        "country": player.country,
        "work_from": start,
        "work_to": end,
    }


# Times of what people see, table by table; bounds of a feed's subjects are kept a minute above, as the feed does.
_DATE_BACK = """
with people as (update app_user set created_at = least(created_at, %(at)s), modified_at = least(modified_at, %(at)s)
        where org_id = %(org)s and modified_at > %(at)s),
 records as (update record set created_at = least(created_at, %(at)s), modified_at = least(modified_at, %(at)s)
        where org_id = %(org)s and modified_at > %(at)s),
 history as (update field_history set changed_at = %(at)s where org_id = %(org)s and changed_at > %(at)s),
 follows as (update follow set created_at = %(at)s where org_id = %(org)s and created_at > %(at)s),
 items as (update feed_item set created_at = least(created_at, %(at)s), last_activity = least(last_activity, %(at)s)
        where org_id = %(org)s and last_activity > %(at)s),
 entries as (update feed_entry set created_at = least(created_at, %(at)s), last_activity = least(last_activity, %(at)s)
        where org_id = %(org)s and last_activity > %(at)s),
 comments as (update feed_comment set created_at = %(at)s where org_id = %(org)s and created_at > %(at)s),
 likes as (update feed_like set created_at = %(at)s where org_id = %(org)s and created_at > %(at)s),
 notices as (update notice set created_at = least(created_at, %(at)s), last_at = least(last_at, %(at)s)
        where org_id = %(org)s and last_at > %(at)s),
 stages as (update stage_history set changed_at = %(at)s where org_id = %(org)s and changed_at > %(at)s),
 topics as (update topic set created_at = %(at)s where org_id = %(org)s and created_at > %(at)s),
 bounds as (update feed_subject set bump = least(bump, date_trunc('minute', %(at)s) + interval '1 minute'),
                post_bump = least(post_bump, date_trunc('minute', %(at)s) + interval '1 minute')
        where org_id = %(org)s and bump > %(at)s)
select 1
"""

# What is older than that, everybody has read; the rest waits for who signs in.
FRESH = timedelta(days=3)
_READ = (
    "update notice set seen_at = last_at, read_at = last_at where org_id = %(org)s and last_at < %(since)s"
)
