package io.gatehouse.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** PostgreSQL 18 in {@code postgres/} of a data folder, recognised by {@code postmaster.pid}. */
final class PostgresServer implements Store {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresServer.class);

    // Children of a killed postmaster notice its death within moments; a taken port is found at once.
    private static final Duration RETRY = Duration.ofSeconds(10);

    private static final List<String> PASSING =
            List.of("Address already in use", "pre-existing shared memory block", "\"postmaster.pid\" already exists");

    // Fast, immediate, and for one that is frozen the last resort; after the latter two it recovers at its next start.
    private static final List<String> SIGNALS = List.of("INT", "QUIT", "KILL");

    private final PostgresCluster cluster;
    private final Binaries binaries;
    private final Limits limits;
    private final StoreProcess process;
    private final Daemon daemon;

    PostgresServer(Path dataDir, Binaries binaries, Limits limits) {
        this.cluster = new PostgresCluster(dataDir);
        this.binaries = binaries;
        this.limits = limits;
        this.process = new StoreProcess("postgres", cluster.folder(), "-D " + cluster.folder() + " ");
        this.daemon = new Daemon("PostgreSQL", process, this::ask, SIGNALS, limits);
    }

    @Override
    public Endpoint open(boolean alone) throws IOException {
        Optional<PostmasterPid> running = running();
        if (running.isPresent() && daemon.serves(running.get().pid(), alone)) {
            LOG.info(
                    "PostgreSQL already runs in {} (process {})",
                    cluster.folder(),
                    running.get().pid());
            return endpoint();
        }
        return start();
    }

    @Override
    public void stop() throws IOException {
        Optional<PostmasterPid> running = running();
        if (running.isPresent()) {
            daemon.stop(running.get().pid());
        }
    }

    @Override
    public String toString() {
        return "PostgreSQL";
    }

    private Endpoint start() throws IOException {
        Path programs = binaries.postgres();
        cluster.prepare(programs, limits.command());
        long mark = cluster.log().size();
        if (!Waiting.until(RETRY, () -> tryStart(programs))) {
            throw failure("PostgreSQL did not start within " + RETRY.toSeconds() + " s of trying", mark);
        }
        Optional<PostmasterPid> started = running();
        if (started.isEmpty() || !daemon.serves(started.get().pid(), true)) {
            throw failure("PostgreSQL ended right after its start", mark);
        }
        return endpoint();
    }

    /** False when it failed for a reason that passes. */
    private boolean tryStart(Path programs) throws IOException {
        removeForeignPidFile();
        long mark = cluster.log().size();
        if (pgCtl(programs) == 0) {
            return true;
        }
        Optional<PostmasterPid> running = running();
        if (running.isPresent()) {
            return daemon.serves(running.get().pid(), false); // recovers longer than pg_ctl waited
        }
        String said = cluster.log().since(mark);
        if (PASSING.stream().anyMatch(said::contains)) {
            return false;
        }
        throw failure("PostgreSQL did not start", mark);
    }

    private int pgCtl(Path programs) throws IOException {
        // Given at each start and not in postgresql.conf, because none of it is the operator's choice.
        String options = "-p " + Loopback.freePort() + " -c listen_addresses=" + Loopback.HOST
                + " -c unix_socket_directories='' -c fsync=on";
        List<String> command = List.of(
                programs.resolve("bin/pg_ctl").toString(),
                "start",
                "--wait",
                "--timeout=" + limits.answer().toSeconds(),
                "--pgdata=" + cluster.folder(),
                "--log=" + cluster.log().file(),
                "--options=" + options);
        // pg_ctl puts the postmaster into a session of its own: Ctrl-C in the terminal does not reach it.
        Duration limit = limits.answer().plus(limits.command());
        return Processes.run(
                RootUser.demoted(command), cluster.folder(), cluster.log().file(), limit);
    }

    private EmbeddedStoreException failure(String what, long mark) throws IOException {
        return new EmbeddedStoreException(what + " in " + cluster.folder()
                + "; mend what its log says and start again. " + cluster.log().tail(mark));
    }

    private Path pidFile() {
        return cluster.folder().resolve("postmaster.pid");
    }

    private Optional<PostmasterPid> running() throws IOException {
        return PostmasterPid.read(pidFile()).filter(file -> file.pid() > 0 && process.is(file.pid()));
    }

    /**
     * PostgreSQL itself sees through the file of a dead postmaster, but takes any live process of that id for one, and
     * gives up on a file that a power cut left empty. Two postmasters are ruled out even then, by its shared memory.
     */
    private void removeForeignPidFile() throws IOException {
        if (!Files.exists(pidFile()) || process.find().isPresent()) {
            return;
        }
        Optional<PostmasterPid> file = PostmasterPid.read(pidFile());
        if (file.isEmpty() || ProcessHandle.of(Math.abs(file.get().pid())).isPresent()) {
            LOG.warn("{} names no PostgreSQL of this folder and is removed", pidFile());
            Files.deleteIfExists(pidFile());
        }
    }

    private Answer ask() throws IOException {
        Optional<PostmasterPid> file = running();
        if (file.isPresent() && file.get().ready()) {
            return new PostgresProbe(endpoint(), cluster.folder(), limits.probe()).ask();
        }
        return file.isPresent() && file.get().starting() ? Answer.BUSY : Answer.SILENT;
    }

    private Endpoint endpoint() throws IOException {
        int port = PostmasterPid.read(pidFile()).map(PostmasterPid::port).orElse(0);
        return new Endpoint(Loopback.HOST, port, PostgresCluster.USER, cluster.password(), PostgresCluster.DATABASE);
    }
}
