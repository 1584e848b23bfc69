-- List views that people save. Those that every object has from the start are in no table: they follow from its fields.
-- `filters`: [{"field": id, "operation", "value"}], all of which a record must fit; `columns`: ids of fields, in order.
create table list_view (
    org_id       int not null,
    id           bigint not null,
    object       int not null,
    owner_id     bigint not null,
    name         text not null,
    shared       boolean not null default false,
    mine         boolean not null default false,
    filters      jsonb not null default '[]',
    columns      jsonb not null,
    sort_id      bigint not null,
    descending   boolean not null default false,
    created_at   timestamptz not null default now(),
    modified_at  timestamptz not null default now(),
    primary key (org_id, id),
    foreign key (org_id, owner_id) references app_user (org_id, id)
);
create index list_view_by_object on list_view (org_id, object, lower(name), id);
create index list_view_by_owner on list_view (org_id, owner_id, object);
