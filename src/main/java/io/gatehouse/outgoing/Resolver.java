package io.gatehouse.outgoing;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Finds the addresses of a name. */
@FunctionalInterface
public interface Resolver {

    /**
     * All of them; may block for as long as it likes, and may answer differently each time.
     *
     * @throws UnknownHostException when there are none
     */
    List<InetAddress> resolve(String name) throws UnknownHostException;

    /** The system's, with the JDK's cache. */
    static Resolver system() {
        return name -> List.of(InetAddress.getAllByName(name));
    }
}
