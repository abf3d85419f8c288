package io.gatehouse.db.lint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A changeset file as the checks see it.
 *
 * @param name under which {@code changelog.yaml} includes it, such as {@code changes/0001_create_users.sql}
 * @param text all of it
 */
record ChangeFile(String name, String text) {

    private static final Pattern NAME = Pattern.compile("(\\d{4})(_[a-z0-9]+){2,}\\.sql");
    private static final Pattern HEADER = Pattern.compile("(?im)^[ \\t]*--\\s*changeset\\s+(\\S+?):(\\S+)(.*)$");
    private static final Pattern COMMENT = Pattern.compile("(?m)^--comment:(.*)$");

    /** Liquibase takes blanks before and after the dashes, and any case. */
    private static final Pattern ROLLBACK_LINE = Pattern.compile("(?im)^[ \\t]*--\\s*rollback (.*)$");

    private static final Pattern ROLLBACK_BLOCK = Pattern.compile("(?is)/\\*\\s*liquibase rollback\\s*\n(.*?)\\*/");

    static ChangeFile read(Path db, String name) {
        try {
            return new ChangeFile(name, Files.readString(db.resolve(name)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code changes} or {@code adopt}. */
    String folder() {
        return name.substring(0, name.indexOf('/'));
    }

    String simpleName() {
        return name.substring(name.indexOf('/') + 1);
    }

    /** Its number; empty where the name has another form than {@code NNNN_verb_object.sql}. */
    Optional<Integer> number() {
        Matcher matcher = NAME.matcher(simpleName());
        return matcher.matches() ? Optional.of(Integer.valueOf(matcher.group(1))) : Optional.empty();
    }

    /** The id that belongs to the name. */
    String expectedId() {
        String id = simpleName().replace(".sql", "").replace('_', '-');
        return folder().equals("changes") ? id : folder() + "-" + id;
    }

    /** Author, id and attributes of each changeset in it. */
    List<MatchResult> headers() {
        return HEADER.matcher(text).results().toList();
    }

    boolean inTransaction() {
        return headers().stream().noneMatch(header -> header.group(3).contains("runInTransaction:false"));
    }

    Optional<String> comment() {
        Matcher matcher = COMMENT.matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1).strip()) : Optional.empty();
    }

    /** The lines that Liquibase takes for a rollback, as they stand there. */
    List<String> rollbackLines() {
        return ROLLBACK_LINE
                .matcher(text)
                .results()
                .map(line -> line.group().strip())
                .toList();
    }

    String rollback() {
        return Stream.of(ROLLBACK_LINE, ROLLBACK_BLOCK)
                .flatMap(form -> form.matcher(text).results())
                .map(found -> found.group(1))
                .collect(Collectors.joining("\n"));
    }

    List<String> up() {
        return SqlText.statements(text);
    }

    List<String> down() {
        return SqlText.statements(rollback());
    }

    @Override
    public String toString() {
        return "db/" + name;
    }
}
