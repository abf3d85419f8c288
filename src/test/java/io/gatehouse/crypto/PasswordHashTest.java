package io.gatehouse.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import de.mkammerer.argon2.Argon2Factory;
import de.mkammerer.argon2.Argon2Factory.Argon2Types;
import de.mkammerer.argon2.Argon2Version;
import io.gatehouse.support.Vectors;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The PHC strings of node argon2 0.44. What a client may send is narrower: see SignInTest and RegistrationTest. */
class PasswordHashTest {

    private static final String SALT_AND_HASH = "$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA";

    private final Argon2Hasher argon2 = new Argon2Hasher(new HashParameters(256, 1, 1), Peppers.NONE);

    @Test
    void everyVectorVerifies() {
        int checked = 0;
        for (JsonNode vector : Vectors.read("argon2.json").path("vectors")) {
            String text = vector.path("phc").stringValue();
            PasswordHash hash = PasswordHash.parse(text).orElseThrow();
            boolean keyed = vector.has("secretHex");

            assertThat(hash.text()).isEqualTo(text);
            // A keyed hash does not say so; nobody verifies it without the key.
            assertThat(argon2.verify(hash, bytes(vector, "passwordUtf8Hex")))
                    .as(vector.path("name").stringValue())
                    .isEqualTo(!keyed);
            assertThat(argon2.verify(hash, "wrong".getBytes(StandardCharsets.UTF_8)))
                    .isFalse();
            checked++;
        }
        assertThat(checked).isEqualTo(14);
    }

    /** Our peppers work before argon2; the secret of argon2 itself is libargon2's business, which knows it, too. */
    @Test
    void theKeyedVectorVerifiesWithItsKey() {
        int checked = 0;
        for (JsonNode vector : Vectors.read("argon2.json").path("vectors")) {
            if (!vector.has("secretHex")) {
                continue;
            }
            PasswordHash hash =
                    PasswordHash.parse(vector.path("phc").stringValue()).orElseThrow();
            byte[] computed = Argon2Factory.createAdvanced(Argon2Types.ARGON2id)
                    .rawHashAdvanced(
                            hash.iterations(),
                            hash.memoryKib(),
                            hash.parallelism(),
                            bytes(vector, "passwordUtf8Hex"),
                            hash.salt(),
                            bytes(vector, "secretHex"),
                            null,
                            hash.hash().length,
                            Argon2Version.V13);
            assertThat(computed).isEqualTo(hash.hash());
            checked++;
        }
        assertThat(checked).isEqualTo(1);
    }

    @Test
    void malformedVectorsAreNone() {
        int checked = 0;
        for (JsonNode malformed : Vectors.read("argon2.json").path("malformed")) {
            assertThat(PasswordHash.parse(malformed.path("input").stringValue()))
                    .as(malformed.toString())
                    .isEmpty();
            checked++;
        }
        assertThat(checked).isPositive();
    }

    @Test
    void aMissingVersionIsTheFirst() {
        assertThat(PasswordHash.parse("$argon2i$m=64,t=1,p=1" + SALT_AND_HASH)
                        .orElseThrow()
                        .version())
                .isEqualTo(0x10);
    }

    /** Made by node argon2 0.44 with {@code associatedData}. */
    @Test
    void associatedDataIsReadAndHashed() {
        String text =
                "$argon2id$v=19$m=64,t=2,p=1,data=YXBwPTE$MDEyMzQ1Njc4OWFiY2RlZg$1cx8JSF53YHOgld22kWWyxAaIXlHZsRQT9t+g63JnPE";
        PasswordHash hash = PasswordHash.parse(text).orElseThrow();

        assertThat(hash.data()).isEqualTo("app=1".getBytes(StandardCharsets.UTF_8));
        assertThat(hash.text()).isEqualTo(text);
        assertThat(argon2.verify(hash, "with data".getBytes(StandardCharsets.UTF_8)))
                .isTrue();
        assertThat(argon2.verify(hash, "without".getBytes(StandardCharsets.UTF_8)))
                .isFalse();
        assertThat(argon2.verify(hash, new byte[0])).isFalse();
        assertThat(argon2.outdated(hash)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "$",
                "password",
                "$argon2x$v=19$m=64,t=1,p=1",
                "$argon2id$v=18$m=64,t=1,p=1",
                "$argon2id$v=19$m=64,p=1,t=1",
                "$argon2id$v=19$m=064,t=1,p=1",
                "$argon2id$v=19$m=64,t=0,p=1",
                "$argon2id$v=19$m=-64,t=1,p=1",
                "$argon2id$v=19$m=7,t=1,p=1",
                "$argon2id$v=19$m=64,t=1,p=9",
                "$argon2id$v=19$m=1048577,t=1,p=1",
                "$argon2id$v=19$m=9999999999,t=1,p=1",
                "$argon2id$v=19$m=64,t=1001,p=1",
                "$argon2id$v=19$m=2048,t=1,p=256",
                "$argon2id$v=19$m=\u0661\u0662\u0663,t=1,p=1",
                "$argon2id$v=19$m=64,t=1,p=1,keyid=",
                " $argon2id$v=19$m=64,t=1,p=1"
            })
    void anythingElseIsNone(String start) {
        assertThat(PasswordHash.parse(start + SALT_AND_HASH)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "$c2FsdHNhbHQ",
                "$c2FsdHNhbHQ$",
                "$c2FsdA$aGFzaGhhc2g",
                "$c2FsdHNhbHQ=$aGFzaGhhc2g",
                "$c2FsdHNhbHQ$aGFzaGhhc2g=",
                "$c2FsdHNhbHQ$aGFz-GhhcA",
                "$c2FsdHNhbHQ$aGFzaGhhc2g$",
                "$c2FsdHNhbHQ$a"
            })
    void saltAndHashMustBeWhole(String end) {
        assertThat(PasswordHash.parse("$argon2id$v=19$m=64,t=1,p=1" + end)).isEmpty();
    }

    private static byte[] bytes(JsonNode vector, String field) {
        return HexFormat.of().parseHex(vector.path(field).stringValue());
    }
}
