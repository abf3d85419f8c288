package io.gatehouse.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentTest {

    @TempDir
    private Path folder;

    @Test
    void fileIsReadWithQuotesAndComments() throws Exception {
        write("# comment\nA=1\nB=\"two words\"\nC='single'\nE=\nF=x # behind\n");

        assertThat(values(Map.of()))
                .containsEntry("A", "1")
                .containsEntry("B", "two words")
                .containsEntry("C", "single")
                .containsEntry("E", "")
                .containsEntry("F", "x");
    }

    @Test
    void processEnvironmentWins() throws Exception {
        write("A=file\nB=file\n");

        assertThat(values(Map.of("A", "process"))).containsEntry("A", "process").containsEntry("B", "file");
    }

    @Test
    void brokenFileIsRefusedWithoutItsText() throws Exception {
        write("A=1\n\nCOOKIE_SECRET hunter2\n");

        assertThatThrownBy(() -> values(Map.of()))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining(".env line 3 is no entry; write KEY=value")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void missingSecretsAreWrittenOnceForTheOwnerOnly() throws Exception {
        Environment environment = new Environment(folder, Map.of());

        assertThat(environment.createMissing(Map.of("S", () -> "first"))).containsExactly("S");
        assertThat(environment.createMissing(Map.of("S", () -> "second"))).isEmpty();

        assertThat(environment.values()).containsEntry("S", "first");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(".env"))))
                .isEqualTo("rw-------");
    }

    @Test
    void emptyKeysOfACopiedSampleGetTheirSecretAndTheRestStays() throws Exception {
        write("A=kept\nS=\n");
        Environment environment = new Environment(folder, Map.of());

        environment.createMissing(Map.of("S", () -> "made", "A", () -> "never"));

        assertThat(environment.values()).containsEntry("S", "made").containsEntry("A", "kept");
        assertThat(Files.readString(folder.resolve(".env"))).isEqualTo("A=kept\nS=made\n");
    }

    @Test
    void aSecretOfTheProcessIsNotWrittenDown() {
        Environment environment = new Environment(folder, Map.of("S", "from the process"));

        assertThat(environment.createMissing(Map.of("S", () -> "made"))).isEmpty();
        assertThat(folder.resolve(".env")).doesNotExist();
    }

    private Map<String, String> values(Map<String, String> process) {
        return new Environment(folder, process).values();
    }

    private void write(String text) throws Exception {
        Files.writeString(folder.resolve(".env"), text);
    }
}
