package io.gatehouse.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** The only address that embedded stores listen on. */
final class Loopback {
    static final String HOST = "127.0.0.1";

    private Loopback() {}

    /** A port that was free just now; another program may take it first, so the user of it must be ready to retry. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral(HOST))) {
            return socket.getLocalPort();
        }
    }
}
