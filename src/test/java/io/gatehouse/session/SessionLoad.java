package io.gatehouse.session;

import static io.gatehouse.support.Await.pause;

import io.gatehouse.support.BreakerMetrics;
import io.gatehouse.support.TestService;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Constant load of {@code GET /api/session}: many live sessions over 64 connections that are spread over all replicas,
 * each session being used at each replica, and some more connections that ask for nothing but sessions that have been
 * revoked. Every call is kept until it is {@linkplain #drain drained}. Thread-safe.
 */
final class SessionLoad implements AutoCloseable {

    private static final int CONNECTIONS = 64;
    private static final int WATCHERS_PER_REPLICA = 2;
    private static final int WATCHED = 24;
    private static final Duration PAUSE = Duration.ofMillis(25);
    private static final Duration WATCHERS_PAUSE = Duration.ofMillis(1);

    /** {@code REDIS_TIMEOUT_MS}: a revocation that took less has not waited for Redis in vain. */
    private static final Duration REDIS_TIMEOUT = Duration.ofMillis(250);

    /** A revocation whose replica alone could not reach Redis is known to all after this time. */
    private static final Duration LATEST = Duration.ofSeconds(2);

    /** Far from each other, so that the sessions of one account do not die together. */
    private static final int NEXT_VICTIM = 37;

    private final List<TestService> replicas;
    private final List<String> cookies;
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private final Map<Integer, Revocation> revocations = new ConcurrentHashMap<>();
    private final AtomicInteger victims = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    SessionLoad(List<TestService> replicas, List<String> cookies) {
        this.replicas = replicas;
        this.cookies = cookies;
    }

    /**
     * One request and what came of it.
     *
     * @param begun before the first byte was sent, {@link System#nanoTime()}
     * @param ended after the last byte was read
     * @param status 0 if the connection broke
     */
    record Call(int session, int replica, long begun, long ended, int status) {

        Duration took() {
            return Duration.ofNanos(ended - begun);
        }
    }

    /**
     * The end of a session.
     *
     * @param begun before it was asked for
     * @param replied when it was said to be done; {@link Long#MAX_VALUE} until then, and if it never was
     * @param connected whether its replica asked Redis at all, before and after
     */
    record Revocation(int session, int replica, long begun, long replied, boolean connected) {

        /** Where the revoking replica alone could not reach Redis, the others may learn of it a little later. */
        boolean isKnownTo(Call call) {
            boolean reachedRedis = connected && replied - begun < REDIS_TIMEOUT.toNanos();
            boolean atOnce = reachedRedis || call.replica() == replica;
            return call.begun() > replied && (atOnce || call.begun() - replied > LATEST.toNanos());
        }

        long tookMillis() {
            return TimeUnit.NANOSECONDS.toMillis(replied - begun);
        }
    }

    void start() {
        for (int i = 0; i < CONNECTIONS; i++) {
            int connection = i;
            threads.add(Thread.startVirtualThread(() -> use(connection)));
        }
        for (int i = 0; i < WATCHERS_PER_REPLICA * replicas.size(); i++) {
            int replica = i % replicas.size();
            threads.add(Thread.startVirtualThread(() -> watch(replica)));
        }
    }

    /** All calls that ended since this was last asked. */
    List<Call> drain() {
        List<Call> drained = new ArrayList<>();
        for (Call call = calls.poll(); call != null; call = calls.poll()) {
            drained.add(call);
        }
        return drained;
    }

    /** Calls that ended after a moment and were not drained. */
    List<Call> since(long moment) {
        return calls.stream().filter(call -> call.ended() - moment > 0).toList();
    }

    /** Whether a call was made with a session that nobody had begun to revoke by the call's end. */
    boolean wasLive(Call call) {
        Revocation revocation = revocations.get(call.session());
        return revocation == null || revocation.begun() > call.ended();
    }

    /** Whether a call was begun with a session that had to be known to be revoked by then. */
    boolean wasRevoked(Call call) {
        Revocation revocation = revocations.get(call.session());
        return revocation != null && revocation.isKnownTo(call);
    }

    /** How long before a call its session was said to be revoked, and where: for people. */
    String tell(Call call) {
        Revocation revocation = revocations.get(call.session());
        return revocation == null
                ? call.toString()
                : "session %d, revoked at replica %d in %d ms: %d ms later %d at replica %d"
                        .formatted(
                                call.session(),
                                revocation.replica(),
                                revocation.tookMillis(),
                                TimeUnit.NANOSECONDS.toMillis(call.begun() - revocation.replied()),
                                call.status(),
                                call.replica());
    }

    /** Signs a session out that is live until now; what the service said. */
    int revokeOne(int replica) {
        int session = Math.floorMod(victims.getAndAdd(NEXT_VICTIM), cookies.size());
        while (revocations.containsKey(session)) {
            session = Math.floorMod(victims.incrementAndGet(), cookies.size());
        }
        boolean before = BreakerMetrics.closed(replicas.get(replica));
        long begun = System.nanoTime();
        revocations.put(session, new Revocation(session, replica, begun, Long.MAX_VALUE, false));
        try (KeptConnection connection =
                new KeptConnection(replicas.get(replica).port())) {
            int status = connection.send("POST", "/api/user/logout", cookies.get(session));
            long replied = status == 200 ? System.nanoTime() : Long.MAX_VALUE;
            boolean connected = before && BreakerMetrics.closed(replicas.get(replica));
            revocations.put(session, new Revocation(session, replica, begun, replied, connected));
            return status;
        } catch (IOException e) {
            return 0;
        }
    }

    private void use(int connection) {
        int replica = connection % replicas.size();
        int lanes = CONNECTIONS / replicas.size();
        int lane = connection / replicas.size();
        try (KeptConnection kept = new KeptConnection(replicas.get(replica).port())) {
            for (int i = lane; !stopped; i = i + lanes < cookies.size() ? i + lanes : lane) {
                call(kept, replica, i);
                pause(PAUSE);
            }
        }
    }

    private void watch(int replica) {
        try (KeptConnection kept = new KeptConnection(replicas.get(replica).port())) {
            while (!stopped) {
                for (Revocation revocation : latest()) {
                    call(kept, replica, revocation.session());
                    pause(WATCHERS_PAUSE);
                }
                pause(WATCHERS_PAUSE);
            }
        }
    }

    private List<Revocation> latest() {
        return revocations.values().stream()
                .sorted((one, other) -> Long.compare(other.begun(), one.begun()))
                .limit(WATCHED)
                .toList();
    }

    private void call(KeptConnection connection, int replica, int session) {
        long begun = System.nanoTime();
        int status;
        try {
            status = connection.send("GET", "/api/session", cookies.get(session));
        } catch (IOException e) {
            status = 0;
        }
        calls.add(new Call(session, replica, begun, System.nanoTime(), status));
    }

    @Override
    public void close() {
        stopped = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
