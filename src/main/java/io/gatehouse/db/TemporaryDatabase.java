package io.gatehouse.db;

import io.gatehouse.config.Secret;
import io.gatehouse.config.Settings.Login;
import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.db.Migrations.MigrationException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An empty database on a server of ours, dropped when it is closed. Those of processes that died go with the next. Its
 * owner may do nothing beside it: what is copied into it can hold functions of somebody else, and must not run as a
 * superuser, who can start programs.
 */
public final class TemporaryDatabase implements AutoCloseable {

    private static final String PREFIX = "temporary_";
    private static final AtomicInteger COUNT = new AtomicInteger();

    /** For what is done in a database without rows. */
    private static final String MOST_TIME = "20s";

    private final Postgres server;
    private final String name;
    private final String password = HexFormat.of().formatHex(SecureRandom.getSeed(16));

    /** @param server with a role that may make databases */
    public TemporaryDatabase(Postgres server) {
        this.server = server;
        this.name = PREFIX + ProcessHandle.current().pid() + "_" + COUNT.incrementAndGet();
        asking(statement -> {
            for (String left : leftBehind(statement)) {
                drop(statement, left);
            }
            drop(statement, name);
            statement.execute("create role " + name + " login createrole password '" + password + "'");
            statement.execute("alter role " + name + " set statement_timeout = '" + MOST_TIME + "'");
            statement.execute("grant set on parameter session_replication_role to " + name);
            statement.execute("create database " + name + " template template0 owner " + name);
        });
    }

    /** How to reach it. */
    public Postgres settings() {
        return server.at(server.addresses().getFirst(), name, new Login(name, new Secret(password)));
    }

    @Override
    public void close() {
        asking(statement -> drop(statement, name));
    }

    private static List<String> leftBehind(Statement statement) throws SQLException {
        List<String> left = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(
                "select datname from pg_database where datname ~ '^" + PREFIX + "[0-9]+_[0-9]+$'")) {
            while (rows.next()) {
                String found = rows.getString(1);
                long pid = Long.parseLong(found.split("_", -1)[1]);
                if (ProcessHandle.of(pid).isEmpty()) {
                    left.add(found);
                }
            }
        }
        return left;
    }

    private static void drop(Statement statement, String database) throws SQLException {
        statement.execute("drop database if exists " + database + " with (force)");
        statement.execute("do $$ begin if to_regrole('%1$s') is not null then drop owned by %1$s; end if; end $$"
                .formatted(database));
        statement.execute("drop role if exists " + database);
    }

    private interface Work {
        void on(Statement statement) throws SQLException;
    }

    private void asking(Work work) {
        try (Connection connection = DirectConnection.owner(server);
                Statement statement = connection.createStatement()) {
            work.on(statement);
        } catch (SQLException e) {
            throw new MigrationException("The scratch database cannot be used: " + e.getMessage(), e);
        }
    }
}
