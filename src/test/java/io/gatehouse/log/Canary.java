package io.gatehouse.log;

import io.gatehouse.support.RawHttp;
import io.gatehouse.support.TestClient;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Secrets that must be found in no log, and requests that carry them in every place that a request has. */
final class Canary {

    /** Part of every secret below, and of nothing else; in letters that no encoding changes. */
    static final String MARK = "kanarienvogel";

    /** A password that passes every rule. */
    static final String PASSWORD = MARK + " singt im Kaefig 7";

    private static final String TOKEN = "gh_" + MARK + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    private static final String COOKIE = TOKEN + ".c2lnbmF0dXJlLW9mLWthbmFyaWVudm9nZWw";

    private final TestClient client;
    private final int port;

    /** @param base such as {@code http://127.0.0.1:9876} */
    Canary(String base) {
        this.client = new TestClient(base);
        this.port = URI.create(base).getPort();
    }

    /** Whether a line tells one of the secrets, in whatever case. */
    static boolean heard(String line) {
        return line.toLowerCase(Locale.ROOT).contains(MARK);
    }

    /** Once through all places; what is answered does not matter. */
    void sing(int round) throws IOException {
        signIn("canary" + round + "@example.com");
        fields();
        headers();
        paths();
        brokenRequests();
    }

    private void signIn(String email) {
        var _ = client.post("/api/user/register", TestClient.registration("Ada", email, PASSWORD));
        var login = client.login(email, PASSWORD);
        var signedIn = client.with("Cookie", login.cookie() + "; other=" + COOKIE);
        var _ = signedIn.get("/api/session?token=" + MARK);
        var _ = signedIn.put(
                "/api/user/password",
                json(Map.of("current", PASSWORD + "wrong", "password", MARK + " singt lauter 8")));
        var _ = signedIn.patch("/api/user/profile", json(Map.of("phone", MARK, "name", "Grace")));
        var _ = client.login(email, PASSWORD + " not");
        var _ = client.login("nobody-" + email, PASSWORD);
        var _ = signedIn.post("/api/user/logout", "{}");
    }

    private void fields() {
        for (String field : List.of("name", "email", "password", "phone", "code", "transport", "device", MARK)) {
            Map<String, String> fields = new HashMap<>(Map.of("name", "Ada", "email", "x@example.com"));
            fields.put(field, MARK + "\u0000");
            fields.put("last", "12");
            String body = json(fields);
            var _ = client.post("/api/user/register", body);
            var _ = client.post("/api/user/login", body);
            var _ = client.post("/api/user/login", body.substring(0, body.length() - 3));
            var _ = client.post("/api/user/login", body.replace("\"12\"", "{\"" + MARK + "\":[]}"));
        }
    }

    private void headers() {
        for (String name : List.of(
                "Authorization",
                "Cookie",
                "User-Agent",
                "Accept",
                "Accept-Language",
                "Origin",
                "Referer",
                "Sec-Fetch-Site",
                "X-Forwarded-For",
                "X-Log-Id",
                "traceparent",
                "tracestate",
                "X-" + MARK)) {
            for (String value : List.of(MARK, "Bearer " + COOKIE, "session=" + COOKIE, "Basic " + MARK + "==")) {
                var _ = client.with(name, value).get("/api/session");
                var _ = client.with(name, value).post("/api/user/login", "{}");
            }
        }
        var _ = client.with("Content-Type", "text/" + MARK).post("/api/user/login", "{}");
    }

    private void paths() {
        for (String path : List.of(
                "/api/" + MARK,
                "/" + MARK + "?" + MARK + "=" + MARK,
                "/api/sessions/" + MARK,
                "/api/user/profile/" + COOKIE,
                "/api/authz/forward-auth/" + MARK + "?q=" + MARK,
                "/api/session?" + "a=" + MARK.repeat(20))) {
            for (String method : List.of("GET", "POST", "DELETE", MARK.toUpperCase(Locale.ROOT))) {
                var _ = client.call(method, path);
            }
        }
    }

    /** What Helidon itself answers. */
    private void brokenRequests() throws IOException {
        for (String request : List.of(
                "GET /" + MARK + "/%zz HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /" + MARK + "/../../x HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /" + MARK + " HTTP/9.9\r\nHost: x\r\n\r\n",
                MARK + "\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nCookie session=" + COOKIE + "\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\n" + MARK + ": a\u0001b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: " + MARK + "\r\nContent-Length: " + MARK + "\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nCookie: " + MARK.repeat(2_000) + "\r\n\r\n",
                "GET /" + MARK.repeat(1_000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
                "POST /api/user/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n" + MARK + "\r\n" + MARK + "\r\n0\r\n\r\n",
                "POST /api/user/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 500\r\n\r\n{\"password\":\"" + MARK)) {
            String _ = exchange(request);
        }
    }

    private String exchange(String request) throws IOException {
        try {
            return RawHttp.exchange(port, request);
        } catch (java.net.SocketException e) {
            // Cut off in the middle of what was too much.
            return "";
        }
    }

    private static String json(Map<String, String> fields) {
        return new JsonMapper().writeValueAsString(fields);
    }
}
