"""SOQL: a query in text, compiled for whoever asks into one SQL statement, answered page by page."""

from hubbub.records.queries.soql.activities import activity_objects, activity_relationships
from hubbub.records.queries.soql.listing import Listing, listing
from hubbub.records.queries.soql.nodes import Query
from hubbub.records.queries.soql.parse import pinned
from hubbub.records.queries.soql.run import PAGE, Answer, query, query_more
from hubbub.records.queries.soql.sources import Beside, Column, Relation, Source, source

__all__ = [
    "PAGE",
    "Answer",
    "Beside",
    "Column",
    "Listing",
    "Query",
    "Relation",
    "Source",
    "activity_objects",
    "activity_relationships",
    "listing",
    "pinned",
    "query",
    "query_more",
    "source",
]
