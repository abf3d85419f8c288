package io.gatehouse.job;

import org.jspecify.annotations.Nullable;

/**
 * A run that has ended.
 *
 * @param rows that it dealt with; null unless it was completed
 * @param error why it was not completed
 * @param cause of a failure
 */
record Ended(
        Outcome outcome,
        @Nullable Long rows,
        @Nullable String error,
        @Nullable Throwable cause) {

    private static final int LONGEST_ERROR = 500;

    static Ended completed(long rows) {
        return new Ended(Outcome.COMPLETED, rows, null, null);
    }

    static Ended failed(Throwable cause) {
        String text = cause.getClass().getSimpleName() + ": " + cause.getMessage();
        return new Ended(Outcome.FAILED, null, text.substring(0, Math.min(text.length(), LONGEST_ERROR)), cause);
    }

    static Ended of(Outcome outcome, String error) {
        return new Ended(outcome, null, error, null);
    }

    boolean completed() {
        return outcome == Outcome.COMPLETED;
    }
}
