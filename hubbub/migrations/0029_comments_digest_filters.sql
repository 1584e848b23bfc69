-- A moderator hides a comment: it is deleted for everybody but its author and moderators.
alter table feed_comment add column hidden_at timestamptz;
alter table feed_comment add constraint feed_comment_hidden check (hidden_at is null or deleted_at is not null);
create index feed_comment_hidden on feed_comment (org_id, hidden_at desc, id desc) where hidden_at is not null;

-- At which hour of his own clock somebody wants his digest; who chose none gets it at eight.
create table digest_setting (
    org_id   int not null,
    user_id  bigint not null,
    hour     smallint not null check (hour between 0 and 23),
    primary key (org_id, user_id)
);

-- What somebody read lately: of all that is new in his feeds, the filter for what is read looks at that alone.
create index feed_mark_read on feed_mark (org_id, user_id, read_at desc, item_id) where read_at is not null;
