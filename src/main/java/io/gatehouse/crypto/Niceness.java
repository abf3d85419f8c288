package io.gatehouse.crypto;

import com.sun.jna.Function;
import com.sun.jna.Platform;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much of a busy processor a thread gets, by {@code nice(2)}. Linux alone gives every thread a niceness of its own,
 * which the threads that it starts inherit; elsewhere nothing is done. Stateless.
 */
final class Niceness {

    private static final Logger log = LoggerFactory.getLogger(Niceness.class);

    private static final int REFUSED = -1;

    private Niceness() {}

    /** @param more 1 to 19, on top of what this thread has; only root can take it back */
    static void addToThisThread(int more) {
        if (!Platform.isLinux()) {
            return;
        }
        try {
            Function nice = Function.getFunction(Platform.C_LIBRARY_NAME, "nice");
            if (nice.invokeInt(new Object[] {more}) == REFUSED) {
                log.warn("the system refuses to make password hashing give way to requests");
            }
        } catch (LinkageError | RuntimeException e) {
            log.warn("password hashing cannot be made to give way to requests", e);
        }
    }
}
