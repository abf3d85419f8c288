package io.gatehouse;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** SIGHUP, by which operators have a service look at its settings again; without a handler it ends the process. */
final class Hangup {

    private static final Logger log = LoggerFactory.getLogger(Hangup.class);

    private Hangup() {}

    /**
     * Does something whenever the signal comes, in a thread of its own; never where there is no such signal.
     *
     * <p>Through reflection, because the compiler warns of {@code sun.misc.Signal}, with no way to say that we mean it;
     * the JDK has no other way to hear of signals.
     */
    static void then(Runnable work) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object ours =
                    Proxy.newProxyInstance(Hangup.class.getClassLoader(), new Class<?>[] {handler}, (InvocationHandler)
                            (proxy, method, given) -> {
                                work.run();
                                return null;
                            });
            Object _ = signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), ours);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            log.atDebug().setCause(e).log("no SIGHUP here");
        }
    }
}
