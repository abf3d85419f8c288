package io.gatehouse.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Redis 6.2 in {@code redis/} of a data folder, recognised by {@code redis.pid}. */
final class RedisServer implements Store {
    static final String PROGRAM = "redis-server";

    private static final Logger LOG = LoggerFactory.getLogger(RedisServer.class);
    private static final Duration RETRY = Duration.ofSeconds(10);
    private static final Duration SETTLE = Duration.ofMillis(300);

    // On TERM it flushes its log to disk and ends.
    private static final List<String> SIGNALS = List.of("TERM", "KILL");

    private final RedisFiles files;
    private final Binaries binaries;
    private final Limits limits;
    private final StoreProcess process;
    private final Daemon daemon;

    RedisServer(Path dataDir, Binaries binaries, Limits limits) {
        this.files = new RedisFiles(dataDir);
        this.binaries = binaries;
        this.limits = limits;
        this.process = new StoreProcess(PROGRAM, files.folder(), files.folder() + "/");
        this.daemon = new Daemon("Redis", process, this::ask, SIGNALS, limits);
    }

    @Override
    public Endpoint open(boolean alone) throws IOException {
        Optional<Long> running = running();
        if (running.isPresent() && daemon.serves(running.get(), alone)) {
            LOG.info("Redis already runs in {} (process {})", files.folder(), running.get());
            return endpoint();
        }
        return start();
    }

    @Override
    public void stop() throws IOException {
        Optional<Long> running = running();
        if (running.isPresent()) {
            daemon.stop(running.get());
        }
    }

    @Override
    public String toString() {
        return "Redis";
    }

    private Endpoint start() throws IOException {
        Path program = binaries.redisServer();
        files.prepare();
        long mark = files.log().size();
        if (!Waiting.until(RETRY, () -> tryStart(program))) {
            throw failure("Redis found no free port within " + RETRY.toSeconds() + " s", mark);
        }
        return endpoint();
    }

    /** False when the port was taken by another program in the meantime. */
    private boolean tryStart(Path program) throws IOException {
        Optional<Long> early = leftByAKilledStart();
        if (early.isPresent()) {
            return daemon.serves(early.get(), true);
        }
        Files.deleteIfExists(files.pidFile());
        files.writeConfig(Loopback.freePort());
        try {
            return launch(program, files.newTicket());
        } finally {
            files.removeTickets();
        }
    }

    /**
     * A service killed while it started Redis leaves a process that is about to become one, and two would ruin the
     * data. Without its ticket it cannot become one any more, and if it had read that before, it can be seen now.
     */
    private Optional<Long> leftByAKilledStart() throws IOException {
        if (files.removeTickets()) {
            // Twice and more, because it forks: a single look may meet the parent too late and the child too early.
            Waiting.until(SETTLE, () -> running().isPresent());
        }
        return running();
    }

    private boolean launch(Path program, Path ticket) throws IOException {
        long mark = files.log().size();
        // It forks into a session of its own: Ctrl-C in the terminal does not reach it.
        List<String> command = List.of(program.toString(), ticket.toString());
        if (Processes.run(command, files.folder(), files.log().file(), limits.command()) != 0) {
            throw failure("Redis did not start", mark);
        }
        Optional<Long> started = running();
        if (started.isPresent() && daemon.serves(started.get(), true)) {
            return true;
        }
        if (files.log().since(mark).contains("Address already in use")) {
            return false;
        }
        throw failure("Redis ended right after its start", mark);
    }

    private EmbeddedStoreException failure(String what, long mark) throws IOException {
        return new EmbeddedStoreException(what + " in " + files.folder()
                + "; mend what its log says and start again (it needs OpenSSL 3, libssl.so.3). "
                + files.log().tail(mark));
    }

    // It forks, opens its port and only then writes the file. A service killed in between leaves a Redis without one.
    private Optional<Long> running() throws IOException {
        if (!Files.isDirectory(files.folder())) {
            return Optional.empty();
        }
        return pidInFile().or(process::find);
    }

    private Optional<Long> pidInFile() throws IOException {
        try {
            return Optional.of(Long.parseLong(Files.readString(files.pidFile()).strip()))
                    .filter(pid -> pid > 0 && process.is(pid));
        } catch (NoSuchFileException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    // Without the file the port may be that of a program which was faster: it must not see the password.
    private Answer ask() throws IOException {
        return pidInFile().isPresent()
                ? new RedisProbe(endpoint(), files.folder(), limits.probe()).ask()
                : Answer.SILENT;
    }

    private Endpoint endpoint() throws IOException {
        return new Endpoint(Loopback.HOST, files.port(), "default", files.password(), "0");
    }
}
