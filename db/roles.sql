-- The two roles of a database of Gatehouse: gatehouse_ddl owns the schema and migrates it, gatehouse_app is the service's:
-- it reads and writes rows, reads Liquibase's history, and can change no table. Run as a superuser in that database, as
-- often as you like:
--
--     psql -v ON_ERROR_STOP=1 -d gatehouse -f db/roles.sql
--
-- Then give both a password (\password gatehouse_ddl, \password gatehouse_app) and tell the service: POSTGRE_DDL_USER,
-- POSTGRE_DDL_PASSWORD for ./gatehouse db, POSTGRE_USER, POSTGRE_PASSWORD for all else. PostgreSQL 13 to 18.
do $$
begin
    if to_regrole('gatehouse_ddl') is null then
        create role gatehouse_ddl login;
    end if;
    if to_regrole('gatehouse_app') is null then
        create role gatehouse_app login;
    end if;
    execute format('grant connect, temporary on database %I to gatehouse_ddl', current_database());
    execute format('grant connect on database %I to gatehouse_app', current_database());
end $$;

-- Until 14 everybody may make tables in public.
revoke create on schema public from public;
grant usage, create on schema public to gatehouse_ddl;
grant usage on schema public to gatehouse_app;

-- What gatehouse_ddl makes from now on. db up takes the writing of Liquibase's own tables away again.
alter default privileges for role gatehouse_ddl in schema public
    grant select, insert, update, delete on tables to gatehouse_app;
alter default privileges for role gatehouse_ddl in schema public
    grant usage, select on sequences to gatehouse_app;

-- What it has already: after tables were handed over to it, run this script again.
do $$
declare
    item record;
begin
    for item in
        select c.oid::regclass as name, c.relkind, c.relname ~ '^databasechangelog' as history
          from pg_class c
         where c.relnamespace = 'public'::regnamespace
           and c.relowner = 'gatehouse_ddl'::regrole
           and c.relkind in ('r', 'p', 'v', 'm', 'S')
    loop
        if item.relkind = 'S' then
            execute format('grant usage, select on sequence %s to gatehouse_app', item.name);
        elsif item.history then
            execute format('grant select on %s to gatehouse_app', item.name);
        else
            execute format('grant select, insert, update, delete on %s to gatehouse_app', item.name);
        end if;
    end loop;
end $$;
