package io.gatehouse.webhook;

import io.gatehouse.crypto.CannotOpenException;
import io.gatehouse.crypto.KeyRing;
import io.gatehouse.crypto.KeyRing.Sealed;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Secrets of endpoints between their clear form, which is never stored, and their sealed one. Thread-safe. */
final class EndpointSecrets {

    private final KeyRing keys;

    EndpointSecrets(KeyRing keys) {
        this.keys = keys;
    }

    /** Under the current key. */
    Sealed seal(EndpointSecret secret) {
        return keys.seal(secret.text().getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * The secrets that sign now, the current one first.
     *
     * @throws CannotOpenException when a key is missing or the row was tampered with
     */
    List<EndpointSecret> open(EndpointStore.Sealings stored) {
        return Stream.of(stored.current(), stored.previous())
                .filter(Objects::nonNull)
                .map(this::open)
                .toList();
    }

    /**
     * The same secret under the current key.
     *
     * @throws CannotOpenException when its key is missing or the row was tampered with
     */
    Sealed renewed(Sealed sealed) {
        return seal(open(sealed));
    }

    /** The key that seals now. */
    String currentKey() {
        return keys.currentId();
    }

    private EndpointSecret open(Sealed sealed) {
        return EndpointSecret.parse(new String(keys.open(sealed), StandardCharsets.US_ASCII));
    }
}
