package io.gatehouse.user;

/**
 * What a sign-in is checked against.
 *
 * @param hash argon2 in the PHC string format
 */
record Credentials(long id, String hash, User.Status status) {

    @Override
    public String toString() {
        return "Credentials[id=" + id + "]";
    }
}
