package io.gatehouse.session;

import io.gatehouse.support.RedisSwitch;
import io.gatehouse.support.TestService;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Two replicas under load while their Redis forgets, dies, stalls, is full, or gives way to an older one. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RedisFaultTest {

    private static final int SESSIONS = 500;
    private static final Duration LASTING = Duration.ofMillis(800);

    private static final RedisSwitch LINE = RedisSwitch.to(RedisFaultTest::redisPort);

    @RegisterExtension
    @Order(1)
    private static final TestService FIRST =
            new TestService().withOwnRedis().with("REDIS_PORT", Integer.toString(LINE.port()));

    @RegisterExtension
    @Order(2)
    private static final TestService SECOND = new TestService().beside(FIRST);

    private static RedisScenes scenes;

    private static int redisPort() {
        return FIRST.ownRedis().port();
    }

    @BeforeAll
    static void load(@TempDir Path folder) throws IOException {
        scenes = new RedisScenes(List.of(FIRST, SECOND), LINE, folder, SESSIONS);
    }

    @AfterAll
    static void end() {
        scenes.close();
        LINE.close();
    }

    @Test
    void aFlushedRedis() throws IOException {
        scenes.flushed(LASTING);
    }

    @Test
    void aKilledRedis() throws IOException {
        scenes.killed(LASTING);
    }

    @Test
    void aRedisFromAnOlderSnapshot() throws IOException {
        scenes.setBack(LASTING);
    }

    @Test
    void aPausedRedis() throws IOException {
        scenes.stalled(Duration.ofSeconds(2));
    }

    @Test
    void aFullRedis() throws IOException {
        scenes.full(LASTING);
    }

    @Test
    @Tag("soak")
    void aRedisThatTookOlderData() throws IOException {
        scenes.demotedAndPromoted(LASTING);
    }

    @Test
    void anOlderRedisInItsPlace() throws IOException {
        scenes.failedOver(LASTING);
    }

    @Test
    @Tag("soak")
    void anOlderRedisInItsPlaceWhileTheOldOneKeepsItsConnections() throws IOException {
        scenes.failedOverButStillConnected(LASTING);
    }

    @Test
    @Tag("soak")
    void aRedisThatIsReplacedWithoutAWordToItsConnections() throws IOException {
        scenes.silentlyGone(LASTING);
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void noFaultLeavesThreadsOrMemoryBehind() {
        scenes.nothingIsLeftBehind();
    }
}
