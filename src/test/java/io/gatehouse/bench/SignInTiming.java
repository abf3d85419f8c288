package io.gatehouse.bench;

import io.gatehouse.support.ServeProcess;
import io.gatehouse.support.TestClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * Whether the time of a refused sign-in tells if there is such an account: an unknown e-mail and a wrong password, in
 * turn, against a service as it is shipped, with argon2 at its defaults. Prints medians and quartiles in ms.
 */
final class SignInTiming {

    private static final int TRIES = 200;
    private static final int WARM_UPS = 10;

    private SignInTiming() {}

    static void run() throws IOException {
        Path folder = Files.createTempDirectory("bench");
        Map<String, String> environment = Map.of(
                "ARGON2_MEMORY_KIB", "65536",
                "ARGON2_TIME_COST", "3",
                "ARGON2_PARALLELISM", "4",
                "LOGIN_THROTTLE_LIMIT", "100000",
                "LOGIN_ADDRESS_THROTTLE_LIMIT", "100000",
                "THROTTLE_LIMIT", "1000000",
                "SHORT_THROTTLE_LIMIT", "1000000");
        try (ServeProcess service = ServeProcess.serve(folder, environment)) {
            TestClient client = service.client();
            client.register("known@example.com");
            double[] unknown = new double[TRIES];
            double[] wrong = new double[TRIES];
            for (int i = -WARM_UPS; i < TRIES; i++) {
                double first = refused(client, "unknown" + i + "@example.com");
                double second = refused(client, "known@example.com");
                if (i >= 0) {
                    unknown[i] = first;
                    wrong[i] = second;
                }
                if (i % 50 == 0) {
                    System.out.println("  " + i + " of " + TRIES);
                }
            }
            print("unknown e-mail", unknown);
            print("wrong password", wrong);
            System.out.printf("ratio of the medians %.3f%n", median(unknown) / median(wrong));
        }
    }

    private static double refused(TestClient client, String email) {
        long begun = System.nanoTime();
        int status = client.login(email, "not the password of anybody").status();
        if (status != 401) {
            throw new IllegalStateException("Expected 401, got " + status);
        }
        return (System.nanoTime() - begun) / 1e6;
    }

    private static void print(String name, double[] millis) {
        Arrays.sort(millis);
        System.out.printf(
                "%-15s median %.2f ms, quartiles %.2f and %.2f%n",
                name, median(millis), millis[millis.length / 4], millis[millis.length * 3 / 4]);
    }

    private static double median(double[] sorted) {
        return sorted[sorted.length / 2];
    }
}
