package io.gatehouse.user;

import io.gatehouse.session.Client;
import java.util.Optional;

/**
 * Who comes to sign in.
 *
 * @param bucket what limits count its address by
 * @param devices marks that it holds, or an empty text
 * @param token of the session that it has until now
 */
record Visitor(Client client, String bucket, String devices, Optional<String> token) {

    @Override
    public String toString() {
        return "Visitor[" + bucket + "]";
    }
}
