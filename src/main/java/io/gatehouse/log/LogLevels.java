package io.gatehouse.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.util.List;
import java.util.Locale;
import org.slf4j.LoggerFactory;

/** What may be logged, by whom. Thread-safe. */
final class LogLevels {

    /** Libraries that say at info what only a debugger wants to know. */
    private static final List<String> QUIET = List.of(
            "liquibase", "com.zaxxer.hikari", "io.netty", "io.lettuce", "io.helidon", "org.jooq", "com.cronutils");

    /** Libraries whose verbose lines quote what they send or receive, passwords included: never below warn. */
    private static final List<String> TALKATIVE =
            List.of("io.lettuce", "io.netty", "liquibase.command", "io.helidon.http", "io.helidon.webserver");

    /** Says of a failed changeset what it throws as well, with the whole SQL and a stack trace. */
    private static final String FAILED_CHANGES = "liquibase.changelog";

    /** Says of a port that it could not have, with a stack trace, what HttpServer says in one line. */
    private static final String PORTS = "io.helidon.webserver.LoomServer";

    /** jOOQ warns of every PostgreSQL that is not the newest; which ones we run on is for our tests to say. */
    private static final String OLD_DATABASES = "org.jooq.impl.DefaultExecuteContext.logVersionSupport";

    /** Its lock row goes with everything else when a schema is emptied; the lock that counts is another. */
    private static final String LIQUIBASE_LOCKS = "liquibase.lockservice";

    /**
     * Warns of each connection that a deadline of ours has cut, with a stack trace, and of each that an outage has closed,
     * with advice that is wrong then; who waits for one is told.
     */
    private static final String CONNECTIONS = "com.zaxxer.hikari.pool";

    private LogLevels() {}

    /**
     * Sets the level of our own lines; libraries stay at warn unless it is debug or trace.
     *
     * @param name pino's, such as {@code info}
     */
    static void set(String name) {
        Level level = level(name);
        logger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(level);
        // Without one of its own a logger has the root's.
        QUIET.forEach(it -> logger(it).setLevel(level.isGreaterOrEqual(Level.INFO) ? atLeastWarn(level) : null));
        logger(OLD_DATABASES).setLevel(Level.ERROR);
        logger(LIQUIBASE_LOCKS).setLevel(Level.ERROR);
        logger(PORTS).setLevel(Level.OFF);
        logger(CONNECTIONS).setLevel(Level.ERROR);
        keepSecretsOut();
    }

    private static Level atLeastWarn(Level level) {
        return level.isGreaterOrEqual(Level.WARN) ? level : Level.WARN;
    }

    /** The level in force, in pino's words. */
    static String get() {
        Level level = logger(org.slf4j.Logger.ROOT_LOGGER_NAME).getLevel();
        return level.equals(Level.OFF) ? "fatal" : level.toString().toLowerCase(Locale.ROOT);
    }

    /** Silences the libraries that would log secrets, whatever the level. */
    static void keepSecretsOut() {
        TALKATIVE.forEach(name -> logger(name).setLevel(Level.WARN));
        logger(FAILED_CHANGES).setLevel(Level.OFF);
    }

    private static Logger logger(String name) {
        return ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(name);
    }

    private static Level level(String name) {
        // Nothing here is worse than an error that is answered with a 500.
        return name.equalsIgnoreCase("fatal") ? Level.OFF : Level.toLevel(name, Level.INFO);
    }
}
