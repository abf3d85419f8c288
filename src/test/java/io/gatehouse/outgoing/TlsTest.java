package io.gatehouse.outgoing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gatehouse.support.RawServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A pinned address, and TLS by the name. */
@Timeout(60)
class TlsTest {

    private static final String PASSWORD = "changeit";

    @TempDir
    private static Path folder;

    private static SSLContext hooks;

    @BeforeAll
    static void makeCertificate() throws Exception {
        Path file = folder.resolve("hooks.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "hooks",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=hooks.example.com",
                        "-ext",
                        "SAN=dns:hooks.example.com",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
        hooks = context(file);
    }

    @Test
    void theNameIsVerifiedThoughTheAddressIsPinned() throws IOException {
        try (RawServer server = RawServer.tls(hooks, talk -> talk.answer("200 OK", "over TLS"));
                Scene scene = Scene.with().tls(hooks).resolvesTo("127.0.0.1").open()) {
            String url = "https://hooks.example.com:%d/x".formatted(server.port());

            assertThat(scene.get(url).text()).isEqualTo("over TLS");
            assertThat(scene.get(url).text()).isEqualTo("over TLS");

            assertThat(server.connections()).isEqualTo(1);
            assertThat(server.requests().getFirst())
                    .startsWith("GET /x HTTP/1.1\r\n")
                    .contains("Host: hooks.example.com:%d\r\n".formatted(server.port()));
        }
    }

    @Test
    void anotherNameIsRefused() throws IOException {
        assertRefused("other.example.com", hooks);
        assertRefused("127.0.0.1", hooks);
    }

    @Test
    void strangersCertificateIsRefused() throws Exception {
        assertRefused("hooks.example.com", SSLContext.getDefault());
    }

    private static void assertRefused(String host, SSLContext trusting) throws IOException {
        try (RawServer server = RawServer.tls(hooks, talk -> talk.answer("200 OK", ""));
                Scene scene = Scene.with().tls(trusting).resolvesTo("127.0.0.1").open()) {
            OutgoingException e = catchThrowableOfType(
                    OutgoingException.class, () -> scene.get("https://%s:%d/".formatted(host, server.port())));

            assertThat(e.reason()).isEqualTo(Reason.TLS_FAILED);
            assertThat(server.requests()).isEmpty();
        }
    }

    private static SSLContext context(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD.toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("hooks", store.getCertificate("hooks"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
