package io.gatehouse.crypto;

import com.sun.jna.Function;
import com.sun.jna.Platform;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much of a busy processor a thread gets, by {@code setpriority(2)}. Linux alone gives every thread a niceness of its
 * own, which the threads that it starts inherit; elsewhere nothing is done. Stateless.
 */
final class Niceness {

    private static final Logger log = LoggerFactory.getLogger(Niceness.class);

    private static final int PRIO_PROCESS = 0;
    private static final int THIS_THREAD = 0;

    private Niceness() {}

    /** @param niceness 0 as usual to 19 least; who is not root cannot take it back */
    static void ofThisThread(int niceness) {
        if (!Platform.isLinux()) {
            return;
        }
        try {
            Function setpriority = Function.getFunction(Platform.C_LIBRARY_NAME, "setpriority");
            int refused = setpriority.invokeInt(new Object[] {PRIO_PROCESS, THIS_THREAD, niceness});
            if (refused != 0) {
                log.warn("the system refuses to make password hashing give way to requests");
            }
        } catch (LinkageError | RuntimeException e) {
            log.warn("password hashing cannot be made to give way to requests", e);
        }
    }
}
