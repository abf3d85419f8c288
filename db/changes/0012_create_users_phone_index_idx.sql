--liquibase formatted sql

--changeset gatehouse:0012-create-users-phone-index-idx runInTransaction:false
--comment: For finding accounts by telephone number. Built beside reads and writes (SHARE UPDATE EXCLUSIVE); reads the table twice and waits for older transactions.
set lock_timeout = 0;
drop index concurrently if exists users_phone_index_idx;
create index concurrently users_phone_index_idx on users (phone_index) where phone_index is not null;
reset lock_timeout;
--rollback drop index concurrently if exists users_phone_index_idx;
