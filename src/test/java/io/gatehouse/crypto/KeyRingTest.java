package io.gatehouse.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.crypto.KeyRing.Sealed;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyRingTest {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final byte[] TEXT = "+4930123456".getBytes(StandardCharsets.UTF_8);

    private final EciesKey older = EciesKey.generate(RANDOM);
    private final EciesKey newer = EciesKey.generate(RANDOM);
    private final KeyRing before = new KeyRing(older, List.of(), RANDOM);
    private final KeyRing after = new KeyRing(newer, List.of(older, newer), RANDOM);

    @Test
    void theCurrentKeySealsAndAllOpen() {
        Sealed old = before.seal(TEXT);
        Sealed fresh = after.seal(TEXT);

        assertThat(old.keyId()).isEqualTo(older.id());
        assertThat(fresh.keyId()).isEqualTo(newer.id());
        assertThat(after.open(old)).isEqualTo(TEXT);
        assertThat(after.open(fresh)).isEqualTo(TEXT);
        assertThat(after.previousIds()).containsExactly(older.id());
    }

    @Test
    void whatNoKeyOfTheRingSealedCannotBeOpened() {
        Sealed fresh = after.seal(TEXT);

        assertThatThrownBy(() -> before.open(fresh)).isInstanceOf(CannotOpenException.class);
        assertThatThrownBy(() -> after.open(new Sealed(older.id(), fresh.payload())))
                .isInstanceOf(CannotOpenException.class);
    }

    @Test
    void aSealIsNeverTheSameTwiceAndAnIndexAlways() {
        assertThat(after.seal(TEXT)).isNotEqualTo(after.seal(TEXT));
        assertThat(after.blindIndex("a").of("x"))
                .isEqualTo(after.blindIndex("a").of("x"));
        assertThat(after.blindIndex("a").of("x"))
                .isNotEqualTo(after.blindIndex("b").of("x"));
        assertThat(after.blindIndex("a").of("x"))
                .isNotEqualTo(before.blindIndex("a").of("x"));
    }

    @Test
    void candidatesHoldTheIndexUnderEveryKey() {
        assertThat(after.blindIndex("a").candidates("x"))
                .contains(before.blindIndex("a").of("x"), after.blindIndex("a").of("x"));
    }
}
