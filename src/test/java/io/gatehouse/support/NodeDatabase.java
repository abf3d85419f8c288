package io.gatehouse.support;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.db.Migrations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A database as the Node service leaves it, new for each test. To be registered as an extension. */
public final class NodeDatabase implements BeforeEachCallback {

    /** The Node service's sample setting. */
    public static final Instant EPOCH = Instant.parse("2025-01-01T00:00:00Z");

    /** The id that it gives in the first millisecond of its epoch's 1000th second, and those after it. */
    private static final long FIRST_ID = (1_000_000L << 22) | (1 << 12);

    private static final Path SCHEMA = Path.of("src", "test", "resources", "node-service.sql");

    /** Columns in order, then what stands beside them, of everything but Liquibase's own tables. */
    private static final String CATALOG = """
            select format('%s %s. %s %s%s default %s comment %s', c.relname,
                          row_number() over (partition by c.oid order by a.attnum), a.attname,
                          format_type(a.atttypid, a.atttypmod), case when a.attnotnull then ' not null' end,
                          pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum))
              from pg_class c
              join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
              left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
             where c.relnamespace = 'public'::regnamespace and c.relname not like 'databasechangelog%'
            union all
            select format('%s comment %s', relname, obj_description(oid))
              from pg_class
             where relnamespace = 'public'::regnamespace and relname not like 'databasechangelog%'
            union all
            select format('%s %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated)
              from pg_constraint
             where connamespace = 'public'::regnamespace and conrelid::regclass::text not like 'databasechangelog%'
            union all
            select indexdef from pg_indexes where schemaname = 'public' and tablename not like 'databasechangelog%'
            union all
            select format('%s %s', proname, pg_get_function_identity_arguments(oid))
              from pg_proc
             where pronamespace = 'public'::regnamespace
            order by 1""";

    private @Nullable TestStores stores;
    private @Nullable Postgres settings;

    @Override
    public void beforeEach(ExtensionContext context) {
        stores = TestStores.of(context);
        settings = make(stores);
    }

    /** A Node database without users. */
    public static Postgres make(TestStores stores) {
        Postgres made = stores.emptyDatabase();
        try {
            TestStores.execute(made, Files.readString(SCHEMA, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return made;
    }

    /** Users in every state, with times to the microsecond; number 0 and up. */
    public static void fill(Postgres database, int count, String hash) {
        try (Connection connection = TestStores.connect(database);
                PreparedStatement insert = connection.prepareStatement("""
                        insert into users (id, created_at, updated_at, name, email, password, status, last_login_at)
                        select (? + (i::bigint << 22))::text, t, t + interval '1 day 1 microsecond', 'User ' || i,
                               'User' || i || '@Example.com', ?, case when i % 50 = 48 then 2 when i % 10 = 7 then 1 else 0 end,
                               case when i % 3 = 0 then t + interval '2 days' end
                          from generate_series(0, ? - 1) i,
                               lateral (select timestamptz '2025-01-12 13:46:40.123456+00' + i * interval '1.000001 s' as t) at""")) {
            insert.setLong(1, FIRST_ID);
            insert.setString(2, hash);
            insert.setInt(3, count);
            insert.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One user with an e-mail of its own. */
    public static void add(Postgres database, String id, String email) {
        add(database, id, email, "a-hash");
    }

    public static void add(Postgres database, String id, String email, String hash) {
        try (Connection connection = TestStores.connect(database);
                PreparedStatement insert = connection.prepareStatement(
                        "insert into users (id, name, email, password) values (?, 'Ada', ?, ?)")) {
            insert.setString(1, id);
            insert.setString(2, email);
            insert.setString(3, hash);
            insert.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(email, e);
        }
    }

    /** Tables, columns in their order, constraints, indexes, functions and comments; not Liquibase's own. */
    public static List<String> catalog(Postgres database) {
        return rows(database, CATALOG);
    }

    /** The first column of all rows. */
    public static List<String> rows(Postgres database, String sql) {
        List<String> rows = new ArrayList<>();
        try (Connection connection = TestStores.connect(database);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                rows.add(String.valueOf(result.getString(1)));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
        return rows;
    }

    /** Every value of every user, text by text, by id. */
    public static List<String> users(Postgres database) {
        return rows(database, """
                select jsonb_build_array(id::text, name, email, password, status, last_login_at, created_at, updated_at)::text
                  from users order by id::text""");
    }

    public TestStores stores() {
        return started(stores);
    }

    /** How to reach it. */
    public Postgres settings() {
        return started(settings);
    }

    /** The changelogs on it, with its epoch. */
    public Migrations migrations() {
        return new Migrations(settings(), EPOCH);
    }

    public void execute(String sql) {
        TestStores.execute(settings(), sql);
    }

    public String query(String sql) {
        return TestStores.query(settings(), sql);
    }

    private static <T> T started(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("The test has not begun");
        }
        return part;
    }
}
