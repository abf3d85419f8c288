package io.gatehouse.user;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is to change in an account.
 *
 * @param name empty: as it is
 * @param phone empty: as it is, or none
 * @param withoutPhone whether the number is to go
 */
record ProfileChange(Optional<String> name, Optional<SealedPhone> phone, boolean withoutPhone) {

    private static final String PHONE = "phone";

    /** Names of what is to change. */
    List<String> names() {
        return Stream.of(name.map(it -> "name"), withoutPhone ? Optional.of(PHONE) : phone.map(it -> PHONE))
                .flatMap(Optional::stream)
                .toList();
    }

    /** Whether nothing is to change. */
    boolean isEmpty() {
        return name.isEmpty() && phone.isEmpty() && !withoutPhone;
    }
}
