package io.gatehouse.outgoing;

import io.gatehouse.outgoing.Watch.Guard;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections. A name is looked up once; the addresses that were checked are the ones connected to, so that
 * another answer a moment later changes nothing. TLS goes by the name: SNI and the certificate's host. Thread-safe.
 */
final class Connector {

    /** Of one host. One that has more does not lose all of them at once. */
    private static final int MOST_ADDRESSES = 3;

    private final Lookups lookups;
    private final AddressPolicy policy;
    private final SSLContext tls;
    private final Watch watch;

    Connector(Lookups lookups, AddressPolicy policy, SSLContext tls, Watch watch) {
        this.lookups = lookups;
        this.policy = policy;
        this.tls = tls;
        this.watch = watch;
    }

    /**
     * Connects, and shakes hands where the URL is https.
     *
     * @param deadline of look-up, connection and handshake together
     * @throws OutgoingException when that fails or is refused
     */
    Connection open(Target target, Deadline deadline) {
        List<InetAddress> addresses =
                target.address().map(List::of).orElseGet(() -> lookups.addresses(target.host(), deadline));
        policy.checkAddresses(target.host(), addresses);
        int tries = Math.min(MOST_ADDRESSES, addresses.size());
        for (int i = 0; i < tries - 1; i++) {
            Deadline share = deadline.within(deadline.remaining().dividedBy(tries - i));
            try {
                return connect(target, addresses.get(i), share);
            } catch (OutgoingException e) {
                if (e.reason() != Reason.CONNECT_FAILED && e.reason() != Reason.CONNECT_TIMEOUT) {
                    throw e;
                }
            }
        }
        return connect(target, addresses.get(tries - 1), deadline);
    }

    private Connection connect(Target target, InetAddress address, Deadline deadline) {
        // The system's proxy settings are not for us: a proxy would look the name up again.
        Socket raw = new Socket(Proxy.NO_PROXY);
        @Nullable Connection connection = null;
        try (Guard _ = watch.guard(deadline, () -> close(raw))) {
            raw.setTcpNoDelay(true);
            raw.connect(new InetSocketAddress(address, target.port()), deadline.millis());
            raw.setSoTimeout(deadline.millis());
            connection = new Connection(target, raw, target.secure() ? handshake(target, raw) : raw);
            return connection;
        } catch (SocketTimeoutException e) {
            throw late(target);
        } catch (SSLException e) {
            throw deadline.over() ? late(target) : failed(Reason.TLS_FAILED, target, e);
        } catch (IOException e) {
            throw deadline.over() ? late(target) : failed(Reason.CONNECT_FAILED, target, e);
        } finally {
            if (connection == null) {
                close(raw);
            }
        }
    }

    private SSLSocket handshake(Target target, Socket raw) throws IOException {
        SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(raw, target.host(), target.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setApplicationProtocols(new String[] {"http/1.1"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static OutgoingException late(Target target) {
        return OutgoingException.of(Reason.CONNECT_TIMEOUT, target.host(), "cannot be connected to in time");
    }

    private static OutgoingException failed(Reason reason, Target target, IOException e) {
        if (Thread.currentThread().isInterrupted()) {
            return OutgoingException.of(Reason.INTERRUPTED, target.host(), "interrupted");
        }
        return OutgoingException.of(reason, target.host(), "cannot be connected to: " + e.getMessage(), e);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is of no use any more, and that was the aim.
        }
    }
}
