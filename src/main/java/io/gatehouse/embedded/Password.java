package io.gatehouse.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;

/** The random password of a store, in a file of mode 600. */
final class Password {
    private static final int BYTES = 24; // 192 bits: nothing to guess, even offline from a leaked verifier

    private Password() {}

    /** The password in this file, which is made first if it is missing. */
    static String in(Path file) throws IOException {
        if (!Files.exists(file)) {
            PrivateFiles.write(file, random() + "\n");
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        String password = Files.readString(file).strip();
        if (!password.matches("[A-Za-z0-9_-]{16,}")) {
            throw new EmbeddedStoreException(file + " holds no password of ours; restore it from a backup");
        }
        return password;
    }

    private static String random() {
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        // URL-safe letters need no quoting in redis.conf nor in the Redis protocol.
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
