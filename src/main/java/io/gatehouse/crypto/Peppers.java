package io.gatehouse.crypto;

import java.util.List;
import java.util.Optional;

/**
 * Secrets that passwords pass through before they are hashed, so that a stolen table alone is no use: HMAC-SHA256 of
 * the password under the pepper takes the password's place. The first is for new hashes, all verify. A hash names its
 * pepper, or none. Immutable and thread-safe.
 */
public final class Peppers {

    private final List<Pepper> peppers;

    /** @param peppers the current one first; empty for none */
    public Peppers(List<Pepper> peppers) {
        this.peppers = List.copyOf(peppers);
    }

    /** One secret. */
    public static final class Pepper {

        private final String id;
        private final Hmac key;

        /**
         * @param id one to eight characters; stands in every hash made with it, as {@code keyid}
         * @param secret not empty
         */
        public Pepper(String id, byte[] secret) {
            this.id = id;
            this.key = new Hmac(secret);
        }
    }

    /** The name of the pepper that new hashes get. */
    Optional<String> current() {
        return peppers.stream().findFirst().map(pepper -> pepper.id);
    }

    boolean has(String id) {
        return find(id).isPresent();
    }

    /** What is hashed in the password's place: a new array. */
    byte[] apply(Optional<String> id, byte[] password) {
        return id.map(it -> find(it).orElseThrow().key.of(password)).orElseGet(password::clone);
    }

    private Optional<Pepper> find(String id) {
        return peppers.stream().filter(pepper -> pepper.id.equals(id)).findFirst();
    }
}
