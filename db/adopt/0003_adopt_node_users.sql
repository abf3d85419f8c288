--liquibase formatted sql

--changeset gatehouse:adopt-0003-adopt-node-users splitStatements:false rollbackSplitStatements:false
--comment: Where there were users of the Node service, copies every row into our table, ids as numbers and e-mails in their normal form, and drops the old table. Reads and writes all rows once; nobody may use either table meanwhile. Elsewhere does nothing.
do $$
declare
    lower_by text;
    found    bigint;
    adopted  bigint;
begin
    if to_regclass('node_users') is null then
        return;
    end if;
    set local lock_timeout = '2s';
    lock table node_users in access exclusive mode;

    -- As in adopt-0001, which has seen that no two rows become one.
    select format('collate %I', collname) into lower_by
      from pg_collation
     where collname in ('und-x-icu', 'pg_c_utf8') and collnamespace = 'pg_catalog'::regnamespace
     order by collname desc
     limit 1;
    execute 'create or replace function pg_temp.normal_email(raw text) returns text language sql immutable as '
        || quote_literal(format(
            'select normalize(lower(normalize(regexp_replace(raw, ''^\s+|\s+$'', '''', ''g''), NFC) %s), NFC)',
            lower_by));

    insert into users (id, name, email, password, status, last_login_at, created_at, updated_at)
    select id::bigint,
           name,
           pg_temp.normal_email(email),
           password,
           status,
           last_login_at,
           coalesce(created_at, current_timestamp),
           coalesce(updated_at, created_at, current_timestamp)
      from node_users
     order by id::bigint;
    get diagnostics adopted = row_count;

    select count(*) into found from node_users;
    if adopted <> found then
        raise exception 'Of % users only % were adopted; nothing was changed', found, adopted;
    end if;
    drop table node_users;
    analyze users;
end $$
--rollback do $$
--rollback begin
--rollback     -- MikroORM's history tells that the Node service was here; a database that was always ours has none.
--rollback     if to_regclass('mikro_orm_migrations') is null then
--rollback         return;
--rollback     end if;
--rollback     create table node_users (
--rollback         id            varchar(255) not null,
--rollback         created_at    timestamptz  not null default current_timestamp,
--rollback         updated_at    timestamptz  not null default current_timestamp,
--rollback         name          text         not null,
--rollback         email         text         not null,
--rollback         password      text         not null,
--rollback         status        smallint     not null default 0,
--rollback         last_login_at timestamptz,
--rollback         constraint node_users_pkey primary key (id),
--rollback         constraint node_users_email_unique unique (email)
--rollback     );
--rollback     insert into node_users (id, created_at, updated_at, name, email, password, status, last_login_at)
--rollback     select id::text, created_at, updated_at, name, email, password, status, last_login_at
--rollback       from users
--rollback      order by id;
--rollback     truncate users;
--rollback     analyze node_users;
--rollback end $$
