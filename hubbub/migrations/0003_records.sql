-- Records of any object: metadata says which field lives in which slot; only compiled SQL names a slot.

create table custom_field (
    org_id       int not null,
    id           bigint not null,
    object       int not null,
    name         text not null,
    label        text not null,
    type         text not null,
    slot         text not null,
    definition   jsonb not null default '{}',
    created_at   timestamptz not null default now(),
    primary key (org_id, id),
    unique (org_id, object, name),
    unique (org_id, object, slot)
);

create table record (
    org_id       int not null,
    id           bigint not null,
    object       int not null,
    name         text not null,
    owner_id     bigint not null,
    parent_id    bigint,
    record_type  bigint,
    version      int not null default 1,
    created_by   bigint not null,
    created_at   timestamptz not null default now(),
    modified_by  bigint not null,
    modified_at  timestamptz not null default now(),
    deleted_at   timestamptz,
    t1 text, t2 text, t3 text, t4 text, t5 text, t6 text, t7 text, t8 text, t9 text, t10 text, t11 text, t12 text,
    t13 text, t14 text, t15 text, t16 text, t17 text, t18 text, t19 text, t20 text, t21 text, t22 text, t23 text, t24 text,
    n1 numeric, n2 numeric, n3 numeric, n4 numeric, n5 numeric, n6 numeric,
    n7 numeric, n8 numeric, n9 numeric, n10 numeric, n11 numeric, n12 numeric,
    d1 timestamptz, d2 timestamptz, d3 timestamptz, d4 timestamptz, d5 timestamptz, d6 timestamptz, d7 timestamptz, d8 timestamptz,
    r1 bigint, r2 bigint, r3 bigint, r4 bigint, r5 bigint, r6 bigint, r7 bigint, r8 bigint,
    long         jsonb not null default '{}',
    primary key (org_id, id),
    foreign key (org_id, owner_id) references app_user (org_id, id)
) with (fillfactor = 85);
-- Texts are compared without regard to case. Where the server is ours, say that `lower` and `like` tell nothing of what
-- they compare: row-level security keeps functions of which that is not known away from the indexes.
do $$ begin
    alter function lower(text) leakproof;
    alter function textlike(text, text) leakproof;
exception when insufficient_privilege then null; end $$;
create index record_by_owner on record (org_id, object, owner_id, id);
create index record_by_parent on record (org_id, parent_id, object, id) where parent_id is not null;
create index record_by_name on record (org_id, object, lower(name), id) include (owner_id) where deleted_at is null;
create index record_by_modified on record (org_id, object, modified_at desc, id desc) include (owner_id) where deleted_at is null;
create index record_t1 on record (org_id, object, lower(t1)) where t1 is not null;
create index record_t2 on record (org_id, object, lower(t2)) where t2 is not null;
create index record_t3 on record (org_id, object, lower(t3)) where t3 is not null;
create index record_t4 on record (org_id, object, lower(t4)) where t4 is not null;
create index record_n1 on record (org_id, object, n1) where n1 is not null;
create index record_n2 on record (org_id, object, n2) where n2 is not null;
create index record_d1 on record (org_id, object, d1) where d1 is not null;
create index record_d2 on record (org_id, object, d2) where d2 is not null;
create index record_r1 on record (org_id, r1) where r1 is not null;
create index record_r2 on record (org_id, r2) where r2 is not null;
create index record_r3 on record (org_id, r3) where r3 is not null;
create index record_r4 on record (org_id, r4) where r4 is not null;

-- What must be unique inside an object (external ids) is a row of its own: no index per field.
create table record_key (
    org_id     int not null,
    field_id   bigint not null,
    value      text not null,
    record_id  bigint not null,
    primary key (org_id, field_id, value),
    foreign key (org_id, record_id) references record (org_id, id)
);
create index record_key_by_record on record_key (org_id, record_id);

-- A share says principal: a person, a role, a role and those below, everyone internal. Level 1 reads, 2 edits.
create table record_share (
    org_id        int not null,
    record_id     bigint not null,
    principal_id  bigint not null,
    level         smallint not null check (level in (1, 2)),
    cause         text not null default 'manual',
    primary key (org_id, record_id, principal_id, cause),
    foreign key (org_id, record_id) references record (org_id, id)
);
create index record_share_by_principal on record_share (org_id, principal_id, record_id) include (level);

create table field_history (
    org_id      int not null,
    id          bigint not null,
    record_id   bigint not null,
    field_id    bigint not null,
    version     int not null,
    old_value   jsonb,
    new_value   jsonb,
    changed_by  bigint not null,
    changed_at  timestamptz not null default now(),
    primary key (org_id, id),
    foreign key (org_id, record_id) references record (org_id, id)
);
create index field_history_by_record on field_history (org_id, record_id, changed_at desc, id desc);
