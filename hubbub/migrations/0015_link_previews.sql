-- What a linked page says of itself, once for each post; off until an administrator turns it on.
create table link_preview (
    org_id       int not null,
    item_id      bigint not null,
    url          text not null,
    state        text not null check (state in ('waiting', 'shown', 'none', 'removed')),
    title        text,
    description  text,
    site         text,
    asked_at     timestamptz not null default now(),
    primary key (org_id, item_id),
    foreign key (org_id, item_id) references feed_item (org_id, id)
);

alter table feed_limits add column link_previews boolean not null default false;
