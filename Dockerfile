# syntax=docker/dockerfile:1
# Gatehouse as an image: docker build -t gatehouse . ; see docs/deployment.md.

FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /src
COPY .mvn .mvn
COPY pom.xml ./
COPY jooq-gen jooq-gen
COPY db db
COPY src/main src/main
# Without the programs of the embedded stores, which production refuses.
RUN --mount=type=cache,target=/root/.m2 \
    mvn -B -ntp -Dspotless.check.skip=true process-classes dependency:copy-dependencies \
    -DincludeScope=runtime -DexcludeGroupIds=io.zonky.test.postgres -DexcludeArtifactIds=embedded-redis \
    -DoutputDirectory=target/lib

# glibc, not Alpine: libargon2 is built for it.
FROM eclipse-temurin:25-jre
WORKDIR /opt/gatehouse
COPY --from=build /src/target/lib lib
COPY --from=build /src/target/classes classes
# As ./gatehouse has it.
ENV APP_ENV=production \
    MALLOC_ARENA_MAX=2
USER 10001:10001
EXPOSE 9876
# Of this image curl may be missing, bash is not. Unhealthy while it drains, too: then it is on its way out.
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${OPS_PORT:-9877} && printf 'GET /ready HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
# Exec form, so that SIGTERM reaches the JVM. Its options are those of ./gatehouse; a test compares them. More of them come
# from JDK_JAVA_OPTIONS.
ENTRYPOINT ["java", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-Xmx112m", "-XX:NewRatio=1", "-XX:TrimNativeHeapInterval=5000", "-XX:+ExitOnOutOfMemoryError", "-cp", "classes:lib/*", "io.gatehouse.Main"]
CMD ["serve"]
