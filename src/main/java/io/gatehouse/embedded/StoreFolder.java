package io.gatehouse.embedded;

import io.gatehouse.embedded.EmbeddedStores.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The users of one data folder within this JVM; they share one kernel lock and count as one process.
 *
 * <p>Thread-safe: entering and leaving exclude each other.
 */
final class StoreFolder {
    // The one mutable static: POSIX locks belong to the process, do not exclude its own threads and are dropped when
    // any descriptor of the file is closed. So a JVM must have one keeper per folder. Entries stay; they are few.
    private static final ConcurrentHashMap<Path, StoreFolder> FOLDERS = new ConcurrentHashMap<>();

    private final Path path;
    private final StoreLocks locks;
    private @Nullable LockedFile use;
    private Limits limits = Limits.DEFAULT;
    private int users;

    private StoreFolder(Path path) {
        this.path = path;
        this.locks = new StoreLocks(path);
    }

    static StoreFolder of(Path dataDir) throws IOException {
        Path path = PrivateFiles.folder(dataDir);
        // pg_ctl hands paths to a shell inside double quotes, and redis.conf has rules of its own.
        if (path.toString().matches("(?s).*[\"$`\\\\\n].*")) {
            throw new EmbeddedStoreException("The data folder " + path
                    + " has a quote, dollar, backquote, backslash or line break in its name; choose another");
        }
        return FOLDERS.computeIfAbsent(path, StoreFolder::new);
    }

    synchronized Map<Kind, Endpoint> enter(Binaries binaries, Set<Kind> kinds, Limits newLimits) throws IOException {
        limits = newLimits;
        try (LockedFile _ = locks.gate(limits.gate())) {
            boolean alone = users == 0 && locks.unused();
            LockedFile lock = use == null ? locks.use() : use;
            use = lock;
            Map<Kind, Endpoint> endpoints = openAll(stores(binaries, kinds), alone);
            users++;
            return endpoints;
        } finally {
            if (users == 0) {
                dropUse();
            }
        }
    }

    synchronized void leave() throws IOException {
        users--;
        if (users > 0) {
            return;
        }
        try (LockedFile _ = locks.gate(limits.gate())) {
            dropUse();
            if (locks.unused()) {
                // Stopping needs no programs, only process ids, so any place for them will do.
                stopAll(stores(new Binaries(path), Set.of(Kind.values())).values());
            }
        } finally {
            dropUse();
        }
    }

    private void dropUse() {
        LockedFile lock = use;
        use = null;
        if (lock != null) {
            lock.close();
        }
    }

    private Map<Kind, Store> stores(Binaries binaries, Set<Kind> kinds) {
        Map<Kind, Store> stores = new EnumMap<>(Kind.class);
        for (Kind kind : kinds) {
            stores.put(
                    kind,
                    switch (kind) {
                        case POSTGRES -> new PostgresServer(path, binaries, limits);
                        case REDIS -> new RedisServer(path, binaries, limits);
                    });
        }
        return stores;
    }

    private static Map<Kind, Endpoint> openAll(Map<Kind, Store> stores, boolean alone) {
        Map<Kind, CompletableFuture<Endpoint>> opening = new EnumMap<>(Kind.class);
        stores.forEach(
                (kind, store) -> opening.put(kind, Background.start("Cannot open " + kind, () -> store.open(alone))));
        Map<Kind, Endpoint> endpoints = new EnumMap<>(Kind.class);
        Map<Kind, RuntimeException> failures = new EnumMap<>(Kind.class);
        opening.forEach((kind, future) -> {
            try {
                endpoints.put(kind, Background.join(future));
            } catch (RuntimeException e) {
                failures.put(kind, e);
            }
        });
        if (failures.isEmpty()) {
            return endpoints;
        }
        throw afterStopping(alone ? stores : Map.of(), failures);
    }

    /** One store without the other is of no use, nor is one that fails; but one at work on its data may finish. */
    private static RuntimeException afterStopping(Map<Kind, Store> stores, Map<Kind, RuntimeException> failures) {
        List<RuntimeException> reasons = new ArrayList<>(failures.values());
        RuntimeException first = reasons.removeFirst();
        reasons.forEach(first::addSuppressed);
        try {
            stopAll(stores.entrySet().stream()
                    .filter(store -> !(failures.get(store.getKey()) instanceof StoreBusyException))
                    .map(Map.Entry::getValue)
                    .toList());
        } catch (RuntimeException e) {
            first.addSuppressed(e);
        }
        return first;
    }

    private static void stopAll(Iterable<Store> stores) {
        List<CompletableFuture<Boolean>> stopping = new ArrayList<>();
        for (Store store : stores) {
            stopping.add(Background.start("Cannot stop " + store, () -> {
                store.stop();
                return true;
            }));
        }
        Background.join(CompletableFuture.allOf(stopping.toArray(CompletableFuture[]::new)));
    }
}
