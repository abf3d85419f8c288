package io.gatehouse.bench;

import io.gatehouse.crypto.CookieSigner;
import io.gatehouse.crypto.EciesKey;
import io.gatehouse.embedded.Endpoint;
import io.gatehouse.session.BulkCopies;
import io.gatehouse.session.CookieNames;
import io.gatehouse.session.Session;
import io.gatehouse.session.SessionTransport;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;

/**
 * Accounts and sessions, made in bulk: rows in PostgreSQL, copies in Redis, and a file with a cookie for each session.
 * The sessions are spread over the accounts; all accounts have one password.
 */
final class Population {

    static final String COOKIE_SECRET = "only for benchmarks; 32 bytes and more";
    static final EciesKey SEALING_KEY = EciesKey.generate(new SecureRandom());

    /** The service's defaults. */
    static final Duration IDLE = Duration.ofDays(1);

    static final Duration MAX_AGE = Duration.ofDays(30);

    private static final long FIRST_USER = 1_000_000_000_000L;
    private static final long FIRST_SESSION = 2_000_000_000_000L;
    private static final int BATCH = 5_000;
    private static final Duration LONGEST_BATCH = Duration.ofSeconds(30);

    /** Notes for PostgreSQL are due at most once a minute; spread, as in a service that has run for long. */
    private static final int WRITE_BACK_SECONDS = 60;

    private final BenchStores stores;
    private final int users;
    /** From the account of one session to that of the next, so that the sessions are spread over all accounts. */
    private int stride = 1;

    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);

    Population(BenchStores stores, int users) {
        this.stores = stores;
        this.users = users;
    }

    static long userId(int number) {
        return FIRST_USER + number;
    }

    /** @param password argon2 hash, of every account */
    void storeUsers(String password) {
        try (Connection connection = connect();
                PreparedStatement insert = connection.prepareStatement(
                        "insert into users (id, name, email, password) select ? + n, 'Bench ' || n,"
                                + " 'bench' || n || '@example.com', ? from generate_series(0, ? - 1) as n")) {
            insert.setLong(1, FIRST_USER);
            insert.setString(2, password);
            insert.setInt(3, users);
            insert.executeUpdate();
            connection.createStatement().execute("vacuum analyze users");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** JSON bodies that sign the accounts in, one to a line. */
    Path signIns(String password) {
        Path file = stores.folder().resolve("sign-ins.txt");
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < users; i++) {
            lines.add("{\"email\":\"bench%d@example.com\",\"password\":\"%s\"}".formatted(i, password));
        }
        try {
            return Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stores sessions and their copies; a file with their cookies, one to a line. */
    Path storeSessions(int sessions) {
        stride = Math.max(1, users / sessions);
        Path file = stores.folder().resolve("cookies.txt");
        SessionTransport transport = new SessionTransport(
                new CookieSigner(List.of(COOKIE_SECRET.getBytes(StandardCharsets.UTF_8))),
                new CookieNames(false, Optional.empty()),
                MAX_AGE);
        SplittableRandom random = new SplittableRandom(6);
        try (Connection connection = connect();
                Copies copies = new Copies(stores.redis());
                BufferedWriter cookies = Files.newBufferedWriter(file)) {
            for (int from = 0; from < sessions; from += BATCH) {
                List<String> tokens = tokens(random, Math.min(BATCH, sessions - from));
                insert(connection, from, tokens);
                copies.write(from, tokens);
                for (String token : tokens) {
                    cookies.write(transport.cookie(token).split(";", 2)[0] + "\n");
                }
                Progress.show("sessions", from, from + tokens.size(), sessions);
            }
            connection.createStatement().execute("vacuum analyze sessions");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    private static List<String> tokens(SplittableRandom random, int number) {
        List<String> tokens = new ArrayList<>();
        byte[] bytes = new byte[32];
        for (int i = 0; i < number; i++) {
            random.nextBytes(bytes);
            tokens.add("gh_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
        }
        return tokens;
    }

    private void insert(Connection connection, int from, List<String> tokens) throws SQLException, IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < tokens.size(); i++) {
            rows.append(FIRST_SESSION + from + i)
                    .append("\t\\\\x")
                    .append(HexFormat.of().formatHex(BulkCopies.hash(tokens.get(i))))
                    .append('\t')
                    .append(userId(user(from + i)))
                    .append('\t')
                    .append(now)
                    .append('\t')
                    .append(now)
                    .append('\t')
                    .append(now.plus(MAX_AGE))
                    .append("\t127.0.0.1\tbench\n");
        }
        connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn(
                        "copy sessions (id, token_hash, user_id, created_at, last_seen_at, expires_at, address, user_agent)"
                                + " from stdin",
                        new StringReader(rows.toString()));
    }

    private int user(int session) {
        return (int) ((long) session * stride % users);
    }

    private Session session(int number) {
        int user = user(number);
        Session.User owner =
                new Session.User(userId(user), "Bench " + user, "bench" + user + "@example.com", List.of("user"));
        return new Session(FIRST_SESSION + number, owner, now, now, now.plus(MAX_AGE));
    }

    private Connection connect() throws SQLException {
        Endpoint postgres = stores.postgres();
        return DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
    }

    /** Writes copies as the service would. */
    private final class Copies implements AutoCloseable {

        private final RedisClient client;
        private final StatefulRedisConnection<String, String> connection;
        private final String generation;

        Copies(Endpoint redis) {
            client = RedisClient.create(redisUri(redis));
            connection = client.connect();
            generation = connection.sync().info("replication").replaceAll("(?s).*master_replid:(\\w+).*", "$1");
        }

        void write(int from, List<String> tokens) {
            RedisAsyncCommands<String, String> redis = connection.async();
            List<RedisFuture<?>> replies = new ArrayList<>();
            for (int i = 0; i < tokens.size(); i++) {
                Instant written = now.minusSeconds((from + i) % WRITE_BACK_SECONDS);
                String key = BulkCopies.key(BulkCopies.hash(tokens.get(i)));
                replies.add(redis.hset(key, BulkCopies.fields(session(from + i), written, generation)));
                replies.add(redis.pexpire(key, IDLE.toMillis()));
            }
            if (!LettuceFutures.awaitAll(
                    LONGEST_BATCH.toSeconds(), TimeUnit.SECONDS, replies.toArray(RedisFuture[]::new))) {
                throw new IllegalStateException("Redis does not keep up");
            }
        }

        @Override
        public void close() {
            connection.close();
            client.shutdown();
        }
    }

    static RedisURI redisUri(Endpoint redis) {
        return RedisURI.builder()
                .withHost(redis.host())
                .withPort(redis.port())
                .withAuthentication(redis.user(), redis.password().toCharArray())
                .withDatabase(Integer.parseInt(redis.database()))
                .withTimeout(Duration.ofSeconds(10))
                .build();
    }
}
