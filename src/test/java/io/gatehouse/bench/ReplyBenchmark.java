package io.gatehouse.bench;

import io.gatehouse.crypto.CookieSigner;
import io.gatehouse.http.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Steps of a request that are computation alone: the signature of its cookie, the JSON of a profile. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class ReplyBenchmark {

    private static final Instant TIME = Instant.parse("2026-11-25T16:00:00.123Z");

    private final CookieSigner signer =
            new CookieSigner(List.of(Population.COOKIE_SECRET.getBytes(StandardCharsets.UTF_8)));
    private final String signed = signer.sign("gh_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    private final Json json = new Json();
    private final Envelope profile = new Envelope(
            new Profile("250124035977216000", "Bench 1", "bench1@example.com", 0, List.of("user"), TIME, TIME, TIME),
            0,
            "success");

    private record Profile(
            String id,
            String name,
            String email,
            int status,
            List<String> roles,
            Instant lastLoginAt,
            Instant createdAt,
            Instant updatedAt) {}

    private record Envelope(Profile data, int code, String msg) {}

    @Benchmark
    public Object cookieVerification() {
        return signer.verify(signed);
    }

    @Benchmark
    public Object jsonOfTheProfile() {
        return json.write(profile);
    }
}
