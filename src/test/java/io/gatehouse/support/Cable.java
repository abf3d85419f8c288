package io.gatehouse.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A cable to a real store that can be pulled and plugged in again: forwards bytes on loopback. While it is pulled,
 * open connections are dead and new ones are refused; while it is silent, they stay open and nothing arrives; while it
 * is slow, everything comes late.
 */
public final class Cable implements AutoCloseable {

    private final int target;
    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean pulled;
    private volatile boolean silent;
    private volatile Duration delay = Duration.ZERO;

    private Cable(int target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    public static Cable to(int port) throws IOException {
        return new Cable(port);
    }

    public int port() {
        return listener.getLocalPort();
    }

    public void pull() {
        pulled = true;
        sockets.forEach(Cable::closeQuietly);
        sockets.clear();
    }

    /** Swallows everything from now on. */
    public void silence() {
        silent = true;
    }

    /** What the store answers comes later by this from now on. */
    public void slow(Duration by) {
        delay = by;
    }

    public void plug() {
        delay = Duration.ZERO;
        if (silent) {
            pull();
        }
        silent = false;
        pulled = false;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        pull();
    }

    private void accept() {
        try {
            while (!listener.isClosed()) {
                Socket near = listener.accept();
                if (pulled) {
                    near.close();
                } else {
                    connect(near);
                }
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void connect(Socket near) throws IOException {
        Socket far;
        try {
            far = new Socket(InetAddress.getLoopbackAddress(), target);
        } catch (IOException e) {
            // The store is down; the cable is not.
            near.close();
            return;
        }
        sockets.add(near);
        sockets.add(far);
        Thread.ofVirtual().start(() -> pump(near, far, false));
        Thread.ofVirtual().start(() -> pump(far, near, true));
    }

    private void pump(Socket from, Socket to, boolean answers) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8192];
            int length = in.read(buffer);
            while (length >= 0) {
                if (answers) {
                    Await.pause(delay);
                }
                if (!silent) {
                    out.write(buffer, 0, length);
                }
                length = in.read(buffer);
            }
        } catch (IOException e) {
            // one side is gone: so is the other
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is closed now
        }
    }
}
