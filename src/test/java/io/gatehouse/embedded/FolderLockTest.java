package io.gatehouse.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {
    @TempDir
    Path folder;

    @Test
    void otherProcessIsRefusedAndToldWhoHoldsTheFolder() throws Exception {
        try (FolderLock lock = FolderLock.acquire(folder, "starting")) {
            lock.describe("http://127.0.0.1:8080\nready");
            try (Holder other = Holder.ofLock(folder)) {
                assertThat(other.report())
                        .contains("pid " + ProcessHandle.current().pid() + ", http://127.0.0.1:8080 ready");
            }
        }
    }

    @Test
    void holderInAnotherProcessIsKnownUntilItIsKilled() throws Exception {
        try (Holder other = Holder.ofLock(folder)) {
            assertThat(other.report()).isEqualTo("holds FolderLock");
            FolderLock.Holder expected = new FolderLock.Holder(other.pid(), "holder of the test");
            assertThat(FolderLock.holder(folder)).contains(expected);
            assertThatThrownBy(() -> FolderLock.acquire(folder, "second"))
                    .isInstanceOfSatisfying(
                            FolderLockedException.class,
                            e -> assertThat(e.holder()).isEqualTo(expected));
            other.kill();
        }
        assertThat(FolderLock.holder(folder)).isEmpty();
        try (FolderLock _ = FolderLock.acquire(folder, "next")) {
            assertThat(FolderLock.holder(folder))
                    .contains(new FolderLock.Holder(ProcessHandle.current().pid(), "next"));
        }
    }

    @Test
    void refusalWithinOneProcessDoesNotLoseTheLock() throws Exception {
        try (FolderLock _ = FolderLock.acquire(folder, "first")) {
            assertThatThrownBy(() -> FolderLock.acquire(folder, "second")).isInstanceOf(FolderLockedException.class);
            assertThat(FolderLock.holder(folder)).isPresent();
            try (Holder other = Holder.ofLock(folder)) {
                assertThat(other.report()).startsWith("refused");
            }
        }
    }

    @Test
    void interruptDoesNotLoseTheLock() throws Exception {
        try (FolderLock lock = FolderLock.acquire(folder, "first")) {
            Thread.currentThread().interrupt();
            lock.describe("second");
            assertThat(Thread.interrupted()).isTrue();
            try (Holder other = Holder.ofLock(folder)) {
                assertThat(other.report()).contains("second");
            }
        }
    }

    @Test
    void closedLockIsFreeAndClosingTwiceIsHarmless() {
        FolderLock first = FolderLock.acquire(folder, "first");
        first.close();
        try (FolderLock _ = FolderLock.acquire(folder, "second")) {
            first.close();
            assertThat(FolderLock.holder(folder))
                    .map(FolderLock.Holder::description)
                    .contains("second");
        }
        assertThat(Files.exists(folder.resolve("service.lock"))).isTrue();
    }
}
