package io.gatehouse.user;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An account, without its password hash.
 *
 * @param phone sealed, as it is stored: only who has to show it opens it
 */
record User(
        long id,
        String name,
        String email,
        Optional<SealedPhone> phone,
        Status status,
        List<String> roles,
        Optional<Instant> lastLoginAt,
        Instant createdAt,
        Instant updatedAt) {

    /** May the account be used? Numbers as in the column. */
    enum Status {
        NORMAL(0),
        UNVERIFIED(1),
        BANNED(2);

        private final short number;

        Status(int number) {
            this.number = (short) number;
        }

        static Status of(short number) {
            for (Status status : values()) {
                if (status.number == number) {
                    return status;
                }
            }
            throw new IllegalArgumentException("No status " + number);
        }

        short number() {
            return number;
        }
    }
}
