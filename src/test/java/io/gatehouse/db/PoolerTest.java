package io.gatehouse.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.config.Settings.Address;
import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.db.Migrations.MigrationException;
import io.gatehouse.support.PgBouncerProcess;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestService;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A pooler in transaction mode, whose next statement may reach another process of PostgreSQL. */
class PoolerTest {

    @RegisterExtension
    @Order(1)
    private static final PgBouncerProcess POOLER = new PgBouncerProcess();

    @RegisterExtension
    @Order(2)
    private static final TestService SERVICE = new TestService()
            .with("POSTGRE_PORT", Integer.toString(POOLER.port()))
            .with("POSTGRE_POOLER", "true");

    @Test
    void theServiceWorksThroughIt() {
        List<TestClient> clients = IntStream.range(0, 4)
                .mapToObj(i -> SERVICE.client().signedIn("pooled" + i + "@example.com"))
                .toList();

        // More than the five times after which the driver would prepare a statement by name.
        List<Integer> statuses = IntStream.range(0, 120)
                .parallel()
                .mapToObj(i ->
                        clients.get(i % clients.size()).get("/api/user/profile").status())
                .toList();

        assertThat(statuses).containsOnly(200);
        assertThat(SERVICE.operator().get("/ready").status()).isEqualTo(200);
    }

    @Test
    void settingsOfTheServiceStayOnNoConnection() {
        SERVICE.client().signedIn("settings@example.com");

        try (Database database = Database.open(pooled())) {
            assertThat(IntStream.range(0, 20)
                            .mapToObj(i -> database.read(sql ->
                                    sql.fetchSingle("show statement_timeout").get(0, String.class))))
                    .containsOnly("0");
        }
    }

    @Test
    void schemaChangesRefuseItAndLookingAtTheSchemaDoesNot() {
        Migrations migrations = new Migrations(pooled());

        assertThat(migrations.waiting()).isEmpty();
        assertThatThrownBy(migrations::up)
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("pooler such as PgBouncer")
                .hasMessageContaining("point POSTGRE_HOST and POSTGRE_PORT at PostgreSQL itself");
    }

    private static Postgres pooled() {
        Postgres real = SERVICE.database();
        return new Postgres(
                List.of(new Address("127.0.0.1", POOLER.port())),
                real.database(),
                real.login(),
                real.ddl(),
                real.sslMode(),
                Optional.empty(),
                true,
                2,
                real.timeout());
    }
}
