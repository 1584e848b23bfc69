-- The ground: organizations, ids, the event log, idempotency keys, rate limits.
-- A table with org_id is a tenant table: `migrate` puts row-level security on every one of them.

create table org (
    org_id      int primary key,
    name        text not null,
    domain      text not null,
    demo        boolean not null default false,
    created_at  timestamptz not null default now()
);

-- Numbers for ids are handed out in blocks, for the whole installation: an id of another org is never one's own row.
create table id_block (
    name  text primary key,
    next  bigint not null
);
insert into id_block (name, next) values ('id', 1000), ('org', 1);

-- Raised in the transaction of any change of roles, people, permissions or fields: what was computed under an
-- older version is not used again.
create table org_access (
    org_id   int primary key references org,
    version  bigint not null default 1
);

create table event (
    org_id      int not null,
    id          bigint not null,
    xid         xid8 not null default pg_current_xact_id(),
    name        text not null,
    actor_id    bigint,
    noun_id     bigint,
    parent_id   bigint,
    client      text,
    address     text,
    request_id  text,
    before      jsonb,
    after       jsonb,
    created_at  timestamptz not null default now(),
    primary key (org_id, id)
);
-- The relay of a process reads all orgs; a browser's catch-up reads one.
create index event_by_transaction on event (xid, id);
create index event_by_org_transaction on event (org_id, xid, id);
create index event_by_noun on event (org_id, noun_id, created_at);

create table idempotency_key (
    org_id        int not null,
    user_id       bigint not null,
    key           text not null,
    request_hash  bytea not null,
    status        int,
    headers       jsonb,
    body          bytea,
    created_at    timestamptz not null default now(),
    primary key (org_id, user_id, key)
);
create index idempotency_key_by_age on idempotency_key (org_id, created_at);

-- Attempts to sign in, counted before anyone's org is known.
create table rate_limit (
    key           text primary key,
    window_start  timestamptz not null,
    hits          int not null
);
