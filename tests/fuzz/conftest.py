"""The story of the city's tests: what is sent at random meets things that are there."""

from tests.city.conftest import Story, story

__all__ = ["keys_of", "nouns", "story"]

NOUNS = (
    "deal", "account", "post", "comment", "like", "tides", "question", "answer", "poll", "my_follow", "my_notice",
    "omars_stream", "omars_favorite", "my_draft",
)  # fmt: skip


async def nouns(story: Story) -> list[str]:
    """Ids of things that omar may see, of every kind."""
    return [
        *[await story.noun(name, "omar", fresh=False) for name in NOUNS],
        "me",
        story.company.key("omar"),
        story.company.key("nina"),
    ]


async def keys_of(story: Story) -> dict[str, list[str]]:
    """What may stand in a gap of an address, by the gap's name: first what leads somewhere."""
    found = await nouns(story)
    return {
        "key": found,
        "keys": [",".join(found[2:4]), *found],
        "user": [story.company.key("nina"), *found],
        "org": [await story.noun("org", "omar", fresh=False)],
        "name": ["Account", "Opportunity", "Task", "User", "Group", "AccountShare"],
        "field": ["ExternalKey__c", "Id"],
        "value": [await story.noun("key", "omar", fresh=False)],
        "kind": ["record", "news", "company"],
        "subject": [found[0], "me"],
        "prefix": ["006"],
        "locator": ["01gAAAAAAAAAAAAAAA-2000"],
    }
