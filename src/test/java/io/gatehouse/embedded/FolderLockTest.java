package io.gatehouse.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
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
            assertThatThrownBy(() -> FolderLock.acquire(folder, "second"))
                    .isInstanceOfSatisfying(
                            FolderLockedException.class,
                            e -> assertThat(e.holder()).isEqualTo(expected));
            other.kill();
        }
        assertThat(refusal("next")).isEmpty();
    }

    @Test
    void refusalWithinOneProcessDoesNotLoseTheLock() throws Exception {
        try (FolderLock _ = FolderLock.acquire(folder, "first")) {
            assertThatThrownBy(() -> FolderLock.acquire(folder, "second")).isInstanceOf(FolderLockedException.class);
            assertThat(refusal("third")).contains("first");
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
            assertThat(refusal("third")).contains("second");
        }
        assertThat(Files.exists(folder.resolve("service.lock"))).isTrue();
    }

    /** Who is inside, as one learns who is refused; empty if nobody was. */
    private Optional<String> refusal(String description) {
        try (FolderLock _ = FolderLock.acquire(folder, description)) {
            return Optional.empty();
        } catch (FolderLockedException e) {
            return Optional.of(e.holder().description());
        }
    }
}
