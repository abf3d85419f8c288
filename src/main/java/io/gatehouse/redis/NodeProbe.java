package io.gatehouse.redis;

import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.Partitions;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A small write to every server that holds keys of ours: a full or read-only one answers pings, and requests go to all
 * nodes of a cluster.
 */
final class NodeProbe {

    private static final long LIFE_MS = 1000;

    /** They reach all but one in a hundred slots: only a node with a few slots and no more could be missed. */
    private static final int TRIES = 100_000;

    private NodeProbe() {}

    /**
     * Writes to all at the same time.
     *
     * @param commands those of the connection
     * @param key for a single server; in a cluster it gets a number for each node that serves slots, as far as the
     *     client knows them
     * @return how many took the write; fails when one did not
     */
    static CompletableFuture<Integer> write(
            StatefulConnection<String, String> connection,
            RedisClusterAsyncCommands<String, String> commands,
            String key) {
        List<CompletableFuture<String>> writes = keys(connection, key).stream()
                .map(each -> commands.set(each, "", SetArgs.Builder.px(LIFE_MS)).toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(writes.toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> writes.size());
    }

    private static Collection<String> keys(StatefulConnection<String, String> connection, String key) {
        return connection instanceof StatefulRedisClusterConnection<String, String> cluster
                ? onEachNode(cluster.getPartitions(), key)
                : List.of(key);
    }

    private static Collection<String> onEachNode(Partitions cluster, String key) {
        long nodes = cluster.stream().filter(NodeProbe::servesSlots).count();
        Map<String, String> keys = new HashMap<>();
        for (int i = 0; keys.size() < nodes && i < TRIES; i++) {
            RedisClusterNode node = cluster.getMasterBySlot(SlotHash.getSlot(key + i));
            if (node != null) {
                keys.putIfAbsent(node.getNodeId(), key + i);
            }
        }
        // A cluster without slots takes no write at all, which the key tells as well as any.
        return keys.isEmpty() ? List.of(key) : keys.values();
    }

    private static boolean servesSlots(RedisClusterNode node) {
        return node.getRole().isUpstream() && !node.hasNoSlots();
    }
}
