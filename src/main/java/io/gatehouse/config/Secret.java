package io.gatehouse.config;

import java.nio.charset.StandardCharsets;

/**
 * A setting that must never be shown: its text form is a mask, so that a log line, an exception or a record that
 * holds one cannot give it away.
 *
 * @param value the secret itself; empty means none
 */
public record Secret(String value) {

    /** No secret at all. */
    public static final Secret NONE = new Secret("");

    /** Whether there is none. */
    public boolean isEmpty() {
        return value.isEmpty();
    }

    /** The secret as UTF-8 bytes, a fresh array. */
    public byte[] bytes() {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return isEmpty() ? "(none)" : "***";
    }
}
