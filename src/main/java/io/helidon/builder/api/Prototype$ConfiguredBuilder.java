package io.helidon.builder.api;

import io.helidon.common.config.Config;

/**
 * Lets helidon-dbclient 4.1.7, the newest that the registry serves, run on Helidon 4.5: its builders implement this
 * interface, which Helidon 4.2 renamed. The name with the dollar sign is the binary name of the member class that
 * they look for. A test fails on the day when a newer dbclient makes this file unnecessary.
 *
 * @param <B> the builder
 * @param <P> what it builds
 */
@SuppressWarnings({"checkstyle:TypeName", "deprecation", "removal"})
public interface Prototype$ConfiguredBuilder<B, P> extends Prototype.Builder<B, P> {

    /** Takes what the configuration says. */
    B config(Config config);
}
