"""The database: what a transaction makes of a statement and its parameters."""

from tests.cast import Company


async def test_parameters_stand_where_they_are_named(company: Company) -> None:
    async with company.act() as tx:
        long = "select %(b)s::text || %(a)s::text || %(b)s::text, 7 %% 4, 'a%%' -- " + "x" * 5000
        for _ in range(7):  # prepared meanwhile
            given = {"a": "%(b)s", "b": "50% $1", "not asked for": object()}
            assert await tx.tuples(long, given) == [("50% $1%(b)s50% $1", 3, "a%")]
        assert await tx.value("select %(org)s::int") == company.org_id
        await tx.run("create temporary table noted (a text, org int) on commit drop")
        await tx.run_many("insert into noted values (%(a)s, %(org)s)", [{"a": "1%"}, {"a": "$2"}])
        assert await tx.tuples("select a, org from noted") == [("1%", company.org_id), ("$2", company.org_id)]
