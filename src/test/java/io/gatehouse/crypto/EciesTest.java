package io.gatehouse.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.support.Vectors;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.math.ec.ECPoint;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The payloads of eciesjs 0.4.17. */
class EciesTest {

    private static final HexFormat HEX = HexFormat.of();
    private static final SecureRandom RANDOM = new SecureRandom();

    @Test
    void opensWhatEciesjsSealed() {
        List<JsonNode> vectors = vectors("random");
        for (JsonNode vector : vectors) {
            EciesKey key = EciesKey.parse(text(vector, "privateKey"));

            assertThat(key.publicHex()).isEqualTo(text(vector, "publicKeyCompressed"));
            assertThat(HEX.formatHex(key.publicPoint().getEncoded(false)))
                    .isEqualTo(text(vector, "publicKeyUncompressed"));
            assertThat(key.matches(text(vector, "publicKeyInputUsed"))).isTrue();
            assertThat(HEX.formatHex(Ecies.open(key, HEX.parseHex(text(vector, "ciphertextHex")))))
                    .isEqualTo(text(vector, "plaintextHex"));
        }
        assertThat(vectors).hasSize(10);
    }

    @Test
    void sealsByteForByteWhatEciesjsSeals() throws Exception {
        List<JsonNode> vectors = vectors("deterministic");
        for (JsonNode vector : vectors) {
            EciesKey key = EciesKey.parse(text(vector, "privateKey"));
            EciesKey ephemeral = EciesKey.parse(text(vector, "ephemeralPrivateKey"));
            ECPoint recipient = key.publicPoint();
            byte[] plaintext = plaintext(vector);

            byte[] payload = Ecies.seal(recipient, plaintext, ephemeral, HEX.parseHex(text(vector, "nonceHex")));

            assertThat(HEX.formatHex(ephemeral.shared(recipient))).isEqualTo(text(vector, "sharedPointUncompressed"));
            assertThat(payload).hasSize(Ecies.OVERHEAD + plaintext.length);
            if (vector.has("ciphertextSha256")) {
                assertThat(HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(payload)))
                        .isEqualTo(text(vector, "ciphertextSha256"));
            } else {
                assertThat(HEX.formatHex(payload)).isEqualTo(text(vector, "ciphertextHex"));
            }
            assertThat(Ecies.open(key, payload)).isEqualTo(plaintext);
        }
        assertThat(vectors).hasSize(7);
    }

    @Test
    void everyNegativeVectorFailsWithTheSameError() {
        List<JsonNode> vectors = vectors("negative");
        for (JsonNode vector : vectors) {
            EciesKey key = EciesKey.parse(text(vector, "privateKey"));
            byte[] payload = HEX.parseHex(text(vector, "ciphertextHex"));

            assertThatThrownBy(() -> Ecies.open(key, payload))
                    .as(text(vector, "name"))
                    .isExactlyInstanceOf(CannotOpenException.class)
                    .hasMessage("What was sealed cannot be opened")
                    .hasNoCause();
        }
        assertThat(vectors).hasSize(9);
    }

    @Test
    void noBitOfAPayloadMayChange() {
        EciesKey key = EciesKey.generate(RANDOM);
        byte[] payload = Ecies.seal(key.publicPoint(), new byte[] {1, 2, 3}, RANDOM);
        for (int bit = 0; bit < payload.length * 8; bit++) {
            byte[] changed = payload.clone();
            changed[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThatThrownBy(() -> Ecies.open(key, changed)).isExactlyInstanceOf(CannotOpenException.class);
        }
    }

    @Test
    void keysAreReadAsEciesjsReadsThem() {
        int checked = 0;
        for (JsonNode input : Vectors.read("ecies.json").path("hexInputs")) {
            String hex = text(input, "privateKeyInput");
            if (input.path("ok").booleanValue()) {
                assertThat(EciesKey.parse(hex).publicHex()).isEqualTo(text(input, "publicKey"));
            } else {
                // Blanks around a value never come here from .env: reading settings strips them.
                assertThatThrownBy(() -> EciesKey.parse(hex))
                        .as(text(input, "name"))
                        .isInstanceOf(IllegalArgumentException.class)
                        .message()
                        .doesNotContain(hex);
            }
            checked++;
        }
        assertThat(checked).isEqualTo(8);
    }

    @Test
    void aKeyTellsNothingOfItself() {
        EciesKey key = EciesKey.generate(RANDOM);

        assertThat(key.toString()).doesNotContain(key.privateHex()).contains(key.id());
        assertThat(key.id()).hasSize(16);
        assertThat(EciesKey.parse(key.privateHex()).id()).isEqualTo(key.id());
        assertThat(key.matches("zz")).isFalse();
        assertThat(key.matches("")).isFalse();
        assertThat(key.matches("00")).isFalse();
        assertThat(key.matches(EciesKey.generate(RANDOM).publicHex())).isFalse();
    }

    private static byte[] plaintext(JsonNode vector) {
        if (!vector.has("plaintextRule")) {
            return HEX.parseHex(text(vector, "plaintextHex"));
        }
        byte[] plaintext = new byte[vector.path("plaintextLength").intValue()];
        for (int i = 0; i < plaintext.length; i++) {
            plaintext[i] = (byte) i;
        }
        return plaintext;
    }

    private static List<JsonNode> vectors(String kind) {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode vector : Vectors.read("ecies.json").path("vectors")) {
            if (text(vector, "kind").equals(kind)) {
                found.add(vector);
            }
        }
        return found;
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).stringValue();
    }
}
