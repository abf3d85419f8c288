--liquibase formatted sql

--changeset gatehouse:0008-create-sessions-live-idx runInTransaction:false
--comment: For the list of an account's live sessions and their cap. Built beside reads and writes (SHARE UPDATE EXCLUSIVE); reads the table twice and waits for older transactions.
set lock_timeout = 0;
drop index concurrently if exists sessions_live_idx;
create index concurrently sessions_live_idx on sessions (user_id, created_at) where ended_at is null;
reset lock_timeout;
--rollback drop index concurrently if exists sessions_live_idx;
