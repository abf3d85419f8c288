package io.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.TestService;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The first worker number of ids takes longer than one try has. */
class SlowDatabaseAtStartTest {

    @RegisterExtension
    private static final TestService SERVICE = new TestService().slowAtStart(Duration.ofMillis(150));

    @Test
    void theFirstRequestIsASignUpThatSucceeds() {
        assertThat(SERVICE.operator().get("/metrics").response().body()).doesNotContain("gatehouse_ids_worker -1");
        SERVICE.postgresCable().plug();

        assertThat(SERVICE.client().register("first@example.com").status()).isEqualTo(201);
    }
}
