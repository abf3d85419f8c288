--liquibase formatted sql

--changeset gatehouse:0011-validate-users-phone-check
--comment: Reads every account once under SHARE UPDATE EXCLUSIVE, which lets reads and writes go on.
set local lock_timeout = '2s';

alter table users
    validate constraint users_phone_check;
--rollback set local lock_timeout = '2s';
--rollback alter table users drop constraint users_phone_check;
--rollback alter table users add constraint users_phone_check check (num_nulls(phone_sealed, phone_index, phone_key_id) in (0, 3) and octet_length(phone_sealed) between 98 and 256 and octet_length(phone_index) = 32 and phone_key_id ~ '^[0-9a-f]{16}$') not valid;
