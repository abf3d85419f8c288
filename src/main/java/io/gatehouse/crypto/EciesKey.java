package io.gatehouse.crypto;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.util.BigIntegers;

/**
 * A private key on secp256k1, as {@code ECIES_PRIVATE_KEY} holds it, with its public key. Never shows itself.
 * Immutable and thread-safe.
 */
public final class EciesKey {

    private static final HexFormat HEX = HexFormat.of();
    private static final int ID_BYTES = 8;

    /** No random number is so small. */
    private static final int TRIVIAL_BITS = 128;

    private final BigInteger scalar;
    private final ECPoint publicPoint;
    private final String id;

    private EciesKey(BigInteger scalar) {
        this.scalar = scalar;
        this.publicPoint = Secp256k1.publicPoint(scalar);
        this.id = HEX.formatHex(sha256(publicPoint.getEncoded(true)), 0, ID_BYTES);
    }

    /**
     * A key from 64 hex digits of any case, with or without {@code 0x}.
     *
     * @throws IllegalArgumentException for anything else, zero and numbers from the group's order up among it; says
     *     nothing of the text
     */
    public static EciesKey parse(String hex) {
        byte[] bytes = bytes(hex);
        try {
            BigInteger scalar = new BigInteger(1, bytes);
            if (bytes.length != Secp256k1.SCALAR_BYTES || !Secp256k1.isScalar(scalar)) {
                throw new IllegalArgumentException("A private key is 32 bytes in hex, from 1 to the group's order");
            }
            return new EciesKey(scalar);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** A new key. */
    public static EciesKey generate(SecureRandom random) {
        byte[] bytes = new byte[Secp256k1.SCALAR_BYTES];
        try {
            BigInteger scalar;
            do {
                random.nextBytes(bytes);
                scalar = new BigInteger(1, bytes);
            } while (!Secp256k1.isScalar(scalar));
            return new EciesKey(scalar);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** Names the key without telling it: the first 16 hex digits of the SHA-256 of the compressed public key. */
    public String id() {
        return id;
    }

    /** The public key, compressed: 66 hex digits. */
    public String publicHex() {
        return HEX.formatHex(publicPoint.getEncoded(true));
    }

    /** The private key, for {@code .env} and nothing else: 64 hex digits. */
    public String privateHex() {
        return HEX.formatHex(scalarBytes());
    }

    /**
     * Whether this is the private key of a public one, which may have 33 or 65 bytes, or 64 without the leading 04.
     * False for what is no key at all.
     */
    public boolean matches(String publicHex) {
        try {
            byte[] bytes = bytes(publicHex);
            if (bytes.length == Secp256k1.POINT_BYTES - 1) {
                byte[] prefixed = new byte[Secp256k1.POINT_BYTES];
                prefixed[0] = 4;
                System.arraycopy(bytes, 0, prefixed, 1, bytes.length);
                bytes = prefixed;
            }
            return Secp256k1.point(bytes).equals(publicPoint);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Whether anybody would try it: a small number, or the group's order less one. */
    public boolean trivial() {
        return Secp256k1.distanceFromZero(scalar).bitLength() <= TRIVIAL_BITS;
    }

    ECPoint publicPoint() {
        return publicPoint;
    }

    /** The point shared with the owner of another key, uncompressed. */
    byte[] shared(ECPoint other) {
        return Secp256k1.multiply(other, scalar).getEncoded(false);
    }

    /** A key for another purpose than sealing. */
    byte[] derive(String label) {
        byte[] material = scalarBytes();
        try {
            return Ecies.hkdf(material, label.getBytes(StandardCharsets.UTF_8));
        } finally {
            Arrays.fill(material, (byte) 0);
        }
    }

    private byte[] scalarBytes() {
        return BigIntegers.asUnsignedByteArray(Secp256k1.SCALAR_BYTES, scalar);
    }

    private static byte[] bytes(String hex) {
        boolean prefixed = hex.startsWith("0x") || hex.startsWith("0X");
        String digits = prefixed ? hex.substring(2) : hex;
        if (!digits.matches("([0-9a-fA-F]{2})*")) {
            throw new IllegalArgumentException("A key is written in hex");
        }
        return HEX.parseHex(digits.toLowerCase(Locale.ROOT));
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "EciesKey[" + id + "]";
    }
}
