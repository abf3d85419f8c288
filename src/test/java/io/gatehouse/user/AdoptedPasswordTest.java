package io.gatehouse.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import io.gatehouse.support.Vectors;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every hash of node argon2's vectors as the account of somebody who signs in here, behind a pepper. */
class AdoptedPasswordTest {

    private static final String NFC = "caf\u00e9-password-15";
    private static final String NFD = "cafe\u0301-password-15";

    /** Half a character can be sent as an escape only. */
    private static final JsonMapper ASCII =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    @RegisterExtension
    private static final TestService SERVICE = new TestService().with("PASSWORD_PEPPERS", "new:one,old:another");

    @Test
    void everyVectorSignsInAndIsHashedAnew() {
        int id = 0;
        int signedIn = 0;
        for (JsonNode vector : Vectors.read("argon2.json").path("vectors")) {
            String name = vector.path("name").stringValue();
            String password = vector.path("password").stringValue("x".repeat(4096));
            adopt(++id, vector.path("phc").stringValue());

            Answer answer = login(id, password);

            if (password.length() > 1024) {
                // The cap stands before everything, so that no work can be asked for without bound.
                assertThat(answer.code()).as(name).isEqualTo(42200);
            } else if (vector.has("secretHex")) {
                // Such a hash does not name its key; the replaced service made none.
                assertThat(answer.code()).as(name).isEqualTo(40101);
            } else {
                assertThat(answer.status()).as(name).isEqualTo(200);
                assertThat(hash(id)).startsWith("$argon2id$v=19$m=256,t=1,p=1,keyid=bmV3$");
                assertThat(login(id, password).status()).as(name).isEqualTo(200);
                signedIn++;
            }
        }
        assertThat(signedIn).isEqualTo(12);
    }

    @Test
    void whatWasTypedDecomposedIsKnownInEitherFormFromThenOn() {
        String decomposed = vector("NFD e-acute");
        adopt(101, decomposed);

        assertThat(login(101, NFC).code()).as("the form that was never hashed").isEqualTo(40101);
        assertThat(login(101, NFD).status()).isEqualTo(200);
        assertThat(login(101, NFC).status()).isEqualTo(200);
        assertThat(login(101, NFD).status()).isEqualTo(200);
    }

    @Test
    void malformedHashesAreAWrongPasswordAndNothingElse() {
        int id = 200;
        for (JsonNode malformed : Vectors.read("argon2.json").path("malformed")) {
            String text = malformed.path("input").stringValue();
            if (text.isEmpty()) {
                continue; // the table has no account without a hash
            }
            adopt(++id, text);
            assertThat(login(id, "x").code()).as(text).isEqualTo(40101);
        }
        assertThat(id).isEqualTo(204);
    }

    private static String vector(String start) {
        for (JsonNode vector : Vectors.read("argon2.json").path("vectors")) {
            if (vector.path("name").stringValue().startsWith(start)) {
                return vector.path("phc").stringValue();
            }
        }
        throw new IllegalArgumentException(start);
    }

    private static void adopt(int id, String hash) {
        SERVICE.execute("insert into users (id, name, email, password) values (%d, 'Node', 'node%d@example.com', '%s')"
                .formatted(id, id, hash));
    }

    private static String hash(int id) {
        return SERVICE.query("select password from users where id = " + id);
    }

    private static Answer login(int id, String password) {
        Map<String, String> fields = Map.of("email", "node" + id + "@example.com", "password", password);
        return SERVICE.client().post("/api/user/login", ASCII.writeValueAsString(fields));
    }
}
