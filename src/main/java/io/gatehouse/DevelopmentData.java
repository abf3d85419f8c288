package io.gatehouse;

import io.gatehouse.config.Secret;
import io.gatehouse.user.Users;

/** What a fresh database gets in development: one account to sign in with. Stateless. */
final class DevelopmentData {

    /** The account's address. */
    static final String EMAIL = "dev@example.com";

    private static final String NAME = "Development";

    private DevelopmentData() {}

    /**
     * Makes what is missing.
     *
     * @return whether the account has this password: it may have been given another one since
     */
    static boolean plant(Users users, Secret password) {
        return users.seed(NAME, EMAIL, password.value());
    }
}
