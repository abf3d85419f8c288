package io.gatehouse.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Layout;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Sets up the one logging backend: everything (Helidon's {@code System.Logger}, {@code java.util.logging}, Netty,
 * Liquibase, HikariCP) ends in Logback, which writes to standard output. To be called once, before anything logs.
 */
public final class Logging {

    /** Libraries that say at info what only a debugger wants to know. */
    private static final List<String> QUIET = List.of(
            "liquibase", "com.zaxxer.hikari", "io.netty", "io.lettuce", "io.helidon", "org.jooq", "com.cronutils");

    /** Libraries whose verbose lines quote what they send, passwords included: never below warn. */
    private static final List<String> TALKATIVE = List.of("io.lettuce", "io.netty", "liquibase.command");

    /** Says of a failed changeset what it throws as well, with the whole SQL and a stack trace. */
    private static final String FAILED_CHANGES = "liquibase.changelog";

    private Logging() {}

    /**
     * Routes every logging library to Logback and Logback to standard output, each line as it comes.
     *
     * @param level of our own lines; libraries stay at warn unless it is debug or trace
     * @param json pino's form, or pretty lines for people
     */
    public static void install(String level, boolean json) {
        lines(level, json);
    }

    /** The same, but written by a thread of its own until closed; then each line as it comes again. */
    public static Lines start(String level, boolean json) {
        LineWriter writer = lines(level, json);
        writer.gather();
        return writer::gatherNoMore;
    }

    /** Lines that are being written in the background. */
    @FunctionalInterface
    public interface Lines extends AutoCloseable {
        /** Writes what waits. */
        @Override
        void close();
    }

    private static LineWriter lines(String level, boolean json) {
        // jOOQ greets on standard output unless told not to.
        System.setProperty("org.jooq.no-logo", "true");
        System.setProperty("org.jooq.no-tips", "true");
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(level(level));
        LineWriter writer = writer(context, json ? pinoLayout() : new PrettyLayout());
        root.addAppender(writer);
        if (root.getLevel().isGreaterOrEqual(Level.INFO)) {
            QUIET.forEach(name -> context.getLogger(name).setLevel(Level.WARN));
        }
        // jOOQ warns of every PostgreSQL that is not the newest; which ones we run on is for our tests to say.
        context.getLogger("org.jooq.impl.DefaultExecuteContext.logVersionSupport")
                .setLevel(Level.ERROR);
        // Its lock row goes with everything else when a schema is emptied; the lock that counts is another.
        context.getLogger("liquibase.lockservice").setLevel(Level.ERROR);
        keepSecretsOut();
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        return writer;
    }

    /** Silences the libraries that would log secrets, whatever the level. */
    public static void keepSecretsOut() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        TALKATIVE.forEach(name -> context.getLogger(name).setLevel(Level.WARN));
        context.getLogger(FAILED_CHANGES).setLevel(Level.OFF);
    }

    /** The layout of production: pino's JSON. */
    public static Layout<ILoggingEvent> pinoLayout() {
        return new PinoLayout(ProcessHandle.current().pid(), hostname());
    }

    private static LineWriter writer(LoggerContext context, Layout<ILoggingEvent> layout) {
        layout.setContext(context);
        layout.start();
        LineWriter writer = new LineWriter(layout, System.out);
        writer.setContext(context);
        writer.setName("stdout");
        writer.start();
        return writer;
    }

    private static Level level(String name) {
        // Nothing here is worse than an error that is answered with a 500.
        return name.equalsIgnoreCase("fatal") ? Level.OFF : Level.toLevel(name, Level.INFO);
    }

    /** Of this machine, as far as it knows. */
    public static String hostname() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
