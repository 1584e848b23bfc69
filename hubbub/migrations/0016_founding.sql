-- A company moves in: mail, links that prove an address, who owns which domain, and what looks like it.

-- Mail to be sent. The secret at the end of its link stands nowhere here: it is made of the id when the mail is sent.
create table mail (
    id          text primary key,
    recipient   text not null,
    subject     text not null,
    lines       text[] not null,
    label       text,
    address     text,
    secret      boolean not null default false,
    state       text not null default 'waiting' check (state in ('waiting', 'sending', 'sent', 'kept', 'refused', 'unsure')),
    problem     text,
    created_at  timestamptz not null default now(),
    changed_at  timestamptz not null default now()
);
create index mail_by_age on mail (created_at);

-- A link that proves that an address is somebody's: used once, and not for long. Nobody's org is known yet.
create table mail_link (
    token_hash  bytea primary key,
    purpose     text not null check (purpose in ('sign-up', 'password')),
    email       text not null,
    created_at  timestamptz not null default now(),
    expires_at  timestamptz not null,
    used_at     timestamptz
);
create index mail_link_by_age on mail_link (created_at);
create index mail_link_by_email on mail_link (email, purpose) where used_at is null;

-- Whose community the people of a domain join. The first who proves an address of it founds one: the key decides.
create table company_domain (
    domain      text primary key,
    org_id      int not null,
    created_at  timestamptz not null default now()
);

-- Orgs that are there already own their domains, the older one where two had the same. Forced row-level security would
-- hide them from an owner who is no superuser.
alter table org no force row level security;
insert into company_domain (domain, org_id)
    select distinct on (lower(domain)) lower(domain), org_id from org order by lower(domain), org_id;
alter table org force row level security;

-- Domains that were founded and look like the org's own, for its moderators.
create table look_alike (
    org_id      int not null,
    domain      text not null,
    own         text not null,
    reason      text not null,
    created_at  timestamptz not null default now(),
    primary key (org_id, domain)
);

-- When the person last proved that the login's address is his. Who else sets its password takes that away.
alter table login add column verified_at timestamptz;
