package io.gatehouse.embedded;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A PostgreSQL of another version than the embedded one, from a jar of zonky's binaries. Lies in this package because
 * it needs the same care for archives, root and processes. Its data begins anew at each start.
 */
public final class OtherServer implements AutoCloseable {

    public static final String USER = "gatehouse";
    public static final String PASSWORD = "a-password-of-the-tests";

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> SIGNALS = List.of("INT", "QUIT", "KILL");

    private final Path folder;
    private final Path programs;
    private final StoreProcess survivor;
    private final int port;
    private final Process process;

    /**
     * Unpacks, initialises and starts it.
     *
     * @param folder of its own
     */
    public OtherServer(Path jar, Path folder) throws IOException {
        this.folder = Files.createDirectories(folder).toAbsolutePath();
        this.programs = this.folder.resolve("programs");
        this.survivor = new StoreProcess("postgres", data(), "-D " + data() + " ");
        stopSurvivor();
        unpack(jar);
        initialise();
        this.port = Loopback.freePort();
        this.process = start();
    }

    public int port() {
        return port;
    }

    @Override
    public void close() throws IOException {
        Processes.stop(process.pid(), name(), SIGNALS, PATIENCE);
        PrivateFiles.deleteTree(data());
    }

    /** A test run that was killed leaves its servers behind. */
    private void stopSurvivor() throws IOException {
        for (var pid = survivor.find(); pid.isPresent(); pid = survivor.find()) {
            Processes.stop(pid.get(), name(), SIGNALS, PATIENCE);
        }
    }

    private void unpack(Path jar) throws IOException {
        if (Files.isDirectory(programs)) {
            return;
        }
        Path unfinished = Files.createTempDirectory(folder, "unpacking-");
        String entry = "jar:" + jar.toUri() + "!" + Platform.current().postgresArchive();
        try (InputStream archive = URI.create(entry).toURL().openStream()) {
            Archive.extract(archive, unfinished);
        }
        PrivateFiles.move(unfinished, programs);
    }

    private void initialise() throws IOException {
        PrivateFiles.deleteTree(data());
        Path password = folder.resolve("password");
        PrivateFiles.write(password, PASSWORD);
        List<String> command = List.of(
                program("initdb"),
                "--pgdata=" + data(),
                "--username=" + USER,
                "--pwfile=" + password,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync");
        if (Processes.run(RootUser.demoted(command), folder, log(), PATIENCE) != 0) {
            throw failure();
        }
    }

    private Process start() throws IOException {
        List<String> command = List.of(
                program("postgres"),
                "-D",
                data().toString(),
                "-p",
                Integer.toString(port),
                "-c",
                "listen_addresses=" + Loopback.HOST,
                "-c",
                "unix_socket_directories=",
                "-c",
                "fsync=off",
                "-c",
                "timezone=UTC");
        Process started = new ProcessBuilder(RootUser.demoted(command))
                .directory(data().toFile())
                .redirectInput(Redirect.from(new File("/dev/null")))
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(log().toFile()))
                .start();
        if (!Waiting.until(PATIENCE, () -> !started.isAlive() || listens()) || !started.isAlive()) {
            started.destroyForcibly();
            throw failure();
        }
        return started;
    }

    // It opens its port before it takes users, for which it lets them wait.
    private boolean listens() throws IOException {
        Path pidFile = data().resolve("postmaster.pid");
        if (PostmasterPid.read(pidFile).filter(PostmasterPid::ready).isEmpty()) {
            return false;
        }
        new Socket(InetAddress.ofLiteral(Loopback.HOST), port).close();
        return true;
    }

    private IllegalStateException failure() throws IOException {
        return new IllegalStateException(name() + " did not start:\n" + Files.readString(log()));
    }

    private Path data() {
        return folder.resolve("data");
    }

    private Path log() {
        return folder.resolve("postgres.log");
    }

    private String program(String name) {
        return programs.resolve("bin").resolve(name).toString();
    }

    private String name() {
        return "PostgreSQL in " + folder;
    }
}
