--liquibase formatted sql

--changeset gatehouse:0007-create-sessions-expires-at-idx runInTransaction:false
--comment: For the purge of expired sessions. Built beside reads and writes (SHARE UPDATE EXCLUSIVE); reads the table twice and waits for older transactions.
set lock_timeout = 0;
drop index concurrently if exists sessions_expires_at_idx;
create index concurrently sessions_expires_at_idx on sessions (expires_at);
reset lock_timeout;
--rollback drop index concurrently if exists sessions_expires_at_idx;
