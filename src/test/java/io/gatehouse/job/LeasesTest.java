package io.gatehouse.job;

import static java.time.ZoneOffset.UTC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.support.Await;
import io.gatehouse.support.LogCapture;
import io.gatehouse.support.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two replicas, and no schedule but the test. */
class LeasesTest {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Job DAILY =
            new Job("daily", "0 0 0 * * ?", UTC, Duration.ofMinutes(1), CatchUp.ONCE, Lock.ONE_REPLICA, run -> 0);

    @RegisterExtension
    private final TestDatabase database = new TestDatabase();

    private Replica one;
    private Replica other;

    @BeforeEach
    void twoReplicasAndATickThatIsDue() {
        one = new Replica(database.settings(), "one", DAILY);
        other = new Replica(database.settings(), "other", DAILY);
        assertThat(one.leases().states(List.of("daily"))).hasSize(1);
        database.execute("update jobs set tick_at = tick_at - interval '2 days'");
        database.execute("create table written (by text)");
    }

    @AfterEach
    void end() {
        one.close();
        other.close();
    }

    @Test
    void aNewJobHasNothingToMakeUpFor() {
        Job hourly =
                new Job("hourly", "0 0 * * * ?", UTC, Duration.ofMinutes(1), CatchUp.EACH, Lock.ONE_REPLICA, run -> 0);

        assertThat(one.leases().states(List.of("hourly"))).hasSize(1);
        assertThat(one.leases().claim(hourly)).isEmpty();
    }

    @Test
    void onlyOneGetsATickAndOnceItIsCompletedNobody() {
        Lease lease = one.leases().claim(DAILY).orElseThrow();
        assertThat(other.leases().claim(DAILY)).isEmpty();

        assertThat(one.leases().end(lease, Ended.completed(3))).isTrue();

        assertThat(other.leases().claim(DAILY)).isEmpty();
        assertThat(history()).isEqualTo("one completed 3");
    }

    @Test
    void aRunnerThatIsGoneIsTakenOverAndWritesNothingAnyMore() {
        Lease lost = one.leases().claim(DAILY).orElseThrow();
        write(one, lost);
        Lease lease = awaitClaim(other);

        assertThat(lease.fence()).isGreaterThan(lost.fence());
        assertThat(lease.tick()).isEqualTo(lost.tick());
        assertThat(lease.attempt()).isEqualTo(2);
        assertThatThrownBy(() -> write(one, lost)).isInstanceOf(LeaseLostException.class);
        assertThat(one.leases().renew(lost)).isFalse();
        assertThat(one.leases().end(lost, Ended.completed(1))).isFalse();
        write(other, lease);
        assertThat(other.leases().end(lease, Ended.completed(1))).isTrue();
        assertThat(database.query("select count(*) from written")).isEqualTo("2");
        assertThat(history()).isEqualTo("one lost, other completed 1");
    }

    /** Between the look at the lease and the commit nobody can take over. */
    @Test
    void aTransactionThatHasBegunUnderALeaseEndsUnderIt() {
        Lease lease = one.leases().claim(DAILY).orElseThrow();
        boolean taken = one.runUnder(lease).tx(sql -> {
            Await.pause(Replica.LEASE.plusMillis(300));
            return other.leases().claim(DAILY).isPresent();
        });

        assertThat(taken).isFalse();
        assertThat(other.leases().claim(DAILY)).isPresent();
    }

    @Test
    void aLeaseThatIsRenewedIsKept() {
        Lease lease = one.leases().claim(DAILY).orElseThrow();
        for (int i = 0; i < 6; i++) {
            Await.pause(one.leases().renewEvery());
            assertThat(one.leases().renew(lease)).isTrue();
            assertThat(other.leases().claim(DAILY)).isEmpty();
        }
    }

    @Test
    void aFailedTickWaitsLongerEachTimeAndIsGivenUpInTheEnd() {
        try (LogCapture log = LogCapture.info()) {
            for (int attempt = 1; attempt <= 5; attempt++) {
                Lease lease = one.leases().claim(DAILY).orElseThrow();
                assertThat(lease.attempt()).isEqualTo(attempt);
                assertThat(one.leases().end(lease, Ended.failed(new IllegalStateException("boom"))))
                        .isTrue();
                assertThat(one.leases().claim(DAILY)).as("at once").isEmpty();
                assertThat(database.query("select round(extract(epoch from retry_at - now())) from jobs"))
                        .isEqualTo(Integer.toString(1 << attempt));
                database.execute("update jobs set retry_at = 'epoch'");
            }
            assertThat(one.leases().claim(DAILY)).isEmpty();
            assertThat(log.lines()).anyMatch(line -> line.contains("job given up") && line.contains("\"attempts\":5"));
        }
        assertThat(database.query("select runner is null and tick_at = running_tick from jobs"))
                .isEqualTo("t");
        assertThat(database.query("select count(*) from job_runs where error = 'IllegalStateException: boom'"))
                .isEqualTo("5");
    }

    @Test
    void aStoppedRunIsNoAttemptAndIsFreeAtOnce() {
        Lease stopped = one.leases().claim(DAILY).orElseThrow();
        assertThat(one.leases().end(stopped, Ended.of(Outcome.STOPPED, "its replica was told to stop")))
                .isTrue();

        assertThat(other.leases().claim(DAILY)).get().extracting(Lease::attempt).isEqualTo(1);
    }

    @Test
    void aRunByHandCompletesNoTickAndWaitsForNobody() {
        Lease lease = one.leases().claim(DAILY).orElseThrow();
        assertThatThrownBy(() -> other.leases().claimByHand("daily"))
                .isInstanceOf(JobBusyException.class)
                .hasMessage(
                        "daily is being run by one; try again when that has ended, or ten seconds after it was killed");
        assertThat(one.leases().end(lease, Ended.of(Outcome.STOPPED, "stopped")))
                .isTrue();

        Lease byHand = other.leases().claimByHand("daily");
        assertThat(one.leases().claim(DAILY)).isEmpty();
        assertThat(other.leases().end(byHand, Ended.completed(0))).isTrue();

        assertThat(one.leases().claim(DAILY)).isPresent();
    }

    @Test
    void attemptsAreBegunAnewWithEachTick() {
        Lease lease = one.leases().claim(DAILY).orElseThrow();
        assertThat(one.leases().end(lease, Ended.failed(new IllegalStateException("boom"))))
                .isTrue();
        database.execute("update jobs set retry_at = 'epoch', running_tick = running_tick - interval '1 day'");

        assertThat(one.leases().claim(DAILY)).get().extracting(Lease::attempt).isEqualTo(1);
    }

    private Lease awaitClaim(Replica replica) {
        Lease[] claimed = new Lease[1];
        assertThat(Await.until(SOON, () -> {
                    Optional<Lease> lease = replica.leases().claim(DAILY);
                    lease.ifPresent(it -> claimed[0] = it);
                    return lease.isPresent();
                }))
                .isTrue();
        return claimed[0];
    }

    private static void write(Replica replica, Lease lease) {
        int _ = replica.runUnder(lease)
                .tx(sql -> sql.execute("insert into written values (?)", Long.toString(lease.fence())));
    }

    private String history() {
        return database.query("""
                select string_agg(concat_ws(' ', replica, outcome, row_count), ', ' order by id)
                from job_runs where outcome <> 'running'""");
    }
}
