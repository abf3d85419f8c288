package io.gatehouse.http;

import java.util.Optional;

/** Knows which failures of the tools are problems that a client can be told, such as a store that is away. */
@FunctionalInterface
public interface Translation {

    /** Empty for a failure that is a fault of ours. */
    Optional<Problem> problem(RuntimeException failure);
}
