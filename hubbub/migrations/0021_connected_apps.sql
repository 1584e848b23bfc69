-- Connected apps that people let in themselves: where their browsers are sent back to, what an app may be let into at
-- all, who may let it in, and for how long it stays in.
alter table connected_app alter column secret_hash drop not null;
alter table connected_app alter column run_as drop not null;
alter table connected_app add column callbacks text[] not null default '{}';
-- What apps could do until now: everything but what 'full' adds.
alter table connected_app add column scopes text[] not null default '{api,chatter_api,id,refresh_token}';
-- A public app runs on devices of others and can keep no secret: it proves itself by PKCE alone.
alter table connected_app add column public boolean not null default false;
alter table connected_app add column rotates boolean not null default false;
alter table connected_app add column refresh_days int not null default 90;
alter table connected_app add column for_everybody boolean not null default true;
alter table connected_app add constraint connected_app_public_has_no_secret
    check (not public or (secret_hash is null and rotates));

-- Whom an app is for, where it is not for everybody: who has one of these permission sets.
create table app_permission_set (
    org_id             int not null,
    app_id             bigint not null,
    permission_set_id  bigint not null,
    primary key (org_id, app_id, permission_set_id),
    foreign key (org_id, app_id) references connected_app (org_id, id),
    foreign key (org_id, permission_set_id) references permission_set (org_id, id) on delete cascade
);

-- What somebody let an app into: until he takes it back, he is not asked again for the same or less.
create table app_consent (
    org_id      int not null,
    app_id      bigint not null,
    user_id     bigint not null,
    scopes      text[] not null,
    created_at  timestamptz not null default now(),
    primary key (org_id, app_id, user_id),
    foreign key (org_id, app_id) references connected_app (org_id, id),
    foreign key (org_id, user_id) references app_user (org_id, id)
);
create index app_consent_by_user on app_consent (org_id, user_id);

-- What an app's page brings back from the consent page, to be changed into tokens once, and soon.
create table authorization_code (
    org_id      int not null,
    code_hash   bytea not null,
    app_id      bigint not null,
    user_id     bigint not null,
    callback    text not null,
    scopes      text[] not null,
    challenge   text,
    created_at  timestamptz not null default now(),
    expires_at  timestamptz not null,
    used_at     timestamptz,
    -- the token that was made of it, which ends if the code comes again
    token_id    bigint,
    primary key (org_id, code_hash),
    foreign key (org_id, app_id) references connected_app (org_id, id),
    foreign key (org_id, user_id) references app_user (org_id, id)
);
create index authorization_code_by_age on authorization_code (org_id, created_at);

-- Refresh tokens that were replaced by their next: whoever brings one has a copy.
create table spent_token (
    org_id      int not null,
    token_hash  bytea not null,
    token_id    bigint not null,
    created_at  timestamptz not null default now(),
    primary key (org_id, token_hash),
    foreign key (org_id, token_id) references token (org_id, id)
);
create index spent_token_by_token on spent_token (org_id, token_id);

-- What a token opens, and what it was made by where that is no connected app. Null scopes: all that its person may do.
alter table token add column scopes text[];
alter table token add column name text;
-- Forced row-level security would hide them from an owner who is no superuser.
alter table token no force row level security;
update token set scopes = '{api,chatter_api,id,refresh_token}' where app_id is not null;
alter table token force row level security;
create index token_by_app on token (org_id, app_id, revoked_at);
