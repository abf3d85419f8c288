package io.gatehouse.embedded;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One use of the PostgreSQL and Redis whose data live in a folder.
 *
 * <p>Any number of processes, and of instances in one process, may use a folder at once; all meet the same stores, and
 * the last one to close stops them. A user that dies without closing leaves the stores running; the next {@link #open}
 * takes them over. Both listen on 127.0.0.1 only, on a port chosen at each start, and ask for a random password kept
 * under the folder in a file of mode 600. PostgreSQL runs with fsync, Redis appends to its log and flushes it every
 * second, so a power cut costs Redis up to about a second.
 *
 * <p>Not meant for several hosts over a network folder: the count of users rests on kernel file locks and process ids.
 *
 * <p>Thread-safe. Opening and closing block and ignore interrupts until done. Every wait in them is bounded: opening takes
 * minutes at the very worst, closing a minute and a half.
 */
public final class EmbeddedStores implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedStores.class);

    /** What can be embedded. */
    public enum Kind {
        POSTGRES,
        REDIS
    }

    private final StoreFolder folder;
    private final Map<Kind, Endpoint> endpoints;
    private final AtomicBoolean closed = new AtomicBoolean();

    private EmbeddedStores(StoreFolder folder, Map<Kind, Endpoint> endpoints) {
        this.folder = folder;
        this.endpoints = endpoints;
    }

    /**
     * Starts the stores that {@code kinds} names, or attaches to those that already run in this folder.
     *
     * @param dataDir holds everything of the stores; created with mode 700 when absent
     * @param binaries where the programs are unpacked once (about 75 MB); may be shared by many data folders
     * @throws EmbeddedStoreException when a store cannot be had; nothing that this call started keeps running, except
     *     a store that is still recovering its data, which is left to finish
     */
    public static EmbeddedStores open(Path dataDir, Path binaries, Set<Kind> kinds) {
        return open(dataDir, binaries, kinds, Limits.DEFAULT);
    }

    static EmbeddedStores open(Path dataDir, Path binaries, Set<Kind> kinds, Limits limits) {
        return Background.call("Cannot open the stores in " + dataDir, () -> {
            StoreFolder folder = StoreFolder.of(dataDir);
            return new EmbeddedStores(folder, folder.enter(new Binaries(binaries), kinds, limits));
        });
    }

    /** The PostgreSQL of this folder, as superuser of its database. Refuses when it was not asked for. */
    public Endpoint postgres() {
        return endpoint(Kind.POSTGRES);
    }

    /** The Redis of this folder. Refuses when it was not asked for. */
    public Endpoint redis() {
        return endpoint(Kind.REDIS);
    }

    /** Ends this use; the last user stops the stores. Repeatable. A failure is logged, for there is no one to mend it. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try {
                Background.run("Cannot close the stores", folder::leave);
            } catch (EmbeddedStoreException e) {
                LOG.error("The embedded stores may still be running; the next start takes them over", e);
            }
        }
    }

    private Endpoint endpoint(Kind kind) {
        @Nullable Endpoint endpoint = endpoints.get(kind);
        if (endpoint == null) {
            throw new IllegalStateException(kind + " was not opened; name it in the kinds given to open()");
        }
        return endpoint;
    }
}
