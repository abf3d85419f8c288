package io.gatehouse.webhook;

import io.gatehouse.crypto.CannotOpenException;
import io.gatehouse.crypto.KeyRing;
import io.gatehouse.crypto.KeyRing.Sealed;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Secrets of endpoints between their clear form, which is never stored, and their sealed one. Thread-safe. */
final class EndpointSecrets {

    private static final Logger log = LoggerFactory.getLogger(EndpointSecrets.class);

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
     * @throws CannotOpenException when the key of the current one is missing or the row was tampered with
     */
    List<EndpointSecret> open(EndpointStore.Sealings stored) {
        EndpointSecret current = open(stored.current());
        return previous(stored).map(previous -> List.of(current, previous)).orElse(List.of(current));
    }

    /**
     * The same secrets under the current key.
     *
     * @throws CannotOpenException when the key of the current secret is missing or the row was tampered with
     */
    EndpointStore.Sealings renewed(EndpointStore.Sealings stored) {
        return new EndpointStore.Sealings(
                stored.endpoint(),
                seal(open(stored.current())),
                previous(stored).map(this::seal).orElse(null));
    }

    /** One that cannot be opened is why it was rotated, as a rule: nobody misses it. */
    private Optional<EndpointSecret> previous(EndpointStore.Sealings stored) {
        try {
            return Optional.ofNullable(stored.previous()).map(this::open);
        } catch (CannotOpenException e) {
            log.atWarn()
                    .addKeyValue("endpointId", Long.toString(stored.endpoint()))
                    .log("the previous secret of a webhook endpoint cannot be opened");
            return Optional.empty();
        }
    }

    /** The key that seals now. */
    String currentKey() {
        return keys.currentId();
    }

    private EndpointSecret open(Sealed sealed) {
        return EndpointSecret.parse(new String(keys.open(sealed), StandardCharsets.US_ASCII));
    }
}
