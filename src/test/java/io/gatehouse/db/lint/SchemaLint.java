package io.gatehouse.db.lint;

import io.gatehouse.support.TestStores;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Checks a migrated database against the house's rules; reads its catalogs only. Stateless. */
public final class SchemaLint {

    private static final String TABLES = """
            with tables as (
                select oid, relname as name from pg_class
                 where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
                   and relname not like 'databasechangelog%'
            ), columns as (
                select t.oid, t.name, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod) as type
                  from tables t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
            ), constraints as (
                select c.*, t.name, c.conname as constraint_name from pg_constraint c join tables t on t.oid = c.conrelid
            ), indexes as (
                select i.*, t.name, c.relname as index_name,
                       exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype <> 'f') as owned,
                       regexp_replace(pg_get_indexdef(i.indexrelid), '^CREATE (UNIQUE )?INDEX \\S+', '') as shape
                  from pg_index i join tables t on t.oid = i.indrelid join pg_class c on c.oid = i.indexrelid
            )
            """;

    /** Each gives rows of place, what is wrong and the mend. */
    private static final List<String> RULES = List.of("""
            select name || ': has no comment; add COMMENT ON TABLE, it becomes Javadoc in jooq-gen'
              from tables where obj_description(oid, 'pg_class') is null""", """
            select name || '.' || attname || ': has no comment; add COMMENT ON COLUMN, it becomes Javadoc in jooq-gen'
              from columns where col_description(oid, attnum) is null""", """
            select name || ': has no primary key; add constraint ' || name || '_pkey'
              from tables where oid not in (select conrelid from constraints where contype = 'p')""", """
            select name || '.' || attname || ': is ' || type || '; write text and a CHECK with char_length'
              from columns where type ~ '^(character|bpchar)'""", """
            select name || '.' || attname || ': is a time without a zone; write timestamptz'
              from columns where type like '%without time zone'""", """
            select name || '.' || attname || ': is ' || type || '; write bigint'
              from columns where attname = 'id' and type <> 'bigint' or attname like '%\\_id' and type = 'integer'""", """
            select name || '.' || constraint_name || ': is NOT VALID; VALIDATE it in a changeset of its own'
              from constraints where not convalidated""", """
            select name || '.' || constraint_name || ': has no index; build one that begins with its columns'
              from constraints
             where contype = 'f' and not exists (
                   select from indexes i
                    where i.indrelid = conrelid and i.indisvalid and i.indpred is null
                      and (string_to_array(i.indkey::text, ' ')::int2[])[1:cardinality(conkey)] @> conkey)""", """
            select name || '.' || index_name || ': is invalid; drop and build it again as 0006 does'
              from indexes where not indisvalid""", """
            select a.name || '.' || a.index_name || ': does what ' || b.index_name || ' does; drop it'
              from indexes a join indexes b on b.indrelid = a.indrelid and b.shape = a.shape
             where a.indexrelid <> b.indexrelid and not a.owned and (b.owned or a.indexrelid > b.indexrelid)""", """
            select name || '.' || constraint_name || ': has another name than ' || wanted || '; name it so'
              from (select *, case contype
                        when 'p' then name || '_pkey'
                        else name || '_<columns>_' || case contype
                            when 'u' then 'key' when 'f' then 'fkey' when 'x' then 'excl'
                            when 'n' then 'not_null' else 'check' end end as wanted
                      from constraints where contype in ('p', 'u', 'f', 'x', 'n', 'c')) named
             where constraint_name !~ ('^' || replace(wanted, '<columns>', '\\w+') || '$')""", """
            select name || '.' || index_name || ': has another name than ' || name || '_<columns>_idx; name it so'
              from indexes
             where not owned and index_name !~ ('^' || name || '_\\w+_' || case when indisunique then '(key|idx)' else 'idx' end || '$')""");

    private SchemaLint() {}

    /** Each as "table.column: what is wrong; what to do (file)"; empty when all is well. */
    public static List<String> findings(Connection connection) throws SQLException {
        List<ChangeFile> files = ChangelogFolder.read(Path.of("db")).files();
        List<String> findings = new ArrayList<>();
        for (String rule : RULES) {
            for (String finding : TestStores.rows(connection, TABLES + rule)) {
                findings.add(finding + maker(files, finding.split(":", 2)[0].split("\\.")));
            }
        }
        return findings;
    }

    /** The first file that speaks of a table, and of its column or whatever it is. */
    private static String maker(List<ChangeFile> files, String[] place) {
        return files.stream()
                .filter(file -> file.name().startsWith("changes/"))
                .filter(file -> Stream.of(place).allMatch(word -> file.text().matches("(?s).*\\b" + word + "\\b.*")))
                .findFirst()
                .map(file -> " (db/" + file.name() + ")")
                .orElse("");
    }
}
