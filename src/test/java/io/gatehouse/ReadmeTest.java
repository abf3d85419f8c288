package io.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatehouse.support.TestService;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class ReadmeTest {

    @RegisterExtension
    private static final TestService SERVICE = new TestService();

    @Test
    void theWalkWithCurlDoesWhatItSays(@TempDir Path folder) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "SKIPPED: there is no curl here to walk with");
        String readme = Files.readString(Path.of("README.md"));
        String walk = readme.substring(readme.indexOf("<!-- walk -->\n```sh\n") + 20);
        walk = walk.substring(0, walk.indexOf("\n```"))
                .replace("http://localhost:9876", "http://127.0.0.1:" + SERVICE.port())
                .replace("curl -s ", "curl -s -S --max-time 10 -w '\\n%{http_code}\\n' ");

        Process shell = new ProcessBuilder("sh", "-e", "-c", walk)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        assertThat(shell.waitFor(60, TimeUnit.SECONDS)).isTrue();
        List<String> lines = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();

        assertThat(lines.stream().filter(line -> line.matches("\\d{3}")))
                .as(String.join("\n", lines))
                .containsExactly("201", "200", "200", "200", "200", "401");
        assertThat(lines.get(0)).startsWith("{\"data\":{\"id\":\"").endsWith("\"code\":0,\"msg\":\"success\"}");
        assertThat(lines.getLast()).isEqualTo("401");
        assertThat(lines.get(lines.size() - 2)).startsWith("{\"code\":40100,\"msg\":\"You are not signed in\"");
    }

    @Test
    void everyErrorCodeIsInTheTable() throws Exception {
        String readme = Files.readString(Path.of("README.md"));

        for (var code : io.gatehouse.http.ProblemCode.values()) {
            assertThat(readme).contains("| " + code.code() + " |");
        }
        assertThat(readme.lines().count()).isLessThanOrEqualTo(250);
    }
}
