package io.gatehouse.user;

import io.gatehouse.crypto.KeyedHash;
import io.gatehouse.http.Problem;
import io.gatehouse.http.ProblemCode;
import io.gatehouse.throttle.Attempts;
import io.gatehouse.throttle.Attempts.Taken;
import io.gatehouse.throttle.Tier;
import java.util.Optional;

/**
 * How often passwords may be guessed: per account name, whether there is such an account or not, and per address; from
 * a device that signed in before, per device alone. A slot is taken before any password is hashed. Thread-safe.
 */
final class FailedSignIns {

    private final Attempts attempts;
    private final KeyedHash names;
    private final Tier perName;
    private final Tier perAddress;

    FailedSignIns(Attempts attempts, KeyedHash names, Tier perName, Tier perAddress) {
        this.attempts = attempts;
        this.names = names;
        this.perName = perName;
        this.perAddress = perAddress;
    }

    /** The right to try one password. Counts as failed unless one of its methods is called. */
    interface Try {

        /** The password was right. */
        void succeeded();

        /** It could not be found out, or is not the client's fault. */
        void giveBack();
    }

    /**
     * Asks to try a password at a sign-in.
     *
     * @param device the mark of a device that signed in to this account before
     * @param bucket of the client's address
     * @throws Problem 429 past the limit
     */
    Try at(Email email, Optional<String> device, String bucket) {
        if (device.isPresent()) {
            return alone("device:" + names.of(device.get()));
        }
        Taken.Slot account = take("account:" + names.of(email.value()), perName);
        Taken.Slot address;
        try {
            address = take("address:" + bucket, perAddress);
        } catch (Problem refused) {
            account.giveBack();
            throw refused;
        }
        return new Try() {
            @Override
            public void succeeded() {
                // Of the account only: who has one account must not be able to guess at others without end.
                account.forgetFailures();
                address.giveBack();
            }

            @Override
            public void giveBack() {
                account.giveBack();
                address.giveBack();
            }
        };
    }

    /**
     * Asks to try the password of somebody who is signed in. Counts also when it is right.
     *
     * @throws Problem 429 past the limit
     */
    Try within(long session) {
        Taken.Slot slot = take("session:" + session, perName);
        return new Try() {
            @Override
            public void succeeded() {
                // Stays taken: each change gives a token that no limit knows yet, and costs two hashes.
            }

            @Override
            public void giveBack() {
                slot.giveBack();
            }
        };
    }

    private Try alone(String who) {
        Taken.Slot slot = take(who, perName);
        return new Try() {
            @Override
            public void succeeded() {
                slot.forgetFailures();
            }

            @Override
            public void giveBack() {
                slot.giveBack();
            }
        };
    }

    private Taken.Slot take(String who, Tier tier) {
        return switch (attempts.take(who, tier)) {
            case Taken.Slot slot -> slot;
            case Taken.Refused refused ->
                throw Problem.of(ProblemCode.TOO_MANY_REQUESTS).with("Retry-After", Long.toString(refused.seconds()));
        };
    }
}
