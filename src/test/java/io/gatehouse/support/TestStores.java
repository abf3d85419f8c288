package io.gatehouse.support;

import io.gatehouse.config.Secret;
import io.gatehouse.config.Settings.Address;
import io.gatehouse.config.Settings.Login;
import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.db.JdbcUrl;
import io.gatehouse.db.Migrations;
import io.gatehouse.db.TemporaryDatabase;
import io.gatehouse.embedded.EmbeddedStores;
import io.gatehouse.embedded.EmbeddedStores.Kind;
import io.gatehouse.embedded.Endpoint;
import io.lettuce.core.RedisURI;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real PostgreSQL and a real Redis for the whole test run, started once and stopped after the last test. Every user
 * gets a database of its own, copied from a migrated template.
 */
public final class TestStores implements AutoCloseable {

    private static final Path FOLDER = Path.of("target", "test-stores");
    private static final String TEMPLATE = "migrated";
    private static final String BARE = "bare";

    /** The service's role and that of the schema, as db/roles.sql makes them: all tests run with these. */
    private static final Login APP = new Login("gatehouse_app", new Secret("a-password-of-the-app"));

    private static final Login DDL = new Login("gatehouse_ddl", new Secret("a-password-of-the-owner"));

    private final EmbeddedStores embedded;
    private final AtomicInteger databases = new AtomicInteger();
    private final AtomicInteger folders = new AtomicInteger();

    private TestStores() {
        embedded = EmbeddedStores.open(FOLDER.resolve("data"), FOLDER.resolve("bin"), EnumSet.allOf(Kind.class));
        makeRoles(BARE);
        create(TEMPLATE, BARE);
        new Migrations(database(TEMPLATE)).up();
        flush(embedded.redis());
    }

    /** A database without tables, in which the script for DBAs has run. */
    private void makeRoles(String name) {
        try {
            create(name, "template0");
            execute(asSuperuser(name), Files.readString(Path.of("db", "roles.sql")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (Login role : List.of(APP, DDL)) {
            execute("alter role %s password '%s'"
                    .formatted(role.user(), role.password().value()));
        }
    }

    /** Key prefixes begin anew with each run, and its data outlives it. */
    private static void flush(Endpoint redis) {
        RedisURI uri = RedisURI.builder()
                .withHost(redis.host())
                .withPort(redis.port())
                .withPassword(redis.password().toCharArray())
                .build();
        String done = RedisCalls.on(uri, commands -> commands.flushall());
        if (!"OK".equals(done)) {
            throw new IllegalStateException(done);
        }
    }

    /** The run's stores. */
    public static TestStores of(ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.GLOBAL)
                .computeIfAbsent(TestStores.class, type -> new TestStores(), TestStores.class);
    }

    /** Where Redis listens. */
    public Endpoint redis() {
        return embedded.redis();
    }

    /** A Redis for one test class alone. */
    public RedisProcess newRedis() throws IOException {
        RedisProcess redis = new RedisProcess(newFolder("redis-"));
        redis.start();
        return redis;
    }

    /** A Redis Cluster for one test class alone. */
    public RedisCluster newCluster() throws IOException {
        RedisCluster cluster = new RedisCluster(newFolder("cluster-"));
        cluster.start();
        return cluster;
    }

    private Path newFolder(String name) throws IOException {
        Path folder = FOLDER.resolve(name + folders.incrementAndGet());
        if (Files.exists(folder)) {
            try (Stream<Path> left = Files.walk(folder)) {
                left.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
            }
        }
        return Files.createDirectories(folder);
    }

    /** A new, migrated database. */
    public Postgres newDatabase() {
        return newDatabase(TEMPLATE);
    }

    /** A new database without any table. */
    public Postgres emptyDatabase() {
        return newDatabase(BARE);
    }

    /** One as commands use it for a copy; the next run drops it. */
    public Postgres scratchDatabase() {
        // Closed by nobody: the server goes with the run.
        return new TemporaryDatabase(asSuperuser(embedded.postgres().database())).settings();
    }

    private Postgres newDatabase(String template) {
        String name = "test_" + databases.incrementAndGet();
        create(name, template + " owner " + DDL.user());
        return database(name);
    }

    private void create(String name, String template) {
        execute("drop database if exists " + name + " with (force)");
        execute("create database " + name + " template " + template);
    }

    private Postgres database(String name) {
        Postgres owned = asSuperuser(name);
        return new Postgres(
                owned.addresses(),
                name,
                APP,
                DDL,
                owned.sslMode(),
                owned.sslRootCert(),
                false,
                owned.poolSize(),
                owned.timeout());
    }

    /** A database of this run as whoever may do everything. */
    public Postgres asSuperuser(String name) {
        Endpoint endpoint = embedded.postgres();
        Login login = new Login(endpoint.user(), new Secret(endpoint.password()));
        return Postgres.of(new Address(endpoint.host(), endpoint.port()), name, login, 10, Duration.ofSeconds(2));
    }

    /** What a service or a command needs to reach a database. */
    public static Map<String, String> environment(Postgres database) {
        Address address = database.addresses().getFirst();
        return Map.of(
                "POSTGRE_HOST", address.host(),
                "POSTGRE_PORT", Integer.toString(address.port()),
                "POSTGRE_NAME", database.database(),
                "POSTGRE_USER", database.login().user(),
                "POSTGRE_PASSWORD", database.login().password().value(),
                "POSTGRE_DDL_USER", database.ddl().user(),
                "POSTGRE_DDL_PASSWORD", database.ddl().password().value());
    }

    /** A connection outside every pool, as the role that owns the schema. */
    public static Connection connect(Postgres database) throws SQLException {
        return DriverManager.getConnection(
                JdbcUrl.of(database),
                database.ddl().user(),
                database.ddl().password().value());
    }

    private void execute(String sql) {
        execute(asSuperuser(embedded.postgres().database()), sql);
    }

    /** Runs SQL that answers nothing. */
    public static void execute(Postgres database, String sql) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** The first column of the first row, as text. */
    public static String query(Postgres database, String sql) {
        return rows(database, sql).stream().findFirst().orElseThrow(() -> new IllegalStateException("No row: " + sql));
    }

    /** The first column of all rows, as text. */
    public static List<String> rows(Postgres database, String sql) {
        try (Connection connection = connect(database)) {
            return rows(connection, sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** The first column of all rows, as text. */
    public static List<String> rows(Connection connection, String sql) throws SQLException {
        List<String> all = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                all.add(String.valueOf(rows.getString(1)));
            }
        }
        return all;
    }

    @Override
    public void close() {
        embedded.close();
    }
}
