--liquibase formatted sql

--changeset gatehouse:0004-validate-users-roles-check
--comment: Reads every account once under SHARE UPDATE EXCLUSIVE, which lets reads and writes go on.
set local lock_timeout = '2s';

alter table users
    validate constraint users_roles_check;
--rollback set local lock_timeout = '2s';
--rollback alter table users drop constraint users_roles_check;
--rollback alter table users add constraint users_roles_check check (roles <@ array ['user', 'admin'] and 'user' = any (roles)) not valid;
