package io.gatehouse.crypto;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.bouncycastle.math.ec.ECPoint;

/**
 * The payloads of eciesjs 0.4.17 in its default form: {@code ephemeral public key (65) ‖ nonce (16) ‖ tag (16) ‖
 * ciphertext}, AES-256-GCM without associated data, key = HKDF-SHA256 of ephemeral key and shared point, both
 * uncompressed. 97 bytes longer than the plaintext. Curve and HKDF are Bouncy Castle's; AES is the JDK's, which uses
 * the processor's instructions and no table that a neighbour could watch. Stateless.
 */
final class Ecies {

    /** What a payload has beyond its plaintext. */
    static final int OVERHEAD = Secp256k1.POINT_BYTES + 16 + 16;

    private static final int NONCE_BYTES = 16;
    private static final int TAG_BYTES = 16;
    private static final int NONCE_AT = Secp256k1.POINT_BYTES;
    private static final int TAG_AT = NONCE_AT + NONCE_BYTES;
    private static final int TEXT_AT = TAG_AT + TAG_BYTES;

    private Ecies() {}

    static byte[] seal(ECPoint recipient, byte[] plaintext, SecureRandom random) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        return seal(recipient, plaintext, EciesKey.generate(random), nonce);
    }

    /** With everything random given: for vectors only, because no ephemeral key may serve twice. */
    static byte[] seal(ECPoint recipient, byte[] plaintext, EciesKey ephemeral, byte[] nonce) {
        byte[] sender = ephemeral.publicPoint().getEncoded(false);
        byte[] key = derive(sender, ephemeral.shared(recipient));
        byte[] sealed = aes(Cipher.ENCRYPT_MODE, key, nonce, plaintext);
        byte[] payload = new byte[OVERHEAD + plaintext.length];
        System.arraycopy(sender, 0, payload, 0, NONCE_AT);
        System.arraycopy(nonce, 0, payload, NONCE_AT, NONCE_BYTES);
        // The JDK puts the tag behind the ciphertext, eciesjs before it.
        System.arraycopy(sealed, plaintext.length, payload, TAG_AT, TAG_BYTES);
        System.arraycopy(sealed, 0, payload, TEXT_AT, plaintext.length);
        return payload;
    }

    /**
     * What was sealed.
     *
     * @throws CannotOpenException whatever is wrong with it
     */
    static byte[] open(EciesKey recipient, byte[] payload) {
        if (payload.length < OVERHEAD || payload[0] != 4) {
            throw new CannotOpenException();
        }
        byte[] sender = Arrays.copyOf(payload, NONCE_AT);
        byte[] sealed = new byte[payload.length - TAG_AT];
        int length = payload.length - OVERHEAD;
        System.arraycopy(payload, TEXT_AT, sealed, 0, length);
        System.arraycopy(payload, TAG_AT, sealed, length, TAG_BYTES);
        try {
            byte[] key = derive(sender, recipient.shared(Secp256k1.point(sender)));
            return aes(Cipher.DECRYPT_MODE, key, Arrays.copyOfRange(payload, NONCE_AT, TAG_AT), sealed);
        } catch (IllegalArgumentException e) {
            throw new CannotOpenException();
        }
    }

    private static byte[] derive(byte[] sender, byte[] shared) {
        byte[] material = Arrays.copyOf(sender, sender.length + shared.length);
        System.arraycopy(shared, 0, material, sender.length, shared.length);
        try {
            return hkdf(material, new byte[0]);
        } finally {
            Arrays.fill(material, (byte) 0);
            Arrays.fill(shared, (byte) 0);
        }
    }

    /** 32 bytes by HKDF-SHA256 (RFC 5869) without salt. The generator has a state: one for each call. */
    static byte[] hkdf(byte[] material, byte[] info) {
        HKDFBytesGenerator generator = new HKDFBytesGenerator(new SHA256Digest());
        generator.init(new HKDFParameters(material, null, info));
        byte[] key = new byte[32];
        generator.generateBytes(key, 0, key.length);
        return key;
    }

    /** Wipes the key. */
    private static byte[] aes(int mode, byte[] key, byte[] nonce, byte[] input) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BYTES * 8, nonce));
            return cipher.doFinal(input);
        } catch (GeneralSecurityException e) {
            throw new CannotOpenException();
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }
}
