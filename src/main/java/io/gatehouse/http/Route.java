package io.gatehouse.http;

import io.helidon.http.Method;

/**
 * One line of the URL map.
 *
 * @param path in Helidon's pattern syntax, such as {@code /api/sessions/{id}}
 */
public record Route(Method method, String path, Handler handler) {

    public static Route get(String path, Handler handler) {
        return new Route(Method.GET, path, handler);
    }

    public static Route post(String path, Handler handler) {
        return new Route(Method.POST, path, handler);
    }
}
