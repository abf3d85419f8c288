package io.gatehouse.command;

import io.gatehouse.crypto.EciesKey;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;

/** {@code keys}: fresh secrets, as lines for {@code .env}. Keeps and writes none of them. */
public final class KeysCommand implements Command {

    private static final int COOKIE_SECRET_BYTES = 48;

    private final PrintStream out;

    public KeysCommand(PrintStream out) {
        this.out = out;
    }

    @Override
    public int run(List<String> arguments) {
        if (!arguments.isEmpty()) {
            throw new UsageException("./gatehouse keys");
        }
        SecureRandom random = new SecureRandom();
        EciesKey pair = EciesKey.generate(random);
        out.println("COOKIE_SECRET=" + cookieSecret(random));
        out.println("ECIES_PRIVATE_KEY=" + pair.privateHex());
        out.println("ECIES_PUBLIC_KEY=" + pair.publicHex());
        return 0;
    }

    /** 384 random bits, base64url. */
    public static String cookieSecret(SecureRandom random) {
        byte[] bytes = new byte[COOKIE_SECRET_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
