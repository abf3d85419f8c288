package io.gatehouse.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Counts the processes that use a folder by kernel locks, which end with their process however it dies.
 *
 * <p>{@code stores.gate} is held exclusively while a process opens or closes, {@code stores.use} shared for as long as
 * it uses the stores. Whoever, holding the gate, could take the latter exclusively is alone.
 */
record StoreLocks(Path folder) {

    LockedFile gate(Duration limit) throws IOException {
        AtomicReference<@Nullable LockedFile> gate = new AtomicReference<>();
        Waiting.until(limit, () -> {
            gate.set(LockedFile.tryExclusive(folder.resolve("stores.gate")));
            return gate.get() != null;
        });
        LockedFile locked = gate.get();
        if (locked == null) {
            throw new EmbeddedStoreException("Another process has been opening or closing the stores in " + folder
                    + " for " + limit.toSeconds() + " s; look for it with `fuser " + folder
                    + "/stores.gate`, end it and start again");
        }
        return locked;
    }

    /** Only while holding the gate and no use of our own. */
    boolean unused() throws IOException {
        LockedFile all = LockedFile.tryExclusive(folder.resolve("stores.use"));
        if (all == null) {
            return false;
        }
        all.close();
        return true;
    }

    /** Only while holding the gate, under which nobody takes it exclusively for more than a moment. */
    LockedFile use() throws IOException {
        return LockedFile.shared(folder.resolve("stores.use"));
    }
}
