-- Who was asked to join an org, by whom, and what came of it. Each who invites has rows of his own: nobody learns by
-- inviting an address that somebody else has.
create table invitation (
    org_id      int not null,
    id          bigint not null,
    email       text not null,
    invited_by  bigint not null,
    message     text,
    state       text not null default 'waiting' check (state in ('waiting', 'sent', 'accepted', 'withdrawn')),
    mail_id     text,
    created_at  timestamptz not null default now(),
    sent_at     timestamptz,
    expires_at  timestamptz,
    accepted_at timestamptz,
    accepted_by bigint,
    primary key (org_id, id),
    foreign key (org_id, invited_by) references app_user (org_id, id)
);
create unique index invitation_open on invitation (org_id, invited_by, email) where state in ('waiting', 'sent');
create index invitation_by_email on invitation (org_id, email) where state in ('waiting', 'sent');
create index invitation_by_age on invitation (org_id, created_at desc, id desc);

-- Who may invite: everybody inside, or administrators alone.
alter table org add column inviters text not null default 'inside';
alter table org add constraint org_inviters_check check (inviters in ('inside', 'administrators'));

-- Links that belong to one org: into which an invitation leads, or whose domain an address proves.
alter table mail_link add column into_org int;
alter table mail_link add column noun_id bigint;
alter table mail_link drop constraint mail_link_purpose_check;
alter table mail_link add constraint mail_link_purpose_check
    check (purpose in ('sign-up', 'password', 'invitation', 'domain'));
