package io.gatehouse.webhook;

import io.gatehouse.crypto.Hmac;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * What deliveries of one endpoint are signed with, in the form of Standard Webhooks 1.0: {@code whsec_} and base64 of 24 to
 * 64 bytes. Immutable and thread-safe.
 */
final class EndpointSecret {

    private static final String PREFIX = "whsec_";
    private static final int BYTES = 32;

    private final String text;

    private EndpointSecret(String text) {
        this.text = text;
    }

    static EndpointSecret random(SecureRandom random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new EndpointSecret(PREFIX + Base64.getEncoder().encodeToString(bytes));
    }

    /** One that {@link #text} gave. */
    static EndpointSecret parse(String text) {
        if (!text.startsWith(PREFIX)) {
            throw new IllegalArgumentException("No secret of a webhook");
        }
        return new EndpointSecret(text);
    }

    /** To be shown once, to whoever registers the endpoint, and stored sealed. */
    String text() {
        return text;
    }

    /**
     * The signature of a message.
     *
     * @param signed id, time and body, as Standard Webhooks joins them
     * @return {@code v1,} and base64
     */
    String sign(String signed) {
        byte[] key = Base64.getDecoder().decode(text.substring(PREFIX.length()));
        return "v1," + Base64.getEncoder().encodeToString(new Hmac(key).of(signed));
    }

    @Override
    public String toString() {
        return "EndpointSecret[***]";
    }
}
