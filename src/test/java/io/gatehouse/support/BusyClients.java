package io.gatehouse.support;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Clients that ask one thing without a pause, each on a connection that it keeps as long as it may, until nobody
 * listens any more. They forgive that a connection is refused and nothing else. Thread-safe.
 */
public final class BusyClients {

    private static final int PATIENCE_MS = 20_000;

    private final int port;
    private final byte[] request;
    private final List<Thread> clients;
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();

    private BusyClients(int port, String request, int count) {
        this.port = port;
        this.request = request.getBytes(StandardCharsets.US_ASCII);
        this.clients = IntStream.range(0, count)
                .mapToObj(n -> Thread.ofVirtual().unstarted(this::ask))
                .toList();
    }

    /**
     * Begins.
     *
     * @param request the whole of it
     */
    public static BusyClients start(int port, String request, int count) {
        BusyClients busy = new BusyClients(port, request, count);
        busy.clients.forEach(Thread::start);
        return busy;
    }

    /** Waits until nobody listens. */
    public void await() throws InterruptedException {
        for (Thread client : clients) {
            client.join();
        }
    }

    /** Replies of 200. */
    public int answered() {
        return answered.get();
    }

    /** Replies that announced the end of their connection. */
    public int ended() {
        return ended.get();
    }

    /** Requests that were sent and got no reply of 200. */
    public List<String> failures() {
        return List.copyOf(failures);
    }

    private void ask() {
        while (true) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setSoTimeout(PATIENCE_MS);
                askOn(socket);
            } catch (IOException e) {
                return; // refused
            }
        }
    }

    private void askOn(Socket socket) {
        try {
            boolean kept = true;
            while (kept) {
                socket.getOutputStream().write(request);
                String head = reply(socket.getInputStream());
                if (!head.startsWith("HTTP/1.1 200 ")) {
                    throw new IOException(head);
                }
                answered.incrementAndGet();
                kept = !head.toLowerCase(Locale.ROOT).contains("\r\nconnection: close\r\n");
            }
            ended.incrementAndGet();
        } catch (IOException e) {
            failures.add(e.toString());
        }
    }

    /** The head of a reply whose body is read, too. */
    private static String reply(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("The connection ended after: " + head);
            }
            head.append((char) next);
        }
        in.skipNBytes(contentLength(head.toString()));
        return head.toString();
    }

    private static long contentLength(String head) {
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
                .mapToLong(line ->
                        Long.parseLong(line.substring(line.indexOf(':') + 1).trim()))
                .findFirst()
                .orElse(0);
    }
}
