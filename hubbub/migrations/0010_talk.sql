-- The whole feed: what a thread can carry, what each reader has done with it, polls, questions, topics, streams, drafts,
-- notices, and help that is asked for.

-- Who speaks may also be a record, in whose name somebody asks.
alter table feed_item drop constraint feed_item_org_id_author_id_fkey;
alter table feed_comment drop constraint feed_comment_org_id_author_id_fkey;
alter table feed_like drop constraint feed_like_org_id_user_id_fkey;

alter table feed_item
    add column title           text,
    add column up_count        int not null default 0,
    add column down_count      int not null default 0,
    add column revision        int not null default 1,
    add column edited_at       timestamptz,
    add column edited_by       bigint,
    add column closed_at       timestamptz,
    add column closed_by       bigint,
    add column best_comment_id bigint,
    add column best_by         bigint,
    -- the item that this one shares
    add column shared_id       bigint,
    -- somebody has shared it: only then is asked who
    add column was_shared      boolean not null default false,
    -- what a kind says beyond its body: the badge of a thanks, the length of a call
    add column detail          jsonb,
    -- a keyed hash by which the sealed asker of this item is known to himself, and to nobody who has not the key
    add column seal            bytea;
create index feed_item_questions on feed_item (org_id, created_at desc, id desc)
    where kind = 'QuestionPost' and deleted_at is null;
create index feed_item_shares on feed_item (org_id, shared_id) where shared_id is not null;

-- How long a post or comment may be.
alter table feed_limits
    add column most_characters int not null default 10000 check (most_characters between 1000 and 100000),
    -- people, records and topics that one person may follow; null: any number
    add column most_followed   int check (most_followed > 0);

-- A thread has three levels: comments, replies, and replies to these.
alter table feed_comment
    add column thread_parent_id bigint,
    add column level            smallint not null default 0 check (level between 0 and 2),
    add column reply_count      int not null default 0,
    add column up_count         int not null default 0,
    add column down_count       int not null default 0,
    add column revision         int not null default 1,
    add column edited_at        timestamptz,
    add column edited_by        bigint,
    add column verified_at      timestamptz,
    add column verified_by      bigint;
-- A deleted comment that has replies keeps its place among them.
drop index feed_comment_by_item;
create index feed_comment_by_item on feed_comment (org_id, item_id, created_at desc, id desc);
create index feed_comment_by_thread on feed_comment (org_id, thread_parent_id, created_at, id)
    where thread_parent_id is not null;
create index feed_comment_by_author on feed_comment (org_id, author_id, created_at desc, id desc);

-- A reaction is a like with a face: one a person and thing.
alter table feed_like add column face text not null default 'like';
create index feed_like_by_user on feed_like (org_id, user_id, created_at desc);

create table feed_vote (
    org_id     int not null,
    target_id  bigint not null,
    user_id    bigint not null,
    up         boolean not null,
    voted_at   timestamptz not null default now(),
    primary key (org_id, target_id, user_id)
);

-- What one reader has done with one item. Nobody else reads it, `read_at` aside, where readers are shown.
create table feed_mark (
    org_id         int not null,
    user_id        bigint not null,
    item_id        bigint not null,
    bookmarked_at  timestamptz,
    muted_at       timestamptz,
    followed_at    timestamptz,
    read_at        timestamptz,
    primary key (org_id, user_id, item_id),
    foreign key (org_id, item_id) references feed_item (org_id, id)
) with (fillfactor = 85);
create index feed_mark_bookmarked on feed_mark (org_id, user_id, bookmarked_at desc, item_id desc) where bookmarked_at is not null;
create index feed_mark_muted on feed_mark (org_id, user_id, muted_at desc, item_id desc) where muted_at is not null;
create index feed_mark_readers on feed_mark (org_id, item_id, read_at desc) where read_at is not null;
create index feed_mark_following on feed_mark (org_id, item_id, user_id) where followed_at is not null;

-- Up to where somebody has read a feed; `feed` is its live topic.
create table feed_seen (
    org_id   int not null,
    user_id  bigint not null,
    feed     text not null,
    at       timestamptz not null,
    item_id  bigint not null,
    primary key (org_id, user_id, feed)
);

-- What a post or comment said before it was edited.
create table feed_revision (
    org_id     int not null,
    target_id  bigint not null,
    revision   int not null,
    title      text,
    body       jsonb not null,
    edited_at  timestamptz not null,
    edited_by  bigint not null,
    primary key (org_id, target_id, revision)
);

create table feed_pin (
    org_id      int not null,
    subject_id  bigint not null,
    item_id     bigint not null,
    pinned_by   bigint not null,
    pinned_at   timestamptz not null default now(),
    primary key (org_id, subject_id, item_id),
    foreign key (org_id, item_id) references feed_item (org_id, id)
);

create table feed_flag (
    org_id      int not null,
    target_id   bigint not null,
    user_id     bigint not null,
    id          bigint not null,
    kind        text not null check (kind in ('FlagAsInappropriate', 'FlagAsSpam')),
    note        text,
    created_at  timestamptz not null default now(),
    primary key (org_id, target_id, user_id),
    unique (org_id, id)
);

create table poll_choice (
    org_id    int not null,
    id        bigint not null,
    item_id   bigint not null,
    position  smallint not null,
    text      text not null,
    votes     int not null default 0,
    primary key (org_id, id),
    foreign key (org_id, item_id) references feed_item (org_id, id)
);
create index poll_choice_by_item on poll_choice (org_id, item_id, position);

create table poll_vote (
    org_id     int not null,
    item_id    bigint not null,
    user_id    bigint not null,
    choice_id  bigint not null,
    voted_at   timestamptz not null default now(),
    primary key (org_id, item_id, user_id),
    foreign key (org_id, choice_id) references poll_choice (org_id, id)
);

-- A topic that was merged into another keeps its key, so that its name still finds what was said under it; the key of one
-- that was deleted is free again. `made_by`: who made it by itself, or said of it what everybody inside may read; else a
-- topic is known only to who sees something under it, spelt as in the first of that.
alter table topic
    add column description text,
    add column made_by     bigint,
    add column merged_into bigint,
    add column deleted_at  timestamptz;
alter table topic drop constraint topic_org_id_key_key;
create unique index topic_by_key on topic (org_id, key) where deleted_at is null;
create index topic_merged on topic (org_id, merged_into) where merged_into is not null;
-- How an item spells the topic under which it stands.
alter table feed_entry add column topic_name text;
update feed_entry e set topic_name = t.name from topic t
    where e.via = 'topic' and t.org_id = e.org_id and t.id = e.subject_id;
create index feed_entry_topics on feed_entry (org_id, created_at desc, subject_id) where via = 'topic';

create table record_topic (
    org_id       int not null,
    record_id    bigint not null,
    topic_id     bigint not null,
    name         text not null,
    assigned_by  bigint not null,
    assigned_at  timestamptz not null default now(),
    primary key (org_id, record_id, topic_id)
);
create index record_topic_by_topic on record_topic (org_id, topic_id, assigned_at desc);

-- A feed that somebody puts together of up to 25 subjects, and searches, lists and topics kept as feeds.
create table stream (
    org_id       int not null,
    id           bigint not null,
    owner_id     bigint not null,
    name         text not null,
    description  text,
    created_at   timestamptz not null default now(),
    primary key (org_id, id)
);
create index stream_by_owner on stream (org_id, owner_id, name);

create table stream_subject (
    org_id      int not null,
    stream_id   bigint not null,
    subject_id  bigint not null,
    added_at    timestamptz not null default now(),
    primary key (org_id, stream_id, subject_id),
    foreign key (org_id, stream_id) references stream (org_id, id)
);

create table favorite (
    org_id       int not null,
    id           bigint not null,
    user_id      bigint not null,
    kind         text not null check (kind in ('search', 'topic', 'list')),
    target_id    bigint,
    search_text  text,
    name         text not null,
    viewed_at    timestamptz,
    created_at   timestamptz not null default now(),
    primary key (org_id, id)
);
create index favorite_by_user on favorite (org_id, user_id, created_at);

-- What somebody is writing, on every device of his: on a person or record (a post), on an item or comment (a comment).
-- `form`: what the composer holds. `saved_at` is its version; what a save wrote over that its writer had not seen is kept
-- in `earlier`. `publish_at`: then it is posted, or `refused` says why not.
create table draft (
    org_id      int not null,
    id          bigint not null,
    user_id     bigint not null,
    place_id    bigint not null,
    form        jsonb not null,
    earlier     jsonb not null default '[]',
    publish_at  timestamptz,
    refused     text,
    created_at  timestamptz not null default now(),
    saved_at    timestamptz not null default clock_timestamp(),
    primary key (org_id, id)
);
create unique index draft_by_place on draft (org_id, user_id, place_id) where publish_at is null;
create index draft_newest on draft (org_id, user_id, saved_at desc, id desc);

-- How much of a subject reaches its follower.
alter table follow add column level text not null default 'all' check (level in ('all', 'mentions', 'digest', 'mute'));

-- What a person chose: one row a setting that differs from the usual.
create table preference (
    org_id   int not null,
    user_id  bigint not null,
    name     text not null,
    value    jsonb not null,
    primary key (org_id, user_id, name)
);

-- One notice a person and thread, however much happens there.
create table notice (
    org_id      int not null,
    id          bigint not null,
    user_id     bigint not null,
    thread_id   bigint not null,
    reason      text not null,
    noun_id     bigint not null,
    actor_ids   bigint[] not null default '{}',
    count       int not null default 1,
    created_at  timestamptz not null default now(),
    last_at     timestamptz not null default now(),
    seen_at     timestamptz,
    read_at     timestamptz,
    primary key (org_id, id),
    unique (org_id, user_id, thread_id)
) with (fillfactor = 85);
create index notice_newest on notice (org_id, user_id, last_at desc, id desc);
create index notice_unread on notice (org_id, user_id, last_at desc) where read_at is null;
create index notice_by_thread on notice (org_id, thread_id);

-- Help that is asked for on a record.
create table ask (
    org_id        int not null,
    item_id       bigint not null,
    record_id     bigint not null,
    kind          text not null,
    urgency       text not null check (urgency in ('whenever', 'week', 'today')),
    sealed        boolean not null default false,
    -- where the answer stands without who asked
    published_id  bigint,
    -- when those who answered were thanked, once the deal was won
    thanked_at    timestamptz,
    -- when the owner of the database looked who asked
    unsealed_at   timestamptz,
    primary key (org_id, item_id),
    foreign key (org_id, item_id) references feed_item (org_id, id)
);
create index ask_by_record on ask (org_id, record_id);

create table ask_person (
    org_id   int not null,
    item_id  bigint not null,
    user_id  bigint not null,
    via      text not null check (via in ('team', 'chosen', 'expert')),
    primary key (org_id, item_id, user_id),
    foreign key (org_id, item_id) references ask (org_id, item_id)
);
create index ask_person_by_user on ask_person (org_id, user_id, item_id);

-- Who asked under a record's name. The application may write here and can read nothing: only the database's owner, through
-- a command that is logged, does.
create table sealed_asker (
    org_id    int not null,
    item_id   bigint not null,
    user_id   bigint not null,
    asked_at  timestamptz not null default now(),
    primary key (org_id, item_id)
);
