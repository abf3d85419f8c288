--liquibase formatted sql

--changeset gatehouse:0003-add-users-roles
--comment: What an account may do. A constant default: ACCESS EXCLUSIVE for an instant, no rewrite, no scan; the check is validated by the next file.
set local lock_timeout = '2s';

alter table users
    add column roles text[] not null default '{user}';

alter table users
    add constraint users_roles_check
        check (roles <@ array ['user', 'admin'] and 'user' = any (roles)) not valid;

comment on column users.roles is 'user, which everybody has, and admin.';
--rollback set local lock_timeout = '2s';
--rollback alter table users drop column roles;
