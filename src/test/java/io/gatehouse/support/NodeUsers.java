package io.gatehouse.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.support.TestClient.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Users of the Node service of whom some can sign in. Sampled user n has the password {@code node-password-n}, and a
 * hash that argon2 0.44.0 of Node made with its default parameters; all others have {@code node-password} behind a
 * cheap one.
 */
public final class NodeUsers {

    /** As node argon2 0.44.0 made it with memoryCost 1024, timeCost 2, parallelism 1. */
    private static final String CHEAP =
            "$argon2id$v=19$m=1024,t=2,p=1$DpRXo7v7BiZzTQGucRrMpg$qK1umtWXH8T8kl4yMtwihnjD+RxlmJI/+/i8XIPQFsQ";

    private static final Path HASHES = Path.of("src", "test", "resources", "node-hashes.txt");

    private NodeUsers() {}

    /** A Node database with so many users, some of them sampled. */
    public static Postgres make(TestStores stores, int users, int sampled) {
        Postgres made = NodeDatabase.make(stores);
        NodeDatabase.fill(made, users, CHEAP);
        List<String> hashes = hashes();
        for (int n = 0; n < sampled; n++) {
            TestStores.execute(
                    made,
                    "update users set password = '%s' where name = 'User %d'"
                            .formatted(hashes.get(n), number(n, users, sampled)));
        }
        TestStores.execute(made, "analyze users");
        return made;
    }

    /** Every sampled user signs in, and is who it was. */
    public static void signIn(TestService service, List<String> before, int sampled) {
        for (int n = 0; n < sampled; n++) {
            int number = number(n, before.size(), sampled);
            Answer answer = service.client().login("User" + number + "@Example.com", "node-password-" + n);
            assertThat(answer.status()).as("user " + number).isEqualTo(200);
            assertThat(before)
                    .anyMatch(row -> row.startsWith(
                            "[\"" + answer.data().path("id").stringValue() + "\", \"User " + number + "\", "));
        }
    }

    /** Those that are neither banned nor unverified have numbers that end in 0. */
    private static int number(int sample, int users, int sampled) {
        return sample * (users / sampled / 10) * 10;
    }

    /** What the launcher needs to reach a database. */
    public static Map<String, String> environment(Postgres database) {
        Map<String, String> environment = new HashMap<>(TestStores.environment(database));
        environment.put("SNOWFLAKE_EPOCH", NodeDatabase.EPOCH.toString());
        return environment;
    }

    private static List<String> hashes() {
        try {
            return Files.readAllLines(HASHES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
