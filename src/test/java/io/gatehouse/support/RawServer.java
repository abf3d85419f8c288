package io.gatehouse.support;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

/**
 * A server on 127.0.0.1 that says whatever a test wants, however wrong, and remembers what it was asked. A connection
 * lives until the script closes it.
 */
public final class RawServer implements AutoCloseable {

    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");

    private final ServerSocket listener;
    private final Script script;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicLong sent = new AtomicLong();

    private RawServer(ServerSocket listener, Script script) {
        this.listener = listener;
        this.script = script;
        Thread.ofVirtual().start(this::accept);
    }

    /** What happens after a request was read; throws what it likes. */
    @FunctionalInterface
    public interface Script {
        void play(Talk talk) throws IOException;
    }

    /** One request, and how to answer it. */
    public final class Talk {
        private final Socket socket;
        private final String request;

        Talk(Socket socket, String request) {
            this.socket = socket;
            this.request = request;
        }

        public String request() {
            return request;
        }

        public void say(String text) throws IOException {
            say(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        public void say(byte[] bytes) throws IOException {
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
            out.flush();
            sent.addAndGet(bytes.length);
        }

        /** A whole answer. */
        public void answer(String statusAndHeaders, String body) throws IOException {
            say("HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s".formatted(statusAndHeaders, body.length(), body));
        }

        public void close() throws IOException {
            socket.close();
        }

        /** Ends the connection with RST instead of FIN. */
        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }

    public static RawServer on(int port, Script script) throws IOException {
        return new RawServer(new ServerSocket(port, 50, InetAddress.ofLiteral("127.0.0.1")), script);
    }

    public static RawServer start(Script script) throws IOException {
        return on(0, script);
    }

    public static RawServer tls(SSLContext context, Script script) throws IOException {
        return new RawServer(
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1")), script);
    }

    public int port() {
        return listener.getLocalPort();
    }

    public String url() {
        return "http://127.0.0.1:" + port();
    }

    /** Head and body of each, in order. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    public int connections() {
        return connections.get();
    }

    /** Bytes that the network took from us. */
    public long sent() {
        return sent.get();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private void accept() {
        try {
            while (!listener.isClosed()) {
                Socket socket = listener.accept();
                sockets.add(socket);
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (String request = read(in); !request.isEmpty(); request = read(in)) {
                requests.add(request);
                script.play(new Talk(socket, request));
            }
        } catch (IOException e) {
            // The client has gone, or never spoke TLS.
        } finally {
            sockets.remove(socket);
        }
    }

    /** Empty at the end. */
    private static String read(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        String text = "";
        while (!text.endsWith("\r\n\r\n")) {
            int letter = in.read();
            if (letter < 0) {
                return "";
            }
            head.write(letter);
            text = head.toString(StandardCharsets.ISO_8859_1);
        }
        Matcher length = LENGTH.matcher(text);
        return length.find()
                ? text + new String(in.readNBytes(Integer.parseInt(length.group(1))), StandardCharsets.UTF_8)
                : text;
    }
}
