-- Answers that were kept for repetitions may tell a password that was made for somebody, and what was asked was kept as a
-- hash that passwords can be tried against. Who repeats a request from before is refused; nothing is done twice.
alter table idempotency_key no force row level security;
update idempotency_key set body = null, headers = null, request_hash = '';
alter table idempotency_key force row level security;
