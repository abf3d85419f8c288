package io.gatehouse.bench;

import io.gatehouse.id.LogIds;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/** Ids per second under one worker number; the format allows 4,096,000. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class IdsBenchmark {

    private final LogIds logIds = new LogIds(1, Clock.systemUTC());
    private final LeasedIds rowIds = new LeasedIds();

    @TearDown
    public void stop() {
        rowIds.close();
    }

    @Benchmark
    public long rowIdOfOneThread() {
        return rowIds.next();
    }

    @Benchmark
    @Threads(8)
    public long rowIdOfEightThreads() {
        return rowIds.next();
    }

    @Benchmark
    @Threads(8)
    public long logIdOfEightThreads() {
        return logIds.next();
    }
}
