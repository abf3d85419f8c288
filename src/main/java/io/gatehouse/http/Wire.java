package io.gatehouse.http;

import java.util.function.LongSupplier;

/**
 * What every response of a listener is made with, whether a route gives it or the transport layer.
 *
 * @param logIds gives each request its id
 */
record Wire(
        Json json,
        ProblemWriter problems,
        RequestLog requestLog,
        RequestMeters requestMeters,
        StandardHeaders standardHeaders,
        TrustedProxies proxies,
        LongSupplier logIds) {}
