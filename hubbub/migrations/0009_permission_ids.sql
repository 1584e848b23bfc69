-- What a permission set grants, and to whom, gets ids: programs name these rows.

-- Who owns these tables is bound by row-level security too, unless he is the server's administrator: what follows is
-- about the rows of all orgs.
alter table permission_assignment no force row level security;
alter table object_permission no force row level security;
alter table field_permission no force row level security;

alter table permission_assignment add column id bigint;
alter table object_permission add column id bigint;
alter table field_permission add column id bigint;

create temp table numbered on commit drop as
select x.*, row_number() over () - 1 + (select next from id_block where name = 'id') as number
from (select 27 as type, org_id, permission_set_id, user_id as of_what from permission_assignment
      union all select 28, org_id, permission_set_id, object from object_permission
      union all select 29, org_id, permission_set_id, field_id from field_permission) x;
update id_block set next = next + (select count(*) from numbered) where name = 'id';

update permission_assignment a set id = (27::bigint << 48) | n.number from numbered n
where n.type = 27 and n.org_id = a.org_id and n.permission_set_id = a.permission_set_id and n.of_what = a.user_id;
update object_permission o set id = (28::bigint << 48) | n.number from numbered n
where n.type = 28 and n.org_id = o.org_id and n.permission_set_id = o.permission_set_id and n.of_what = o.object;
update field_permission f set id = (29::bigint << 48) | n.number from numbered n
where n.type = 29 and n.org_id = f.org_id and n.permission_set_id = f.permission_set_id and n.of_what = f.field_id;

alter table permission_assignment alter column id set not null;
alter table object_permission alter column id set not null;
alter table field_permission alter column id set not null;
alter table permission_assignment add unique (org_id, id);
alter table object_permission add unique (org_id, id);
alter table field_permission add unique (org_id, id);

alter table permission_assignment force row level security;
alter table object_permission force row level security;
alter table field_permission force row level security;
