-- Feeds at size: what a filter looks for is found without reading the rest.

-- An entry says whether its item is a question: in a feed of many subjects these are looked for among few.
alter table feed_entry add column question boolean not null default false;
alter table feed_entry no force row level security;
alter table feed_item no force row level security;
update feed_entry e set question = true from feed_item i
where i.org_id = e.org_id and i.id = e.item_id and i.kind = 'QuestionPost';
alter table feed_entry force row level security;
alter table feed_item force row level security;
create index feed_entry_questions on feed_entry (org_id, subject_id, created_at desc, item_id desc) where question;
create index feed_entry_questions_active on feed_entry (org_id, subject_id, last_activity desc, item_id desc) where question;

-- The company's questions that wait, and those that are answered: each among its own.
create index feed_item_unanswered on feed_item (org_id, created_at desc, id desc)
    where kind = 'QuestionPost' and deleted_at is null and comment_count = 0;
create index feed_item_solved on feed_item (org_id, created_at desc, id desc)
    where kind = 'QuestionPost' and deleted_at is null and best_comment_id is not null;
