package io.gatehouse.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The process environment over the {@code .env} file of a folder; the only place that looks at either. Where both
 * name a key, the process environment counts.
 */
public final class Environment {

    private final Path file;
    private final Map<String, String> process;

    public Environment(Path folder, Map<String, String> process) {
        this.file = folder.resolve(".env");
        this.process = Map.copyOf(process);
    }

    /** Of the running process, in its working directory. */
    public static Environment ofProcess() {
        return new Environment(Path.of(""), System.getenv());
    }

    /**
     * Both sources merged.
     *
     * @throws InvalidSettingsException if {@code .env} cannot be parsed
     */
    public Map<String, String> values() {
        Map<String, String> merged = new HashMap<>(declared());
        merged.putAll(process);
        return Map.copyOf(merged);
    }

    /**
     * Writes keys that have no value yet to {@code .env}, each with a fresh one, and makes the file readable for its
     * owner only. What has a value stays as it is.
     *
     * @return the keys that were written
     */
    public List<String> createMissing(Map<String, Supplier<String>> fresh) {
        Map<String, String> present = values();
        List<String> missing = fresh.keySet().stream()
                .filter(key -> present.getOrDefault(key, "").isBlank())
                .sorted()
                .toList();
        if (!missing.isEmpty()) {
            Map<String, String> values = new TreeMap<>();
            missing.forEach(key ->
                    values.put(key, Objects.requireNonNull(fresh.get(key)).get()));
            write(values);
        }
        return missing;
    }

    /** Fills empty lines of the keys, as in a copied sample, and appends the others; all or nothing. */
    private void write(Map<String, String> values) {
        try {
            String text = Files.exists(file) ? Files.readString(file) : "";
            StringBuilder appended = new StringBuilder();
            for (Map.Entry<String, String> value : values.entrySet()) {
                String line = value.getKey() + "=" + value.getValue();
                Matcher empty =
                        Pattern.compile("(?m)^" + value.getKey() + "=[ \\t]*$").matcher(text);
                if (empty.find()) {
                    text = text.substring(0, empty.start()) + line + text.substring(empty.end());
                } else {
                    appended.append(line).append('\n');
                }
            }
            if (!appended.isEmpty()) {
                text += (text.isEmpty() || text.endsWith("\n") ? "" : "\n")
                        + "# Made by the first start of ./gatehouse serve.\n" + appended;
            }
            replace(text);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write .env; make the folder writable or set the keys yourself", e);
        }
    }

    /** By a second file that takes the first one's place, so that a kill in between loses nothing. */
    private void replace(String text) throws IOException {
        Path next = file.resolveSibling(".env.next");
        Files.deleteIfExists(next);
        Files.createFile(next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(next, text, StandardOpenOption.SYNC);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private Map<String, String> declared() {
        try {
            return Files.exists(file) ? DotEnv.parse(Files.readString(file)) : Map.of();
        } catch (IOException e) {
            throw new InvalidSettingsException(List.of(".env cannot be read; make it a UTF-8 file that you may read"));
        }
    }
}
