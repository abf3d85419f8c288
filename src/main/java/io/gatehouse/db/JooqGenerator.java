package io.gatehouse.db;

import java.nio.file.Path;
import org.jooq.codegen.GenerationTool;
import org.jooq.meta.jaxb.Configuration;
import org.jooq.meta.jaxb.Database;
import org.jooq.meta.jaxb.ForcedType;
import org.jooq.meta.jaxb.Generate;
import org.jooq.meta.jaxb.Generator;
import org.jooq.meta.jaxb.Jdbc;
import org.jooq.meta.jaxb.Logging;
import org.jooq.meta.jaxb.Target;

/**
 * Writes the classes of {@code jooq-gen/} from a migrated database. Deterministic: the same schema gives the same
 * bytes. Tables, keys and their comments only; no records, POJOs or DAOs. Development time only: its library is not
 * part of the service.
 */
public final class JooqGenerator {

    /** Package of the generated classes. */
    public static final String PACKAGE = "io.gatehouse.db.gen";

    private JooqGenerator() {}

    /**
     * Generates below {@code target}, replacing what stands there.
     *
     * @throws IllegalStateException when the schema cannot be read or the files cannot be written
     */
    public static void generate(String url, String user, String password, Path target) {
        Configuration configuration = new Configuration()
                .withLogging(Logging.WARN)
                .withJdbc(new Jdbc()
                        .withDriver("org.postgresql.Driver")
                        .withUrl(url)
                        .withUser(user)
                        .withPassword(password))
                .withGenerator(new Generator()
                        .withDatabase(database())
                        .withGenerate(generate())
                        .withTarget(new Target()
                                .withPackageName(PACKAGE)
                                .withDirectory(target.toString())
                                .withEncoding("UTF-8")
                                .withClean(true)));
        try {
            GenerationTool.generate(configuration);
        } catch (Exception e) {
            throw new IllegalStateException("jOOQ could not generate classes: " + e.getMessage(), e);
        }
    }

    private static Database database() {
        return new Database()
                .withName("org.jooq.meta.postgres.PostgresDatabase")
                .withInputSchema("public")
                .withOutputSchemaToDefault(true)
                .withIncludes(".*")
                .withExcludes("databasechangelog.*")
                .withIncludeRoutines(false)
                .withForcedTypes(new ForcedType()
                        .withName("INSTANT")
                        .withIncludeTypes("(?i:timestamp with time zone|timestamptz)"));
    }

    private static Generate generate() {
        return new Generate()
                .withRecords(false)
                .withPojos(false)
                .withDaos(false)
                .withComments(true)
                .withGlobalCatalogReferences(false)
                .withGeneratedAnnotation(false)
                .withJavadoc(true);
    }
}
