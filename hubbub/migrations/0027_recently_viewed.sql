-- Which records a person opened last: for himself alone.
create table record_view (
    org_id     int not null,
    record_id  bigint not null,
    user_id    bigint not null,
    viewed_at  timestamptz not null default now(),
    primary key (org_id, record_id, user_id),
    foreign key (org_id, record_id) references record (org_id, id),
    foreign key (org_id, user_id) references app_user (org_id, id)
);
create index record_view_by_user on record_view (org_id, user_id, viewed_at desc, record_id);

-- One person is a member of a campaign once: members that are there already hold their place, of two the first.
alter table record no force row level security;
alter table record_key no force row level security;
insert into record_key (org_id, field_id, value, record_id)
select r.org_id, case when r.r1 is null then 4504699139039375 else 4504699139039374 end,
       r.parent_id || ':' || coalesce(r.r1, r.r2), r.id
from record r where r.object = 41 and r.deleted_at is null and r.parent_id is not null and coalesce(r.r1, r.r2) is not null
order by r.id
on conflict (org_id, field_id, value) do nothing;
alter table record force row level security;
alter table record_key force row level security;
