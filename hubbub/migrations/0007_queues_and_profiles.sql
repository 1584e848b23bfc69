-- Queues that own records, profiles, the history of stages, and references that can be found by what they point at.

-- Who owns these tables is bound by row-level security too, unless he is the server's administrator: what follows is
-- about the rows of all orgs.
alter table permission_set no force row level security;
alter table permission_assignment no force row level security;
alter table object_permission no force row level security;
alter table field_permission no force row level security;
alter table app_user no force row level security;
alter table org no force row level security;
alter table org_access no force row level security;
alter table record no force row level security;
alter table field_history no force row level security;

-- The objects whose records a queue may own. A record belongs to a person or to a queue: the act that names the owner
-- looks it up and locks it, since a foreign key cannot point at either.
create table queue_object (
    org_id    int not null,
    queue_id  bigint not null,
    object    int not null,
    id        bigint not null,
    primary key (org_id, queue_id, object),
    unique (org_id, id),
    foreign key (org_id, queue_id) references app_group (org_id, id)
);
alter table record drop constraint record_org_id_owner_id_fkey;

-- A record that is purged is taken out of whatever points at it.
create index record_r5 on record (org_id, r5) where r5 is not null;
create index record_r6 on record (org_id, r6) where r6 is not null;
create index record_r7 on record (org_id, r7) where r7 is not null;
create index record_r8 on record (org_id, r8) where r8 is not null;

-- A profile is a permission set of which everybody has exactly one. Nobody's rights change here: of the sets that orgs
-- were founded with, the strongest that somebody has is his profile; what he has besides becomes a plain copy of it; who
-- has none of them gets a profile that grants nothing.
alter table permission_set add column profile boolean not null default false;
alter table permission_assignment add column profile boolean not null default false;
update permission_set set profile = true
where name in ('System Administrator', 'Standard User', 'Standard User without Amount', 'Guest');

update permission_assignment a set profile = true
from (select distinct on (a.org_id, a.user_id) a.org_id, a.user_id, a.permission_set_id
      from permission_assignment a join permission_set s on s.org_id = a.org_id and s.id = a.permission_set_id
      where s.profile
      order by a.org_id, a.user_id, array_position(array['System Administrator', 'Standard User',
               'Standard User without Amount', 'Guest'], s.name)) strongest
where a.org_id = strongest.org_id and a.user_id = strongest.user_id
  and a.permission_set_id = strongest.permission_set_id;

create temp table copied on commit drop as
select s.org_id, s.id as old, row_number() over (order by s.org_id, s.id) as number
from permission_set s
where s.profile and exists (select 1 from permission_assignment a
    where a.org_id = s.org_id and a.permission_set_id = s.id and not a.profile);
create temp table lowest on commit drop as
select o.org_id, row_number() over (order by o.org_id) + (select count(*) from copied) as number from org o;
update copied set number = number + (select next - 1 from id_block where name = 'id');
update lowest set number = number + (select next - 1 from id_block where name = 'id');
update id_block set next = next + (select count(*) from copied) + (select count(*) from lowest) where name = 'id';

insert into permission_set (org_id, id, name, label, abilities)
select s.org_id, (12::bigint << 48) | c.number, s.name || ' (permission set)', s.label || ' (permission set)', s.abilities
from copied c join permission_set s on s.org_id = c.org_id and s.id = c.old;
insert into object_permission (org_id, permission_set_id, object, can_read, can_create, can_edit, can_delete,
                               can_view_all, can_modify_all)
select o.org_id, (12::bigint << 48) | c.number, o.object, o.can_read, o.can_create, o.can_edit, o.can_delete,
       o.can_view_all, o.can_modify_all
from copied c join object_permission o on o.org_id = c.org_id and o.permission_set_id = c.old;
insert into field_permission (org_id, permission_set_id, field_id, can_edit)
select f.org_id, (12::bigint << 48) | c.number, f.field_id, f.can_edit
from copied c join field_permission f on f.org_id = c.org_id and f.permission_set_id = c.old;
update permission_assignment a set permission_set_id = (12::bigint << 48) | c.number
from copied c
where a.org_id = c.org_id and a.permission_set_id = c.old and not a.profile;

insert into permission_set (org_id, id, name, label, profile)
select l.org_id, (12::bigint << 48) | l.number, n.name, n.name, true
from lowest l cross join lateral (
  select 'Minimum Access' || case when exists (select 1 from permission_set s
    where s.org_id = l.org_id and s.name = 'Minimum Access') then ' (profile)' else '' end as name) n;
insert into permission_assignment (org_id, user_id, permission_set_id, profile)
select u.org_id, u.id, (12::bigint << 48) | l.number, true
from app_user u join lowest l on l.org_id = u.org_id
where not exists (select 1 from permission_assignment a where a.org_id = u.org_id and a.user_id = u.id and a.profile);
update org_access set version = version + 1;

-- What says `profile` in both tables is one fact: an assignment cannot say otherwise than its set.
alter table permission_set add constraint permission_set_profile_key unique (org_id, id, profile);
alter table permission_assignment drop constraint permission_assignment_org_id_permission_set_id_fkey;
alter table permission_assignment add constraint permission_assignment_set_fkey
    foreign key (org_id, permission_set_id, profile) references permission_set (org_id, id, profile);
create unique index permission_assignment_profile on permission_assignment (org_id, user_id) where profile;

-- How a deal stood after each save that changed its stage, amount, close date or probability.
create table stage_history (
    org_id       int not null,
    id           bigint not null,
    record_id    bigint not null,
    version      int not null,
    stage        text,
    amount       numeric,
    close_date   timestamptz,
    probability  numeric,
    changed_by   bigint not null,
    changed_at   timestamptz not null default now(),
    primary key (org_id, id),
    foreign key (org_id, record_id) references record (org_id, id)
);
create index stage_history_by_record on stage_history (org_id, record_id, changed_at desc, id desc);

-- What happened before is read out of the history of fields: a value at a version is the last that was written up to it,
-- or what the next change replaced, or, if there never was a change, what is there now.
create temp table told on commit drop as
with watched (column_name, field_id) as (
       select name, (16::bigint << 48) | ((1::bigint << 40) + 34000 + number)
       from (values ('stage', 102), ('amount', 103), ('close', 104), ('likely', 105)) f (name, number)),
     saves as (
       select r.org_id, r.id as record_id, 1 as version, r.created_by as changed_by, r.created_at as changed_at
       from record r where r.object = 34
       union
       select h.org_id, h.record_id, h.version, h.changed_by, h.changed_at
       from field_history h where h.field_id in (select field_id from watched))
select s.*, v.*, row_number() over (order by s.changed_at, s.org_id, s.record_id, s.version) as number
from saves s join record r on r.org_id = s.org_id and r.id = s.record_id
cross join lateral (
  select max(x.value) filter (where w.column_name = 'stage') as stage,
         max(x.value) filter (where w.column_name = 'amount') as amount,
         max(x.value) filter (where w.column_name = 'close') as close_date,
         max(x.value) filter (where w.column_name = 'likely') as probability
  from watched w cross join lateral (
    select known.value from (
      (select 1 as rank, h.new_value #>> '{}' as value from field_history h
       where h.org_id = s.org_id and h.record_id = s.record_id and h.field_id = w.field_id and h.version <= s.version
       order by h.version desc limit 1)
      union all
      (select 2, h.old_value #>> '{}' from field_history h
       where h.org_id = s.org_id and h.record_id = s.record_id and h.field_id = w.field_id and h.version > s.version
       order by h.version limit 1)
      union all
      select 3, case w.column_name when 'stage' then r.t1 when 'amount' then r.n1::text
                     when 'close' then (r.d1 at time zone 'UTC')::date::text else r.n3::text end
    ) known order by known.rank limit 1) x) v;
insert into stage_history (org_id, id, record_id, version, stage, amount, close_date, probability, changed_by, changed_at)
select org_id, (31::bigint << 48) | (number - 1 + (select next from id_block where name = 'id')), record_id, version, stage,
       amount::numeric, close_date::date::timestamp at time zone 'UTC', probability::numeric, changed_by, changed_at
from told;
update id_block set next = next + (select count(*) from told) where name = 'id';

alter table permission_set force row level security;
alter table permission_assignment force row level security;
alter table object_permission force row level security;
alter table field_permission force row level security;
alter table app_user force row level security;
alter table org force row level security;
alter table org_access force row level security;
alter table record force row level security;
alter table field_history force row level security;
