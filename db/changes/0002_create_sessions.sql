--liquibase formatted sql

--changeset gatehouse:0002-create-sessions
--comment: Sessions, the truth behind the copies in Redis. A new table; the foreign key takes SHARE ROW EXCLUSIVE on users for an instant.
set local lock_timeout = '2s';

create table sessions (
    id           bigint      not null,
    token_hash   bytea       not null,
    user_id      bigint      not null,
    created_at   timestamptz not null,
    last_seen_at timestamptz not null,
    expires_at   timestamptz not null,
    address      text        not null,
    user_agent   text        not null,
    ended_at     timestamptz,
    end_reason   text,
    constraint sessions_pkey primary key (id),
    constraint sessions_token_hash_key unique (token_hash),
    constraint sessions_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint sessions_id_check check (id > 0),
    constraint sessions_token_hash_check check (octet_length(token_hash) = 32),
    constraint sessions_expires_at_check check (expires_at > created_at),
    constraint sessions_address_check check (char_length(address) <= 64),
    constraint sessions_user_agent_check check (char_length(user_agent) <= 256),
    constraint sessions_end_check check ((ended_at is null) = (end_reason is null))
) with (fillfactor = 80);

create index sessions_user_id_idx on sessions (user_id);

comment on table sessions is 'Sign-ins. A row is live while ended_at is null, expires_at lies ahead and last_seen_at is within the idle limit.';
comment on column sessions.id is 'Public id, a Snowflake; not the token.';
comment on column sessions.token_hash is 'SHA-256 of the token; the token itself is stored nowhere.';
comment on column sessions.user_id is 'Whose session it is.';
comment on column sessions.created_at is 'Sign-in.';
comment on column sessions.last_seen_at is 'Last request, written back in batches; not indexed, so that the update stays on its page.';
comment on column sessions.expires_at is 'End of the absolute lifetime.';
comment on column sessions.address is 'Client address at sign-in.';
comment on column sessions.user_agent is 'User-Agent at sign-in, cut to 256 characters.';
comment on column sessions.ended_at is 'When it was ended; null while it was not.';
comment on column sessions.end_reason is 'Why it was ended, such as logout.';
--rollback set local lock_timeout = '2s';
--rollback drop table sessions;
