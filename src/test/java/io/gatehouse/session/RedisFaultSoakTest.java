package io.gatehouse.session;

import io.gatehouse.support.RedisSwitch;
import io.gatehouse.support.TestService;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What {@link RedisFaultTest} does, with ten times as many sessions, in any order and for minutes. */
@Tag("soak")
class RedisFaultSoakTest {

    private static final int SESSIONS = 10_000;
    private static final int FAULTS = 40;
    private static final int LONGEST_MS = 6000;

    private static final RedisSwitch LINE = RedisSwitch.to(RedisFaultSoakTest::redisPort);

    @RegisterExtension
    @Order(1)
    private static final TestService FIRST =
            new TestService().withOwnRedis().with("REDIS_PORT", Integer.toString(LINE.port()));

    @RegisterExtension
    @Order(2)
    private static final TestService SECOND = new TestService().beside(FIRST);

    private static int redisPort() {
        return FIRST.ownRedis().port();
    }

    @AfterAll
    static void end() {
        LINE.close();
    }

    private interface Scene {
        void play(Duration lasting) throws IOException;
    }

    @Test
    void faultAfterFault(@TempDir Path folder) throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        try (RedisScenes scenes = new RedisScenes(List.of(FIRST, SECOND), LINE, folder, SESSIONS)) {
            List<Scene> all = List.of(
                    scenes::flushed,
                    scenes::killed,
                    scenes::setBack,
                    scenes::stalled,
                    scenes::full,
                    scenes::demotedAndPromoted,
                    scenes::failedOver,
                    scenes::failedOverButStillConnected,
                    scenes::silentlyGone);
            SoftAssertions outcomes = new SoftAssertions();
            for (int i = 0; i < FAULTS; i++) {
                int next = i < all.size() ? i : random.nextInt(all.size());
                outcomes.check(() -> all.get(next).play(Duration.ofMillis(random.nextInt(LONGEST_MS))));
            }
            outcomes.check(scenes::nothingIsLeftBehind);
            outcomes.assertAll();
        }
    }
}
