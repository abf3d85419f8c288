package io.gatehouse.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.Partitions;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What to write so that every server that holds keys of ours has to take a write. */
final class ProbeKeys {

    /** A node with a thousandth of the slots is missed once in 10<sup>40</sup> times. */
    private static final int TRIES = 100_000;

    private ProbeKeys() {}

    /** One key for a single server, one for each node of a cluster that serves slots, as far as the client knows. */
    static Collection<String> of(StatefulConnection<?, ?> connection, String key) {
        return connection instanceof StatefulRedisClusterConnection<?, ?> cluster
                ? onEachNode(cluster.getPartitions(), key)
                : List.of(key);
    }

    private static Collection<String> onEachNode(Partitions cluster, String key) {
        long nodes = cluster.stream().filter(ProbeKeys::servesSlots).count();
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
