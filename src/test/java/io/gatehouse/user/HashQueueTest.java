package io.gatehouse.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class HashQueueTest {

    /** A hash takes a good part of a second, so that 64 of them cannot end before the queue's deadline. */
    @RegisterExtension
    private static final TestService SERVICE =
            new TestService().with("ARGON2_MEMORY_KIB", "65536").with("ARGON2_TIME_COST", "16");

    @Test
    void whatTheQueueCannotTakeIs503AndNothingElseSuffers() {
        List<CompletableFuture<Answer>> storm = IntStream.range(0, 64)
                .mapToObj(i -> SERVICE.client()
                        .postAsync(
                                "/api/user/register",
                                TestClient.registration("Ada", "storm" + i + "@example.com", TestClient.PASSWORD)))
                .toList();
        assertThat(SERVICE.client().get("/api/health").status()).isEqualTo(200);

        List<Answer> answers = storm.stream().map(CompletableFuture::join).toList();

        assertThat(answers).extracting(Answer::status).containsOnly(201, 503);
        assertThat(answers)
                .filteredOn(answer -> answer.status() == 503)
                .allMatch(answer ->
                        answer.code() == 50300 && answer.header("Retry-After").equals("5"));
    }
}
