package io.gatehouse.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.config.Environment;
import io.gatehouse.config.SettingsReader;
import io.gatehouse.crypto.EciesKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code id} and {@code keys}, which need no store. */
class SupportCommandsTest {

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void anIdTellsItsTimeWorkerAndSequence() {
        assertThat(id("118742423966478459")).isZero();

        // The vector: 1764000000001 ms, worker 5, process 7, increment 123, epoch 2025.
        assertThat(said())
                .contains("2025-11-24T16:00:00.001Z")
                .contains("worker    167  (worker 5, process 7")
                .contains("sequence  123");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-5", "abc", "9223372036854775808", "99999999999999999999", "1 2"})
    void whatIsNoIdIsWrongUsage(String text) {
        assertThatThrownBy(() -> id(text)).isInstanceOf(UsageException.class);
    }

    @Test
    void keysAreFreshAndGoodForProduction() throws IOException {
        new KeysCommand(out).run(List.of());
        Map<String, String> first = asDotEnv();
        bytes.reset();
        new KeysCommand(out).run(List.of());
        Map<String, String> second = asDotEnv();

        assertThat(first.keySet()).containsExactlyInAnyOrder("COOKIE_SECRET", "ECIES_PRIVATE_KEY", "ECIES_PUBLIC_KEY");
        assertThat(first.values()).doesNotContainAnyElementsOf(second.values());
        assertThat(EciesKey.parse(first.getOrDefault("ECIES_PRIVATE_KEY", ""))
                        .matches(first.getOrDefault("ECIES_PUBLIC_KEY", "")))
                .isTrue();
        Map<String, String> production = new HashMap<>(first);
        production.put("APP_ENV", "production");
        assertThat(SettingsReader.inspect(production, Clock.systemUTC()).problems())
                .noneMatch(problem -> problem.startsWith("COOKIE") || problem.startsWith("ECIES"));
    }

    private int id(String text) {
        return new IdCommand(Map.of(), Clock.systemUTC(), out).run(List.of(text));
    }

    private Map<String, String> asDotEnv() throws IOException {
        Files.writeString(folder.resolve(".env"), said());
        return new Environment(folder, Map.of()).values();
    }

    private String said() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
