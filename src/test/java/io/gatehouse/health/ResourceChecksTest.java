package io.gatehouse.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.health.HealthCheckResponse;
import io.helidon.health.HealthCheckResponse.Status;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bounds that this machine's own disk and heap are beyond, or within. */
class ResourceChecksTest {

    @TempDir
    private Path folder;

    @Test
    void aFolderThatDoesNotExistYetCountsForTheOneAboveIt() {
        HealthCheckResponse answer = new DiskCheck(List.of(folder.resolve("a").resolve("b")), 1, 0).call();

        assertThat(answer.status()).isEqualTo(Status.UP);
        assertThat(answer.details()).extractingByKey("folders").asString().contains("b", "freeBytes=");
    }

    @Test
    void tooLittleRoomOnOneDiskIsNotWell() {
        // No disk that holds this folder is empty.
        assertThat(new DiskCheck(List.of(folder), Long.MAX_VALUE, 100).call().status())
                .isEqualTo(Status.DOWN);
    }

    @Test
    void largeDisksNeedNotBeKeptEmpty() {
        assertThat(new DiskCheck(List.of(folder), 1, 100).call().status()).isEqualTo(Status.UP);
    }

    @Test
    void aHeapThatCollectionsCannotEmptyIsNotWell() {
        System.gc();
        HeapCheck ours = HeapCheck.ofThisProcess();

        assertThat(ours.call().status()).isEqualTo(Status.UP);
        assertThat((Long) ours.call().details().get("keptBytes")).isPositive();
        assertThat(new HeapCheck(ours.old(), 0).call().status()).isEqualTo(Status.DOWN);
    }
}
