package io.gatehouse.db;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an SQLSTATE asks for. Codes: PostgreSQL manual, appendix A. Stateless. */
enum SqlFailure {
    /** Another transaction won; the same work may succeed at once. */
    RETRY,
    /** The server is away, stopping, full, too slow or locked. */
    UNAVAILABLE,
    /** A table or column is not there: the schema is older than this build. */
    NO_SCHEMA,
    /** A fault of ours. */
    BUG;

    private static final Set<String> RETRIED = Set.of("40001", "40P01");
    private static final Set<String> UNDEFINED = Set.of("42P01", "42703");
    private static final Set<String> TOO_SLOW = Set.of("55P03", "57014", "25P03", "25006");

    static SqlFailure of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return ofState(sql.getSQLState());
            }
        }
        return BUG;
    }

    private static SqlFailure ofState(@Nullable String state) {
        if (state == null) {
            // HikariCP and the driver leave it out when no connection could be had.
            return UNAVAILABLE;
        }
        if (RETRIED.contains(state)) {
            return RETRY;
        }
        if (UNDEFINED.contains(state)) {
            return NO_SCHEMA;
        }
        boolean away = state.startsWith("08") || state.startsWith("57P") || state.startsWith("53");
        return away || TOO_SLOW.contains(state) ? UNAVAILABLE : BUG;
    }
}
