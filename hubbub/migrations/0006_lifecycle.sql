-- Feed tracking as an org sets it up, and the recycle bin.

-- Which fields' changes the feeds tell, where the org says otherwise than the object's file or the field itself.
create table feed_tracking (
    org_id    int not null,
    field_id  bigint not null,
    tracked   boolean not null,
    primary key (org_id, field_id)
);

-- What was deleted together comes back together: the id of the record that somebody deleted, on it and on its children.
-- A purged record is in nobody's bin; the worker removes it.
alter table record add column deletion_id bigint;
alter table record add column deleted_by bigint;
alter table record add column purged boolean not null default false;
create index record_in_bin on record (org_id, deleted_at desc, id desc) where deleted_at is not null;
create index record_by_deletion on record (org_id, deletion_id) where deletion_id is not null;
