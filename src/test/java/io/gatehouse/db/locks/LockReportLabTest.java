package io.gatehouse.db.locks;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.db.locks.Report.Effect;
import io.gatehouse.support.TestStores;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The report tells of each changeset of the lab what its expectation says, on the embedded version and on an older. */
@Tag("soak")
class LockReportLabTest {

    private static final int EMBEDDED = 18;

    @RegisterExtension
    static final LabServers SERVERS = new LabServers();

    /** A step without the words for people. */
    private record Told(String sql, boolean byRule, Verdict verdict, Set<Touch> effects) {}

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("io.gatehouse.db.locks.Lab#changes")
    void reportEqualsTheExpectation(int version, LabChange change) throws SQLException {
        Postgres target = SERVERS.prepared(version, change);

        Report report = new LockAnalysis(target, SERVERS.scratch()).of(List.of(change.planned()));

        assertThat(report.changes()).hasSize(1);
        assertThat(report.changes().getFirst().steps().stream().map(LockReportLabTest::told))
                .containsExactlyElementsOf(expected(change, version));
        assertVersions(report, version);
        assertSizes(report, target);
    }

    private static void assertVersions(Report report, int version) {
        assertThat(report.analysedOn()).startsWith(EMBEDDED + ".");
        assertThat(report.target()).startsWith(version + ".");
        if (version == EMBEDDED) {
            assertThat(report.remarks()).isEmpty();
        } else {
            assertThat(report.remarks()).anySatisfy(remark -> assertThat(remark).contains("" + EMBEDDED, "" + version));
        }
    }

    private static Told told(Report.Step step) {
        Set<Touch> effects = step.effects().stream()
                .map(effect -> new Touch(name(effect), effect.lock(), effect.rewritten(), effect.scanned(), false))
                .collect(Collectors.toSet());
        return new Told(step.sql(), step.byRule(), step.verdict(), effects);
    }

    private static List<Told> expected(LabChange change, int version) {
        return IntStream.range(0, change.steps().size())
                .mapToObj(i -> expected(change, i, version))
                .toList();
    }

    private static Told expected(LabChange change, int index, int version) {
        LabChange.Step step = change.steps().get(index);
        // No table of the lab is large, so whoever must wait does so for moments.
        boolean waits = change.held(index, version).values().stream().anyMatch(Touch::blocksWrites);
        Set<Touch> effects = step.on(version).stream()
                .map(touch -> new Touch(touch.table(), touch.lock(), touch.rewritten(), touch.scanned(), false))
                .collect(Collectors.toSet());
        return new Told(step.sql(), step.heldBy().isPresent(), waits ? Verdict.BRIEF : Verdict.SAFE, effects);
    }

    private static String name(Effect effect) {
        return effect.table().replaceFirst("^public\\.", "");
    }

    private static void assertSizes(Report report, Postgres target) throws SQLException {
        List<Effect> effects = report.changes().getFirst().steps().stream()
                .flatMap(step -> step.effects().stream())
                .toList();
        try (Connection connection = TestStores.connect(target)) {
            for (Effect effect : effects) {
                assertSize(effect, connection);
            }
        }
    }

    /** Only of what has rows of its own: partitioned tables and views have none. */
    private static void assertSize(Effect effect, Connection connection) throws SQLException {
        String sql = "select pg_total_relation_size(oid) from pg_class where relname = ? and relkind in ('r', 'm')";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, name(effect));
            ResultSet size = statement.executeQuery();
            if (size.next()) {
                // The target's autovacuum may write its maps meanwhile.
                assertThat(effect.bytes())
                        .as("bytes of " + effect.table())
                        .isCloseTo(size.getLong(1), Percentage.withPercentage(10));
                assertThat(effect.rows())
                        .as("rows of " + effect.table())
                        .isCloseTo(count(effect, connection), Percentage.withPercentage(10));
            }
        }
    }

    private static long count(Effect effect, Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select count(*) from " + name(effect));
                ResultSet rows = statement.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
