-- Feed tracking per object, its limits, and new records in the feeds of what they point at.

-- What feeds tell of an object's records, where the org says otherwise than usual: `told`, that they are made and
-- changed; `related`, in their own feeds that something was made that points at them.
create table feed_tracking_object (
    org_id   int not null,
    object   int not null,
    told     boolean not null default true,
    related  boolean not null default false,
    primary key (org_id, object)
);

-- How many fields of an object may be tracked, and after how many days feeds drop changes nobody answered: 0 is never.
create table feed_limits (
    org_id        int not null,
    most_tracked  int not null default 20 check (most_tracked between 1 and 200),
    quiet_days    int not null default 45 check (quiet_days between 0 and 3650),
    primary key (org_id)
);

-- An item about a new record also shows under what the record points at, for who may read one of the pointing fields.
alter table feed_entry add column field_ids bigint[];
alter table feed_entry drop constraint feed_entry_via_check;
alter table feed_entry add constraint feed_entry_via_check check (via in ('parent', 'author', 'mention', 'topic', 'related'));

-- What Hubbub itself notes is in no company feed.
drop index feed_item_newest;
drop index feed_item_active;
create index feed_item_newest on feed_item (org_id, created_at desc, id desc)
    where deleted_at is null and kind <> 'TrackedChange' and kind <> 'CreateRecordEvent';
create index feed_item_active on feed_item (org_id, last_activity desc, id desc)
    where deleted_at is null and kind <> 'TrackedChange' and kind <> 'CreateRecordEvent';
