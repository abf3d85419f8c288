package io.gatehouse.db;

import io.gatehouse.config.Settings.Login;
import io.gatehouse.config.Settings.Postgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;

/** Connections outside the pool, for work on the schema. Stateless. */
public final class DirectConnection {

    /**
     * Longest wait for a connection, and longest silence of the server while the schema is only looked at; changes may
     * take as long as they need. Requests do not wait behind this, and a busy machine may need longer than they would.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private DirectConnection() {}

    /** As the role that owns the schema; statements may take as long as they need. */
    public static Connection owner(Postgres settings) throws SQLException {
        return open(settings, settings.ddl());
    }

    /** Read-only in each transaction; the driver forgets it outside of one, so nothing but reads of ours belongs there. */
    public static Connection reader(Postgres settings, Login role) throws SQLException {
        Connection connection = open(settings, role);
        connection.setNetworkTimeout(Runnable::run, Math.toIntExact(PATIENCE.toMillis()));
        connection.setReadOnly(true);
        return connection;
    }

    private static Duration patience(Postgres settings) {
        return settings.timeout().compareTo(PATIENCE) > 0 ? settings.timeout() : PATIENCE;
    }

    private static Connection open(Postgres settings, Login login) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", login.user());
        properties.setProperty("password", login.password().value());
        return DriverManager.getConnection(JdbcUrl.of(settings.with(1, patience(settings))), properties);
    }
}
