package io.gatehouse.log;

import java.io.IOException;

/** Where lines go. Called by one thread at a time. */
interface LineSink {

    /**
     * Writes whole lines.
     *
     * @param bytes the lines are the first {@code length} of it
     * @throws IOException when not all of them could be written
     */
    void write(byte[] bytes, int length) throws IOException;
}
