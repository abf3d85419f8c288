package io.gatehouse.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The files of Redis in a data folder.
 *
 * @param dataDir the folder of the service, above that of Redis
 */
record RedisFiles(Path dataDir) {
    private static final String PORT = "port ";
    private static final String TICKET = "start-";

    Path folder() {
        return dataDir.resolve("redis");
    }

    Path config() {
        return folder().resolve("redis.conf");
    }

    Path pidFile() {
        return folder().resolve("redis.pid");
    }

    StoreLog log() {
        return new StoreLog(dataDir.resolve("redis.log"));
    }

    String password() throws IOException {
        return Password.in(dataDir.resolve("redis.password"));
    }

    void prepare() throws IOException {
        PrivateFiles.folder(folder());
        log().prepare();
    }

    /** Holds the password, so that no command line does. Only while Redis does not run. */
    void writeConfig(int port) throws IOException {
        PrivateFiles.write(
                config(), """
                # Written by Gatehouse at every start.
                bind %s
                %s%d
                protected-mode yes
                requirepass %s
                databases 16
                daemonize yes
                dir "%s"
                pidfile "%s"
                logfile "%s"
                # Names the folder in the process list.
                proc-title-template "{title} {config-file}"
                # The log of all writes is the record; snapshots beside it would only cost forks.
                appendonly yes
                appendfsync everysec
                save ""
                # Sessions must not be thrown out silently: a full Redis shall say so.
                maxmemory-policy noeviction
                """.formatted(Loopback.HOST, PORT, port, password(), folder(), pidFile(), log().file()));
    }

    /** Another name for the configuration, good for one start: Redis does not start without the file it is given. */
    Path newTicket() throws IOException {
        return Files.createSymbolicLink(folder().resolve(TICKET + UUID.randomUUID()), config());
    }

    /** Whether there were any: a start that came to its end leaves none. */
    boolean removeTickets() throws IOException {
        List<Path> tickets = PrivateFiles.list(folder(), TICKET + "*");
        for (Path ticket : tickets) {
            Files.deleteIfExists(ticket);
        }
        return !tickets.isEmpty();
    }

    /** The port of the last start. */
    int port() throws IOException {
        try (Stream<String> lines = Files.lines(config())) {
            return lines.filter(line -> line.startsWith(PORT))
                    .map(line -> Integer.parseInt(line.substring(PORT.length()).strip()))
                    .findFirst()
                    .orElseThrow(() -> new EmbeddedStoreException(
                            config() + " names no port; end the redis-server of this folder by hand"));
        }
    }
}
