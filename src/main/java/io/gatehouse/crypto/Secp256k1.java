package io.gatehouse.crypto;

import java.math.BigInteger;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/**
 * The curve secp256k1 (SEC 2) on Bouncy Castle. Scalars are secret: both multiplications take a time that does not
 * depend on them. Stateless.
 */
final class Secp256k1 {

    /** Bytes of a scalar. */
    static final int SCALAR_BYTES = 32;

    /** Bytes of a point: 04, X, Y. */
    static final int POINT_BYTES = 65;

    private static final X9ECParameters CURVE = CustomNamedCurves.getByName("secp256k1");

    private Secp256k1() {}

    /** Whether a number is a private key: 0 &lt; k &lt; n. */
    static boolean isScalar(BigInteger number) {
        return number.signum() > 0 && number.compareTo(CURVE.getN()) < 0;
    }

    /** From either end of the group. */
    static BigInteger distanceFromZero(BigInteger scalar) {
        return scalar.min(CURVE.getN().subtract(scalar));
    }

    /** The public key of a private one. */
    static ECPoint publicPoint(BigInteger scalar) {
        return new FixedPointCombMultiplier().multiply(CURVE.getG(), scalar).normalize();
    }

    /** The point that two parties share. */
    static ECPoint multiply(ECPoint point, BigInteger scalar) {
        return ECAlgorithms.multiplySecret(point, scalar, CURVE.getN()).normalize();
    }

    /**
     * A point of 33 or 65 bytes.
     *
     * @throws IllegalArgumentException when it is none, or infinity
     */
    static ECPoint point(byte[] encoded) {
        ECPoint point = CURVE.getCurve().decodePoint(encoded);
        if (point.isInfinity()) {
            throw new IllegalArgumentException("The point at infinity is no key");
        }
        return point;
    }
}
