package io.gatehouse.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreLogTest {
    @TempDir
    Path folder;

    @Test
    void longLogIsSetAside() throws IOException {
        StoreLog log = new StoreLog(folder.resolve("store.log"));
        Files.writeString(log.file(), "x".repeat((10 << 20) + 1));
        log.prepare();
        assertThat(log.size()).isZero();
        assertThat(folder.resolve("store.log.1")).hasSize((10 << 20) + 1);
    }

    @Test
    void tailHoldsTheLastTwentyLinesSinceTheMark() throws IOException {
        StoreLog log = new StoreLog(folder.resolve("store.log"));
        Files.writeString(log.file(), "before\n" + "line\n".repeat(30) + "last\n");
        assertThat(log.tail(7)).endsWith("line\n  last").doesNotContain("before");
        assertThat(log.tail(7).lines()).hasSize(21);
    }
}
