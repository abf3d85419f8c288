package io.gatehouse.db;

import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What to say of a run that failed: the file, and PostgreSQL's own words instead of the statement around them. */
final class FailedChange {

    /** As Liquibase names a changeset: file, id, author. */
    private static final Pattern CHANGE = Pattern.compile("changeset (\\S+)::\\S+::");

    private static final String LOCK_TIMEOUT = "55P03";

    private FailedChange() {}

    static String words(Exception failure) {
        String text = String.valueOf(failure.getMessage());
        Matcher change = CHANGE.matcher(text);
        @Nullable SQLException cause = cause(failure);
        if (cause == null || !change.find()) {
            return "The changelog could not be run: " + text;
        }
        return change.group(1) + " failed, and whatever it did was taken back unless it does not run in a transaction: "
                + said(cause);
    }

    /** The message alone, without the place in the function; the driver keeps details back, which may show a row. */
    private static String said(SQLException cause) {
        if (LOCK_TIMEOUT.equals(cause.getSQLState())) {
            return "another session held a table for longer than a change waits; end it (see pg_stat_activity) and run"
                    + " this again";
        }
        ServerErrorMessage answer = cause instanceof PSQLException failure ? failure.getServerErrorMessage() : null;
        return String.valueOf(answer == null ? cause.getMessage() : answer.getMessage());
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
