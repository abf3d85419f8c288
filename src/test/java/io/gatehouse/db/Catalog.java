package io.gatehouse.db;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.support.TestStores;
import java.util.List;

/** Everything that changesets make in a database, as lines to compare; neither its rows nor Liquibase's tables. */
final class Catalog {

    private static final String LINES = """
            with relations as (
                select c.*, c.oid::regclass::text as name from pg_class c
                 where relnamespace = 'public'::regnamespace and relname not like 'databasechangelog%'
            )
            select 'relation ' || concat_ws(' ', name, relkind, relpersistence, reloptions::text, relrowsecurity)
              from relations
            union all
            select 'column ' || concat_ws(' ', name,
                       row_number() over (partition by r.oid order by attnum), attname,
                       format_type(atttypid, atttypmod), case when attnotnull then 'not null' end,
                       'default ' || pg_get_expr(adbin, adrelid), 'identity ' || nullif(attidentity::text, ''),
                       'generated ' || nullif(attgenerated::text, ''), attstorage, attoptions::text,
                       case when attcollation <> 0 then attcollation::regcollation::text end)
              from relations r
              join pg_attribute on attrelid = r.oid and attnum > 0 and not attisdropped
              left join pg_attrdef on adrelid = attrelid and adnum = attnum
             where relkind in ('r', 'p', 'v', 'm')
            union all
            select 'constraint ' || concat_ws(' ', name, conname, pg_get_constraintdef(k.oid), convalidated,
                       obj_description(k.oid, 'pg_constraint'))
              from relations r join pg_constraint k on k.conrelid = r.oid
            union all
            select 'index ' || concat_ws(' ', pg_get_indexdef(indexrelid), indisvalid, indisready, indisclustered)
              from relations r join pg_index on indrelid = r.oid
            union all
            select 'comment ' || concat_ws(' ', name, attname, description)
              from relations r
              join pg_description on objoid = r.oid and classoid = 'pg_class'::regclass
              left join pg_attribute on attrelid = r.oid and attnum = objsubid and attnum > 0
            union all
            select 'sequence ' || concat_ws(' ', name, format_type(seqtypid, null), seqstart, seqincrement, seqmin,
                       seqmax, seqcache, seqcycle, d.refobjid::regclass, d.refobjsubid)
              from relations r
              join pg_sequence on seqrelid = r.oid
              left join pg_depend d on d.objid = r.oid and d.deptype in ('a', 'i') and d.refclassid = 'pg_class'::regclass
            union all
            select 'view ' || name || ' ' || pg_get_viewdef(oid) from relations where relkind in ('v', 'm')
            union all
            select 'trigger ' || pg_get_triggerdef(t.oid)
              from relations r join pg_trigger t on t.tgrelid = r.oid and not tgisinternal
            union all
            select 'function ' || pg_get_functiondef(oid)
              from pg_proc where pronamespace = 'public'::regnamespace and prokind in ('f', 'p')
            union all
            select 'type ' || concat_ws(' ', typname, typtype)
              from pg_type where typnamespace = 'public'::regnamespace and typtype in ('d', 'e', 'r')
            order by 1""";

    private Catalog() {}

    static List<String> of(Postgres database) {
        return TestStores.rows(database, LINES);
    }
}
