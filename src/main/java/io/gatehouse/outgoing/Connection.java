package io.gatehouse.outgoing;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PlainSocket;
import io.helidon.common.socket.TlsSocket;
import io.helidon.webclient.api.ClientConnection;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A connection that Helidon's client speaks over, and that bounds what comes back. Helidon 4.5.0 reads each chunk of a
 * body as a whole, however long the target says it is, and knows no deadline of a whole call; both are bounded here,
 * where the bytes come in. Belongs to one call at a time; {@link #cut()} may come from any thread.
 */
final class Connection implements ClientConnection {

    private static final int BUFFER = 8 * 1024;

    private final Target target;
    private final Socket raw;
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final HelidonSocket view;
    private final DataReader reader = DataReader.create(this::receive);
    private final DataWriter writer = new Writer();
    private final byte[] buffer = new byte[BUFFER];

    private Deadline deadline = Deadline.in(Duration.ZERO);
    private Duration readTimeout = Duration.ZERO;
    private long left;
    private boolean answering;
    private boolean released;
    private volatile boolean dead;

    /**
     * @param raw what is connected
     * @param socket what to speak over: the same, or TLS on top of it
     */
    Connection(Target target, Socket raw, Socket socket) throws IOException {
        this.target = target;
        this.raw = raw;
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
        this.view = socket instanceof SSLSocket tls
                ? TlsSocket.client(tls, "outgoing")
                : PlainSocket.client(raw, "outgoing");
    }

    /** Begins a call: what it may take of time and bytes. */
    void begin(Deadline end, Duration silence, long mostBytes) {
        deadline = end;
        readTimeout = silence;
        left = mostBytes;
        answering = false;
        released = false;
    }

    String origin() {
        return target.origin();
    }

    /** Whether anything of an answer has come since the call began. */
    boolean answering() {
        return answering;
    }

    /** Whether another call may follow: the answer was read to its end, and nothing came after it. */
    boolean reusable() {
        return released && !dead && reader.available() == 0;
    }

    /** Ends it at once, whoever is reading or writing. Closes what lies below TLS: TLS would try to say goodbye. */
    void cut() {
        dead = true;
        try {
            raw.close();
        } catch (IOException e) {
            // It is of no use any more, and that was the aim.
        }
    }

    private byte @Nullable [] receive() {
        if (deadline.over()) {
            throw late();
        }
        Deadline until = deadline.within(readTimeout);
        try {
            socket.setSoTimeout(until.millis());
            int length = in.read(buffer, 0, (int) Math.min(buffer.length, left + 1));
            if (length < 0) {
                return null;
            }
            answering = true;
            left -= length;
            if (left < 0) {
                throw OutgoingException.of(Reason.TOO_LARGE, target.host(), "sends more than is taken");
            }
            return Arrays.copyOf(buffer, length);
        } catch (SocketTimeoutException e) {
            throw until.equals(deadline)
                    ? late()
                    : OutgoingException.of(Reason.READ_TIMEOUT, target.host(), "is silent");
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private void send(BufferData data) {
        try {
            data.writeTo(out);
        } catch (UncheckedIOException e) {
            throw broken(new IOException(e.getMessage(), e));
        }
    }

    private OutgoingException late() {
        return OutgoingException.of(Reason.TOTAL_TIMEOUT, target.host(), "the call takes too long");
    }

    private OutgoingException broken(IOException e) {
        // A virtual thread's interrupt closes the socket that it waits for.
        if (Thread.currentThread().isInterrupted()) {
            return OutgoingException.of(Reason.INTERRUPTED, target.host(), "interrupted");
        }
        return deadline.over()
                ? late()
                : OutgoingException.of(Reason.RESET, target.host(), "the connection broke: " + e.getMessage(), e);
    }

    @Override
    public DataReader reader() {
        return reader;
    }

    @Override
    public DataWriter writer() {
        return writer;
    }

    @Override
    public String channelId() {
        return "outgoing";
    }

    @Override
    public HelidonSocket helidonSocket() {
        return view;
    }

    /** Ours count, see {@link #begin}. */
    @Override
    public void readTimeout(Duration helidons) {}

    @Override
    public boolean isConnected() {
        return !dead;
    }

    @Override
    public void releaseResource() {
        released = true;
    }

    @Override
    public void closeResource() {
        cut();
    }

    private final class Writer implements DataWriter {

        @Override
        public void write(BufferData... buffers) {
            for (BufferData data : buffers) {
                send(data);
            }
        }

        @Override
        public void write(BufferData data) {
            send(data);
        }

        @Override
        public void writeNow(BufferData... buffers) {
            write(buffers);
        }

        @Override
        public void writeNow(BufferData data) {
            send(data);
        }
    }
}
