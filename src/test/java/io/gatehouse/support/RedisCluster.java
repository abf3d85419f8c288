package io.gatehouse.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A cluster of three Redis primaries without replicas, each with a third of the slots. It serves the slots of those
 * that are up as long as these are two. Clients are told to come through cables, which can be pulled. To be closed
 * always, started or not.
 */
public final class RedisCluster implements AutoCloseable {

    private static final int SIZE = 3;
    private static final int SLOTS = 16_384;
    private static final List<String> DIRECTIVES = List.of(
            "cluster-enabled yes",
            "cluster-config-file nodes.conf",
            "cluster-node-timeout 1000",
            "cluster-require-full-coverage no",
            "cluster-announce-ip 127.0.0.1");

    private final List<RedisProcess> nodes;
    private final List<Cable> cables = new ArrayList<>();

    /** Works in an existing folder, each node in one of its own below. */
    public RedisCluster(Path folder) {
        nodes = IntStream.range(0, SIZE).mapToObj(index -> node(folder, index)).toList();
    }

    /** Starts the nodes, joins them and waits until all serve. */
    public void start() throws IOException {
        for (RedisProcess node : nodes) {
            node.start();
            layCable(node);
        }
        for (int index = 0; index < SIZE; index++) {
            int[] slots = slots(index).toArray();
            nodes.get(index).command(commands -> commands.clusterAddSlots(slots));
            int port = nodes.get(index).port();
            nodes.getFirst().command(commands -> commands.clusterMeet("127.0.0.1", port));
        }
        awaitHealth();
    }

    /** Where clients should come, as a setting. */
    public String addresses() {
        return cables.stream().map(cable -> "127.0.0.1:" + cable.port()).collect(Collectors.joining(","));
    }

    /** To all nodes. */
    public Cables cables() {
        return new Cables(List.copyOf(cables));
    }

    /** Starts it anew: a node tells its own port, unlike those of the others, as it was set at its start. */
    private void layCable(RedisProcess node) throws IOException {
        Cable cable = Cable.to(node.port());
        cables.add(cable);
        node.directive("cluster-announce-port " + cable.port());
        node.directive("cluster-announce-bus-port " + (node.port() + RedisProcess.BUS));
        node.restart();
    }

    /** Of the first node. */
    public int port() {
        return nodes.getFirst().port();
    }

    /** The same for all nodes. */
    public String password() {
        return nodes.getFirst().password();
    }

    public List<RedisProcess> nodes() {
        return nodes;
    }

    /** SIGKILL; the others take a second or more to notice. */
    public void killNode(int index) {
        nodes.get(index).kill();
    }

    /** Starts a node anew and waits until all that run agree that it serves; two must run. */
    public void restartNode(int index) throws IOException {
        nodes.get(index).restart();
        awaitHealth();
    }

    @Override
    public void close() {
        for (Cable cable : cables) {
            try {
                cable.close();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
        nodes.forEach(RedisProcess::close);
    }

    private void awaitHealth() {
        if (!RedisProcess.until(RedisProcess.PATIENCE, this::healthy)) {
            throw new IllegalStateException("The cluster's nodes do not agree:\n"
                    + String.join("\n", running().map(RedisCluster::state).toList()));
        }
    }

    private boolean healthy() {
        int served = IntStream.range(0, SIZE)
                .filter(index -> nodes.get(index).running())
                .map(index -> Math.toIntExact(slots(index).count()))
                .sum();
        return running()
                .map(RedisCluster::state)
                .allMatch(state -> state.contains("cluster_state:ok") && state.contains("cluster_slots_ok:" + served));
    }

    private Stream<RedisProcess> running() {
        return nodes.stream().filter(RedisProcess::running);
    }

    private static String state(RedisProcess node) {
        return node.command(commands -> commands.clusterInfo());
    }

    private static IntStream slots(int index) {
        return IntStream.range(SLOTS * index / SIZE, SLOTS * (index + 1) / SIZE);
    }

    private static RedisProcess node(Path folder, int index) {
        try {
            return new RedisProcess(Files.createDirectories(folder.resolve("node-" + index)), DIRECTIVES);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
