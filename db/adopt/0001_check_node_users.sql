--liquibase formatted sql

--changeset gatehouse:adopt-0001-check-node-users splitStatements:false
--comment: Only looks. Where there is a users table of the Node service, lists all that keeps it from being adopted, and stops then. Reads that table a few times (ACCESS SHARE); elsewhere does nothing.
do $$
declare
    epoch_ms constant bigint := nullif(current_setting('gatehouse.snowflake_epoch_ms', true), '')::bigint;
    most     constant int := 20;
    wanted   constant text[] := '{id, created_at, updated_at, name, email, password, status, last_login_at}';
    lower_by text;
    faults   text[];
begin
    -- The Node service keeps its ids as text; a users table with numbers is ours.
    if not exists (
        select from pg_attribute a
          join pg_type t on t.oid = a.atttypid
         where a.attrelid = to_regclass('users') and a.attname = 'id' and t.typcategory = 'S'
    ) then
        return;
    end if;

    select array_agg(fault order by fault) into faults
      from (
        select format('column users.%s is missing', name) as fault
          from unnest(wanted) name
         where not exists (select from pg_attribute where attrelid = 'users'::regclass and attname = name)
        union all
        select format('column users.%s would be lost: move it to a table of its own and drop it', attname)
          from pg_attribute
         where attrelid = 'users'::regclass and attnum > 0 and not attisdropped and attname <> all (wanted)
        union all
        select format('foreign key %s of table %s refers to users: drop it', conname, conrelid::regclass)
          from pg_constraint
         where contype = 'f' and confrelid = 'users'::regclass
        union all
        select distinct format('view %s reads users: drop it', r.ev_class::regclass)
          from pg_depend d
          join pg_rewrite r on r.oid = d.objid
         where d.classid = 'pg_rewrite'::regclass and d.refobjid = 'users'::regclass
        union all
        select format('trigger %s of users would be lost: drop it', tgname)
          from pg_trigger
         where tgrelid = 'users'::regclass and not tgisinternal
        union all
        select 'the encoding of this database is not UTF8: load it into one that is'
         where current_setting('server_encoding') <> 'UTF8'
        union all
        select 'there is a table node_users, too: rename it'
         where to_regclass('node_users') is not null
      ) found;

    if faults is null then
        -- Lower case as the service makes it, whatever the locale of this database.
        select format('collate %I', collname) into lower_by
          from pg_collation
         where collname in ('und-x-icu', 'pg_c_utf8') and collnamespace = 'pg_catalog'::regnamespace
         order by collname desc
         limit 1;
        execute 'create or replace function pg_temp.normal_email(raw text) returns text language sql immutable as '
            || quote_literal(format(
                'select normalize(lower(normalize(regexp_replace(raw, ''^\s+|\s+$'', '''', ''g''), NFC) %s), NFC)',
                lower_by));

        select array_agg(format('%s: %s rows, ids %s', fault, number, ids) order by fault) into faults
          from (
            select fault,
                   count(*) as number,
                   array_to_string((array_agg(quote_literal(id) order by id))[:most], ', ')
                       || case when count(*) > most then ' …' else '' end as ids
              from (
                select id, unnest(array_remove(array [
                           case when id !~ '^[1-9][0-9]{0,18}$' then 'id is not a positive number'
                                when id::numeric > 9223372036854775807 then 'id is larger than 64 bits allow'
                                when epoch_ms is null then
                                    'SNOWFLAKE_EPOCH is not known here: apply with ./gatehouse db up, or after'
                                    ' set gatehouse.snowflake_epoch_ms = ''…'''
                                when (id::bigint >> 22) + epoch_ms > extract(epoch from clock_timestamp()) * 1000 then
                                    'id lies in the future, so SNOWFLAKE_EPOCH is not that of the Node service' end,
                           case when name is null or char_length(name) not between 1 and 64 then
                                    'name is not 1 to 64 characters long' end,
                           case when email is null or char_length(pg_temp.normal_email(email)) > 254
                                  or pg_temp.normal_email(email) !~ '^[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+$' then
                                    'email is none that can sign in' end,
                           case when password is null or char_length(password) not between 1 and 512 then
                                    'password is not 1 to 512 characters long' end,
                           case when status is null or status not in (0, 1, 2) then
                                    'status is not 0, 1 or 2' end], null)) as fault
                  from users
                union all
                select unnest(array_agg(id)), 'email is that of another account, but for case or blanks'
                  from users
                 where email is not null
                 group by pg_temp.normal_email(email)
                having count(*) > 1
              ) rows
             group by fault
          ) grouped;
    end if;

    if faults is not null then
        raise exception using message = 'The users of the Node service cannot be adopted; nothing was changed:'
            || E'\n  ' || array_to_string(faults, E'\n  ');
    end if;
end $$
--rollback empty
