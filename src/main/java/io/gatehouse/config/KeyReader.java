package io.gatehouse.config;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Reads typed values from a map of strings, and collects what is wrong instead of stopping at the first problem: a
 * bad value is reported and the default stands in until the whole is refused. An empty value counts as unset.
 * Not thread-safe; lives for one reading.
 */
final class KeyReader {

    private final Map<String, String> values;
    private final List<String> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final Map<String, String> shown = new LinkedHashMap<>();

    KeyReader(Map<String, String> values) {
        this.values = values;
    }

    List<String> problems() {
        return problems;
    }

    List<String> warnings() {
        return warnings;
    }

    /** Every key read so far with its value in force, secrets masked; in reading order. */
    Map<String, String> shown() {
        return shown;
    }

    void problem(String key, String mend) {
        problems.add(key + " " + mend);
    }

    void warning(String key, String text) {
        warnings.add(key + " " + text);
    }

    Optional<String> text(String key) {
        Optional<String> value = raw(key);
        shown.put(key, value.orElse(""));
        return value;
    }

    String text(String key, String fallback) {
        String value = raw(key).orElse(fallback);
        shown.put(key, value);
        return value;
    }

    Secret secret(String key) {
        Secret secret = raw(key).map(Secret::new).orElse(Secret.NONE);
        shown.put(key, secret.toString());
        return secret;
    }

    List<String> list(String key) {
        return text(key)
                .map(text -> Arrays.stream(text.split(","))
                        .map(String::strip)
                        .filter(part -> !part.isEmpty())
                        .toList())
                .orElse(List.of());
    }

    /** A comma-separated list of secrets. */
    List<Secret> secrets(String key) {
        Secret all = secret(key);
        return Arrays.stream(all.value().split(","))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .map(Secret::new)
                .toList();
    }

    int integer(String key, int fallback, int least, int most) {
        return (int) number(key, fallback, least, most);
    }

    Duration millis(String key, long fallback, long least, long most) {
        return Duration.ofMillis(number(key, fallback, least, most));
    }

    Duration seconds(String key, long fallback, long least, long most) {
        return Duration.ofSeconds(number(key, fallback, least, most));
    }

    boolean flag(String key, boolean fallback) {
        return oneOf(key, Map.of("true", true, "false", false), fallback);
    }

    /** One of the named choices; upper and lower case do not matter. */
    <T> T oneOf(String key, Map<String, T> choices, T fallback) {
        Optional<String> value = text(key);
        if (value.isEmpty()) {
            shown.put(key, nameOf(choices, fallback));
            return fallback;
        }
        T choice = choices.get(value.get().toLowerCase(Locale.ROOT));
        if (choice == null) {
            problem(
                    key,
                    "is \"%s\"; use one of %s"
                            .formatted(
                                    value.get(),
                                    String.join(
                                            ", ",
                                            choices.keySet().stream().sorted().toList())));
            return fallback;
        }
        return choice;
    }

    Instant instant(String key, Instant fallback) {
        String value = text(key, fallback.toString());
        try {
            return Instant.parse(value);
        } catch (DateTimeException e) {
            problem(key, "is \"%s\"; write an instant such as 2025-01-01T00:00:00.000Z".formatted(value));
            return fallback;
        }
    }

    /** An enum's values by the names that people write. */
    static <E extends Enum<E>> Map<String, E> choices(E[] values, Function<E, String> name) {
        return Arrays.stream(values).collect(Collectors.toUnmodifiableMap(name, Function.identity()));
    }

    private long number(String key, long fallback, long least, long most) {
        String value = text(key, Long.toString(fallback));
        // Plain digits only: parseLong would take other scripts' digits and a plus sign.
        if (value.matches("-?[0-9]{1,18}")) {
            long number = Long.parseLong(value);
            if (least <= number && number <= most) {
                return number;
            }
        }
        problem(key, "is \"%s\"; use a whole number from %d to %d".formatted(value, least, most));
        return fallback;
    }

    private Optional<String> raw(String key) {
        return Optional.ofNullable(values.get(key)).map(String::strip).filter(value -> !value.isEmpty());
    }

    private static <T> String nameOf(Map<String, T> choices, T wanted) {
        return choices.entrySet().stream()
                .filter(choice -> choice.getValue().equals(wanted))
                .map(Map.Entry::getKey)
                .max(Comparator.comparingInt(String::length))
                .orElse("");
    }
}
