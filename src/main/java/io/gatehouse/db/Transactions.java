package io.gatehouse.db;

import java.util.function.Function;
import org.jooq.DSLContext;

/** Where a piece of work gets a transaction of its own. */
@FunctionalInterface
public interface Transactions {

    /**
     * Several statements in one transaction, committed when {@code work} returns and rolled back when it throws.
     *
     * @throws DatabaseUnavailableException when the database cannot do the work in time
     */
    <T> T tx(Function<DSLContext, T> work);
}
