package io.gatehouse.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a PostgreSQL whether it serves the database of a folder, and makes the database when it is missing.
 *
 * @param patience for signing in; at least a second, which is what the driver can count
 */
record PostgresProbe(Endpoint endpoint, Path folder, Duration patience) {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresProbe.class);

    // SQLSTATE codes, PostgreSQL 18 appendix A.
    private static final String NO_SUCH_DATABASE = "3D000";
    private static final String CANNOT_CONNECT_NOW = "57P03";
    private static final String TOO_MANY_CONNECTIONS = "53300";
    private static final String WRONG_PASSWORD_CLASS = "28";

    Answer ask() throws IOException {
        try {
            return Files.isSameFile(dataDirectory(), folder) ? Answer.READY : Answer.SILENT;
        } catch (SQLException e) {
            return judge(e);
        }
    }

    private Answer judge(SQLException e) {
        String state = Objects.requireNonNullElse(e.getSQLState(), "");
        if (state.startsWith(WRONG_PASSWORD_CLASS)) {
            throw new EmbeddedStoreException(
                    "PostgreSQL in " + folder + " refuses the password in " + folder
                            + ".password; restore that file from a backup, or mend pg_hba.conf if it was changed",
                    e);
        }
        if (state.equals(NO_SUCH_DATABASE)) {
            createDatabase();
            return Answer.BUSY; // and ready when asked again
        }
        LOG.debug("PostgreSQL in {} does not serve", folder, e);
        return state.equals(CANNOT_CONNECT_NOW) || state.equals(TOO_MANY_CONNECTIONS) ? Answer.BUSY : Answer.SILENT;
    }

    private Path dataDirectory() throws SQLException {
        try (Connection connection = connect(endpoint.database());
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("show data_directory")) {
            result.next();
            return Path.of(result.getString(1));
        }
    }

    private void createDatabase() {
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + endpoint.database());
        } catch (SQLException e) {
            throw new EmbeddedStoreException("PostgreSQL in " + folder + " cannot make its database: " + e, e);
        }
    }

    private Connection connect(String database) throws SQLException {
        Endpoint address =
                new Endpoint(endpoint.host(), endpoint.port(), endpoint.user(), endpoint.password(), database);
        Properties properties = new Properties();
        properties.setProperty("user", endpoint.user());
        properties.setProperty("password", endpoint.password());
        properties.setProperty("ApplicationName", "gatehouse-embedded");
        String seconds = Long.toString(Math.max(1, patience.toSeconds()));
        properties.setProperty("loginTimeout", seconds);
        properties.setProperty("connectTimeout", seconds);
        properties.setProperty("socketTimeout", "20"); // seconds; creating the database takes a tenth of one
        properties.setProperty("sslmode", "disable"); // never leaves the machine
        properties.setProperty("gssEncMode", "disable");
        return DriverManager.getConnection(address.jdbcUrl(), properties);
    }
}
