--liquibase formatted sql

--changeset gatehouse:0006-create-sessions-ended-at-idx runInTransaction:false
--comment: For the purge of ended sessions. Built beside reads and writes (SHARE UPDATE EXCLUSIVE); reads the table twice and waits for older transactions.
set lock_timeout = 0;
drop index concurrently if exists sessions_ended_at_idx;
create index concurrently sessions_ended_at_idx on sessions (ended_at) where ended_at is not null;
reset lock_timeout;
--rollback drop index concurrently if exists sessions_ended_at_idx;
