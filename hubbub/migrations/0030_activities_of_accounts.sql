-- To which account a task or an event belongs: the one that it is about, else that of the deal or the contract that it is
-- about, else that of its contact. It only finds them: who may know of it is asked of what they are about when it is read.
alter table record add column rolled_up_to bigint;

update record a set rolled_up_to = case when t.object = 32 then t.id else t.parent_id end
from record t
where a.object in (38, 39) and t.org_id = a.org_id and t.id = coalesce(a.r2, a.r1) and t.object in (32, 33, 34, 42);

create index record_by_account on record (org_id, rolled_up_to, object) where rolled_up_to is not null;
