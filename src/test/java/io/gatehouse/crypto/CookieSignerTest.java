package io.gatehouse.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.crypto.CookieSigner.Verified;
import io.gatehouse.support.Vectors;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class CookieSignerTest {

    private final JsonNode vectors = Vectors.read("cookies.json");

    @Test
    void signsAsFastifyCookieDoes() {
        int checked = 0;
        for (JsonNode vector : vectors.path("vectors")) {
            CookieSigner signer = signer(vector.path("secret").stringValue());
            String value = vector.path("value").stringValue();
            String signed = vector.path("signed").stringValue();

            assertThat(signer.sign(value)).isEqualTo(signed);
            assertThat(signer.verify(signed)).contains(new Verified(value, false));
            checked++;
        }
        assertThat(checked).isEqualTo(10);
    }

    @Test
    void olderSecretStillVerifiesAndAsksForRenewal() {
        String signedWithOld = vectors.path("rotation").path("signedWithOld").stringValue();
        String value = vectors.path("rotation")
                .path("unsignWith_new_old")
                .path("value")
                .stringValue();

        assertThat(signer("new-secret", "old-secret").verify(signedWithOld)).contains(new Verified(value, true));
        assertThat(signer("new-secret").verify(signedWithOld)).isEmpty();
    }

    @Test
    void anythingElseIsRefused() {
        CookieSigner signer = signer("secret");
        for (JsonNode negative : vectors.path("negatives")) {
            assertThat(signer.verify(negative.path("input").stringValue()))
                    .as(negative.toString())
                    .isEmpty();
        }
        assertThat(signer.verify(signer.sign("a") + "=")).isEmpty();
        assertThat(signer.verify("no dot")).isEmpty();
    }

    private static CookieSigner signer(String... secrets) {
        return new CookieSigner(Arrays.stream(secrets)
                .map(secret -> secret.getBytes(StandardCharsets.UTF_8))
                .toList());
    }
}
