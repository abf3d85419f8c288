package io.gatehouse.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.crypto.EciesKey;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PublicKeyTest {

    @RegisterExtension
    private static final TestService SERVICE = new TestService();

    @Test
    void anybodyMayKnowThePublicKey() {
        EciesKey key = EciesKey.parse(TestService.ECIES_PRIVATE_KEY);

        Answer answer = SERVICE.client().get("/api/crypto/public-key");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.data().path("curve").stringValue()).isEqualTo("secp256k1");
        assertThat(answer.data().path("keyId").stringValue()).isEqualTo(key.id());
        assertThat(answer.data().path("publicKey").stringValue()).isEqualTo(key.publicHex());
        assertThat(answer.response().body()).doesNotContain(TestService.ECIES_PRIVATE_KEY);
    }
}
