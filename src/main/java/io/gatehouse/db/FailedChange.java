package io.gatehouse.db;

import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What to say of a run that failed: the file, and PostgreSQL's own words instead of the statement around them. */
final class FailedChange {

    /** As Liquibase names a changeset: file, id, author. */
    private static final Pattern CHANGE = Pattern.compile("changeset (\\S+)::\\S+::");

    private FailedChange() {}

    static String words(Exception failure) {
        String text = String.valueOf(failure.getMessage());
        Matcher change = CHANGE.matcher(text);
        @Nullable SQLException cause = cause(failure);
        if (cause == null || !change.find()) {
            return "The changelog could not be run: " + text;
        }
        return change.group(1) + " failed, and whatever it did was taken back unless it does not run in a transaction: "
                + cause.getMessage();
    }

    private static @Nullable SQLException cause(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return sql;
            }
        }
        return null;
    }
}
