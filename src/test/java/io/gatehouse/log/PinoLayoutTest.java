package io.gatehouse.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PinoLayoutTest {

    private static final JsonMapper JSON = new JsonMapper();

    private final PinoLayout layout = new PinoLayout(1, "h");

    @Test
    void lineOfARequestHasPinosFieldsInPinosOrder() {
        LoggingEvent event = event(Level.INFO, "request completed", Map.of("reqId", "1234567890123456789"));
        event.setKeyValuePairs(List.of(new KeyValuePair("path", "/api/health"), new KeyValuePair("status", 200)));

        assertThat(layout.doLayout(event))
                .isEqualTo("{\"level\":30,\"time\":1764000000000,\"pid\":1,\"hostname\":\"h\","
                        + "\"reqId\":\"1234567890123456789\",\"context\":\"X\",\"path\":\"/api/health\","
                        + "\"status\":200,\"msg\":\"request completed\"}\n");
    }

    @Test
    void linesThatBothCanWriteAreTheSameButForTheContext() throws IOException {
        List<String> samples = samples();

        assertThat(withoutContext(layout.doLayout(event(Level.INFO, "hello")))).isEqualTo(samples.get(0));

        LoggingEvent odd = event(Level.INFO, null);
        JsonNode sample = JSON.readTree(samples.get(4));
        odd.setKeyValuePairs(List.of(
                new KeyValuePair("a", sample.path("a").stringValue()),
                new KeyValuePair("c", null),
                new KeyValuePair("d", 1.5),
                new KeyValuePair("e", false)));
        assertThat(JSON.readTree(withoutContext(layout.doLayout(odd)))).isEqualTo(sample);
    }

    @Test
    void levelsHavePinosNumbers() {
        assertThat(number(Level.TRACE)).isEqualTo(10);
        assertThat(number(Level.DEBUG)).isEqualTo(20);
        assertThat(number(Level.INFO)).isEqualTo(30);
        assertThat(number(Level.WARN)).isEqualTo(40);
        assertThat(number(Level.ERROR)).isEqualTo(50);
    }

    @Test
    void errorsStandUnderErrWithTypeMessageAndStack() {
        LoggingEvent event = event(Level.ERROR, "unhandled exception");
        event.setThrowableProxy(new ch.qos.logback.classic.spi.ThrowableProxy(new IllegalStateException("boom")));

        JsonNode line = JSON.readTree(layout.doLayout(event));

        assertThat(line.path("err").path("type").stringValue()).isEqualTo("java.lang.IllegalStateException");
        assertThat(line.path("err").path("message").stringValue()).isEqualTo("boom");
        assertThat(line.path("err").path("stack").stringValue()).contains("PinoLayoutTest");
        assertThat(line.propertyNames()).containsSequence("context", "err", "msg");
    }

    @Test
    void noLineIsLongerThanSixteenKibAndACutOneSaysSo() {
        String faces = "\ud83d\ude00".repeat(50_000);
        LoggingEvent event = event(Level.ERROR, "\u0001".repeat(40_000), Map.of("reqId", "1"));
        event.setKeyValuePairs(List.of(new KeyValuePair("a", faces), new KeyValuePair("b", "\"".repeat(100_000))));
        event.setThrowableProxy(
                new ch.qos.logback.classic.spi.ThrowableProxy(new IllegalStateException("x".repeat(100_000))));

        String text = layout.doLayout(event);
        JsonNode line = JSON.readTree(text);

        assertThat(text.getBytes(StandardCharsets.UTF_8).length).isBetween(2_000, PinoLayout.MOST_BYTES);
        assertThat(line.path("truncated").booleanValue()).isTrue();
        assertThat(line.path("reqId").stringValue()).isEqualTo("1");
        assertThat(faces).startsWith(line.path("a").stringValue());
        assertThat(line.path("a").stringValue()).isNotEmpty();
        assertThat(line.path("err").path("stack").stringValue()).startsWith("java.lang.IllegalStateException: xxx");
    }

    @Test
    void aLineThatFitsIsNotCut() {
        LoggingEvent event = event(Level.INFO, "x".repeat(15_000));

        assertThat(layout.doLayout(event)).hasSizeGreaterThan(15_000).doesNotContain("truncated");
    }

    @Test
    void coloursAreForTerminalsOnly() {
        assertThat(new PrettyLayout(false).doLayout(event(Level.WARN, "m"))).doesNotContain("\u001b");
        assertThat(new PrettyLayout(true).doLayout(event(Level.WARN, "m"))).contains("\u001b[33mWARN \u001b[0m (X) m");
    }

    @Test
    void prettyLinesHoldNoControlCharacters() {
        LoggingEvent event = event(Level.INFO, "m");
        event.setKeyValuePairs(List.of(new KeyValuePair("a", "x\u001b[31m\ny")));

        assertThat(new PrettyLayout(false).doLayout(event)).endsWith("INFO  (X) m a=x?[31m?y\n");
    }

    private int number(Level level) {
        return JSON.readTree(layout.doLayout(event(level, "x"))).path("level").intValue();
    }

    private static String withoutContext(String line) {
        return line.replace(",\"context\":\"X\"", "").stripTrailing();
    }

    private static LoggingEvent event(Level level, @Nullable String message) {
        return event(level, message, Map.of());
    }

    private static LoggingEvent event(Level level, @Nullable String message, Map<String, String> bindings) {
        Logger logger = new LoggerContext().getLogger("io.gatehouse.X");
        LoggingEvent event = new LoggingEvent("fqcn", logger, level, message, null, null);
        event.setInstant(Instant.ofEpochMilli(1_764_000_000_000L));
        event.setMDCPropertyMap(bindings);
        return event;
    }

    private static List<String> samples() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(PinoLayoutTest.class.getResourceAsStream("/vectors/pino.ndjson"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }
}
