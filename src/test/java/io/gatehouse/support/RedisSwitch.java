package io.gatehouse.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;

/** One address for several Redis servers, as a name or a virtual address that is given to another after a failover. */
public final class RedisSwitch implements AutoCloseable {

    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Set<Socket> nearEnds = ConcurrentHashMap.newKeySet();
    private final Set<Socket> deaf = ConcurrentHashMap.newKeySet();
    private volatile IntSupplier target;

    private RedisSwitch(IntSupplier target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    /**
     * Leads to a port that need not be known before the first connection.
     */
    public static RedisSwitch to(IntSupplier port) {
        try {
            return new RedisSwitch(port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** New connections go to another port; those that are open stay. */
    public void leadTo(int port) {
        target = () -> port;
    }

    /** From now on the connections that are open swallow everything; new ones work. */
    public void deafen() {
        deaf.addAll(sockets);
    }

    /** From now on the server gets what it is sent over the connections that are open, and its replies are lost. */
    public void loseReplies() {
        deaf.addAll(nearEnds);
    }

    /** Breaks all connections. */
    public void cut() {
        sockets.forEach(RedisSwitch::closeQuietly);
        sockets.clear();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
    }

    private void accept() {
        try {
            while (!listener.isClosed()) {
                connect(listener.accept());
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void connect(Socket near) throws IOException {
        Socket far;
        try {
            far = new Socket(InetAddress.getLoopbackAddress(), target.getAsInt());
        } catch (IOException e) {
            near.close(); // the server is down
            return;
        }
        near.setTcpNoDelay(true);
        far.setTcpNoDelay(true);
        sockets.add(near);
        nearEnds.add(near);
        sockets.add(far);
        Thread.ofVirtual().start(() -> pump(near, far));
        Thread.ofVirtual().start(() -> pump(far, near));
    }

    private void pump(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            byte[] buffer = new byte[8192];
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                if (!deaf.contains(to)) {
                    to.getOutputStream().write(buffer, 0, length);
                }
            }
        } catch (IOException e) {
            // one side is gone: so is the other
        } finally {
            sockets.removeAll(Set.of(from, to));
            nearEnds.removeAll(Set.of(from, to));
            deaf.removeAll(Set.of(from, to));
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
