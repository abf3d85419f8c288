package io.gatehouse.log;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Layout;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Sets up the one logging backend: everything (Helidon's {@code System.Logger}, {@code java.util.logging}, Netty,
 * Liquibase, HikariCP) ends in Logback, which writes to standard output or a file. To be called once, before anything
 * logs.
 */
public final class Logging {

    /** Field, and key of the bindings of a thread, that ties all lines of a request together. */
    public static final String LOG_ID = "reqId";

    /** Some five minutes of a service that is as busy as it can be. */
    private static final long FILE_BYTES = 50L << 20;

    /** Of a log file and its archives. */
    private static final long ALL_BYTES = 500L << 20;

    private Logging() {}

    /** How a line looks. */
    public enum Form {
        /** pino's JSON. */
        JSON,
        /** For people. */
        PRETTY,
        /** The same, with colours where it goes to a terminal. */
        COLOURED
    }

    /**
     * Routes every logging library to Logback and Logback to standard output, each line as it comes.
     *
     * @param level of our own lines; libraries stay at warn unless it is debug or trace
     */
    public static void install(String level, Form form) {
        // Through the stream that commands print to, so that lines and words stay in order.
        LineWriter _ = begin(level, layout(form), (bytes, length) -> {
            System.out.write(bytes, 0, length);
            System.out.flush();
        });
    }

    /**
     * The same, but written by a thread of its own until closed; then each line as it comes again.
     *
     * @param file to write to instead of standard output
     * @throws LogFileException when the file cannot be written
     */
    public static Lines start(String level, Form form, Optional<Path> file, Clock clock) {
        Lines lines = file.map(path -> toFile(level, form, path, clock)).orElseGet(() -> toOutput(level, form));
        lines.writer.gather();
        return lines;
    }

    private static Lines toOutput(String level, Form form) {
        // Past the print stream, which keeps failures to itself; never closed, because commands print there, too.
        FileOutputStream out = new FileOutputStream(FileDescriptor.out);
        LineSink sink = (bytes, length) -> out.write(bytes, 0, length);
        return new Lines(begin(level, layout(form), sink));
    }

    private static Lines toFile(String level, Form form, Path path, Clock clock) {
        // Closed by the end of the process: there is always another line.
        LogFile file = new LogFile(path, FILE_BYTES, archives(path, clock), clock);
        return new Lines(begin(level, layout(form == Form.COLOURED ? Form.PRETTY : form), file));
    }

    /** What becomes of a log file that is full, for whoever looks after it. */
    public static LogArchives archives(Path file, Clock clock) {
        return new LogArchives(file, ALL_BYTES, clock);
    }

    /** Lines that are being written in the background. */
    public static final class Lines implements AutoCloseable {

        private final LineWriter writer;

        private Lines(LineWriter writer) {
            this.writer = writer;
        }

        /** How many could not be written since the start. */
        public long dropped() {
            return writer.dropped();
        }

        /** Writes what waits. */
        @Override
        public void close() {
            writer.gatherNoMore();
        }
    }

    /** Changes the level while the service runs. */
    public static void level(String name) {
        LogLevels.set(name);
    }

    /** The level in force, in pino's words. */
    public static String level() {
        return LogLevels.get();
    }

    /** Silences the libraries that would log secrets, whatever the level. */
    public static void keepSecretsOut() {
        LogLevels.keepSecretsOut();
    }

    /** The layout of production: pino's JSON. */
    public static Layout<ILoggingEvent> pinoLayout() {
        return new PinoLayout(ProcessHandle.current().pid(), hostname());
    }

    private static Layout<ILoggingEvent> layout(Form form) {
        return switch (form) {
            case JSON -> pinoLayout();
            case PRETTY -> new PrettyLayout(false);
            case COLOURED -> new PrettyLayout(onTerminal());
        };
    }

    // Error Prone knows JDK 22 to 24, which always give one; 25 gives none where the output is no terminal.
    @SuppressWarnings("SystemConsoleNull")
    private static boolean onTerminal() {
        @Nullable Console console = System.console();
        return console != null && console.isTerminal();
    }

    private static LineWriter begin(String level, Layout<ILoggingEvent> layout, LineSink sink) {
        // jOOQ greets on standard output unless told not to.
        System.setProperty("org.jooq.no-logo", "true");
        System.setProperty("org.jooq.no-tips", "true");
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        LogLevels.set(level);
        layout.setContext(context);
        layout.start();
        LineWriter writer = new LineWriter(layout, sink);
        writer.setContext(context);
        writer.setName("lines");
        writer.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(writer);
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        return writer;
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
