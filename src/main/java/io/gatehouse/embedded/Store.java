package io.gatehouse.embedded;

import java.io.IOException;

/** One kind of store in one folder. Called only while the gate of the folder is held, so never concurrently. */
interface Store {
    /**
     * Attaches to the store of this folder, or starts it.
     *
     * @param alone nobody else uses the folder, so a store that does not answer may be replaced
     */
    Endpoint open(boolean alone) throws IOException;

    /** Stops the store if one of this folder runs; in order first, by force when that takes too long. */
    void stop() throws IOException;
}
