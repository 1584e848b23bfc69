-- Searches that people follow: a subject like people, records and topics, under which stands what says its words. One row
-- for all who follow the same words: what somebody posts is compared with each once, however many follow it.
create table followed_search (
    org_id  int not null,
    id      bigint not null,
    query   tsquery not null,
    primary key (org_id, id),
    unique (org_id, query)
);

alter table favorite add column followed_id bigint;
create index favorite_followed on favorite (org_id, followed_id) where followed_id is not null;

alter table feed_entry drop constraint feed_entry_via_check;
alter table feed_entry add constraint feed_entry_via_check
    check (via in ('parent', 'author', 'mention', 'topic', 'related', 'search'));

-- Which streams a new post arrives in.
create index stream_subject_by_subject on stream_subject (org_id, subject_id, stream_id);

-- What new people follow from the start.
create table first_follow (
    org_id      int not null,
    subject_id  bigint not null,
    added_at    timestamptz not null default now(),
    primary key (org_id, subject_id)
);
