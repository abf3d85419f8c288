package io.gatehouse.support;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * PostgreSQL 15 and Redis 7 from Debian's packages as somebody else would run them: TLS only, with a certificate of
 * their own, a role and an ACL user with passwords.
 */
public final class DebianStores implements AutoCloseable {

    private static final Path POSTGRES = Path.of("/usr/lib/postgresql/15/bin");
    private static final Path REDIS = Path.of("/usr/bin/redis-server");
    private static final String PASSWORD = "a-password-of-the-tests";
    private static final char[] STORE_PASSWORD = "changeit".toCharArray();

    private final Path folder;
    private final int postgresPort = freePort();
    private final int redisPort = freePort();
    private final List<Process> processes = new ArrayList<>();

    /** Whether the packages are installed here. */
    public static boolean installed() {
        return Files.isExecutable(POSTGRES.resolve("postgres")) && Files.isExecutable(REDIS);
    }

    public DebianStores(Path folder) throws Exception {
        this.folder = folder;
        makeCertificate();
        startPostgres();
        startRedis();
    }

    /** What a service needs to reach them, certificates verified. */
    public Map<String, String> environment() {
        return Map.ofEntries(
                Map.entry("POSTGRE_HOST", "localhost"),
                Map.entry("POSTGRE_PORT", Integer.toString(postgresPort)),
                Map.entry("POSTGRE_USER", "gatehouse"),
                Map.entry("POSTGRE_PASSWORD", PASSWORD),
                Map.entry("POSTGRE_NAME", "gatehouse"),
                Map.entry("POSTGRE_SSL_MODE", "verify-full"),
                Map.entry("POSTGRE_SSL_ROOT_CERT", folder.resolve("cert.pem").toString()),
                Map.entry("REDIS_HOST", "localhost"),
                Map.entry("REDIS_PORT", Integer.toString(redisPort)),
                Map.entry("REDIS_TLS", "true"),
                Map.entry("REDIS_USERNAME", "gatehouse"),
                Map.entry("REDIS_PASSWORD", PASSWORD),
                Map.entry("REDIS_KEY_PREFIX", "gh:"),
                Map.entry(
                        "JAVA_TOOL_OPTIONS",
                        "-Djavax.net.ssl.trustStore=" + folder.resolve("trust.p12")
                                + " -Djavax.net.ssl.trustStorePassword=changeit"));
    }

    @Override
    public void close() {
        processes.forEach(Process::destroy);
        for (Process process : processes) {
            waitFor(process);
        }
    }

    private void makeCertificate() throws IOException, GeneralSecurityException {
        Path store = folder.resolve("key.p12");
        run(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "store",
                "-keyalg",
                "RSA",
                "-keysize",
                "2048",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(STORE_PASSWORD)));
        KeyStore keys = KeyStore.getInstance(store.toFile(), STORE_PASSWORD);
        byte[] key = keys.getKey("store", STORE_PASSWORD).getEncoded();
        Files.writeString(folder.resolve("key.pem"), pem("PRIVATE KEY", key));
        Files.setPosixFilePermissions(folder.resolve("key.pem"), PosixFilePermissions.fromString("rw-------"));
        Files.writeString(
                folder.resolve("cert.pem"),
                pem("CERTIFICATE", keys.getCertificate("store").getEncoded()));
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, STORE_PASSWORD);
        trust.setCertificateEntry("store", keys.getCertificate("store"));
        try (var out = Files.newOutputStream(folder.resolve("trust.p12"))) {
            trust.store(out, STORE_PASSWORD);
        }
    }

    private void startPostgres() throws IOException {
        Path data = folder.resolve("pg");
        Path password = folder.resolve("password");
        Files.writeString(password, PASSWORD);
        run(asUser(
                POSTGRES.resolve("initdb").toString(),
                "-D",
                data.toString(),
                "-U",
                "gatehouse",
                "-E",
                "UTF8",
                "--no-locale",
                "-A",
                "scram-sha-256",
                "--pwfile=" + password));
        Files.writeString(data.resolve("pg_hba.conf"), "hostssl all all all scram-sha-256\n");
        processes.add(start(asUser(
                POSTGRES.resolve("postgres").toString(),
                "-D",
                data.toString(),
                "-p",
                Integer.toString(postgresPort),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "ssl=on",
                "-c",
                "ssl_cert_file=" + folder.resolve("cert.pem"),
                "-c",
                "ssl_key_file=" + folder.resolve("key.pem"))));
        awaitPort(postgresPort);
        createDatabase();
    }

    private void createDatabase() {
        String url = "jdbc:postgresql://localhost:" + postgresPort + "/postgres?sslmode=require";
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            try (var connection = java.sql.DriverManager.getConnection(url, "gatehouse", PASSWORD);
                    var statement = connection.createStatement()) {
                statement.execute("create database gatehouse");
                return;
            } catch (java.sql.SQLException e) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("PostgreSQL 15 does not answer", e);
                }
                pause();
            }
        }
    }

    private void startRedis() throws IOException {
        Path config = folder.resolve("redis.conf");
        Files.writeString(config, """
                bind 127.0.0.1
                port 0
                tls-port %d
                tls-cert-file %s
                tls-key-file %s
                tls-ca-cert-file %s
                tls-auth-clients no
                dir %s
                save ""
                user default off
                user gatehouse on >%s ~gh:* +@all -@admin -@dangerous +info
                """.formatted(
                        redisPort,
                        folder.resolve("cert.pem"),
                        folder.resolve("key.pem"),
                        folder.resolve("cert.pem"),
                        folder,
                        PASSWORD));
        processes.add(start(List.of(REDIS.toString(), config.toString())));
        awaitPort(redisPort);
    }

    /** PostgreSQL refuses to run as root; in a user namespace of its own root is somebody else. */
    private static List<String> asUser(String... command) {
        List<String> line = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            line.addAll(List.of("unshare", "-U"));
        }
        line.addAll(List.of(command));
        return line;
    }

    private Process start(List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("stores.log").toFile()))
                .start();
    }

    private void run(List<String> command) throws IOException {
        Process process = start(command);
        if (waitFor(process) != 0) {
            throw new IllegalStateException(
                    command.getFirst() + " failed:\n" + Files.readString(folder.resolve("stores.log")));
        }
    }

    private static int waitFor(Process process) {
        try {
            if (process.waitFor(60, TimeUnit.SECONDS)) {
                return process.exitValue();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        return -1;
    }

    private static String pem(String type, byte[] bytes) {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n";
    }

    private static void awaitPort(int port) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (System.nanoTime() < deadline) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return;
            } catch (IOException e) {
                pause();
            }
        }
        throw new IllegalStateException("Nothing listens on " + port);
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
