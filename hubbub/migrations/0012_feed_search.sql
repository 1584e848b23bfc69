-- Search inside feeds: the words of what people wrote, and of the texts that tracked changes tell.

-- The org stands first in an index of words, too: a word that is common elsewhere costs this org nothing.
create extension if not exists btree_gin;

-- Where the server is ours, say that a match tells nothing of what it compares: row-level security keeps operators of
-- which that is not known away from the indexes.
do $$ begin
    alter function ts_match_vq(tsvector, tsquery) leakproof;
exception when insufficient_privilege then null; end $$;

-- Pages of feeds read these rows by the hundred and never their words: words are kept beside the row, bodies in it.
alter table feed_item alter column body set storage main, alter column detail set storage main,
    alter column title set storage main, alter column field_ids set storage main;
alter table feed_item set (toast_tuple_target = 128);
alter table feed_comment alter column body set storage main;
alter table feed_comment set (toast_tuple_target = 128);

-- Not the names of linked records: whoever may not see the record reads another text there.
alter table feed_item add column words tsvector generated always as (
    to_tsvector('simple', coalesce(title, ''))
    || jsonb_to_tsvector('simple', jsonb_path_query_array(body, '$[*] ? (@.type != "EntityLink").text'), '["string"]')
) stored;
alter table feed_item alter column words set storage external;
create index feed_item_words on feed_item using gin (org_id, words) with (gin_pending_list_limit = 512);

alter table feed_comment add column words tsvector generated always as (
    jsonb_to_tsvector('simple', jsonb_path_query_array(body, '$[*] ? (@.type != "EntityLink").text'), '["string"]')
) stored;
alter table feed_comment alter column words set storage external;
create index feed_comment_words on feed_comment using gin (org_id, words) with (gin_pending_list_limit = 512);

-- Numbers, dates and references are texts here too: who searches is asked which fields to look at.
alter table feed_change add column words tsvector generated always as (
    coalesce(jsonb_to_tsvector('simple', old_value, '["string"]'), '')
    || coalesce(jsonb_to_tsvector('simple', new_value, '["string"]'), '')
) stored;
create index feed_change_words on feed_change using gin (org_id, words) with (gin_pending_list_limit = 512);

-- To Me: the items that somebody commented on.
create index feed_comment_by_me on feed_comment (org_id, author_id, item_id) where deleted_at is null;

-- A search over everything goes back in time when its words are common.
create index feed_item_everything on feed_item (org_id, created_at desc, id desc) where deleted_at is null;
