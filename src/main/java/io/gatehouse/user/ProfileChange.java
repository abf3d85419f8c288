package io.gatehouse.user;

import java.util.Optional;

/**
 * What is to change in an account.
 *
 * @param name empty: as it is
 * @param phone empty: as it is, or none
 * @param withoutPhone whether the number is to go
 */
record ProfileChange(Optional<String> name, Optional<SealedPhone> phone, boolean withoutPhone) {

    /** Whether nothing is to change. */
    boolean isEmpty() {
        return name.isEmpty() && phone.isEmpty() && !withoutPhone;
    }
}
