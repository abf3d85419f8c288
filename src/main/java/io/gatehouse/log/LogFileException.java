package io.gatehouse.log;

/** The log file cannot be used. The message names the mend. */
public final class LogFileException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LogFileException(String message) {
        super(message);
    }
}
