"""What a statement says about tables: which it names, and whether each tenant table has its org beside it."""

import re
from collections.abc import Iterator, Set

import sqlglot
from sqlglot import exp

_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
# Set-up of a transaction: nothing in it reads a table.
_PLAIN = re.compile(
    r"\s*(begin|commit|rollback|savepoint|release|set|select set_config|select pg_notify)\b", re.I
)


def parse(sql: str) -> list[exp.Expr]:
    """The statements of a text as Hubbub writes it, with %(name)s for parameters."""
    text = _PLACEHOLDER.sub(r":\1", sql).replace("%%", "%")
    return [tree for tree in sqlglot.parse(text, dialect="postgres") if tree is not None]


def tables(sql: str) -> set[str]:
    """The names of all tables that a statement names; what its own WITH makes is none."""
    found: set[str] = set()
    for tree in parse(sql):
        own = {cte.alias for cte in tree.find_all(exp.CTE)}
        found |= {table.name for table in tree.find_all(exp.Table) if table.name and table.name not in own}
    return found


def without_org(sql: str, tenant: Set[str]) -> list[str]:
    """The tenant tables that a statement touches without saying `org_id = …` for them."""
    if _PLAIN.match(sql):
        return []
    return [fault for tree in parse(sql) for fault in _faults(tree, tenant)]


def _faults(tree: exp.Expr, tenant: Set[str]) -> Iterator[str]:
    yield from _unfit(tree)
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        if table.name not in tenant or table.name in own:
            continue
        # A column of an unqualified name may only be meant when the level has one table.
        level = table.find_ancestor(exp.Select, exp.Insert, exp.Update, exp.Delete)
        if isinstance(level, exp.Insert) and table.parent is not None and _is_target(level, table):
            columns = level.this.expressions if isinstance(level.this, exp.Schema) else []
            if "org_id" not in [column.name for column in columns]:
                yield f"insert into {table.name} names no org_id"
            continue
        assert level is not None, table.sql()
        alone = len(_tables_of(level)) == 1
        if not any(_names_org(condition, table.alias_or_name, alone) for condition in _conditions(level)):
            yield f"{table.name} {table.alias or ''} has no org_id = …".replace("  ", " ")


_VOLATILE = {"RAND", "RANDOM", "CLOCK_TIMESTAMP", "TIMEOFDAY", "GEN_RANDOM_UUID", "NEXTVAL"}


def _unfit(tree: exp.Expr) -> Iterator[str]:
    """What many machines refuse (cluster-rules.md, 5): MERGE, a changed org_id, chance in a condition, a query in VALUES."""
    if isinstance(tree, exp.Merge):
        yield "MERGE: say ON CONFLICT"
    for update in tree.find_all(exp.Update):
        for change in update.expressions:
            if isinstance(change, exp.EQ) and change.this.name == "org_id":
                yield "an UPDATE changes org_id"
    for values in tree.find_all(exp.Values):
        if values.find(exp.Select):
            yield "a query inside VALUES"
    for function in tree.find_all(exp.Func):
        if function.name.upper() in _VOLATILE or function.sql_name().upper() in _VOLATILE:
            if function.find_ancestor(exp.Where, exp.Update):
                yield f"{function.sql()} in a condition or an UPDATE"


def _is_target(insert: exp.Insert, table: exp.Table) -> bool:
    target = insert.this.this if isinstance(insert.this, exp.Schema) else insert.this
    return target is table


def _tables_of(level: exp.Expr) -> list[exp.Expr]:
    """The tables, subqueries and functions that one SELECT, UPDATE or DELETE reads, not those of what is inside it."""
    found: list[exp.Expr] = []
    for each in level.find_all(exp.Table, exp.Subquery, exp.Lateral, exp.Unnest):
        if each.find_ancestor(exp.Select, exp.Insert, exp.Update, exp.Delete) is level:
            if isinstance(each.parent, (exp.From, exp.Join, exp.Update, exp.Delete)) or each.arg_key in (
                "this",
                "using",
            ):
                found.append(each)
    return found


def _conditions(level: exp.Expr) -> Iterator[exp.Expr]:
    """The comparisons that must hold for a row of this level: of WHERE and ON, joined by AND."""
    roots: list[exp.Expr] = []
    if where := level.args.get("where"):
        roots.append(where.this)
    for join in level.find_all(exp.Join):
        if join.find_ancestor(exp.Select, exp.Insert, exp.Update, exp.Delete) is level and join.args.get(
            "on"
        ):
            roots.append(join.args["on"])
    while roots:
        root = roots.pop()
        if isinstance(root, exp.Paren):
            roots.append(root.this)
        elif isinstance(root, exp.And):
            roots += [root.left, root.right]
        else:
            yield root


def _names_org(condition: exp.Expr, name: str, alone: bool) -> bool:
    if not isinstance(condition, exp.EQ):
        return False
    sides = [*_columns(condition.left), *_columns(condition.right)]
    return any(
        column.name == "org_id" and (column.table == name or (alone and not column.table)) for column in sides
    )


def _columns(side: exp.Expr) -> list[exp.Column]:
    """A column, or those of a row like (a.org_id, a.id)."""
    parts = side.expressions if isinstance(side, exp.Tuple) else [side]
    return [part for part in parts if isinstance(part, exp.Column)]
