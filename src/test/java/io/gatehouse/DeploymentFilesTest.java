package io.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.Dockerfile;
import io.gatehouse.support.NginxProcess;
import io.gatehouse.support.Programs;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestService;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/**
 * What operators take: image, composition, unit and proxy. No image is built here; what can be held against the rest of
 * the repository is.
 */
class DeploymentFilesTest {

    @RegisterExtension
    private static final TestService SERVICE = new TestService();

    private static final Path COMPOSE = Path.of("compose.yaml");
    private static final Path NGINX = Path.of("ops", "nginx", "gatehouse.conf");
    private static final Path UNIT = Path.of("ops", "systemd", "gatehouse.service");
    private static final Path SYSTEMD_ANALYZE = Path.of("/usr/bin/systemd-analyze");

    private static final Set<String> OURS = Set.of("gatehouse-1", "gatehouse-2", "migrate");

    /** Of Docker's reference of the Dockerfile, those that are not out of date. */
    private static final Set<String> INSTRUCTIONS = Set.of(
            "ADD",
            "ARG",
            "CMD",
            "COPY",
            "ENTRYPOINT",
            "ENV",
            "EXPOSE",
            "FROM",
            "HEALTHCHECK",
            "LABEL",
            "RUN",
            "SHELL",
            "STOPSIGNAL",
            "USER",
            "VOLUME",
            "WORKDIR");

    @TempDir
    private Path folder;

    @Test
    void compositionRefersToWhatExists() throws IOException {
        Map<String, Map<String, Object>> services = services();
        assertThat(services).containsKeys("nginx", "gatehouse-1", "gatehouse-2", "migrate", "postgres", "redis");
        services.forEach((name, service) -> {
            assertThat(mapping(service, "depends_on").keySet()).as(name).isSubsetOf(services.keySet());
            assertThat(mounted(service))
                    .as(name)
                    .allSatisfy(path -> assertThat(path).exists());
        });
    }

    @Test
    void compositionSetsWhatTheServiceReads() throws IOException {
        assertThat(variables(Files.readString(COMPOSE))).isSubsetOf(settings());
        for (String name : OURS) {
            assertThat(mapping(service(name), "environment").keySet()).isSubsetOf(settings());
        }
        assertThat(mapping(service("gatehouse-1"), "environment"))
                .as("replicas know only their own role")
                .isEqualTo(mapping(service("gatehouse-2"), "environment"))
                .doesNotContainKey("POSTGRE_DDL_PASSWORD");
    }

    @Test
    void onlyTheCompositionsOwnNetworkReachesTheProbes() throws IOException {
        for (String name : List.of("gatehouse-1", "gatehouse-2")) {
            assertThat(mapping(service(name), "environment")).containsEntry("OPS_HOST", "0.0.0.0");
        }
        services()
                .forEach((name, service) ->
                        assertThat(service.containsKey("ports")).as(name).isEqualTo(name.equals("nginx")));
        assertThat(Files.readString(NGINX)).doesNotContain(":9877");
    }

    @Test
    void everyContainerIsHardened() throws IOException {
        services().forEach((name, service) -> {
            assertThat(service.get("read_only")).as(name).isEqualTo(true);
            assertThat(service.get("cap_drop")).as(name).isEqualTo(List.of("ALL"));
            assertThat(service.get("security_opt")).as(name).isEqualTo(List.of("no-new-privileges:true"));
            assertThat(service.containsKey("healthcheck") || OURS.contains(name))
                    .as(name)
                    .isTrue();
        });
    }

    @Test
    void proxyAndReplicasKnowEachOther() throws IOException {
        String nginx = Files.readString(NGINX);
        for (String replica : List.of("gatehouse-1", "gatehouse-2")) {
            assertThat(nginx).contains("server " + address(replica) + ":9876 ");
        }
        assertThat(mapping(service("gatehouse-1"), "environment"))
                .containsEntry("TRUSTED_PROXIES", address("nginx") + "/32");
    }

    @Test
    void imageIsMadeOfWhatTheBuildMakes() throws IOException {
        Dockerfile image = Dockerfile.read(Path.of("Dockerfile"));
        assertThat(image.names()).isSubsetOf(INSTRUCTIONS).startsWith("FROM").endsWith("ENTRYPOINT", "CMD");
        List<String> sent = Files.readAllLines(Path.of(".dockerignore")).stream()
                .filter(line -> line.startsWith("!"))
                .map(line -> line.substring(1))
                .toList();
        assertThat(image.copied())
                .isEqualTo(sent.stream().sorted().toList())
                .allSatisfy(path -> assertThat(Path.of(path)).exists());
        assertThat(image.copiedFrom("build")).containsExactly("/src/target/lib", "/src/target/classes");
        assertThat(image.arguments("RUN")).singleElement().asString().contains("-DoutputDirectory=target/lib");
        assertThat(Path.of("target", "classes", "io", "gatehouse", "Main.class"))
                .exists();
    }

    @Test
    void imageRunsAsNobodyWithTheOptionsOfTheLauncher() throws IOException {
        Dockerfile image = Dockerfile.read(Path.of("Dockerfile"));
        assertThat(image.arguments("USER").getLast()).matches("[1-9][0-9]+:[1-9][0-9]+");
        List<String> line = image.exec("ENTRYPOINT");
        assertThat(line).startsWith("java").endsWith("-cp", "classes:lib/*", Main.class.getName());
        assertThat(line.subList(1, line.indexOf("-cp"))).isEqualTo(launcherOptions());
        assertThat(image.exec("CMD")).containsExactly("serve");
    }

    @Test
    void imageKnowsWhetherItIsHealthy() throws Exception {
        List<String> check = Dockerfile.read(Path.of("Dockerfile")).exec("HEALTHCHECK");
        assertThat(exitCode(check, Map.of("OPS_PORT", port(SERVICE.operator()))))
                .isZero();
        assertThat(exitCode(check, Map.of("OPS_PORT", Integer.toString(NginxProcess.freePort()))))
                .isNotZero();
        assertThat(exitCode(check, Map.of("OPS_PORT", port(SERVICE.client()))))
                .as("404")
                .isNotZero();
    }

    @Test
    void proxyServes() throws IOException {
        Programs.require(NginxProcess.PROGRAM, NGINX + " was not tried");
        int port = NginxProcess.freePort();
        String configuration = Files.readString(NGINX)
                .replace(address("gatehouse-1") + ":9876", "127.0.0.1:" + SERVICE.port())
                .replace(address("gatehouse-2") + ":9876", "127.0.0.1:" + SERVICE.port())
                .replace("listen 8080", "listen 127.0.0.1:" + port);
        try (NginxProcess nginx = NginxProcess.start(folder, configuration, port)) {
            TestClient client = new TestClient("http://127.0.0.1:" + port).signedIn("proxied@example.com");
            assertThat(client.get("/api/session").status()).as(nginx.errorLog()).isEqualTo(200);
        }
    }

    @Test
    void unitIsWellFormed() throws Exception {
        Programs.require(SYSTEMD_ANALYZE, UNIT + " was not tried");
        Path file = Files.writeString(
                folder.resolve("gatehouse.service"),
                Files.readString(UNIT).replace("/opt/gatehouse/gatehouse serve", "/bin/true"));
        assertThat(exitCode(List.of(SYSTEMD_ANALYZE.toString(), "verify", file.toString()), Map.of()))
                .isZero();
    }

    @Test
    void unitHasItsSettingsReadAgain() throws IOException {
        assertThat(Files.readAllLines(UNIT)).contains("ExecReload=/bin/kill -HUP $MAINPID");
    }

    private static String port(TestClient client) {
        return client.base().substring(client.base().lastIndexOf(':') + 1);
    }

    private int exitCode(List<String> command, Map<String, String> environment) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output.txt").toFile());
        builder.environment().putAll(environment);
        int code = builder.start().waitFor();
        // systemd-analyze warns of what it does not know and succeeds.
        String said = Files.readString(folder.resolve("output.txt"), StandardCharsets.UTF_8);
        return code == 0 && !said.isBlank() ? -1 : code;
    }

    /** From the lines {@code flags="…"} and {@code memory="…"}. */
    private static List<String> launcherOptions() throws IOException {
        return Files.readAllLines(Path.of("gatehouse")).stream()
                .filter(line -> line.startsWith("flags=\"") || line.startsWith("memory=\""))
                .flatMap(line -> Stream.of(
                        line.replaceAll("^\\w+=\"|\"$|\\$\\{[^}]*}", "").trim().split(" +", -1)))
                .toList();
    }

    private static Set<String> variables(String text) {
        return Pattern.compile("\\$\\{(\\w+)")
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> settings() throws IOException {
        return Files.readAllLines(Path.of(".env.sample")).stream()
                .filter(line -> line.matches("\\w+=.*"))
                .map(line -> line.substring(0, line.indexOf('=')))
                .collect(Collectors.toCollection(HashSet::new));
    }

    private static Map<String, Map<String, Object>> services() throws IOException {
        Map<String, Map<String, Map<String, Object>>> root = new Yaml().load(Files.readString(COMPOSE));
        return Objects.requireNonNull(root.get("services"));
    }

    private static Map<String, Object> service(String name) throws IOException {
        return Objects.requireNonNull(services().get(name), name);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> mapping(Map<String, Object> service, String key) {
        return (Map<String, Object>) service.getOrDefault(key, Map.of());
    }

    @SuppressWarnings("unchecked")
    private static List<Path> mounted(Map<String, Object> service) {
        return ((List<String>) service.getOrDefault("volumes", List.of()))
                .stream()
                        .filter(volume -> volume.startsWith("./"))
                        .map(volume -> Path.of(volume.split(":", -1)[0]))
                        .toList();
    }

    private static String address(String name) throws IOException {
        Map<String, Object> networks = mapping(service(name), "networks");
        return String.valueOf(mapping(networks, "default").get("ipv4_address"));
    }
}
