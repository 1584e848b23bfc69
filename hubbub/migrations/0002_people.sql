-- People: a login is a person's key to the installation, a user is that login's row in one org.

create table login (
    id             bigint primary key,
    password_hash  text not null,
    created_at     timestamptz not null default now(),
    changed_at     timestamptz not null default now()
);

-- What must be unique over all orgs is a table of its own, keyed by that value.
create table login_name (
    name      text primary key,
    login_id  bigint not null references login
);

-- Which orgs a login belongs to: read before the org is known, so not a tenant table.
create table login_org (
    login_id  bigint not null references login,
    org_id    int not null,
    user_id   bigint not null,
    primary key (login_id, org_id)
);

create table role (
    org_id     int not null,
    id         bigint not null,
    name       text not null,
    parent_id  bigint,
    primary key (org_id, id),
    foreign key (org_id, parent_id) references role (org_id, id)
);

-- Every role and each role above it, itself at depth 0.
create table role_closure (
    org_id    int not null,
    ancestor  bigint not null,
    role_id   bigint not null,
    depth     int not null,
    primary key (org_id, ancestor, role_id),
    foreign key (org_id, ancestor) references role (org_id, id),
    foreign key (org_id, role_id) references role (org_id, id)
);
create index role_closure_up on role_closure (org_id, role_id, ancestor);

create table app_user (
    org_id       int not null,
    id           bigint not null,
    login_id     bigint,
    username     text not null,
    email        text not null,
    first_name   text,
    last_name    text not null,
    name         text not null,
    title        text,
    about        text,
    role_id      bigint,
    guest        boolean not null default false,
    active       boolean not null default true,
    demo         boolean not null default false,
    timezone     text not null default 'UTC',
    locale       text not null default 'en_US',
    external_id  text,
    version      int not null default 1,
    created_at   timestamptz not null default now(),
    modified_at  timestamptz not null default now(),
    primary key (org_id, id),
    unique (org_id, username),
    unique (org_id, login_id),
    unique (org_id, external_id),
    foreign key (org_id, role_id) references role (org_id, id)
);
create index app_user_by_role on app_user (org_id, role_id, id);
create index app_user_by_name on app_user (org_id, name, id);

create table permission_set (
    org_id     int not null,
    id         bigint not null,
    name       text not null,
    label      text not null,
    -- what it allows beyond objects and fields: 'ManageUsers', 'ViewAllData', 'ModifyAllData', 'ModerateChatter'
    abilities  text[] not null default '{}',
    primary key (org_id, id),
    unique (org_id, name)
);

create table permission_assignment (
    org_id             int not null,
    user_id            bigint not null,
    permission_set_id  bigint not null,
    primary key (org_id, user_id, permission_set_id),
    foreign key (org_id, user_id) references app_user (org_id, id),
    foreign key (org_id, permission_set_id) references permission_set (org_id, id)
);

create table object_permission (
    org_id             int not null,
    permission_set_id  bigint not null,
    object             int not null,
    can_read           boolean not null default false,
    can_create         boolean not null default false,
    can_edit           boolean not null default false,
    can_delete         boolean not null default false,
    primary key (org_id, permission_set_id, object),
    foreign key (org_id, permission_set_id) references permission_set (org_id, id)
);

-- A field is readable when some assigned set grants it; a missing row grants nothing.
create table field_permission (
    org_id             int not null,
    permission_set_id  bigint not null,
    field_id           bigint not null,
    can_edit           boolean not null default false,
    primary key (org_id, permission_set_id, field_id),
    foreign key (org_id, permission_set_id) references permission_set (org_id, id)
);

create table session (
    org_id      int not null,
    id          bigint not null,
    token_hash  bytea not null,
    user_id     bigint not null,
    client      text,
    address     text,
    created_at  timestamptz not null default now(),
    seen_at     timestamptz not null default now(),
    expires_at  timestamptz not null,
    ended_at    timestamptz,
    primary key (org_id, id),
    unique (org_id, token_hash),
    foreign key (org_id, user_id) references app_user (org_id, id)
);
create index session_by_user on session (org_id, user_id, ended_at);

create table connected_app (
    org_id       int not null,
    id           bigint not null,
    client_id    text not null,
    name         text not null,
    secret_hash  bytea not null,
    run_as       bigint not null,
    created_by   bigint not null,
    created_at   timestamptz not null default now(),
    revoked_at   timestamptz,
    primary key (org_id, id),
    unique (org_id, client_id),
    foreign key (org_id, run_as) references app_user (org_id, id)
);

create table token (
    org_id      int not null,
    id          bigint not null,
    token_hash  bytea not null,
    kind        text not null check (kind in ('access', 'refresh')),
    user_id     bigint not null,
    app_id      bigint,
    -- access tokens made with a refresh token end with it
    parent_id   bigint,
    client      text,
    address     text,
    created_at  timestamptz not null default now(),
    seen_at     timestamptz,
    expires_at  timestamptz not null,
    revoked_at  timestamptz,
    primary key (org_id, id),
    unique (org_id, token_hash),
    foreign key (org_id, user_id) references app_user (org_id, id),
    foreign key (org_id, app_id) references connected_app (org_id, id)
);
create index token_by_user on token (org_id, user_id, revoked_at);

-- Who follows what: a subject is only an id.
create table follow (
    org_id       int not null,
    follower_id  bigint not null,
    subject_id   bigint not null,
    id           bigint not null,
    created_at   timestamptz not null default now(),
    primary key (org_id, follower_id, subject_id),
    unique (org_id, id),
    foreign key (org_id, follower_id) references app_user (org_id, id)
);
create index follow_by_subject on follow (org_id, subject_id, follower_id);
