package io.gatehouse.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a PostgreSQL whether it serves the database of a folder, and makes the database when it is missing. */
final class PostgresProbe {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresProbe.class);

    // SQLSTATE codes, PostgreSQL 18 appendix A.
    private static final String NO_SUCH_DATABASE = "3D000";
    private static final String CANNOT_CONNECT_NOW = "57P03";
    private static final String TOO_MANY_CONNECTIONS = "53300";
    private static final String WRONG_PASSWORD_CLASS = "28";

    private PostgresProbe() {}

    static Answer ask(Endpoint endpoint, Path folder) throws IOException {
        try {
            return Files.isSameFile(dataDirectory(endpoint), folder) ? Answer.READY : Answer.SILENT;
        } catch (SQLException e) {
            return judge(e, endpoint, folder);
        }
    }

    private static Answer judge(SQLException e, Endpoint endpoint, Path folder) {
        String state = Objects.requireNonNullElse(e.getSQLState(), "");
        if (state.startsWith(WRONG_PASSWORD_CLASS)) {
            throw new EmbeddedStoreException(
                    "PostgreSQL in " + folder + " refuses the password in " + folder
                            + ".password; restore that file from a backup, or mend pg_hba.conf if it was changed",
                    e);
        }
        if (state.equals(NO_SUCH_DATABASE)) {
            createDatabase(endpoint, folder);
            return Answer.BUSY; // and ready when asked again
        }
        LOG.debug("PostgreSQL in {} does not serve", folder, e);
        return state.equals(CANNOT_CONNECT_NOW) || state.equals(TOO_MANY_CONNECTIONS) ? Answer.BUSY : Answer.SILENT;
    }

    private static Path dataDirectory(Endpoint endpoint) throws SQLException {
        try (Connection connection = connect(endpoint);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("show data_directory")) {
            result.next();
            return Path.of(result.getString(1));
        }
    }

    private static void createDatabase(Endpoint endpoint, Path folder) {
        Endpoint maintenance =
                new Endpoint(endpoint.host(), endpoint.port(), endpoint.user(), endpoint.password(), "postgres");
        try (Connection connection = connect(maintenance);
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + endpoint.database());
        } catch (SQLException e) {
            throw new EmbeddedStoreException("PostgreSQL in " + folder + " cannot make its database: " + e, e);
        }
    }

    private static Connection connect(Endpoint endpoint) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", endpoint.user());
        properties.setProperty("password", endpoint.password());
        properties.setProperty("ApplicationName", "gatehouse-embedded");
        properties.setProperty("loginTimeout", "5"); // seconds, as the next two
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("socketTimeout", "20");
        properties.setProperty("sslmode", "disable"); // never leaves the machine
        properties.setProperty("gssEncMode", "disable");
        return DriverManager.getConnection(endpoint.jdbcUrl(), properties);
    }
}
