--liquibase formatted sql

--changeset gatehouse:0013-create-users-phone-key-id-idx runInTransaction:false
--comment: For sealing anew what an older key sealed, in order of ids. Built beside reads and writes (SHARE UPDATE EXCLUSIVE); reads the table twice and waits for older transactions.
set lock_timeout = 0;
drop index concurrently if exists users_phone_key_id_idx;
create index concurrently users_phone_key_id_idx on users (phone_key_id, id) where phone_key_id is not null;
reset lock_timeout;
--rollback drop index concurrently if exists users_phone_key_id_idx;
