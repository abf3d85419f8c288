package io.gatehouse.config;

import io.gatehouse.config.Settings.Argon2;
import io.gatehouse.config.Settings.Passwords;
import io.gatehouse.config.Settings.Pepper;
import io.gatehouse.config.Settings.Sealing;
import io.gatehouse.crypto.EciesKey;
import io.gatehouse.crypto.HashParameters;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the keys of passwords and sealed fields. Lives for one reading. */
final class CryptoSettings {

    /** The PHC string format has eight bytes for it. */
    private static final Pattern PEPPER = Pattern.compile("([A-Za-z0-9_-]{1,8}):(.+)", Pattern.DOTALL);

    private static final int LEAST_PEPPER_BYTES = 32;

    /** In the first place: new hashes have none, while those that have one verify. */
    private static final String NO_PEPPER = "-";

    private final KeyReader keys;
    private final boolean production;

    CryptoSettings(KeyReader keys, boolean production) {
        this.keys = keys;
        this.production = production;
    }

    Passwords passwords() {
        int leastLength = keys.integer("PASSWORD_MIN_LENGTH", 8, 8, 64);
        Argon2 argon2 = argon2();
        List<Secret> given = keys.secrets("PASSWORD_PEPPERS");
        boolean plain = !given.isEmpty() && given.getFirst().value().equals(NO_PEPPER);
        List<Pepper> peppers = peppers(plain ? given.subList(1, given.size()) : given);
        Optional<String> current =
                plain ? Optional.empty() : peppers.stream().findFirst().map(Pepper::id);
        return new Passwords(leastLength, argon2, current, peppers);
    }

    private Argon2 argon2() {
        int parallelism = keys.integer("ARGON2_PARALLELISM", 4, 1, 64);
        int memory = keys.integer("ARGON2_MEMORY_KIB", 65_536, 8, 1_048_576);
        int iterations = keys.integer("ARGON2_TIME_COST", 3, 1, 100);
        if (memory < 8 * parallelism) {
            keys.problem("ARGON2_MEMORY_KIB", "is below 8 KiB per lane; raise it or lower ARGON2_PARALLELISM");
        }
        if (production && !new HashParameters(memory, iterations, parallelism).strong()) {
            keys.problem(
                    "ARGON2_MEMORY_KIB",
                    "and ARGON2_TIME_COST are below OWASP's minimum; use at least 19456 with 2, or 47104 with 1");
        }
        return new Argon2(memory, iterations, parallelism);
    }

    private List<Pepper> peppers(List<Secret> given) {
        List<Pepper> peppers = given.stream().flatMap(it -> pepper(it).stream()).toList();
        Set<String> ids = new HashSet<>();
        if (!peppers.stream().allMatch(pepper -> ids.add(pepper.id()))) {
            keys.problem("PASSWORD_PEPPERS", "has one id twice; hashes could not tell them apart");
        }
        return peppers;
    }

    private Optional<Pepper> pepper(Secret given) {
        Matcher found = PEPPER.matcher(given.value());
        if (!found.matches()) {
            keys.problem("PASSWORD_PEPPERS", "must be id:secret, comma-separated; an id has 1 to 8 of A-Z a-z 0-9 _ -");
            return Optional.empty();
        }
        Secret secret = new Secret(found.group(2));
        if (production && secret.bytes().length < LEAST_PEPPER_BYTES) {
            keys.problem("PASSWORD_PEPPERS", "has a secret of less than 32 bytes; set a longer random one");
        }
        return Optional.of(new Pepper(found.group(1), secret));
    }

    Sealing sealing() {
        Secret current = keys.secret("ECIES_PRIVATE_KEY");
        Optional<String> publicKey = keys.text("ECIES_PUBLIC_KEY");
        Optional<EciesKey> key = current.isEmpty() ? Optional.empty() : key("ECIES_PRIVATE_KEY", current);
        List<Secret> previous = keys.secrets("ECIES_PREVIOUS_PRIVATE_KEYS");
        if (current.isEmpty() && (production || publicKey.isPresent() || !previous.isEmpty())) {
            keys.problem("ECIES_PRIVATE_KEY", "is missing; ./gatehouse keys prints a fresh pair");
        }
        if (production && publicKey.isEmpty()) {
            keys.problem("ECIES_PUBLIC_KEY", "is missing; set the one that belongs to ECIES_PRIVATE_KEY");
        }
        if (production && key.isPresent() && key.get().trivial()) {
            keys.problem(
                    "ECIES_PRIVATE_KEY", "is a number that anybody would try; ./gatehouse keys prints a random one");
        }
        if (key.isPresent() && publicKey.isPresent() && !key.get().matches(publicKey.get())) {
            keys.problem("ECIES_PUBLIC_KEY", "does not belong to ECIES_PRIVATE_KEY; set both from one pair");
        }
        previous.forEach(it -> key("ECIES_PREVIOUS_PRIVATE_KEYS", it));
        return new Sealing(current, previous);
    }

    private Optional<EciesKey> key(String name, Secret hex) {
        try {
            return Optional.of(EciesKey.parse(hex.value()));
        } catch (IllegalArgumentException e) {
            keys.problem(name, "is no secp256k1 private key; write 32 bytes in hex, as ./gatehouse keys does");
            return Optional.empty();
        }
    }
}
