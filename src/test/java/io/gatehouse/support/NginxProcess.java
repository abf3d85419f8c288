package io.gatehouse.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Debian's nginx with a configuration of the test's, as one process that keeps all its files in one folder. */
public final class NginxProcess implements AutoCloseable {

    public static final Path PROGRAM = Path.of("/usr/sbin/nginx");

    private final Process process;
    private final Path folder;

    private NginxProcess(Process process, Path folder) {
        this.process = process;
        this.folder = folder;
    }

    /**
     * Starts and waits until it listens, at most ten seconds.
     *
     * @param folder an existing one of its own
     * @param configuration what stands in the block {@code http}
     * @param port one that the configuration listens on
     */
    public static NginxProcess start(Path folder, String configuration, int port) throws IOException {
        Path absolute = folder.toAbsolutePath();
        Path file = absolute.resolve("nginx.conf");
        Files.writeString(file, complete(absolute, configuration));
        Process process = new ProcessBuilder(
                        PROGRAM.toString(),
                        "-p",
                        absolute.toString(),
                        "-e",
                        errorLog(absolute).toString(),
                        "-c",
                        file.toString())
                .directory(absolute.toFile())
                .redirectErrorStream(true)
                .redirectOutput(absolute.resolve("output.txt").toFile())
                .start();
        NginxProcess nginx = new NginxProcess(process, absolute);
        nginx.awaitPort(port);
        return nginx;
    }

    /** A port that was free just now. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it complained about so far. */
    public String errorLog() {
        try {
            Path log = errorLog(folder);
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String complete(Path folder, String configuration) {
        // Without a master there are no workers, which a killed master would leave behind.
        return """
                user root;
                daemon off;
                master_process off;
                pid "%1$s/nginx.pid";
                error_log "%2$s" info;
                events {}
                http {
                    access_log off;
                    client_body_temp_path "%1$s/client-body";
                    proxy_temp_path "%1$s/proxy";
                    fastcgi_temp_path "%1$s/fastcgi";
                    uwsgi_temp_path "%1$s/uwsgi";
                    scgi_temp_path "%1$s/scgi";
                %3$s
                }
                """.formatted(folder, errorLog(folder), configuration);
    }

    private static Path errorLog(Path folder) {
        return folder.resolve("error.log");
    }

    private void awaitPort(int port) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (process.isAlive() && System.nanoTime() < deadline) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return;
            } catch (IOException e) {
                pause();
            }
        }
        close();
        throw new IllegalStateException("nginx does not listen on " + port + ":\n"
                + Files.readString(folder.resolve("output.txt"))
                + errorLog());
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(10);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
