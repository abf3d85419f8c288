package io.gatehouse.crypto;

import java.util.List;
import java.util.Optional;

/**
 * Secrets that passwords pass through before they are hashed, so that a stolen table alone is no use: HMAC-SHA256 of
 * the password under the pepper takes the password's place. One is for new hashes, or none is; all verify. A hash names
 * its pepper, or none. Immutable and thread-safe.
 */
public final class Peppers {

    /** No pepper at all. */
    public static final Peppers NONE = new Peppers(Optional.empty(), List.of());

    private final Optional<String> current;
    private final List<Pepper> peppers;

    /**
     * @param current id of the one that new hashes get
     * @param peppers all, in any order
     */
    public Peppers(Optional<String> current, List<Pepper> peppers) {
        this.current = current;
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
        return current;
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
