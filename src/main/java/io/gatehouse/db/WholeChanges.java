package io.gatehouse.db;

import java.sql.Connection;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.ChangeSet.ExecType;
import liquibase.changelog.ChangeSet.RunStatus;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.changelog.visitor.AbstractChangeExecListener;
import liquibase.changelog.visitor.ChangeExecListener;
import liquibase.database.Database;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.DatabaseException;

/**
 * A connection on which a changeset and its line in Liquibase's table are one transaction. Liquibase (4.33,
 * {@code ChangeSet.execute}) commits the changeset first: a run killed in between would leave it applied and not
 * recorded, and every later run would fail at it. Changesets outside a transaction are recorded after they ran; they
 * are written so that they can run again. Not thread-safe.
 */
final class WholeChanges extends JdbcConnection {

    private boolean inChange;

    WholeChanges(Connection connection) {
        super(connection);
    }

    /** Left out between the beginning of a changeset and its record; the commit after that is for both. */
    @Override
    public void commit() throws DatabaseException {
        if (!inChange) {
            super.commit();
        }
    }

    /** Tells this connection where changesets begin and end. */
    ChangeExecListener listener() {
        return new AbstractChangeExecListener() {
            @Override
            public void willRun(ChangeSet change, DatabaseChangeLog all, Database database, RunStatus status) {
                inChange = change.isRunInTransaction();
            }

            @Override
            public void ran(ChangeSet change, DatabaseChangeLog all, Database database, ExecType type) {
                inChange = false;
            }

            @Override
            public void runFailed(ChangeSet change, DatabaseChangeLog all, Database database, Exception exception) {
                inChange = false;
            }

            @Override
            public void willRollback(ChangeSet change, DatabaseChangeLog all, Database database) {
                inChange = change.isRunInTransaction();
            }

            @Override
            public void rolledBack(ChangeSet change, DatabaseChangeLog all, Database database) {
                inChange = false;
            }

            @Override
            public void rollbackFailed(
                    ChangeSet change, DatabaseChangeLog all, Database database, Exception exception) {
                inChange = false;
            }
        };
    }
}
