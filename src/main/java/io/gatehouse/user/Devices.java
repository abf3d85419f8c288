package io.gatehouse.user;

import io.gatehouse.crypto.CookieSigner;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Marks of devices from which an account has been signed in to before. Strangers who fail at an account cannot lock
 * out somebody who holds one. A mark is {@code gd_<account>_<random>.<signature>}; the signature also covers the
 * account's password hash, so that a new password voids every mark (a re-hash
 * with new argon2 parameters does, too). A browser keeps several, joined by tildes.
 * Thread-safe.
 */
final class Devices {

    /** Accounts that one browser is remembered for. */
    private static final int MOST_PER_BROWSER = 5;

    private static final int RANDOM_BYTES = 16;
    private static final String SEPARATOR = "~";
    private static final Base64.Encoder BASE64_URL = Base64.getUrlEncoder().withoutPadding();

    private final CookieSigner signer;
    private final SecureRandom random;

    Devices(CookieSigner signer, SecureRandom random) {
        this.signer = signer;
        this.random = random;
    }

    /** A new mark for an account. */
    String mark(long account, String passwordHash) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        String name = name(account) + BASE64_URL.encodeToString(bytes);
        String signed = signer.sign(covered(name, passwordHash));
        return name + signed.substring(signed.lastIndexOf('.'));
    }

    /** The mark of an account among those that a client holds. */
    Optional<String> find(String held, Credentials account) {
        return marks(held)
                .filter(mark -> mark.startsWith(name(account.id())))
                .filter(mark -> genuine(mark, account.hash()))
                .findFirst();
    }

    /** What a browser should hold from now on: the new mark first, the oldest dropped. */
    String hold(String mark, long account, String held) {
        List<String> others = marks(held)
                .filter(other -> !other.startsWith(name(account)))
                .limit(MOST_PER_BROWSER - 1L)
                .toList();
        return String.join(
                SEPARATOR, Stream.concat(Stream.of(mark), others.stream()).toList());
    }

    private boolean genuine(String mark, String passwordHash) {
        int dot = mark.lastIndexOf('.');
        return dot > 0
                && signer.verify(covered(mark.substring(0, dot), passwordHash) + mark.substring(dot))
                        .isPresent();
    }

    /** Only the shape of a mark gets through, so that nothing else can be planted in the cookie. */
    private static Stream<String> marks(String held) {
        return Arrays.stream(held.split(SEPARATOR))
                .limit(MOST_PER_BROWSER)
                .filter(text -> text.matches("gd_\\d{1,19}_[\\w-]{22}\\.[\\w+/]{43}"));
    }

    private static String name(long account) {
        return "gd_" + account + "_";
    }

    private static String covered(String name, String passwordHash) {
        return name + "|" + passwordHash;
    }
}
