-- Whose digest is told, and when next; one job for that moment waits in the queue.
create table digest_turn (
    org_id   int not null,
    user_id  bigint not null,
    id       bigint not null,
    made_at  timestamptz not null default now(),
    next_at  timestamptz not null,
    primary key (org_id, user_id),
    unique (org_id, id)
);

-- The digests that were told: one a person and day of his, what happened in between.
create table digest_day (
    org_id   int not null,
    user_id  bigint not null,
    day      date not null,
    since    timestamptz not null,
    until    timestamptz not null,
    primary key (org_id, user_id, day)
);

-- A moderator hides a post: its author and moderators see it, nobody else does.
alter table feed_item add column hidden_at timestamptz;
alter table feed_item add column hidden_by bigint;
create index feed_item_hidden on feed_item (org_id, hidden_at desc, id desc) where hidden_at is not null;

-- Posts of moderators that stand on top of the company's feed until they expire; who has said that he read one.
create table announcement (
    org_id       int not null,
    id           bigint not null,
    item_id      bigint not null,
    expires_at   timestamptz not null,
    must_read    boolean not null default false,
    archived_at  timestamptz,
    made_at      timestamptz not null default now(),
    primary key (org_id, id),
    unique (org_id, item_id),
    foreign key (org_id, item_id) references feed_item (org_id, id)
);
create index announcement_newest on announcement (org_id, made_at desc, id desc);

create table announcement_reading (
    org_id           int not null,
    announcement_id  bigint not null,
    user_id          bigint not null,
    read_at          timestamptz not null default now(),
    primary key (org_id, announcement_id, user_id)
);

-- Pictures that people have sent: what they show is in the folder of files, under its digest.
create table file (
    org_id        int not null,
    id            bigint not null,
    owner_id      bigint not null,
    title         text not null,
    media_type    text not null,
    width         int not null,
    height        int not null,
    bytes         int not null,
    digest        text not null,
    small_digest  text not null,
    made_at       timestamptz not null default now(),
    primary key (org_id, id)
);
create index file_by_owner on file (org_id, owner_id, made_at desc, id desc);

-- Which posts and comments hold a picture, or held it in a version that can be read: who sees one of them sees it.
create table feed_image (
    org_id     int not null,
    file_id    bigint not null,
    item_id    bigint not null,
    target_id  bigint not null,
    primary key (org_id, file_id, target_id),
    foreign key (org_id, item_id) references feed_item (org_id, id)
);
