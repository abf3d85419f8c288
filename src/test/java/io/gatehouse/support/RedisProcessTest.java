package io.gatehouse.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.sync.RedisAdvancedClusterCommands;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That the servers which other tests ill-treat behave as servers do. */
class RedisProcessTest {

    private static final int KEYS = 100;
    private static final int OF_TWO_NODES = 16_384 * 2 / 3;

    @TempDir
    private Path folder;

    @Test
    void restartForgetsWhatWasNotWritten() throws IOException {
        try (RedisProcess redis = new RedisProcess(folder)) {
            redis.start();
            int port = redis.port();
            set(redis, "lost");

            redis.restart();

            assertThat(redis.port()).isEqualTo(port);
            assertThat(note(redis)).isEqualTo("null");
        }
    }

    @Test
    void restartFromAnOlderSnapshotBringsOlderDataBack() throws IOException {
        try (RedisProcess redis = new RedisProcess(folder)) {
            redis.start();
            set(redis, "older");
            redis.snapshot();
            set(redis, "newer");

            redis.restartFromSnapshot();
            assertThat(note(redis)).isEqualTo("older");

            redis.flush();
            assertThat(note(redis)).isEqualTo("null");
            redis.restart();
            assertThat(note(redis)).isEqualTo("older");
        }
    }

    @Test
    void promotedReplicaTakesTheDataOver() throws IOException {
        try (RedisProcess primary = new RedisProcess(Files.createDirectory(folder.resolve("primary")));
                RedisProcess replica = new RedisProcess(Files.createDirectory(folder.resolve("replica")))) {
            primary.start();
            replica.start();
            set(primary, "of the primary");
            set(replica, "of the replica");

            replica.replicaOf(primary);
            assertThat(note(replica)).isEqualTo("of the primary");

            primary.kill();
            replica.promote();
            set(replica, "after");
            assertThat(note(replica)).isEqualTo("after");
            assertThat(folder.resolve("primary/dump.rdb")).doesNotExist();
        }
    }

    @Test
    void pauseHoldsAnswersBack() throws IOException {
        try (RedisProcess redis = new RedisProcess(folder)) {
            redis.start();
            redis.configure("maxmemory", "100mb");
            long before = System.nanoTime();

            redis.pause(Duration.ofMillis(300));

            Map<String, String> read = redis.command(commands -> commands.configGet("maxmemory"));
            assertThat(read).containsEntry("maxmemory", "104857600");
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(250));
        }
    }

    @Test
    void databasesAreApart() throws IOException {
        try (RedisProcess redis = new RedisProcess(folder)) {
            redis.start();
            redis.command(10, commands -> commands.set("note", "in ten"));

            assertThat(note(redis)).isEqualTo("null");
            String inTen = redis.command(10, commands -> commands.get("note"));
            assertThat(inTen).isEqualTo("in ten");
        }
    }

    @Test
    void nothingIsLeftBehind() throws IOException {
        RedisProcess redis = new RedisProcess(folder);
        try (redis) {
            redis.start();
        }

        assertThatThrownBy(() -> new Socket(InetAddress.ofLiteral("127.0.0.1"), redis.port()).close())
                .isInstanceOf(ConnectException.class);
    }

    @Test
    void threeNodesServeAllSlotsAndTwoTheirOwn() throws IOException {
        try (RedisCluster cluster = new RedisCluster(folder)) {
            cluster.start();
            withClient(cluster, RedisProcessTest::setAll);
            for (RedisProcess node : cluster.nodes()) {
                long keys = node.command(commands -> commands.dbsize());
                assertThat(keys).isPositive();
            }

            cluster.killNode(2);
            withClient(cluster, commands -> {
                for (int number = 0; number < KEYS; number++) {
                    if (SlotHash.getSlot(key(number)) < OF_TWO_NODES) {
                        assertThat(commands.get(key(number))).isEqualTo("value");
                    }
                }
            });

            cluster.restartNode(2);
            withClient(cluster, RedisProcessTest::setAll);
        }
    }

    private static void setAll(RedisAdvancedClusterCommands<String, String> commands) {
        for (int number = 0; number < KEYS; number++) {
            assertThat(commands.set(key(number), "value")).isEqualTo("OK");
        }
    }

    private static String key(int number) {
        return "key-" + number;
    }

    private static void withClient(RedisCluster cluster, Consumer<RedisAdvancedClusterCommands<String, String>> work) {
        RedisURI uri = RedisURI.builder()
                .withHost("127.0.0.1")
                .withPort(cluster.port())
                .withPassword(cluster.password().toCharArray())
                .build();
        try (RedisClusterClient client = RedisClusterClient.create(uri);
                var connection = client.connect()) {
            work.accept(connection.sync());
        }
    }

    private static void set(RedisProcess redis, String value) {
        redis.command(commands -> commands.set("note", value));
    }

    private static String note(RedisProcess redis) {
        return redis.command(commands -> String.valueOf(commands.get("note")));
    }
}
