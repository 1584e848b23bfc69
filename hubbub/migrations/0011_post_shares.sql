-- One post granted to one guest, who need not see where it stands.
create table feed_share (
    org_id     int not null,
    item_id    bigint not null,
    user_id    bigint not null,
    shared_by  bigint not null,
    shared_at  timestamptz not null default now(),
    primary key (org_id, item_id, user_id),
    foreign key (org_id, item_id) references feed_item (org_id, id),
    foreign key (org_id, user_id) references app_user (org_id, id)
);
create index feed_share_by_user on feed_share (org_id, user_id, item_id);
