package io.gatehouse.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.config.Settings.Address;
import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.support.TestService;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DatabaseTest {

    @RegisterExtension
    private static final TestService SERVICE = new TestService();

    private static Database database;

    @BeforeAll
    static void open() {
        database = Database.open(SERVICE.database().with(1, Duration.ofMillis(800)));
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @Test
    void failedTransactionLeavesNothing() {
        assertThatThrownBy(() -> database.tx(sql -> {
                    sql.execute("insert into invalidations (user_id, token_hash) values (77, sha256('half'))");
                    throw new IllegalStateException("halfway");
                }))
                .hasMessage("halfway");

        assertThat(SERVICE.query("select count(*) from invalidations where user_id = 77"))
                .isEqualTo("0");
    }

    @Test
    void statementsEndAtTheDeadline() {
        long start = System.nanoTime();

        assertThatThrownBy(() -> database.read(sql -> sql.fetch("select pg_sleep(10)")))
                .isInstanceOf(DatabaseUnavailableException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
        assertThat(one(database)).isEqualTo(1);
    }

    @Test
    void statementsOfATransactionShareOneDeadline() {
        assertThatThrownBy(() -> database.tx(sql -> {
                    for (int i = 0; i < 10; i++) {
                        sql.fetch("select pg_sleep(0.3)");
                    }
                    return 1;
                }))
                .isInstanceOf(DatabaseUnavailableException.class);
        assertThat(one(database)).isEqualTo(1);
    }

    @Test
    void waitersGiveUpAtTheDeadline() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Thread holder = Thread.startVirtualThread(() -> database.read(sql -> {
            held.countDown();
            await(release);
            return 1;
        }));
        held.await();
        long start = System.nanoTime();

        assertThatThrownBy(() -> one(database))
                .isInstanceOf(DatabaseUnavailableException.class)
                .hasMessageContaining("in use");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
        release.countDown();
        holder.join();
        assertThat(one(database)).isEqualTo(1);
    }

    @Test
    void serializationFailuresAreRetriedOnce() {
        AtomicInteger runs = new AtomicInteger();

        int result = database.tx(sql -> {
            if (runs.incrementAndGet() == 1) {
                sql.execute("do $$ begin raise exception 'conflict' using errcode = '40001'; end $$");
            }
            return runs.get();
        });
        assertThat(result).isEqualTo(2);
        assertThatThrownBy(() -> database.tx(
                        sql -> sql.execute("do $$ begin raise exception 'conflict' using errcode = '40001'; end $$")))
                .isInstanceOf(DatabaseUnavailableException.class);
    }

    @Test
    void faultsOfOursStayFaults() {
        assertThatThrownBy(() -> database.read(sql -> sql.fetch("select 1 / 0")))
                .isInstanceOf(DataAccessException.class);
    }

    @Test
    void aMissingTableIsNamedAsWhatItIs() {
        assertThatThrownBy(() -> database.read(sql -> sql.fetch("select nothing from nowhere")))
                .isInstanceOf(DatabaseUnavailableException.class)
                .hasMessageContaining("run db up");
    }

    @Test
    void aDeadServerIsNoticedAndItsReturnToo() throws Exception {
        Postgres real = SERVICE.database();
        var cable = io.gatehouse.support.Cable.to(real.addresses().getFirst().port());
        try (cable;
                Database cut =
                        Database.open(real.at(new Address("127.0.0.1", cable.port()), real.database(), real.login())
                                .with(2, Duration.ofSeconds(1)))) {
            assertThat(one(cut)).isEqualTo(1);
            cable.silence();
            long start = System.nanoTime();
            assertThatThrownBy(() -> one(cut)).isInstanceOf(DatabaseUnavailableException.class);
            assertThatThrownBy(() -> one(cut)).isInstanceOf(DatabaseUnavailableException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));

            cable.plug();
            long back = System.nanoTime();
            while (!answers(cut)) {
                assertThat(Duration.ofNanos(System.nanoTime() - back)).isLessThan(Duration.ofSeconds(5));
            }
        }
    }

    private static boolean answers(Database database) {
        try {
            return one(database) == 1;
        } catch (DatabaseUnavailableException e) {
            return false;
        }
    }

    private static int one(Database database) {
        return database.read(
                (DSLContext sql) -> sql.fetchOptional("select 1").orElseThrow().get(0, Integer.class));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
