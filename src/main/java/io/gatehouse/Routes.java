package io.gatehouse;

import static io.gatehouse.http.Route.anyBelow;
import static io.gatehouse.http.Route.delete;
import static io.gatehouse.http.Route.get;
import static io.gatehouse.http.Route.patch;
import static io.gatehouse.http.Route.post;
import static io.gatehouse.http.Route.put;

import io.gatehouse.admission.Admission;
import io.gatehouse.admission.AuthzHandlers;
import io.gatehouse.health.HealthHandlers;
import io.gatehouse.health.ProbeHandlers;
import io.gatehouse.http.Route;
import io.gatehouse.keys.KeyHandlers;
import io.gatehouse.metrics.MetricsHandlers;
import io.gatehouse.session.SessionHandlers;
import io.gatehouse.user.UserHandlers;
import java.util.List;

/** The whole URL map, with who may pass. Tests serve the same one. */
final class Routes {

    private Routes() {}

    /** What clients reach. */
    static List<Route> api(
            Admission admission,
            UserHandlers users,
            SessionHandlers sessions,
            AuthzHandlers authz,
            KeyHandlers keys,
            HealthHandlers health) {
        // The most asked for first: Helidon tries one after the other.
        return List.of(
                get("/api/session", admission.signedIn(sessions::show)),
                get("/api/user/profile", admission.signedIn(users::profile)),
                post("/api/user/register", admission.open(users::register)),
                post("/api/user/login", admission.open(users::login)),
                post("/api/user/logout", admission.signedIn(sessions::logout)),
                patch("/api/user/profile", admission.signedIn(users::changeProfile)),
                put("/api/user/password", admission.signedIn(users::changePassword)),
                get("/api/sessions", admission.signedIn(sessions::list)),
                delete("/api/sessions", admission.signedIn(sessions::endOthers)),
                delete("/api/sessions/{id}", admission.signedIn(sessions::end)),
                anyBelow("/api/authz/auth-request", admission.unlimited(authz::tell)),
                anyBelow("/api/authz/forward-auth", admission.unlimited(authz::tell)),
                anyBelow("/api/authz/ext-authz", admission.unlimited(authz::tell)),
                get("/api/crypto/public-key", admission.open(keys::publicKey)),
                get("/api/health", health::health));
    }

    /** What only operators reach. */
    static List<Route> ops(ProbeHandlers probes, MetricsHandlers metrics) {
        return List.of(get("/live", probes::live), get("/ready", probes::ready), get("/metrics", metrics::metrics));
    }
}
