package io.gatehouse.embedded;

import java.io.Serial;

/** The store works on its data and must be left to finish; everything else that fails may be stopped. */
final class StoreBusyException extends EmbeddedStoreException {
    @Serial
    private static final long serialVersionUID = 1;

    StoreBusyException(String message) {
        super(message);
    }
}
