--liquibase formatted sql

--changeset gatehouse:0001-create-users
--comment: Accounts. A new, empty table: takes no lock that anyone could wait for.
create table users (
    id            bigint      not null,
    name          text        not null,
    email         text        not null,
    password      text        not null,
    status        smallint    not null default 0,
    last_login_at timestamptz,
    created_at    timestamptz not null default current_timestamp,
    updated_at    timestamptz not null default current_timestamp,
    constraint users_pkey primary key (id),
    constraint users_email_key unique (email),
    constraint users_id_check check (id > 0),
    constraint users_name_check check (char_length(name) between 1 and 64),
    constraint users_email_check check (char_length(email) between 3 and 254),
    constraint users_password_check check (char_length(password) between 1 and 512),
    constraint users_status_check check (status in (0, 1, 2))
);

comment on table users is 'Accounts, one row each.';
comment on column users.id is 'Snowflake, epoch SNOWFLAKE_EPOCH.';
comment on column users.name is 'Display name, Unicode NFC, 2 to 64 characters when set through the API.';
comment on column users.email is 'Address to sign in with: NFC, trimmed, lower case; unique.';
comment on column users.password is 'Argon2 hash in the PHC string format; never the password.';
comment on column users.status is '0 normal, 1 e-mail not verified, 2 banned.';
comment on column users.last_login_at is 'Last successful sign-in; null before the first.';
comment on column users.created_at is 'Registration.';
comment on column users.updated_at is 'Last change of the account; a sign-in is none.';
--rollback drop table users;
