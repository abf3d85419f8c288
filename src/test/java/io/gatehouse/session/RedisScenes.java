package io.gatehouse.session;

import io.gatehouse.session.RedisFaults.Fault;
import io.gatehouse.session.RedisFaults.Step;
import io.gatehouse.support.RedisProcess;
import io.gatehouse.support.RedisSwitch;
import io.gatehouse.support.TestService;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The faults of one Redis under two replicas and their load, ready to be played in any order. */
final class RedisScenes implements AutoCloseable {

    private static final Step NOTHING = () -> {};

    private final RedisProcess redis;
    private final RedisProcess older;
    private final RedisSwitch line;
    private final int sessions;
    private final SessionLoad load;
    private final RedisFaults faults;
    private final Footprint before;

    /**
     * @param replicas reach their Redis, the first one's own, over the line
     * @param folder for another Redis
     */
    RedisScenes(List<TestService> replicas, RedisSwitch line, Path folder, int sessions) throws IOException {
        this.redis = replicas.getFirst().ownRedis();
        this.older = new RedisProcess(folder);
        this.line = line;
        this.sessions = sessions;
        this.load = new SessionLoad(replicas, BulkSessions.insert(replicas.getFirst(), sessions));
        this.faults = new RedisFaults(load, replicas);
        older.start();
        load.start();
        faults.warmUp(3 * sessions);
        this.before = faults.footprint();
    }

    void flushed(Duration lasting) throws IOException {
        faults.survive(new Fault("flushed twice", NOTHING, redis::flush, lasting, redis::flush));
    }

    void killed(Duration lasting) throws IOException {
        faults.survive(new Fault("killed and started empty", NOTHING, redis::kill, lasting, redis::restart));
    }

    void setBack(Duration lasting) throws IOException {
        faults.survive(new Fault(
                "killed and started from an older snapshot",
                redis::snapshot,
                redis::kill,
                lasting,
                redis::restartFromSnapshot));
        redis.restart(); // forgets the snapshot's file
    }

    void stalled(Duration lasting) throws IOException {
        faults.survive(new Fault("paused", NOTHING, () -> redis.pause(lasting), lasting, NOTHING));
    }

    void full(Duration lasting) throws IOException {
        faults.survive(new Fault(
                "full",
                NOTHING,
                () -> redis.configure("maxmemory", "1mb"),
                lasting,
                () -> redis.configure("maxmemory", "0")));
    }

    void demotedAndPromoted(Duration lasting) throws IOException {
        faults.survive(new Fault(
                "made a replica of an older one and promoted",
                this::fallBehind,
                () -> redis.replicaOf(older),
                lasting,
                redis::promote));
    }

    /** To the older one and back. */
    void failedOver(Duration lasting) throws IOException {
        faults.survive(new Fault(
                "failed over to an older one", this::fallBehind, () -> leadTo(older, true), lasting, NOTHING));
        faults.survive(new Fault("failed back", this::catchUp, () -> leadTo(redis, true), lasting, NOTHING));
    }

    /** As where an address moves: who is connected stays with the old server, which only reads from then on. */
    void failedOverButStillConnected(Duration lasting) throws IOException {
        try {
            faults.survive(new Fault(
                    "failed over, old connections left open",
                    this::fallBehind,
                    () -> {
                        leadTo(older, false);
                        redis.replicaOf(older);
                    },
                    lasting,
                    NOTHING));
        } finally {
            catchUp();
            leadTo(redis, true);
        }
    }

    /** As where a machine loses its power: nobody tells those who are connected that nobody listens any more. */
    void silentlyGone(Duration lasting) throws IOException {
        try {
            faults.survive(new Fault("old connections silent", NOTHING, line::deafen, lasting, NOTHING));
        } finally {
            line.cut();
        }
    }

    /** To be asked at the end. */
    void nothingIsLeftBehind() {
        before.staysFlatUntil(faults.footprint());
    }

    /** With copies that the older one would believe, had it not been promoted. */
    private void fallBehind() {
        // A server that gets its first replica has a new replication id: all copies are written anew.
        older.replicaOf(redis);
        faults.warmUp(2 * sessions);
        older.promote();
    }

    private void catchUp() {
        redis.replicaOf(older);
        redis.promote();
    }

    private void leadTo(RedisProcess server, boolean cutting) {
        line.leadTo(server.port());
        if (cutting) {
            line.cut();
        }
    }

    @Override
    public void close() {
        load.close();
        faults.close();
        older.close();
    }
}
