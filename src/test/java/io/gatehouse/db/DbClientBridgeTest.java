package io.gatehouse.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.ModuleDescriptor.Version;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

class DbClientBridgeTest {

    /** When this fails, delete src/main/java/io/helidon and this test. */
    @Test
    void bridgeIsStillNeeded() throws Exception {
        Class<?> builder = Class.forName("io.helidon.builder.api.Prototype$ConfiguredBuilder");
        assertThat(builder.getProtectionDomain().getCodeSource().getLocation().getPath())
                .as("the interface comes from us")
                .endsWith("/target/classes/");

        String jar = io.helidon.dbclient.DbClient.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
        try (JarFile file = new JarFile(jar)) {
            String version = file.getManifest().getMainAttributes().getValue("Implementation-Version");
            assertThat(Version.parse(version)).as("dbclient").isLessThan(Version.parse("4.2.0"));
        }
    }
}
