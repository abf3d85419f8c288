package io.gatehouse;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who may know whom. */
class ArchitectureTest {

    private static final String ROOT = "io.gatehouse";
    private static final JavaClasses CODE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    @Test
    void roomsHaveNoCircles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CODE);
    }

    @Test
    void nobodyKnowsTheTop() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT)
                .check(CODE);
    }

    @Test
    void toolsKnowNoFeature() {
        noClasses()
                .that()
                .resideInAnyPackage(rooms(
                        "config",
                        "http",
                        "crypto",
                        "id",
                        "db",
                        "redis",
                        "throttle",
                        "log",
                        "metrics",
                        "trace",
                        "embedded",
                        "outgoing"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(rooms("user", "session", "admission", "health", "job", "command", "keys"))
                .check(CODE);
    }

    @Test
    void sessionDoesNotKnowUser() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".session..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".user..")
                .check(CODE);
    }

    @Test
    void whoeverTellsOthersDoesNotKnowWhatHappens() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".webhook..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(rooms("user", "session", "admission", "job"))
                .check(CODE);
    }

    @Test
    void admissionDoesNotKnowUserAndNobodyBelowKnowsAdmission() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".admission..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".user..")
                .check(CODE);
        noClasses()
                .that()
                .resideInAnyPackage(rooms("session", "user"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".admission..")
                .check(CODE);
    }

    @Test
    void sqlStaysInStores() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".db..")
                .and()
                .haveSimpleNameNotEndingWith("Store")
                .and()
                .haveNameNotMatching(".*\\.(Users|SignIns|Sessions|Invalidations|JobRun|Outbox)(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.jooq..")
                .check(CODE);
        // Rules pass a transaction down; they must not build SQL.
        noClasses()
                .that()
                .haveSimpleNameNotEndingWith("Store")
                .and()
                .resideOutsideOfPackage(ROOT + ".db..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".db.gen..")
                .check(CODE);
    }

    @Test
    void lettuceStaysWhereRedisIsAsked() {
        onlyIn("io.lettuce..", "redis", "session", "throttle");
    }

    @Test
    void helidonStaysAtTheEdge() {
        noClasses()
                .that()
                .resideOutsideOfPackages(rooms("http", "health", "job", "db", "outgoing"))
                .and()
                .resideOutsideOfPackage(ROOT)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.helidon..")
                .check(CODE);
    }

    @Test
    void liquibaseAndTheDriverStayInTheDatabaseRoom() {
        onlyIn("liquibase..", "db");
        noClasses()
                .that()
                .resideOutsideOfPackages(rooms("db", "embedded"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.sql..")
                .check(CODE);
    }

    @Test
    void librariesOfCryptographyStayInTheirRoom() {
        onlyIn("org.bouncycastle..", "crypto");
        onlyIn("de.mkammerer..", "crypto");
        onlyIn("javax.crypto..", "crypto");
        onlyIn("com.google.i18n..", "user");
    }

    @Test
    void onlyConfigLooksAtTheEnvironment() {
        noClasses()
                .that()
                .resideOutsideOfPackages(rooms("config"))
                .should()
                .callMethod(System.class, "getenv")
                .orShould()
                .callMethod(System.class, "getenv", String.class)
                .check(CODE);
    }

    @Test
    void timeComesFromAClock() {
        noClasses().should().callMethod(Instant.class, "now").check(CODE);
        noClasses().should().callMethod(System.class, "currentTimeMillis").check(CODE);
    }

    @Test
    void staticsAreFinal() {
        fields().that()
                .areStatic()
                .and()
                .doNotHaveModifier(com.tngtech.archunit.core.domain.JavaModifier.SYNTHETIC)
                .should()
                .beFinal()
                .check(CODE);
    }

    @Test
    void dataIsRecordsNotBeans() {
        classes()
                .that()
                .resideInAPackage(ROOT + "..")
                .and()
                .resideOutsideOfPackage(ROOT + ".db.gen..")
                .should()
                .haveSimpleNameNotEndingWith("Impl")
                .andShould()
                .haveSimpleNameNotEndingWith("Util")
                .andShould()
                .haveSimpleNameNotEndingWith("Manager")
                .check(CODE);
    }

    @Test
    void everyRoomIsNullMarked() throws IOException {
        try (Stream<Path> folders = Files.walk(Path.of("src", "main", "java", "io", "gatehouse"))) {
            List<Path> rooms = folders.filter(Files::isDirectory).toList();
            assertThat(rooms).hasSizeGreaterThan(10);
            for (Path room : rooms) {
                assertThat(room.resolve("package-info.java")).exists();
                assertThat(Files.readString(room.resolve("package-info.java"))).contains("@NullMarked");
            }
        }
    }

    private static void onlyIn(String library, String... rooms) {
        noClasses()
                .that()
                .resideOutsideOfPackages(rooms(rooms))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(CODE);
    }

    private static String[] rooms(String... names) {
        return Stream.of(names).map(name -> ROOT + "." + name + "..").toArray(String[]::new);
    }
}
