--liquibase formatted sql

--changeset gatehouse:0005-create-invalidations
--comment: Copies of sessions that must leave Redis. A new, empty table: takes no lock that anyone could wait for.
create table invalidations (
    id         bigint generated always as identity,
    user_id    bigint      not null,
    token_hash bytea       not null,
    created_at timestamptz not null default current_timestamp,
    constraint invalidations_pkey primary key (id),
    constraint invalidations_token_hash_check check (octet_length(token_hash) = 32)
);

create index invalidations_user_id_idx on invalidations (user_id);

comment on table invalidations is 'Sessions that ended or changed and whose copy may still be in Redis. A row lives for milliseconds; while Redis is away, until a replica has removed the copy.';
comment on column invalidations.id is 'Order of the changes.';
comment on column invalidations.user_id is 'Whose session it is or was; no foreign key, because the copy must go even if the account has gone.';
comment on column invalidations.token_hash is 'SHA-256 of the token, under which the copy is kept.';
comment on column invalidations.created_at is 'When the session or its account changed.';
--rollback drop table invalidations;
