package io.gatehouse.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

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
     * Appends keys that have no value yet to {@code .env}, each with a fresh one, and keeps the file readable for
     * its owner only. What is there stays as it is.
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
            append(missing.stream()
                    .map(key ->
                            key + "=" + Objects.requireNonNull(fresh.get(key)).get())
                    .toList());
        }
        return missing;
    }

    private void append(List<String> lines) {
        try {
            boolean continues = Files.exists(file) && Files.size(file) > 0;
            String text = (continues ? "\n" : "") + "# Made by the first start of ./gatehouse serve.\n"
                    + String.join("\n", lines) + "\n";
            if (!Files.exists(file)) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            Files.writeString(file, text, StandardOpenOption.APPEND, StandardOpenOption.SYNC);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write .env; make the folder writable or set the keys yourself", e);
        }
    }

    private Map<String, String> declared() {
        try {
            return Files.exists(file) ? DotEnv.parse(Files.readString(file)) : Map.of();
        } catch (IOException e) {
            throw new InvalidSettingsException(List.of(".env cannot be read; make it a UTF-8 file that you may read"));
        }
    }
}
