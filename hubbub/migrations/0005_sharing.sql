-- Sharing: groups and queues, defaults per object, rules, teams, and seeing or changing everything of one object.

-- A public group or a queue. `hierarchy`: do those who stand above a member see what is shared with the group?
create table app_group (
    org_id      int not null,
    id          bigint not null,
    kind        text not null check (kind in ('group', 'queue')),
    name        text not null,
    hierarchy   boolean not null default true,
    created_at  timestamptz not null default now(),
    primary key (org_id, id),
    unique (org_id, kind, name)
);

-- A member is a person, a role, a role and those below, or a public group.
create table group_member (
    org_id     int not null,
    group_id   bigint not null,
    member_id  bigint not null,
    id         bigint not null,
    primary key (org_id, group_id, member_id),
    unique (org_id, id),
    foreign key (org_id, group_id) references app_group (org_id, id)
);
create index group_member_by_member on group_member (org_id, member_id, group_id);

alter table object_permission add column can_view_all boolean not null default false;
alter table object_permission add column can_modify_all boolean not null default false;

-- What everyone inside may do with the records of an object, where the org says otherwise than the object's file.
create table object_default (
    org_id  int not null,
    object  int not null,
    access  text not null check (access in ('Private', 'Read', 'ReadWrite', 'ControlledByParent')),
    primary key (org_id, object)
);

-- An owner rule shares what the people of `source_id` own, and is resolved when it is read. A criteria rule writes a
-- share for each record that fits: `filled` of `total` so far, up to the record `filled_to`. A rule that is changed
-- gets a new id: nothing that the old one granted is granted by the new one before it is found to fit.
create table sharing_rule (
    org_id      int not null,
    id          bigint not null,
    object      int not null,
    name        text not null,
    kind        text not null check (kind in ('owner', 'criteria')),
    source_id   bigint,
    target_id   bigint not null,
    level       smallint not null check (level in (1, 2)),
    criteria    jsonb,
    fence       text,
    filled      int not null default 0,
    total       int,
    filled_to   bigint,
    filled_at   timestamptz,
    created_at  timestamptz not null default now(),
    primary key (org_id, id),
    check (kind = 'owner' and source_id is not null or kind = 'criteria' and criteria is not null)
);
create index sharing_rule_by_object on sharing_rule (org_id, object, kind);
create index sharing_rule_by_target on sharing_rule (org_id, target_id);

-- Who works on a record in which role, and who did. A membership that lasts has a share with the cause 'team'.
create table record_team (
    org_id     int not null,
    id         bigint not null,
    record_id  bigint not null,
    user_id    bigint not null,
    team_role  text,
    level      smallint not null check (level in (1, 2)),
    joined_at  timestamptz not null default now(),
    joined_by  bigint not null,
    left_at    timestamptz,
    left_by    bigint,
    primary key (org_id, id),
    foreign key (org_id, record_id) references record (org_id, id),
    foreign key (org_id, user_id) references app_user (org_id, id)
);
create unique index record_team_now on record_team (org_id, record_id, user_id) where left_at is null;
create index record_team_by_user on record_team (org_id, user_id, record_id);

-- A share that was made by hand or by a team has an id of its own; those of rules go and come with the rule.
alter table record_share add column id bigint;
create unique index record_share_by_id on record_share (org_id, id) where id is not null;
