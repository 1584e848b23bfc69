-- What a profile says beyond name, title and about; photos and banners, whose bytes lie beside the database; who reports to
-- whom; and the words by which the directory finds people.
alter table app_user add column nickname text;
alter table app_user add column department text;
alter table app_user add column city text;
alter table app_user add column country text;
alter table app_user add column phone text;
alter table app_user add column mobile text;
alter table app_user add column work_from text;
alter table app_user add column work_to text;
alter table app_user add column manager_id bigint;
alter table app_user add constraint app_user_manager foreign key (org_id, manager_id) references app_user (org_id, id);
create index app_user_manager on app_user (org_id, manager_id) where manager_id is not null;

-- A photo has an id of its own: another picture is another address, so browsers may keep each.
alter table app_user add column photo_id bigint;
alter table app_user add column banner_id bigint;
create table photo (
    org_id      int not null,
    id          bigint not null,
    user_id     bigint not null,
    kind        text not null check (kind in ('photo', 'banner')),
    media_type  text not null,
    full_sha    text not null,
    small_sha   text not null,
    created_at  timestamptz not null default now(),
    primary key (org_id, id),
    foreign key (org_id, user_id) references app_user (org_id, id)
);
create index photo_user on photo (org_id, user_id);

create table user_skill (
    org_id   int not null,
    user_id  bigint not null,
    key      text not null,
    name     text not null,
    primary key (org_id, user_id, key),
    foreign key (org_id, user_id) references app_user (org_id, id)
);

-- The directory. Words are compared by equality and order alone: row-level security lets an index answer nothing else.
create table person_word (
    org_id   int not null,
    word     text collate "C" not null,
    user_id  bigint not null,
    kind     smallint not null,
    primary key (org_id, word, user_id, kind),
    foreign key (org_id, user_id) references app_user (org_id, id)
);
create index person_word_user on person_word (org_id, user_id);

-- Each word of the org as it is, and with one letter left out (two of long ones): a word mistyped meets it at one of them.
create table word_form (
    org_id  int not null,
    form    text collate "C" not null,
    word    text collate "C" not null,
    primary key (org_id, form, word)
);

-- People who are here already are found by the words of their names and titles; the rest comes with the next change of
-- their profiles. Forced row-level security would hide them from an owner who is no superuser.
alter table app_user no force row level security;
insert into person_word (org_id, word, user_id, kind)
    select distinct u.org_id, left(w.word, 40), u.id, 1
    from app_user u cross join lateral regexp_split_to_table(
        regexp_replace(normalize(lower(u.name || ' ' || coalesce(u.title, '')), nfkd), '[\u0300-\u036f]', '', 'g'), '[^[:alnum:]]+') w (word)
    where w.word <> '';
alter table app_user force row level security;
insert into word_form (org_id, form, word)
    select distinct w.org_id, f.form, w.word
    from (select distinct org_id, word from person_word) w cross join lateral (
        select w.word as form
        union select left(w.word, n - 1) || substr(w.word, n + 1) from generate_series(1, length(w.word)) n
        where length(w.word) between 4 and 20) f;
