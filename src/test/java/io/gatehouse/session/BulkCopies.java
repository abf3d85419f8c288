package io.gatehouse.session;

import io.gatehouse.redis.RedisScript.Piece;
import io.gatehouse.throttle.Counters;
import io.gatehouse.throttle.Limits;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What benchmarks need of the copies in Redis, which are this package's own business: their layout, to write a million
 * of them, and the look-up's script, to send it without the service around it. Stateless.
 */
public final class BulkCopies {

    private BulkCopies() {}

    /** The SHA-256 of a token. */
    public static byte[] hash(String token) {
        return new SessionToken(token).hash();
    }

    /** The key of a session's copy, without a prefix. */
    public static String key(byte[] tokenHash) {
        return lookKeys(tokenHash, "")[0];
    }

    /**
     * The fields of a copy, as {@code fill.lua} writes them.
     *
     * @param written when PostgreSQL was last told that the session was seen
     * @param generation of the server that it is written to
     */
    public static Map<String, String> fields(Session session, Instant written, String generation) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("v", version());
        fields.put("gen", generation);
        fields.put("expires", Long.toString(session.expiresAt().toEpochMilli()));
        fields.put("seen", Long.toString(session.lastSeenAt().toEpochMilli()));
        fields.put("written", Long.toString(written.toEpochMilli()));
        fields.put("facts", SessionPayload.encode(session));
        return fields;
    }

    /** The look-up's script: the text that the service sends. */
    public static String lookScript() {
        return Stream.of(Counters.CLOCK, Counters.WINDOWS, piece("copy.lua"), piece("look.lua"))
                .map(Piece::text)
                .collect(Collectors.joining("\n"));
    }

    /** The look-up's keys. */
    public static String[] lookKeys(byte[] tokenHash, String route) {
        String slot = SessionCopies.slot(tokenHash);
        return new String[] {"s:{" + slot + "}", "l:{" + slot + "}", Counters.key("", slot, route)};
    }

    /** The look-up's arguments; the first, the time in ms, is to be set for each call. */
    public static String[] lookArguments(Duration idle, Duration maxAge, Limits limits) {
        SessionTimes times = new SessionTimes(idle, maxAge, maxAge);
        return limits.arguments(
                "",
                "lease",
                Long.toString(times.idle().toMillis()),
                Long.toString(times.storedIdle().toMillis()),
                Long.toString(times.writeBack().toMillis()),
                Long.toString(times.lease().toMillis()));
    }

    private static String version() {
        return piece("copy.lua").text().replaceAll("(?s).*VERSION = '(\\d+)'.*", "$1");
    }

    private static Piece piece(String name) {
        return Piece.beside(SessionCopies.class, name);
    }
}
