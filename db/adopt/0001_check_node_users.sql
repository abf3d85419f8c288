--liquibase formatted sql

--changeset gatehouse:adopt-0001-check-node-users splitStatements:false
--comment: Only looks. Where there is a users table of the Node service, lists all that keeps it from being adopted, and stops then. Reads that table twice (ACCESS SHARE); elsewhere does nothing.
do $$
declare
    epoch_ms constant bigint := nullif(current_setting('gatehouse.snowflake_epoch_ms', true), '')::bigint;
    most     constant int := 20;
    old      constant regclass := to_regclass('users');
    faults   text[];
begin
    set local lock_timeout = '2s';
    -- Rows that a policy hides must not be passed over in silence: PostgreSQL refuses to read then.
    set local row_security = off;
    -- Whosever it is: adopt-0003 would take it for one that was set aside.
    if to_regclass('node_users') is not null then
        raise exception 'There is a table node_users, which is the name that users of the Node service are set aside'
            ' under; nothing was changed: rename it';
    end if;
    -- The Node service keeps its ids as text; a users table with numbers is ours.
    if not exists (
        select from pg_attribute a
          join pg_type t on t.oid = a.atttypid
         where a.attrelid = old and a.attname = 'id' and t.typcategory = 'S'
    ) then
        return;
    end if;

    select array_agg(fault order by fault) into faults
      from (
        select format('users is in schema %s, and new tables are made in %s: set the search_path of this role',
                      relnamespace::regnamespace, current_schema()) as fault
          from pg_class
         where oid = old and relnamespace <> current_schema()::regnamespace
        union all
        select format('users belongs to role %s, of which %s is no member: apply as POSTGRE_DDL_USER=%s',
                      relowner::regrole, current_user, relowner::regrole)
          from pg_class
         where oid = old and not pg_has_role(relowner, 'usage')
        union all
        select 'row level security is on for users, which hides rows: switch it off, and force it no more'
          from pg_class
         where oid = old and (relrowsecurity or relforcerowsecurity)
        union all
        select 'users is no plain table' from pg_class where oid = old and relkind <> 'r'
        union all
        select 'users.id is not its primary key'
         where not exists (
               select from pg_constraint c
                 join pg_attribute a on a.attrelid = c.conrelid and c.conkey = array [a.attnum]
                where c.conrelid = old and c.contype = 'p' and a.attname = 'id')
        union all
        select format('column users.%s is missing or of another type', wanted.name)
          from (values ('id', 'S'), ('created_at', 'D'), ('updated_at', 'D'), ('name', 'S'), ('email', 'S'),
                       ('password', 'S'), ('status', 'N'), ('last_login_at', 'D')) wanted (name, category)
          left join (pg_attribute a join pg_type t on t.oid = a.atttypid) on a.attrelid = old and a.attname = wanted.name
         where t.typcategory is distinct from wanted.category::"char"
               or t.typcategory = 'D' and t.typname <> 'timestamptz'
        union all
        select format('column users.%s would be lost: move it to a table of its own and drop it', attname)
          from pg_attribute
         where attrelid = old and attnum > 0 and not attisdropped
           and attname <> all ('{id, created_at, updated_at, name, email, password, status, last_login_at}')
        union all
        -- Foreign keys, views, triggers, rules, policies, publications, functions, partitions.
        select format('%s depends on users, which is made anew: detach or drop it, and make it again afterwards',
                      pg_describe_object(d.classid, d.objid, d.objsubid))
          from pg_depend d
          join pg_class u on u.oid = old
          left join pg_constraint c on d.classid = 'pg_constraint'::regclass and c.oid = d.objid
          left join pg_class r on d.classid = 'pg_class'::regclass and r.oid = d.objid
         where d.deptype in ('n', 'a')
           and (d.refclassid = 'pg_class'::regclass and d.refobjid = old
                or d.refclassid = 'pg_type'::regclass and d.refobjid in (
                   select t.oid from pg_type t where u.reltype in (t.oid, t.typelem)))
           and (d.classid = 'pg_attrdef'::regclass
                or c.conrelid = old and c.contype <> 'f'
                or r.relkind in ('i', 't', 'S')) is not true
        union
        select 'there is no table mikro_orm_migrations, by which a rollback knows the Node service: create it'
         where to_regclass('mikro_orm_migrations') is null
        union all
        select 'the encoding of this database is not UTF8: load it into one that is'
         where current_setting('server_encoding') <> 'UTF8'
        union all
        select 'this PostgreSQL has no collation und-x-icu, by which e-mails become lower case: move to one with ICU'
         where not exists (
               select from pg_collation where collname = 'und-x-icu' and collnamespace = 'pg_catalog'::regnamespace)
      ) found;

    if faults is null then
        with node as not materialized (
            -- As Email makes it: Java's blanks around it gone, NFC, lower case by Unicode whatever the locale here. OFFSET
            -- keeps it from being computed once for each use; what is ASCII takes a fifth of the time.
            select id, name, email, password, status,
                   case when octet_length(bare) = char_length(bare) then lower(bare collate "C")
                        else normalize(lower(normalize(bare, NFC) collate "und-x-icu"), NFC) collate "C" end as mail
              from (select *, btrim(email, E'\t\n\u000B\f\r\u001C\u001D\u001E\u001F \u1680\u2000\u2001\u2002\u2003\u2004'
                           '\u2005\u2006\u2008\u2009\u200A\u2028\u2029\u205F\u3000') as bare
                      from users) trimmed
            offset 0
        ), faulty as (
            select id, unnest(array_remove(array [
                       case when id !~ '^[1-9][0-9]{0,18}$'
                              or char_length(id) = 19 and id collate "C" > '9223372036854775807' then
                                'id is no positive number of 64 bits'
                            when epoch_ms is null then
                                'SNOWFLAKE_EPOCH is not known here: apply with ./gatehouse db up, or after'
                                ' set gatehouse.snowflake_epoch_ms = ''…'''
                            when (id::bigint >> 22) + epoch_ms > extract(epoch from clock_timestamp()) * 1000 then
                                'id lies in the future, so SNOWFLAKE_EPOCH is not that of the Node service' end,
                       case when name is null or char_length(name) not between 1 and 64 then
                                'name is not 1 to 64 characters long' end,
                       -- The service counts as UTF-16 does, and knows neither controls nor invisible marks (Cf).
                       case when mail is null
                              or char_length(mail) > 254
                              or octet_length(mail) > 254 and char_length(mail) + char_length(
                                 regexp_replace(mail, '[^\U00010000-\U0010FFFF]', '', 'g')) > 254
                              or mail !~ '^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$'
                              or strpos(mail, '@') > 65
                              or mail ~ ('[\u0001-\u001F\u007F-\u009F\u00AD\u0600-\u0605\u061C\u06DD\u070F\u0890\u0891'
                                 '\u08E2\u180E\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u206F\uFEFF\uFFF9-\uFFFB'
                                 '\U000110BD\U000110CD\U00013430-\U0001343F\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A'
                                 '\U000E0001\U000E0020-\U000E007F]') then
                                'email is none that can sign in' end,
                       -- Elsewhere Java and ICU do not always agree on which small sigma it becomes.
                       case when email collate "C" ~ '\u03A3(?![A-Za-z\u0391-\u03CE@]|$)'
                              or email collate "C" ~ '(^|[^A-Za-z\u0391-\u03CE])\u03A3(@|$)' then
                                'email has a capital sigma that is followed by no letter: write it in small letters' end,
                       case when password is null or char_length(password) not between 1 and 512 then
                                'password is not 1 to 512 characters long' end,
                       case when status is null or status not in (0, 1, 2) then
                                'status is not 0, 1 or 2' end], null)) as fault
              from node
            union all
            select unnest(array_agg(id)), 'email is that of another account, but for case or blanks'
              from node
             where mail is not null
             group by mail
            having count(*) > 1
        ), numbered as (
            select fault, id, row_number() over (partition by fault order by id collate "C") as place from faulty
        )
        select array_agg(format('%s: %s rows, ids %s', fault, number, ids) order by fault) into faults
          from (
            select fault,
                   count(*) as number,
                   string_agg(quote_literal(left(id, 40)), ', ' order by place) filter (where place <= most)
                       || case when count(*) > most then ' …' else '' end as ids
              from numbered
             group by fault
          ) grouped;
    end if;

    if faults is not null then
        raise exception using message = 'The users of the Node service cannot be adopted; nothing was changed:'
            || E'\n  ' || array_to_string(faults, E'\n  ');
    end if;
end $$
--rollback empty
