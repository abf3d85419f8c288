package io.gatehouse.db;

import io.gatehouse.db.SchemaRace.Point;
import io.gatehouse.support.EmptyDatabases;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Replicas and runs start at once, some are killed: one history, no stuck lock, no half state. */
class SchemaRaceTest {

    private static final int ROUNDS = 10;

    @RegisterExtension
    private static final EmptyDatabases DATABASES = new EmptyDatabases();

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @TempDir
    private Path folder;

    @Test
    @Tag("soak")
    void killedAtEveryPoint() throws Exception {
        round(1, List.of(Point.values()));
    }

    @Test
    void runMeetsTheBuildOfAKilledOne() throws Exception {
        new SchemaRace(DATABASES.stores(), folder, random).runMeetsAKilledBuild();
    }

    @Test
    @Tag("soak")
    void killedAtRandomTenTimes() throws Exception {
        for (int i = 1; i <= ROUNDS; i++) {
            round(i, List.of(anyPoint()));
        }
    }

    private Point anyPoint() {
        List<Point> all = List.of(Point.values());
        return all.get(random.nextInt(all.size()));
    }

    private void round(int number, List<Point> points) throws Exception {
        long start = System.nanoTime();
        System.out.printf("round %d, seed %d: killed at %s%n", number, seed, points);
        new SchemaRace(DATABASES.stores(), folder, random).run(points);
        System.out.printf(
                "round %d is whole after %d ms%n", number, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    }
}
