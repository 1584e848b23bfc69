"""Loading the data of an organization from CSV files, by the same acts by which people make and change things."""

from collections.abc import Callable
from pathlib import Path

from hubbub import objects, people, records
from hubbub.core import clock, events
from hubbub.core.db import Database, Tx
from hubbub.core.errors import Forbidden, Refused
from hubbub.core.ids import Type, make
from hubbub.setup.access import BadFile, Line, Map, Role, Table, User, maps, read_map, read_table
from hubbub.setup.actions.outcome import Outcome
from hubbub.setup.actions.rows import Loading

CLIENT = "import"
Progress = Callable[[str, int, int], None]  # what is loaded, how many lines of how many are done

# Lines of one transaction. What stops an import loses the lines of one, and the next import makes up for it.
BATCH = 250


async def import_folder(
    database: Database,
    actor: people.Actor,
    folder: Path,
    map_file: Path,
    *,
    refused: Path,
    feed: bool = False,
    progress: Progress = lambda name, done, of: None,
) -> list[Outcome]:
    """Load a folder of CSV files as the map says; what is refused is kept in the folder `refused`, with the reason.

    All files are read and checked before anything is written; raises BadFile. Lines are written in batches, each a
    transaction, each line in a part of its own that can fail alone. A record that is there already, by its key, is
    changed where it differs. Feeds are told nothing, unless `feed`.
    """
    if not (actor.admin and actor.modify_all):
        raise Forbidden("Only an administrator imports.")
    map = read_map(map_file)
    tables = {file: read_table(folder / file, columns) for file, columns in map.needed().items()}
    async with database.act(actor.org_id) as tx:
        _check(map_file.name, await objects.catalog(tx), map)
        await events.record(
            tx, actor, "setup.import.started", make(Type.ORG, tx.org_id), after={"map": map_file.name}
        )
        await _add_fields(tx, actor, map)
    outcomes: list[Outcome] = []
    if map.role:
        outcomes.append(await _add_roles(database, actor, map.role, tables))
    if map.user:
        outcomes.append(await _load_users(database, actor, map.user, tables, progress))
    for step in map.record:
        loading = Loading(map, step, tables, Outcome(step.object), feed=feed)
        outcomes.append(await _load_records(database, actor, loading, progress))
    for outcome in outcomes:
        outcome.conclude()
        outcome.write_refused(refused)
    async with database.act(actor.org_id) as tx:
        done = [str(outcome) for outcome in outcomes]
        await events.record(
            tx, actor, "setup.import.completed", make(Type.ORG, tx.org_id), after={"done": done}
        )
    return outcomes


def _check(name: str, catalog: objects.Catalog, map: Map) -> None:
    """Refuse a map that speaks of objects or fields that are not there, and will not be."""
    declared = {(each.object.lower(), each.name.lower()): each for each in map.field}
    loaded = {step.object.lower() for step in map.record}
    for each in map.field:
        if catalog.get(each.object) is None:
            raise BadFile(text=f"{name}: there is no object {each.object} for the field {each.name}.")
        field = catalog.object(each.object).get(each.name)
        if field is not None and (field.type, field.to) != (each.type, (each.to,) if each.to else ()):
            raise BadFile(
                text=f"{name}: {each.object} has a field {each.name} already, of type {field.type}."
            )
    for step in map.record:
        object = catalog.get(step.object)
        if object is None:
            raise BadFile(text=f"{name}: there is no object {step.object}.")
        for field_name in [*step.fields, step.key_field, *step.may_lack]:
            field = object.get(field_name)
            new = declared.get((step.object.lower(), field_name.lower()))
            if field is None and new is None:
                raise BadFile(
                    text=f"{name}: {step.object} has no field {field_name}, and the map declares none."
                )
            if field is not None and not field.writable:
                raise BadFile(text=f"{name}: {step.object}.{field_name} cannot be written.")
            to = field.to if field else (new.to,) if new and new.to else ()
            if field_name in step.fields and to and not {"user", *loaded} & {each.lower() for each in to}:
                raise BadFile(
                    text=f"{name}: {step.object}.{field_name} points at {to[0]}, which the map does not load."
                )
        key = object.get(step.key_field) or declared[step.object.lower(), step.key_field.lower()]
        if not (key.unique and key.type == "string"):
            raise BadFile(
                text=f"{name}: the key of {step.object}, {step.key_field}, has to be a unique text field."
            )
        for known in step.known.values():
            if isinstance(known, str) and known != "User" and known.lower() not in loaded:
                raise BadFile(text=f"{name}: names of {known} are not known; the map does not load it.")


async def _add_fields(tx: Tx, actor: people.Actor, map: Map) -> None:
    """Add the fields that the map declares and that are not there yet."""
    for new in map.field:
        object = (await objects.catalog(tx)).object(new.object)
        if object.get(new.name) is None:
            await objects.add_field(tx, actor, object, new)


# --- roles ---------------------------------------------------------------------------------------------------------


async def _add_roles(
    database: Database, actor: people.Actor, roles: list[Role], tables: dict[str, Table]
) -> Outcome:
    """Add the roles that are not there yet, all in one act; those that are stay where administrators have put them."""
    outcome = Outcome("Role", columns=["name"])
    async with database.act(actor.org_id) as tx:
        known = await people.roles_by_name(tx)
        for role in roles:
            lines = tables[role.file].lines if role.file else [Line(0, [], {})]
            done: set[str] = set()
            for line in lines:
                name, above = maps.fill(role.name, line.values), maps.fill(role.above or "", line.values)
                if line.problem or not name or name in done:
                    continue  # who stands on such a line is told when the people are loaded
                done.add(name)
                outcome.read += 1
                if name in known:
                    continue
                try:
                    if above and above not in known:
                        raise Refused(text=f"There is no role '{above}' to put it under.")
                    async with tx.savepoint():
                        known[name] = await people.add_role(tx, actor, name, known[above] if above else None)
                    outcome.created += 1
                except Refused as refusal:
                    outcome.refuse(Line(line.number, [name], {}), refusal.message)
    return outcome


# --- people --------------------------------------------------------------------------------------------------------


async def _load_users(
    database: Database,
    actor: people.Actor,
    users: list[User],
    tables: dict[str, Table],
    progress: Progress,
) -> Outcome:
    """Add the people who are not there yet. Who is, and was never invited, is what the files say of him."""
    outcome = Outcome("User", columns=["key", "name", "username"])
    found: dict[str, tuple[User, Line]] = {}
    for user in users:
        table = tables[user.file]
        for line in table.lines:
            key = maps.fill(user.key, line.values)
            if line.problem or not key:
                outcome.read += 1
                outcome.refuse(Line(line.number, line.cells[:1], {}), line.problem or "There is no key.")
            else:
                found.setdefault(key, (user, line))
    outcome.read += len(found)
    everybody = list(found.items())
    for start in range(0, len(everybody), BATCH):
        async with database.act(actor.org_id) as tx:
            me = await people.actor(tx, actor.user_id, client=CLIENT)
            roles = await people.roles_by_name(tx)
            batch = everybody[start : start + BATCH]
            there = await people.users_by_external_id(tx, [key for key, _ in batch])
            profiles = {each.id: each for each in await people.profiles(tx, me, list(there.values()))}
            for key, (user, line) in batch:
                new = _newcomer(user, line, key)
                role = maps.fill(user.role or "", line.values)
                try:
                    if role and role not in roles:
                        raise Refused(text=f"There is no role '{role}'.")
                    new.role_id = roles[role] if role else None
                    async with tx.savepoint():
                        if key in there:
                            profile = profiles[there[key]]
                            outcome.updated += await _update_user(tx, me, profile, new, role)
                        else:
                            await people.add_user(tx, me, new)
                            outcome.created += 1
                except Refused as refusal:
                    shown = [key, f"{new.first_name or ''} {new.last_name}".strip(), new.username]
                    outcome.refuse(Line(line.number, shown, {}), refusal.message)
        progress("User", min(start + BATCH, len(everybody)), len(everybody))
    return outcome


def _newcomer(user: User, line: Line, key: str) -> people.Newcomer:
    first, _, last = maps.fill(user.name, line.values).rpartition(" ")
    return people.Newcomer(
        username=maps.fill(user.username, {name: maps.address(value) for name, value in line.values.items()}),
        first_name=first or None,
        last_name=last,
        title=maps.fill(user.title or "", line.values) or None,
        active=user.active,
        external_id=key,
    )


async def _update_user(
    tx: Tx, actor: people.Actor, profile: people.Profile, new: people.Newcomer, role: str
) -> bool:
    """Bring a person up to what the file says; who was invited has a profile of his own, and only moves in the tree."""
    changed = False
    if not profile.active:
        said = {"first_name": new.first_name, "last_name": new.last_name, "title": new.title}
        if any(getattr(profile, name) != value for name, value in said.items()):
            await people.edit_profile(tx, actor, profile.id, said)
            changed = True
    if role and profile.role != role:
        await people.give_role(tx, actor, profile.id, new.role_id)
        changed = True
    return changed


# --- records -------------------------------------------------------------------------------------------------------


async def _load_records(
    database: Database, actor: people.Actor, loading: Loading, progress: Progress
) -> Outcome:
    """Make or change a record for each line, batch by batch."""
    async with database.act(actor.org_id) as tx:
        me = await people.actor(tx, actor.user_id, client=CLIENT)
        lines = await loading.prepare(tx, await records.viewer(tx, me))
    name = loading.step.object
    progress(name, 0, len(lines))
    for start in range(0, len(lines), BATCH):
        # Who is no administrator any more, or was deactivated meanwhile, ends here.
        async with database.act(actor.org_id) as tx:
            me = await people.actor(tx, actor.user_id, client=CLIENT)
            await loading.write(tx, me, lines[start : start + BATCH], clock.now())
        progress(name, min(start + BATCH, len(lines)), len(lines))
    return loading.outcome
