package io.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.RedisProcess;
import io.gatehouse.support.TestService;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Revoked stays revoked: sessions of two replicas are begun, looked up, ended and changed at once, in a random order of
 * their calls to real stores, while Redis is flushed, set back to older states and cut off. What comes of it is held
 * against a model. {@code -Drevocation.seed=…} repeats a run, {@code -Drevocation.rounds=…} makes it longer.
 */
class RevocationTest {

    @RegisterExtension
    private static final TestService SERVICE = new TestService().withOwnRedis();

    @Test
    void noOrderOfCallsBringsAnEndedSessionBackOrLosesALiveOne() throws Exception {
        run(Integer.getInteger("revocation.rounds", 150));
    }

    @Test
    @Tag("soak")
    void noOrderOfTenThousand() throws Exception {
        run(Integer.getInteger("revocation.rounds", 12_000));
    }

    @Test
    void noOrderOfCallsOnTwoServersThatBothTakeWritesEither(@TempDir Path folder) throws Exception {
        long seed = seed();
        try (RedisProcess other = new RedisProcess(folder)) {
            other.start();
            try (RevocationRounds test = new RevocationRounds(SERVICE, other, seed)) {
                run(test, Integer.getInteger("revocation.rounds", 150), seed);
            }
        }
    }

    private static void run(int rounds) throws Exception {
        long seed = seed();
        try (RevocationRounds test = new RevocationRounds(SERVICE, seed)) {
            run(test, rounds, seed);
        }
    }

    private static long seed() {
        return Long.getLong("revocation.seed", System.nanoTime());
    }

    private static void run(RevocationRounds test, int rounds, long seed) throws Exception {
        System.out.println("revocation.seed=" + seed + " rounds=" + rounds);
        for (int round = 0; round < rounds; round++) {
            assertThat(test.round())
                    .as("seed %d, round %d:%n%s", seed, round, test.story())
                    .isEmpty();
        }
        System.out.println("revocation: " + test.summary());
        assertThat(test.lookups()).isGreaterThan(rounds);
    }
}
