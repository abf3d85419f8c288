package io.gatehouse.session;

import static io.gatehouse.support.Await.pause;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.session.SessionLoad.Call;
import io.gatehouse.support.BreakerMetrics;
import io.gatehouse.support.TestService;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;

/**
 * What must hold whatever happens to Redis under load, for each fault: nobody is signed out, nobody who was signed out
 * comes back, nothing waits longer than both stores' time limits, and soon after the fault all is as before.
 */
final class RedisFaults implements AutoCloseable {

    private static final Duration REDIS_TIMEOUT = Duration.ofMillis(250);
    private static final Duration POSTGRE_TIMEOUT = Duration.ofSeconds(2);

    /** For a machine that has other things to do. */
    private static final Duration SLACK = Duration.ofSeconds(1);

    private static final Duration RECOVERY = Duration.ofSeconds(5);

    /** A request that has to wait for a store's time limit takes longer. */
    private static final Duration QUICK = Duration.ofMillis(200);

    /** How long all must be well to be called so. */
    private static final Duration WELL = Duration.ofMillis(300);

    private static final int REVOKED_BEFORE = 4;
    private static final int REVOKED_WITHIN = 8;

    /** Close to each other: the replicas do not go back to Redis at the same moment. */
    private static final int REVOKED_AFTER = 24;

    private static final Duration AFTER = Duration.ofMillis(700);

    private final List<TestService> replicas;
    private final SessionLoad load;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    RedisFaults(SessionLoad load, List<TestService> replicas) {
        this.load = load;
        this.replicas = replicas;
    }

    interface Step {
        void run() throws IOException;
    }

    /**
     * Something that happens to Redis.
     *
     * @param before while all is well, such as a snapshot; sessions are revoked between it and the strike
     * @param lasting from the strike to the lift
     */
    record Fault(String name, Step before, Step strike, Duration lasting, Step lift) {}

    /** Waits until the load has made so many calls and all is well. */
    void warmUp(int calls) {
        for (int made = load.drain().size(); made < calls; made += load.drain().size()) {
            pause(Duration.ofMillis(50));
        }
        awaitWell(System.nanoTime());
    }

    Footprint footprint() {
        load.drain();
        return Footprint.now();
    }

    /** Lets a fault strike under load and asserts every promise. */
    void survive(Fault fault) throws IOException {
        fault.before().run();
        assertThat(awaitWell(System.nanoTime())).as("normal before the fault").isLessThan(RECOVERY);
        load.drain();
        List<Integer> revoked = new ArrayList<>(revoke(REVOKED_BEFORE, Duration.ZERO));
        long begun = System.nanoTime();
        fault.strike().run();
        long struck = System.nanoTime();
        revoked.addAll(revoke(REVOKED_WITHIN, fault.lasting()));
        pause(fault.lasting().minusNanos(System.nanoTime() - struck));
        fault.lift().run();
        long lifted = System.nanoTime();
        var after = CompletableFuture.supplyAsync(() -> revoke(REVOKED_AFTER, AFTER), executor);
        Duration untilWell = awaitWell(lifted);
        revoked.addAll(after.join());
        pause(WELL);
        judge(new Seen(fault.name(), load.drain(), begun, lifted, untilWell, revoked));
    }

    /** Revokes so many sessions, spread over a time, at all replicas in turn; what the service said. */
    private List<Integer> revoke(int count, Duration within) {
        List<Integer> statuses = new ArrayList<>();
        long begun = System.nanoTime();
        for (int i = 0; i < count; i++) {
            pause(within.multipliedBy(i).dividedBy(count).minusNanos(System.nanoTime() - begun));
            statuses.add(load.revokeOne(i % replicas.size()));
        }
        return statuses;
    }

    /** From a moment to the beginning of the first time span in which all is well; at most the time to recover. */
    private Duration awaitWell(long from) {
        long well = from;
        while (well - from <= RECOVERY.toNanos()) {
            boolean closed = breakersClosed();
            long now = System.nanoTime();
            long lastBad = lastBad(well);
            well = closed ? lastBad : now;
            if (closed && now - well > WELL.toNanos()) {
                break;
            }
            pause(Duration.ofMillis(20));
        }
        return Duration.ofNanos(well - from);
    }

    /** When the last call ended that was not well; the given moment if all were. */
    private long lastBad(long from) {
        return load.since(from).stream()
                .filter(call -> !isWell(call))
                .mapToLong(Call::ended)
                .reduce(from, (one, other) -> one - other > 0 ? one : other);
    }

    private boolean isWell(Call call) {
        return call.took().compareTo(QUICK) < 0 && (call.status() == 200 || !load.wasLive(call));
    }

    private boolean breakersClosed() {
        return replicas.stream().allMatch(BreakerMetrics::closed);
    }

    /** What a fault did, judged by all calls that ended meanwhile. */
    private record Seen(
            String name, List<Call> calls, long begun, long lifted, Duration untilWell, List<Integer> revocations) {

        boolean isOutside(Call call) {
            return call.begun() - begun < 0
                    || call.begun() - lifted
                            > REDIS_TIMEOUT.plus(POSTGRE_TIMEOUT).toNanos();
        }
    }

    private void judge(Seen seen) {
        List<Call> live = seen.calls().stream().filter(load::wasLive).toList();
        List<Call> dead = seen.calls().stream().filter(load::wasRevoked).toList();
        System.out.printf(
                "%s (%d ms): live %s, revoked %s, revocations %s, slowest live %d ms,"
                        + " revoked %d ms, normal after %d ms%n",
                seen.name(),
                TimeUnit.NANOSECONDS.toMillis(seen.lifted() - seen.begun()),
                counts(live.stream().map(Call::status).toList()),
                counts(dead.stream().map(Call::status).toList()),
                counts(seen.revocations()),
                slowest(live).toMillis(),
                slowest(dead).toMillis(),
                seen.untilWell().toMillis());
        SoftAssertions.assertSoftly(all -> {
            all.assertThat(tell(live, call -> call.status() == 401))
                    .as("live sessions signed out")
                    .isEmpty();
            all.assertThat(tell(dead, call -> call.status() == 200))
                    .as("revoked sessions come back")
                    .isEmpty();
            all.assertThat(tell(live, call -> call.status() != 200 && seen.isOutside(call)))
                    .as("failures outside the fault")
                    .isEmpty();
            all.assertThat(tell(live, call -> call.status() != 200 && call.status() != 503))
                    .as("failures other than 503")
                    .isEmpty();
            all.assertThat(slowest(seen.calls()))
                    .as("slowest request")
                    .isLessThan(REDIS_TIMEOUT.plus(POSTGRE_TIMEOUT).plus(SLACK));
            all.assertThat(seen.untilWell()).as("time to normal").isLessThanOrEqualTo(RECOVERY);
            all.assertThat(seen.revocations()).as("revocations").containsOnly(200);
            all.assertThat(live).as("calls").hasSizeGreaterThan(100);
        });
    }

    private static Duration slowest(List<Call> calls) {
        return calls.stream().map(Call::took).max(Duration::compareTo).orElse(Duration.ZERO);
    }

    private interface Wrong {
        boolean is(Call call);
    }

    private List<String> tell(List<Call> calls, Wrong wrong) {
        return calls.stream().filter(wrong::is).limit(20).map(load::tell).toList();
    }

    private static Map<Integer, Long> counts(List<Integer> statuses) {
        return statuses.stream().collect(Collectors.groupingBy(it -> it, TreeMap::new, Collectors.counting()));
    }

    @Override
    public void close() {
        executor.close();
    }
}
