package io.gatehouse;

import static io.gatehouse.http.Route.get;
import static io.gatehouse.http.Route.post;

import io.gatehouse.health.HealthHandlers;
import io.gatehouse.http.Route;
import io.gatehouse.session.SessionGate;
import io.gatehouse.session.SessionHandlers;
import io.gatehouse.user.UserHandlers;
import java.util.List;

/** The whole URL map. Tests serve the same one. */
final class Routes {

    private Routes() {}

    /** What clients reach. */
    static List<Route> api(SessionGate gate, UserHandlers users, SessionHandlers sessions, HealthHandlers health) {
        return List.of(
                post("/api/user/register", users::register),
                post("/api/user/login", users::login),
                post("/api/user/logout", gate.signedIn(sessions::logout)),
                get("/api/user/profile", gate.signedIn(users::profile)),
                get("/api/session", gate.signedIn(sessions::show)),
                get("/api/health", health::health));
    }

    /** What only operators reach. */
    static List<Route> ops(HealthHandlers health) {
        return List.of(get("/live", health::live), get("/ready", health::ready));
    }
}
