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


_LEVELS = (exp.Select, exp.Insert, exp.Update, exp.Delete)
_READ = (exp.Table, exp.Subquery, exp.Lateral, exp.Unnest)


def _faults(tree: exp.Expr, tenant: Set[str]) -> Iterator[str]:
    # One walk: statements of sight are long, and a test run brings thousands of them.
    nodes = list(tree.walk())
    yield from _unfit(nodes)
    own = {node.alias for node in nodes if isinstance(node, exp.CTE)}
    joins: dict[int, list[exp.Join]] = {}
    for node in nodes:
        if isinstance(node, exp.Join):
            joins.setdefault(id(node.find_ancestor(*_LEVELS)), []).append(node)
    named: dict[int, set[str]] = {}  # whose org the conditions of each level say
    for table in nodes:
        if not isinstance(table, exp.Table) or table.name not in tenant or table.name in own:
            continue
        # A column of an unqualified name may only be meant when the level has one table.
        level = table.find_ancestor(*_LEVELS)
        if isinstance(level, exp.Insert) and table.parent is not None and _is_target(level, table):
            columns = level.this.expressions if isinstance(level.this, exp.Schema) else []
            if "org_id" not in [column.name for column in columns]:
                yield f"insert into {table.name} names no org_id"
            continue
        assert level is not None, table.sql()
        if id(level) not in named:
            conditions = _conditions(level, joins.get(id(level), []))
            named[id(level)] = {name for condition in conditions for name in _orgs_named(condition)}
        said = named[id(level)]
        if table.alias_or_name not in said and not ("" in said and _has_one_table(level)):
            yield f"{table.name} {table.alias or ''} has no org_id = …".replace("  ", " ")


_VOLATILE = {"RAND", "RANDOM", "CLOCK_TIMESTAMP", "TIMEOFDAY", "GEN_RANDOM_UUID", "NEXTVAL"}


def _unfit(nodes: list[exp.Expr]) -> Iterator[str]:
    """What many machines refuse (cluster-rules.md, 5): MERGE, a changed org_id, chance in a condition, a query in VALUES."""
    if isinstance(nodes[0], exp.Merge):
        yield "MERGE: say ON CONFLICT"
    for node in nodes:
        if isinstance(node, exp.Update):
            for change in node.expressions:
                if isinstance(change, exp.EQ) and change.this.name == "org_id":
                    yield "an UPDATE changes org_id"
        elif isinstance(node, exp.Values):
            if node.find(exp.Select):
                yield "a query inside VALUES"
        elif isinstance(node, exp.Func):
            if node.name.upper() in _VOLATILE or node.sql_name().upper() in _VOLATILE:
                if node.find_ancestor(exp.Where, exp.Update):
                    yield f"{node.sql()} in a condition or an UPDATE"


def _is_target(insert: exp.Insert, table: exp.Table) -> bool:
    target = insert.this.this if isinstance(insert.this, exp.Schema) else insert.this
    return target is table


def _has_one_table(level: exp.Expr) -> bool:
    """Whether one SELECT, UPDATE or DELETE reads one table, subquery or function, without those of what is inside it."""
    found = 0
    for each in level.find_all(*_READ):
        if each.find_ancestor(*_LEVELS) is level:
            if isinstance(each.parent, (exp.From, exp.Join, exp.Update, exp.Delete)) or each.arg_key in (
                "this",
                "using",
            ):
                found += 1
    return found == 1


def _conditions(level: exp.Expr, joins: list[exp.Join]) -> Iterator[exp.Expr]:
    """The comparisons that must hold for a row of this level: of WHERE and ON, joined by AND."""
    roots: list[exp.Expr] = []
    if where := level.args.get("where"):
        roots.append(where.this)
    roots += [join.args["on"] for join in joins if join.args.get("on")]
    while roots:
        root = roots.pop()
        if isinstance(root, exp.Paren):
            roots.append(root.this)
        elif isinstance(root, exp.And):
            roots += [root.left, root.right]
        else:
            yield root


def _orgs_named(condition: exp.Expr) -> Iterator[str]:
    """The tables whose org a comparison gives; "" where it names none."""
    if isinstance(condition, exp.EQ):
        for column in [*_columns(condition.left), *_columns(condition.right)]:
            if column.name == "org_id":
                yield column.table


def _columns(side: exp.Expr) -> list[exp.Column]:
    """A column, or those of a row like (a.org_id, a.id)."""
    parts = side.expressions if isinstance(side, exp.Tuple) else [side]
    return [part for part in parts if isinstance(part, exp.Column)]
