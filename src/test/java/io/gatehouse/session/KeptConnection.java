package io.gatehouse.session;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the service that is kept open from request to request: cheap enough for thousands of requests a
 * second beside the service itself. A connection that breaks is replaced at the next request. Not thread-safe.
 */
final class KeptConnection implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final int port;
    private @Nullable Socket socket;
    private @Nullable InputStream in;

    KeptConnection(int port) {
        this.port = port;
    }

    /** Sends a request without a body; the status of the response, whose body is read and dropped. */
    int send(String method, String path, String cookie) throws IOException {
        try {
            Socket current = open();
            String request = method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nCookie: " + cookie
                    + (method.equals("GET") ? "" : "\r\nContent-Length: 0") + "\r\n\r\n";
            current.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return read();
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private Socket open() throws IOException {
        Socket current = socket;
        if (current == null) {
            current = new Socket(InetAddress.getLoopbackAddress(), port);
            current.setTcpNoDelay(true);
            current.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
            socket = current;
            in = new BufferedInputStream(current.getInputStream());
        }
        return current;
    }

    private int read() throws IOException {
        int status = Integer.parseInt(line().split(" ", 3)[1]);
        int length = 0;
        boolean last = false;
        for (String line = line(); !line.isEmpty(); line = line()) {
            String header = line.toLowerCase(Locale.ROOT);
            if (header.startsWith("content-length:")) {
                length = Integer.parseInt(
                        header.substring("content-length:".length()).trim());
            }
            last |= header.equals("connection: close");
        }
        input().readNBytes(length);
        if (last) {
            close();
        }
        return status;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = input().read(); next != '\n'; next = input().read()) {
            if (next < 0) {
                throw new IOException("The service closed the connection");
            }
            line.append((char) next);
        }
        return line.toString().stripTrailing();
    }

    private InputStream input() throws IOException {
        InputStream current = in;
        if (current == null) {
            throw new IOException("Not connected");
        }
        return current;
    }

    @Override
    public void close() {
        Socket current = socket;
        socket = null;
        in = null;
        if (current != null) {
            try {
                current.close();
            } catch (IOException e) {
                // it is closed now
            }
        }
    }
}
