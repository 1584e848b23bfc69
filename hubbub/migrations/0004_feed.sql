-- The feed is read by query: items, their comments and likes, and where each item shows.

create table feed_item (
    org_id         int not null,
    id             bigint not null,
    parent_id      bigint not null,
    author_id      bigint not null,
    kind           text not null,
    body           jsonb not null default '[]',
    -- the fields that a tracked change tells about: an item with none that I may read does not exist for me
    field_ids      bigint[],
    internal_only  boolean not null default false,
    like_count     int not null default 0,
    comment_count  int not null default 0,
    created_at     timestamptz not null default now(),
    last_activity  timestamptz not null default now(),
    deleted_at     timestamptz,
    deleted_by     bigint,
    primary key (org_id, id),
    foreign key (org_id, author_id) references app_user (org_id, id)
) with (fillfactor = 85);
create index feed_item_newest on feed_item (org_id, created_at desc, id desc) where deleted_at is null and kind <> 'TrackedChange';
create index feed_item_active on feed_item (org_id, last_activity desc, id desc) where deleted_at is null and kind <> 'TrackedChange';
create index feed_item_by_parent on feed_item (org_id, parent_id, id);

-- One row per subject under which an item shows: its parent, its author, who or what it mentions.
create table feed_entry (
    org_id         int not null,
    subject_id     bigint not null,
    item_id        bigint not null,
    via            text not null check (via in ('parent', 'author', 'mention', 'topic')),
    created_at     timestamptz not null,
    last_activity  timestamptz not null,
    primary key (org_id, subject_id, item_id),
    foreign key (org_id, item_id) references feed_item (org_id, id)
) with (fillfactor = 85);
create index feed_entry_newest on feed_entry (org_id, subject_id, created_at desc, item_id desc);
create index feed_entry_active on feed_entry (org_id, subject_id, last_activity desc, item_id desc);
create index feed_entry_by_item on feed_entry (org_id, item_id);

-- Upper bounds of a subject's newest activity and newest post, rounded up to the minute: written at most once a minute.
create table feed_subject (
    org_id     int not null,
    id         bigint not null,
    bump       timestamptz not null,
    post_bump  timestamptz not null,
    primary key (org_id, id)
) with (fillfactor = 70);
create index feed_subject_bounds on feed_subject (org_id, id) include (bump, post_bump);

create table feed_comment (
    org_id      int not null,
    id          bigint not null,
    item_id     bigint not null,
    author_id   bigint not null,
    body        jsonb not null,
    like_count  int not null default 0,
    created_at  timestamptz not null default now(),
    deleted_at  timestamptz,
    deleted_by  bigint,
    primary key (org_id, id),
    foreign key (org_id, item_id) references feed_item (org_id, id),
    foreign key (org_id, author_id) references app_user (org_id, id)
) with (fillfactor = 85);
create index feed_comment_by_item on feed_comment (org_id, item_id, created_at desc, id desc) where deleted_at is null;

-- A like of an item or a comment.
create table feed_like (
    org_id      int not null,
    target_id   bigint not null,
    user_id     bigint not null,
    id          bigint not null,
    created_at  timestamptz not null default now(),
    primary key (org_id, target_id, user_id),
    unique (org_id, id),
    foreign key (org_id, user_id) references app_user (org_id, id)
);

create table feed_change (
    org_id     int not null,
    item_id    bigint not null,
    field_id   bigint not null,
    position   smallint not null,
    old_value  jsonb,
    new_value  jsonb,
    primary key (org_id, item_id, field_id),
    foreign key (org_id, item_id) references feed_item (org_id, id)
);

create table topic (
    org_id      int not null,
    id          bigint not null,
    name        text not null,
    key         text not null,
    created_at  timestamptz not null default now(),
    primary key (org_id, id),
    unique (org_id, key)
);
