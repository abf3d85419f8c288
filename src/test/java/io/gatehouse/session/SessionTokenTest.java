package io.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SessionTokenTest {

    @Test
    void tenThousandTokensHave256BitsEachAndDoNotRepeat() {
        SecureRandom random = new SecureRandom();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            SessionToken token = SessionToken.random(random);
            assertThat(Base64.getUrlDecoder().decode(token.value().substring(3)))
                    .hasSize(32);
            seen.add(token.value());
        }
        assertThat(seen).hasSize(10_000);
    }

    @Test
    void tokenIsNotInItsTextForm() {
        SessionToken token = SessionToken.random(new SecureRandom());

        assertThat(token.toString()).doesNotContain(token.value());
        assertThat(token.hash()).hasSize(32);
    }
}
