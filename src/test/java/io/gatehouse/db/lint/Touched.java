package io.gatehouse.db.lint;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Which tables statements make and lock, read off their text as {@link SqlText} gives it. Stateless. */
final class Touched {

    private static final Pattern CREATED =
            Pattern.compile("^create (?:unlogged )?table (?:if not exists )?(?<table>\\w+)");

    private static final Pattern REFERENCED = Pattern.compile("\\breferences (?<table>\\w+)");

    private static final List<Pattern> LOCKED = List.of(
            Pattern.compile("^alter table (?:if exists )?(?:only )?(?<table>\\w+)"),
            Pattern.compile("^drop table (?:if exists )?(?<table>\\w+)"),
            Pattern.compile("^truncate (?:table )?(?<table>\\w+)"),
            Pattern.compile("^comment on (?:table|column) (?<table>\\w+)"),
            Pattern.compile("^comment on constraint \\w+ on (?<table>\\w+)"),
            Pattern.compile("^create (?:unique )?index .*?\\bon (?:only )?(?<table>\\w+)"),
            Pattern.compile("^(?:create|create or replace|drop) (?:constraint )?(?:trigger|policy|rule) .*?"
                    + "\\b(?:on|to) (?<table>\\w+)"),
            REFERENCED);

    /** The statement names no table; an index that the file does not make lies on one that exists. */
    private static final Pattern INDEX =
            Pattern.compile("^(?:drop|alter|comment on) index (?:concurrently )?(?:if exists )?(?<table>\\w+)");

    private static final Pattern CREATED_INDEX =
            Pattern.compile("^create (?:unique )?index (?:concurrently )?(?:if not exists )?(?<table>\\w+) on");

    private Touched() {}

    /** Tables and indexes that are nobody else's yet. */
    static Set<String> created(Collection<String> statements) {
        return found(Stream.of(CREATED, CREATED_INDEX), statements);
    }

    static Set<String> referenced(Collection<String> statements) {
        return found(Stream.of(REFERENCED), statements);
    }

    /** Tables, and indexes whose table is not named, on which they take a lock that others may wait for. */
    static Set<String> locked(Collection<String> statements) {
        return found(Stream.concat(LOCKED.stream(), Stream.of(INDEX)), statements);
    }

    private static Set<String> found(Stream<Pattern> patterns, Collection<String> statements) {
        Set<String> tables = new TreeSet<>();
        patterns.forEach(pattern -> statements.forEach(
                statement -> pattern.matcher(statement).results().forEach(found -> tables.add(found.group("table")))));
        return tables;
    }
}
