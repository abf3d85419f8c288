--liquibase formatted sql

--changeset gatehouse:adopt-0002-set-aside-node-users splitStatements:false rollbackSplitStatements:false
--comment: Where there is a users table of the Node service, renames it to node_users, so that ours can be made. ACCESS EXCLUSIVE for an instant: the Node service must have stopped. Elsewhere does nothing.
do $$
declare
    item record;
begin
    if not exists (
        select from pg_attribute a
          join pg_type t on t.oid = a.atttypid
         where a.attrelid = to_regclass('users') and a.attname = 'id' and t.typcategory = 'S'
    ) then
        return;
    end if;
    set local lock_timeout = '2s';
    alter table users rename to node_users;
    for item in
        select conname from pg_constraint where conrelid = 'node_users'::regclass and conname like 'users\_%'
    loop
        execute format('alter table node_users rename constraint %I to %I', item.conname, 'node_' || item.conname);
    end loop;
    for item in
        select c.oid::regclass as index, c.relname
          from pg_index i
          join pg_class c on c.oid = i.indexrelid
         where i.indrelid = 'node_users'::regclass and c.relname like 'users\_%'
    loop
        execute format('alter index %s rename to %I', item.index, 'node_' || item.relname);
    end loop;
end $$
--rollback do $$
--rollback declare
--rollback     item record;
--rollback begin
--rollback     -- Without MikroORM's history whatever has this name is none of adopt-0003's making.
--rollback     if to_regclass('node_users') is null or to_regclass('mikro_orm_migrations') is null then
--rollback         return;
--rollback     end if;
--rollback     set local lock_timeout = '2s';
--rollback     alter table node_users rename to users;
--rollback     for item in
--rollback         select conname from pg_constraint where conrelid = 'users'::regclass and conname like 'node\_users\_%'
--rollback     loop
--rollback         execute format('alter table users rename constraint %I to %I', item.conname, substr(item.conname, 6));
--rollback     end loop;
--rollback     for item in
--rollback         select c.oid::regclass as index, c.relname
--rollback           from pg_index i
--rollback           join pg_class c on c.oid = i.indexrelid
--rollback          where i.indrelid = 'users'::regclass and c.relname like 'node\_users\_%'
--rollback     loop
--rollback         execute format('alter index %s rename to %I', item.index, substr(item.relname, 6));
--rollback     end loop;
--rollback end $$
