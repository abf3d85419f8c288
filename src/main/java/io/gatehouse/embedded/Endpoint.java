package io.gatehouse.embedded;

/**
 * Where an embedded store listens and how to sign in; immutable.
 *
 * @param host always the loopback address: nothing else is listened on
 * @param port TCP port, another one after every start of the store
 * @param user PostgreSQL role or Redis ACL user
 * @param password secret, left out of {@link #toString()} and of the address
 * @param database PostgreSQL database name or Redis database number
 */
public record Endpoint(String host, int port, String user, String password, String database) {

    /** The address for the PostgreSQL driver, without credentials. */
    public String jdbcUrl() {
        return "jdbc:postgresql://" + host + ":" + port + "/" + database;
    }

    @Override
    public String toString() {
        return user + "@" + host + ":" + port + "/" + database;
    }
}
