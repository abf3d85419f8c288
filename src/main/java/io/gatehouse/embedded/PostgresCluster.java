package io.gatehouse.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files of PostgreSQL in a data folder, made by initdb when absent.
 *
 * @param dataDir the folder of the service, above that of PostgreSQL
 */
record PostgresCluster(Path dataDir) {
    static final String USER = "gatehouse";
    static final String DATABASE = "gatehouse";

    private static final String UNFINISHED = "postgres.new-";
    private static final String VERSION_FILE = "PG_VERSION";

    /** Written once into postgresql.conf, where operators may change them. */
    private static final List<String> SETTINGS = List.of(
            "shared_buffers=64MB",
            "max_connections=100",
            "password_encryption=scram-sha-256",
            "logging_collector=off",
            "timezone=UTC",
            "log_timezone=UTC",
            // Leaves out the DETAIL of a conflict, which quotes e-mail addresses into the log.
            "log_error_verbosity=terse");

    Path folder() {
        return dataDir.resolve("postgres");
    }

    StoreLog log() {
        return new StoreLog(dataDir.resolve("postgres.log"));
    }

    String password() throws IOException {
        return Password.in(passwordFile());
    }

    /** Makes the files if there are none, and refuses those of another major version. */
    void prepare(Path programs, Duration limit) throws IOException {
        log().prepare();
        for (Path leftover : PrivateFiles.list(dataDir, UNFINISHED + "*")) {
            PrivateFiles.deleteTree(leftover);
        }
        if (!Files.exists(folder().resolve(VERSION_FILE))) {
            initialise(programs, limit);
        }
        checkVersion(programs);
    }

    private void initialise(Path programs, Duration limit) throws IOException {
        if (Files.isDirectory(folder()) && !PrivateFiles.list(folder(), "*").isEmpty()) {
            throw new EmbeddedStoreException(folder() + " is not empty but holds no PostgreSQL data (no " + VERSION_FILE
                    + "); move it away or restore it from a backup");
        }
        Password.in(passwordFile());
        // A name of its own each time: the initdb of a killed service may still be writing into the former one.
        Path unfinished = Files.createTempDirectory(dataDir, UNFINISHED, PrivateFiles.OWNER_ONLY_FOLDER);
        try {
            initdb(programs, unfinished, limit);
            PrivateFiles.move(unfinished, folder());
        } finally {
            PrivateFiles.deleteTree(unfinished);
        }
    }

    private void initdb(Path programs, Path target, Duration limit) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                programs.resolve("bin/initdb").toString(),
                "--pgdata=" + target,
                "--username=" + USER,
                "--pwfile=" + passwordFile(),
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--no-instructions"));
        SETTINGS.forEach(setting -> command.addAll(List.of("-c", setting)));
        long mark = log().size();
        if (Processes.run(RootUser.demoted(command), dataDir, log().file(), limit) != 0) {
            throw new EmbeddedStoreException("initdb failed; mend what it says and start again. " + log().tail(mark));
        }
    }

    private void checkVersion(Path programs) throws IOException {
        String ours = majorVersion(programs);
        String theirs = Files.readString(folder().resolve(VERSION_FILE)).strip();
        if (!ours.equals(theirs)) {
            throw new EmbeddedStoreException(folder() + " was made by PostgreSQL " + theirs + ", this build has " + ours
                    + "; dump it with the former build and load it with this one, or use pg_upgrade");
        }
    }

    // The catalog template begins with "# PostgreSQL 18".
    private static String majorVersion(Path programs) throws IOException {
        Path template = programs.resolve("share/postgresql/postgres.bki");
        try (Stream<String> lines = Files.lines(template)) {
            return lines.findFirst().orElse("").replace("# PostgreSQL", "").strip();
        }
    }

    private Path passwordFile() {
        return dataDir.resolve("postgres.password");
    }
}
