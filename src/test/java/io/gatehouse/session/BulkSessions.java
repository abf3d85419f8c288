package io.gatehouse.session;

import io.gatehouse.crypto.CookieSigner;
import io.gatehouse.support.TestService;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** Live sessions by the thousand, written to PostgreSQL at once. */
final class BulkSessions {

    private static final int PER_USER = 10;
    private static final AtomicLong NEXT = new AtomicLong(1);

    private BulkSessions() {}

    /** The cookies of so many new sessions, ten to each new account. */
    static List<String> insert(TestService service, int count) {
        long first = NEXT.getAndAdd(count);
        long end = first + count;
        service.execute(
                "insert into users (id, name, email, password) select id, 'Ada', 'bulk' || id || '@example.com',"
                        + " 'none' from generate_series(%d, %d, %d) id".formatted(first, end - 1, PER_USER));
        service.execute("insert into sessions (id, token_hash, user_id, created_at, last_seen_at, expires_at, address,"
                + " user_agent) select id, sha256(convert_to('gh_' || lpad(id::text, 43, '0'), 'UTF8')),"
                + " %d + (id - %d) / %d * %d, now(), now(), now() + interval '1 day', '127.0.0.1', 'bulk'"
                        .formatted(first, first, PER_USER, PER_USER)
                + " from generate_series(%d, %d) id".formatted(first, end - 1));
        CookieSigner signer = new CookieSigner(List.of(TestService.COOKIE_SECRET.getBytes(StandardCharsets.UTF_8)));
        return IntStream.range(0, count)
                .mapToObj(i -> signer.sign("gh_%043d".formatted(first + i)))
                .map(signed -> "session=" + URLEncoder.encode(signed, StandardCharsets.UTF_8))
                .toList();
    }
}
