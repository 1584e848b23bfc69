"""Removing for good what was said on things that are purged."""

from hubbub import files, notify
from hubbub.core.db import Tx


async def forget(tx: Tx, subject_ids: list[int]) -> None:
    """Remove the items on these subjects with their comments, likes and changes, and their places in feeds."""
    gone = {"subjects": subject_ids}
    items = "select id from feed_item where org_id = %(org)s and parent_id = any(%(subjects)s::bigint[])"
    comments = f"select id from feed_comment where org_id = %(org)s and item_id in ({items})"
    await tx.run(
        f"""delete from feed_like where org_id = %(org)s and (target_id in ({items}) or target_id in ({comments}))""",
        gone,
    )
    await tx.run(
        f"""delete from draft where org_id = %(org)s and (place_id = any(%(subjects)s::bigint[])
            or place_id in ({items}) or place_id in ({comments}))""",
        gone,
    )
    await tx.run(
        f"delete from feed_revision where org_id = %(org)s and (target_id in ({items}) or target_id in ({comments}))",
        gone,
    )
    for table in ("feed_vote", "feed_flag"):
        await tx.run(
            f"delete from {table} where org_id = %(org)s and (target_id in ({items}) or target_id in ({comments}))",
            gone,
        )
    await tx.run(
        f"""delete from feed_made where org_id = %(org)s
            and (record_id = any(%(subjects)s::bigint[]) or item_id in ({items}))""",
        gone,
    )
    held = await tx.values(
        f"delete from feed_image where org_id = %(org)s and item_id in ({items}) returning file_id", gone
    )
    if held:  # pictures that stand nowhere else
        elsewhere = await tx.values(
            "select file_id from feed_image where org_id = %(org)s and file_id = any(%(files)s::bigint[])",
            {"files": held},
        )
        await files.forget(tx, set(held) - set(elsewhere))
    for table in ("feed_mark", "feed_pin", "link_preview"):
        await tx.run(f"delete from {table} where org_id = %(org)s and item_id in ({items})", gone)
    await tx.run(f"delete from feed_comment where org_id = %(org)s and item_id in ({items})", gone)
    await tx.run(f"delete from feed_change where org_id = %(org)s and item_id in ({items})", gone)
    await tx.run(
        f"""delete from feed_entry where org_id = %(org)s
            and (subject_id = any(%(subjects)s::bigint[]) or item_id in ({items}))""",
        gone,
    )
    await tx.run(
        "delete from record_topic where org_id = %(org)s and record_id = any(%(subjects)s::bigint[])", gone
    )
    threads = await tx.values(items, gone)
    await notify.forget(tx, [*threads, *subject_ids])
    await tx.run(
        "delete from feed_item where org_id = %(org)s and parent_id = any(%(subjects)s::bigint[])", gone
    )
    await tx.run("delete from feed_subject where org_id = %(org)s and id = any(%(subjects)s::bigint[])", gone)
