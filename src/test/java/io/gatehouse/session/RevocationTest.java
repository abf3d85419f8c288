package io.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.TestService;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

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
        run(Integer.getInteger("revocation.rounds", 300));
    }

    @Test
    @Tag("soak")
    void noOrderOfTenThousand() throws Exception {
        run(Integer.getInteger("revocation.rounds", 12_000));
    }

    private static void run(int rounds) throws Exception {
        long seed = Long.getLong("revocation.seed", System.nanoTime());
        System.out.println("revocation.seed=" + seed + " rounds=" + rounds);
        try (RevocationRounds test = new RevocationRounds(SERVICE, seed)) {
            for (int round = 0; round < rounds; round++) {
                assertThat(test.round())
                        .as("seed %d, round %d:%n%s", seed, round, test.story())
                        .isEmpty();
            }
            System.out.println("revocation: " + test.summary());
            assertThat(test.lookups()).isGreaterThan(rounds);
        }
    }
}
