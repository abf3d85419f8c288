package io.gatehouse.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.CommandRun;
import io.gatehouse.support.LauncherProcess.Ran;
import io.gatehouse.support.LogCapture;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PhoneTest {

    private static final String PROFILE = "/api/user/profile";

    @RegisterExtension
    private static final TestService SERVICE = new TestService();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "+49 30 123456, +4930123456",
        "+49 (0)30 / 123 456, +4930123456",
        "+1 (415) 555-2671, +14155552671",
        "\uff0b86 138 0013 8000, +8613800138000",
        "tel:+44-20-7946-0958, +442079460958"
    })
    void aNumberIsKeptInE164(String typed, String kept) {
        TestClient client = SERVICE.client().signedIn("phone" + Integer.toHexString(typed.hashCode()) + "@example.com");

        Answer changed = client.patch(PROFILE, "{\"phone\":\"" + typed + "\"}");

        assertThat(changed.status()).isEqualTo(200);
        assertThat(phone(changed)).isEqualTo(kept);
        assertThat(phone(client.get(PROFILE))).isEqualTo(kept);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "030 123456",
                "+49",
                "+49 1",
                "+999 123456789",
                "+49 30 123456 ext. 7",
                "+4930123456789012345",
                "hello"
            })
    void whatIsNoNumberIsRefusedAndNothingChanges(String typed) {
        TestClient client =
                SERVICE.client().signedIn("nophone" + Integer.toHexString(typed.hashCode()) + "@example.com");
        client.patch(PROFILE, "{\"phone\":\"+14155552671\"}");

        Answer answer = client.patch(PROFILE, "{\"name\":\"Grace\",\"phone\":\"" + typed + "\"}");

        assertThat(answer.code()).isEqualTo(42200);
        assertThat(answer.body().path("detail").path("phone").stringValue())
                .isEqualTo("must be a telephone number with + and the country code, without an extension");
        assertThat(phone(client.get(PROFILE))).isEqualTo("+14155552671");
        assertThat(client.get(PROFILE).data().path("name").stringValue()).isEqualTo("Ada");
    }

    @Test
    void leavingItOutKeepsItAndNullTakesItAway() {
        TestClient client = SERVICE.client().signedIn("gone@example.com");
        client.patch(PROFILE, "{\"name\":\"Grace\",\"phone\":\"+14155552671\"}");

        assertThat(phone(client.patch(PROFILE, "{\"name\":\"Ada\"}"))).isEqualTo("+14155552671");
        Answer removed = client.patch(PROFILE, "{\"phone\":null}");

        assertThat(removed.data().path("phone").isNull()).isTrue();
        assertThat(removed.data().path("name").stringValue()).isEqualTo("Ada");
        assertThat(SERVICE.query("select num_nulls(phone_sealed, phone_index, phone_key_id) from users"
                        + " where email = 'gone@example.com'"))
                .isEqualTo("3");
    }

    @Test
    void theNumberIsNowhereInClear() {
        try (LogCapture log = LogCapture.trace()) {
            TestClient client = SERVICE.client().signedIn("sealed@example.com");
            client.patch(PROFILE, "{\"phone\":\"+49 171 7654321\"}");
            client.patch(PROFILE, "{\"phone\":\"+49 171 7654321 nonsense\"}");
            client.get(PROFILE);
            client.get("/api/session");

            String row = SERVICE.query(
                    "select row_to_json(u)::text || encode(phone_sealed, 'escape') || encode(phone_index, 'escape')"
                            + " from users u where email = 'sealed@example.com'");
            assertThat(row).contains("phone_sealed").doesNotContain("7654321");
            assertThat(log.lines()).isNotEmpty().noneMatch(line -> line.contains("7654321"));
            SERVICE.eachRedis(redis -> redis.keys("*")
                    .forEach(key -> assertThat(redis.dump(key))
                            .satisfies(
                                    dump -> assertThat(new String(dump, java.nio.charset.StandardCharsets.ISO_8859_1))
                                            .doesNotContain("7654321"))));
        }
    }

    @Test
    void operatorsFindAccountsByNumber() throws Exception {
        for (String name : new String[] {"one", "two"}) {
            SERVICE.client().signedIn(name + "@find.example.com").patch(PROFILE, "{\"phone\":\"+33 1 23 45 67 89\"}");
        }

        Ran found = find("+33123456789");
        Ran none = find("+33123456780");
        Ran wrong = find("12");

        assertThat(found.exitCode()).as(found.output()).isZero();
        assertThat(found.output()).contains("one@find.example.com", "two@find.example.com", "2 found");
        assertThat(none.exitCode()).isEqualTo(1);
        assertThat(none.output()).contains("0 found");
        assertThat(wrong.exitCode()).isEqualTo(1);
        assertThat(wrong.output()).contains("Not possible: the value must be a telephone number");
    }

    /** Who has lost a key must still be able to sign in. */
    @Test
    void aNumberThatCannotBeOpenedIsLoggedAndNotShown() {
        TestClient client = SERVICE.client().signedIn("tampered@example.com");
        client.patch(PROFILE, "{\"phone\":\"+14155552671\"}");
        SERVICE.execute("update users set phone_sealed = phone_sealed || '\\x00' where email = 'tampered@example.com'");
        try (LogCapture log = LogCapture.info()) {
            Answer profile = client.get(PROFILE);

            assertThat(profile.status()).isEqualTo(200);
            assertThat(profile.data().path("phone").isNull()).isTrue();
            assertThat(SERVICE.client().login("tampered@example.com").status()).isEqualTo(200);
            assertThat(log.lines())
                    .filteredOn(line -> line.contains("a telephone number cannot be opened"))
                    .hasSize(2);
        }
    }

    private Ran find(String number) throws Exception {
        return CommandRun.run(folder, SERVICE.asEnvironment(), "user", "find", "--phone", number);
    }

    private static String phone(Answer answer) {
        return answer.data().path("phone").stringValue();
    }
}
