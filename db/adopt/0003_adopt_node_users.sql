--liquibase formatted sql

--changeset gatehouse:adopt-0003-adopt-node-users splitStatements:false rollbackSplitStatements:false
--comment: Where there were users of the Node service, copies every row into our table, ids as numbers and e-mails in their normal form, and drops the old table. Reads and writes all rows once; nobody may use either table meanwhile. Elsewhere does nothing.
do $$
declare
    found   bigint;
    adopted bigint;
begin
    if to_regclass('node_users') is null then
        return;
    end if;
    set local lock_timeout = '2s';
    set local row_security = off;
    lock table node_users, users in access exclusive mode;
    if exists (
        select from pg_attribute
         where attrelid = 'node_users'::regclass and attnum > 0 and not attisdropped
           and attname <> all ('{id, created_at, updated_at, name, email, password, status, last_login_at}')
    ) then
        raise exception 'Columns were added to users after they had been checked; they are in node_users. Stop the Node'
            ' service, go back by two changesets (./gatehouse db down 2 --yes), mend and apply again';
    end if;

    begin
        -- E-mails come in no order: an index that is built when all are there is sorted once, and its log is a fraction.
        alter table users drop constraint users_email_key;
        -- The e-mail as in adopt-0001, which has seen that no two rows become one.
        insert into users (id, name, email, password, status, last_login_at, created_at, updated_at)
        select id::bigint,
               name,
               case when octet_length(bare) = char_length(bare) then lower(bare collate "C")
                    else normalize(lower(normalize(bare, NFC) collate "und-x-icu"), NFC) collate "C" end,
               password,
               status,
               last_login_at,
               coalesce(created_at, current_timestamp),
               coalesce(updated_at, created_at, current_timestamp)
          from (select *, btrim(email, E'\t\n\u000B\f\r\u001C\u001D\u001E\u001F \u1680\u2000\u2001\u2002\u2003\u2004'
                       '\u2005\u2006\u2008\u2009\u200A\u2028\u2029\u205F\u3000') as bare
                  from node_users) trimmed
         order by id::bigint;
        get diagnostics adopted = row_count;
        alter table users add constraint users_email_key unique (email);
    exception
        -- Their details would show the row.
        when integrity_constraint_violation or data_exception then
            raise exception 'Rows were written after they had been checked, so the Node service still runs; they are in'
                ' node_users. Stop it, go back by two changesets (./gatehouse db down 2 --yes) and apply again: %', sqlerrm;
    end;

    select count(*) into found from node_users;
    if adopted <> found then
        raise exception 'Of % users only % were adopted; nothing was changed', found, adopted;
    end if;
    drop table node_users;
    analyze users;
end $$
--rollback do $$
--rollback begin
--rollback     -- MikroORM's history tells that the Node service was here; a database that was always ours has none. Where
--rollback     -- columns of later changesets are still there, this one came after them, and found nothing to adopt.
--rollback     if to_regclass('mikro_orm_migrations') is null or exists (
--rollback         select from pg_attribute where attrelid = 'users'::regclass and attnum > 8 and not attisdropped
--rollback     ) then
--rollback         return;
--rollback     end if;
--rollback     set local lock_timeout = '2s';
--rollback     set local row_security = off;
--rollback     lock table users in access exclusive mode;
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
