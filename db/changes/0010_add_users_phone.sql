--liquibase formatted sql

--changeset gatehouse:0010-add-users-phone
--comment: A telephone number, sealed. Three nullable columns: ACCESS EXCLUSIVE for an instant, no rewrite, no scan; the check is validated by the next file.
set local lock_timeout = '2s';

alter table users
    add column phone_sealed bytea,
    add column phone_index bytea,
    add column phone_key_id text;

alter table users
    add constraint users_phone_check check (
        num_nulls(phone_sealed, phone_index, phone_key_id) in (0, 3)
            and octet_length(phone_sealed) between 98 and 256
            and octet_length(phone_index) = 32
            and phone_key_id ~ '^[0-9a-f]{16}$'
    ) not valid;

comment on column users.phone_sealed is 'Telephone number in E.164, sealed by ECIES on secp256k1 as eciesjs does it; never in clear.';
comment on column users.phone_index is 'HMAC-SHA256 of the number under a key derived from the private key: finds a number without opening any.';
comment on column users.phone_key_id is 'Which key sealed and indexed the number: the first 16 hex digits of the SHA-256 of its compressed public key.';
--rollback set local lock_timeout = '2s';
--rollback alter table users drop column phone_sealed, drop column phone_index, drop column phone_key_id;
