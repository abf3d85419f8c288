package io.gatehouse.embedded;

import io.gatehouse.embedded.EmbeddedStores.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What the tests do to the stores of a folder, from outside. */
final class Stores {
    static final Path BINARIES = Path.of("target", "embedded-bin").toAbsolutePath();

    private Stores() {}

    static EmbeddedStores open(Path dataDir) {
        return open(dataDir, Limits.DEFAULT);
    }

    static EmbeddedStores open(Path dataDir, Limits limits) {
        return EmbeddedStores.open(dataDir, BINARIES, EnumSet.allOf(Kind.class), limits);
    }

    static EmbeddedStores openRedis(Path dataDir, Limits limits) {
        return EmbeddedStores.open(dataDir, BINARIES, Set.of(Kind.REDIS), limits);
    }

    /** Takes over and stops what a failed test may have left. */
    static void stopLeftovers(Path dataDir) {
        if (Files.exists(postgresPidFile(dataDir)) || Files.exists(redisPidFile(dataDir))) {
            openRedis(dataDir, Limits.DEFAULT).close();
        }
    }

    /** Leaves a row and a key. */
    static void write(EmbeddedStores stores, String text) throws IOException, SQLException {
        sql(stores, "create table if not exists note (text text)");
        sql(stores, "delete from note");
        sql(stores, "insert into note values ('" + text + "')");
        redis(stores, "SET note " + text);
    }

    static String row(EmbeddedStores stores) throws SQLException {
        try (Connection connection = connect(stores);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("select text from note")) {
            result.next();
            return result.getString(1);
        }
    }

    static String key(EmbeddedStores stores) throws IOException {
        return redis(stores, "GET note");
    }

    static void sql(EmbeddedStores stores, String sql) throws SQLException {
        try (Connection connection = connect(stores);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static Connection connect(EmbeddedStores stores) throws SQLException {
        Endpoint endpoint = stores.postgres();
        return DriverManager.getConnection(endpoint.jdbcUrl(), endpoint.user(), endpoint.password());
    }

    /** The last line of the reply to an inline command. */
    private static String redis(EmbeddedStores stores, String command) throws IOException {
        Endpoint endpoint = stores.redis();
        try (Socket socket = new Socket(endpoint.host(), endpoint.port())) {
            String lines = "AUTH " + endpoint.password() + "\r\n" + command + "\r\nQUIT\r\n";
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(lines.getBytes(StandardCharsets.UTF_8));
            BufferedReader replies =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            List<String> all = replies.lines().toList();
            return all.get(all.size() - 2);
        }
    }

    static Path postgresPidFile(Path dataDir) {
        return dataDir.resolve("postgres/postmaster.pid");
    }

    static Path redisPidFile(Path dataDir) {
        return dataDir.resolve("redis/redis.pid");
    }

    static long postgresPid(Path dataDir) throws IOException {
        return firstNumber(postgresPidFile(dataDir));
    }

    static long redisPid(Path dataDir) throws IOException {
        return firstNumber(redisPidFile(dataDir));
    }

    private static long firstNumber(Path file) throws IOException {
        return Long.parseLong(Files.readAllLines(file).getFirst().strip());
    }

    /** Kills a process we started and waits for its end. */
    static void kill(long pid) throws IOException {
        Processes.stop(pid, "store under test", List.of("KILL"), Duration.ofSeconds(10));
    }
}
