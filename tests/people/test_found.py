async def test_the_cast_is_there(company):
    async with company.act() as tx:
        names = await tx.values("select name from app_user where org_id = %(org)s order by id")
    assert names[:2] == ["Ada Kovacs", "Omar Haddad"]
    assert (await company.actor("ada")).admin
    assert not (await company.actor("omar")).admin
