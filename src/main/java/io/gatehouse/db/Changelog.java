package io.gatehouse.db;

import java.io.StringWriter;
import java.io.Writer;
import java.sql.Connection;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.UpdateSummaryEnum;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.FastCheckService;
import liquibase.changelog.RanChangeSet;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.exception.LiquibaseException;
import liquibase.resource.ClassLoaderResourceAccessor;
import liquibase.sql.Sql;
import liquibase.sqlgenerator.SqlGeneratorFactory;
import liquibase.ui.LoggerUIService;

/** The changelogs of this build as Liquibase knows them, on one connection. Not thread-safe; lives for one call. */
final class Changelog {

    private static final String FILE = "db/changelog.yaml";
    private static final Contexts NO_CONTEXT = new Contexts();
    private static final LabelExpression NO_LABEL = new LabelExpression();

    /** No text on standard output, and nothing sent to Liquibase's makers. */
    private static final Map<String, Object> QUIET =
            Map.of(Scope.Attr.ui.name(), new LoggerUIService(), "liquibase.analytics.enabled", "false");

    private final Liquibase liquibase;

    private Changelog(Liquibase liquibase) {
        this.liquibase = liquibase;
    }

    @FunctionalInterface
    interface Work<T> {
        T on(Changelog changelog) throws LiquibaseException;
    }

    /** Works on a connection, which is Liquibase's for so long and closed afterwards. */
    static <T> T on(Connection connection, Work<T> work) throws Exception {
        return on(connection, FILE, work);
    }

    /** The same with another file on the class path than this build's. */
    static <T> T on(Connection connection, String file, Work<T> work) throws Exception {
        return Scope.child(QUIET, () -> {
            WholeChanges whole = new WholeChanges(connection);
            Database database = DatabaseFactory.getInstance().findCorrectDatabaseImplementation(whole);
            try (Liquibase liquibase = new Liquibase(file, new ClassLoaderResourceAccessor(), database)) {
                liquibase.setChangeExecListener(whole.listener());
                liquibase.setShowSummary(UpdateSummaryEnum.OFF);
                // Liquibase remembers for the life of the process that a database was current; a rollback makes that
                // a lie.
                Scope.getCurrentScope().getSingleton(FastCheckService.class).clearCache();
                return work.on(new Changelog(liquibase));
            }
        });
    }

    /** The ids of all changesets, in order; asks nothing of the database. */
    List<String> known() throws LiquibaseException {
        return ids(liquibase.getDatabaseChangeLog().getChangeSets());
    }

    /** The ids of those that {@link #update} would run; makes Liquibase's own tables where there are none. */
    List<String> waiting() throws LiquibaseException {
        return ids(liquibase.listUnrunChangeSets(NO_CONTEXT, NO_LABEL));
    }

    /** The ids of those that are applied, in that order. */
    List<String> applied() throws LiquibaseException {
        return liquibase.getDatabase().getRanChangeSetList().stream()
                .sorted(Comparator.comparing(RanChangeSet::getOrderExecuted))
                .map(RanChangeSet::getId)
                .toList();
    }

    /** Those that are not applied, with their statements; asks nothing of the database. */
    List<PlannedChange> planned(Collection<String> applied) throws LiquibaseException {
        return liquibase.getDatabaseChangeLog().getChangeSets().stream()
                .filter(change -> !applied.contains(change.getId()))
                .map(change -> new PlannedChange(
                        change.getId(), change.getFilePath(), change.isRunInTransaction(), statements(change)))
                .toList();
    }

    private List<String> statements(ChangeSet changeSet) {
        return changeSet.getChanges().stream()
                .flatMap(change ->
                        Arrays.stream(SqlGeneratorFactory.getInstance().generateSql(change, liquibase.getDatabase())))
                .map(Sql::toSql)
                .toList();
    }

    void update() throws LiquibaseException {
        liquibase.update(NO_CONTEXT, NO_LABEL);
    }

    void update(int count) throws LiquibaseException {
        liquibase.update(count, NO_CONTEXT, NO_LABEL);
    }

    void rollback(int count) throws LiquibaseException {
        liquibase.rollback(count, null, NO_CONTEXT, NO_LABEL);
    }

    /** What {@link #update} would run, written and not run. */
    // The way around the deprecation is Liquibase's command framework, ten lines for one.
    @SuppressWarnings("deprecation")
    String updateSql() throws LiquibaseException {
        Writer sql = new StringWriter();
        liquibase.update(NO_CONTEXT, NO_LABEL, sql);
        return PrintedSql.withTransactions(sql.toString(), alone());
    }

    /** What {@link #rollback} would run, written and not run. */
    String rollbackSql(int count) throws LiquibaseException {
        Writer sql = new StringWriter();
        liquibase.rollback(count, null, NO_CONTEXT, NO_LABEL, sql);
        return PrintedSql.withTransactions(sql.toString(), alone());
    }

    private List<String> alone() throws LiquibaseException {
        return ids(liquibase.getDatabaseChangeLog().getChangeSets().stream()
                .filter(change -> !change.isRunInTransaction())
                .toList());
    }

    /** Everything in the schema. */
    void dropAll() throws LiquibaseException {
        liquibase.dropAll();
    }

    /** Liquibase's lock row outlives a killed run; ours has already been won. */
    void clearLock() throws LiquibaseException {
        liquibase.forceReleaseLocks();
    }

    private static List<String> ids(List<ChangeSet> changes) {
        return changes.stream().map(ChangeSet::getId).toList();
    }
}
