package io.gatehouse.bench;

import io.gatehouse.crypto.EciesKey;
import io.gatehouse.crypto.KeyRing;
import io.gatehouse.crypto.KeyRing.Sealed;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Sealing and opening a telephone number, against what cannot be avoided: opening is one constant-time multiplication,
 * sealing one of these and one of the base point.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class SealingBenchmark {

    private static final byte[] NUMBER = "+4930123456".getBytes(StandardCharsets.UTF_8);

    private final SecureRandom random = new SecureRandom();
    private final KeyRing ring = new KeyRing(EciesKey.generate(random), List.of(), random);
    private final Sealed sealed = ring.seal(NUMBER);

    private final X9ECParameters curve = CustomNamedCurves.getByName("secp256k1");
    private final BigInteger scalar = new BigInteger(255, random);
    private final ECPoint point =
            curve.getG().multiply(new BigInteger(255, random)).normalize();

    @Benchmark
    public Object seal() {
        return ring.seal(NUMBER);
    }

    @Benchmark
    public Object open() {
        return ring.open(sealed);
    }

    @Benchmark
    public Object bareMultiplication() {
        return ECAlgorithms.multiplySecret(point, scalar, curve.getN());
    }

    @Benchmark
    public Object bareBasePointMultiplication() {
        return new FixedPointCombMultiplier().multiply(curve.getG(), scalar);
    }
}
