-- Leads, cases, tasks, events, campaigns with their members, contracts and assets; and what was made of posts.

-- Who owns these tables is bound by row-level security too, unless he is the server's administrator: what follows is
-- about the rows of all orgs.
alter table permission_set no force row level security;
alter table object_permission no force row level security;
alter table field_permission no force row level security;
alter table org_access no force row level security;

-- The last number given to a record of an object that is called by its number.
create table record_number (
    org_id  int not null,
    object  int not null,
    last    bigint not null,
    primary key (org_id, object)
);

-- A record that somebody made of a post, such as a task. Each is made of one post; of a post many may be made.
create table feed_made (
    org_id     int not null,
    record_id  bigint not null,
    item_id    bigint not null,
    made_by    bigint not null,
    made_at    timestamptz not null default now(),
    primary key (org_id, record_id),
    foreign key (org_id, item_id) references feed_item (org_id, id)
);
create index feed_made_by_item on feed_made (org_id, item_id, made_at);

-- The profiles that an org began with may do with the new objects what they may do with the others. What else an org
-- grants is its own to decide.
create temp table added on commit drop as
select * from (values
    (36, array[1, 2, 3, 4, 5, 6, 7, 8, 9, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127, 128, 129], array[4, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 123, 124]),
    (37, array[1, 2, 3, 4, 5, 6, 7, 8, 9, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118], array[4, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 118]),
    (38, array[1, 2, 3, 4, 5, 6, 7, 8, 9, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112], array[3, 4, 101, 102, 103, 104, 105, 106, 108, 109, 110, 111, 112]),
    (39, array[1, 2, 3, 4, 5, 6, 7, 8, 9, 101, 102, 103, 104, 105, 106, 107, 108, 109], array[3, 4, 101, 102, 103, 104, 105, 106, 107, 108, 109]),
    (40, array[1, 2, 3, 4, 5, 6, 7, 8, 9, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112], array[3, 4, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112]),
    (41, array[1, 2, 3, 5, 6, 7, 8, 9, 101, 102, 103, 104, 105], array[101, 102, 103, 104, 105]),
    (42, array[1, 2, 3, 4, 5, 6, 7, 8, 9, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118], array[4, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118]),
    (43, array[1, 2, 3, 4, 5, 6, 7, 8, 9, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113], array[3, 4, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113])) o (object, numbers, writable);
create temp table granting on commit drop as
select s.org_id, s.id as set_id, s.name <> 'Guest' as writes from permission_set s
where s.profile and s.name in ('System Administrator', 'Standard User', 'Standard User without Amount', 'Guest');

create temp table object_granted on commit drop as
select g.*, a.object, row_number() over () - 1 + (select next from id_block where name = 'id') as number
from granting g cross join added a;
update id_block set next = next + (select count(*) from object_granted) where name = 'id';
insert into object_permission (org_id, id, permission_set_id, object, can_read, can_create, can_edit, can_delete)
select org_id, (28::bigint << 48) | number, set_id, object, true, writes, writes, writes from object_granted
on conflict do nothing;

create temp table field_granted on commit drop as
select g.*, (16::bigint << 48) | ((1::bigint << 40) + a.object * 1000 + f.number) as field_id,
       f.number = any(a.writable) as writable,
       row_number() over () - 1 + (select next from id_block where name = 'id') as number
from granting g cross join added a cross join lateral unnest(a.numbers) f (number);
update id_block set next = next + (select count(*) from field_granted) where name = 'id';
insert into field_permission (org_id, id, permission_set_id, field_id, can_edit)
select org_id, (29::bigint << 48) | number, set_id, field_id, writes and writable from field_granted
on conflict do nothing;
update org_access set version = version + 1;

alter table permission_set force row level security;
alter table object_permission force row level security;
alter table field_permission force row level security;
alter table org_access force row level security;
