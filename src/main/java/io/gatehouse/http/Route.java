package io.gatehouse.http;

import io.helidon.http.Method;
import org.jspecify.annotations.Nullable;

/**
 * One line of the URL map.
 *
 * @param method null for any method
 * @param path in Helidon's pattern syntax, such as {@code /api/sessions/{id}}
 */
public record Route(@Nullable Method method, String path, Handler handler) {

    public static Route get(String path, Handler handler) {
        return new Route(Method.GET, path, handler);
    }

    public static Route post(String path, Handler handler) {
        return new Route(Method.POST, path, handler);
    }

    public static Route put(String path, Handler handler) {
        return new Route(Method.PUT, path, handler);
    }

    public static Route patch(String path, Handler handler) {
        return new Route(Method.PATCH, path, handler);
    }

    public static Route delete(String path, Handler handler) {
        return new Route(Method.DELETE, path, handler);
    }

    /** Any method, any path below, from any site: for proxies that ask on a client's behalf. */
    public static Route anyBelow(String path, Handler handler) {
        return new Route(null, path + "/*", handler);
    }
}
