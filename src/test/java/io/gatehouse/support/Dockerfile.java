package io.gatehouse.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The instructions of a Dockerfile, as far as tests look at them: one name and one line of arguments each. */
public record Dockerfile(List<Instruction> instructions) {

    private static final JsonMapper JSON = new JsonMapper();

    /** One line, continued ones joined. */
    public record Instruction(String name, String arguments) {

        private static Instruction of(String line) {
            String[] parts = line.split(" +", 2);
            if (parts.length < 2) {
                throw new IllegalArgumentException("No arguments: " + line);
            }
            return new Instruction(parts[0], parts[1].trim());
        }
    }

    public static Dockerfile read(Path file) throws IOException {
        String text = Files.readString(file).replaceAll("(?m)^#.*\\R", "").replaceAll("\\\\\\R\\s*", "");
        return new Dockerfile(text.lines()
                .filter(line -> !line.isBlank())
                .map(Instruction::of)
                .toList());
    }

    public List<String> names() {
        return instructions.stream().map(Instruction::name).toList();
    }

    public List<String> arguments(String name) {
        return instructions.stream()
                .filter(instruction -> instruction.name().equals(name))
                .map(Instruction::arguments)
                .toList();
    }

    /** The last such instruction's command, which has to be in exec form. */
    public List<String> exec(String name) {
        String last = arguments(name).getLast();
        return JSON.readValue(last.substring(last.indexOf('[')), new TypeReference<List<String>>() {});
    }

    /** What it takes from the folder that it is built in, sorted. */
    public List<String> copied() {
        return sources(arguments("COPY").stream().filter(line -> !line.startsWith("--from=")))
                .sorted()
                .toList();
    }

    /** What it takes from an earlier stage. */
    public List<String> copiedFrom(String stage) {
        String prefix = "--from=" + stage + " ";
        return sources(arguments("COPY").stream()
                        .filter(line -> line.startsWith(prefix))
                        .map(line -> line.substring(prefix.length())))
                .toList();
    }

    private static Stream<String> sources(Stream<String> lines) {
        return lines.map(line -> List.of(line.split(" +", -1)))
                .flatMap(words -> words.subList(0, words.size() - 1).stream());
    }
}
