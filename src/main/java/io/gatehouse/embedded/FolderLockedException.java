package io.gatehouse.embedded;

import java.io.Serial;

/** Another service works in the folder. */
public final class FolderLockedException extends EmbeddedStoreException {
    @Serial
    private static final long serialVersionUID = 1;

    private final long pid;
    private final String description;

    FolderLockedException(String folder, FolderLock.Holder holder) {
        super("Already running in " + folder + ": pid " + holder.pid() + ", " + holder.description()
                + ". Stop it first, or give this one a data folder of its own");
        this.pid = holder.pid();
        this.description = holder.description();
    }

    /** Who works there. */
    public FolderLock.Holder holder() {
        return new FolderLock.Holder(pid, description);
    }
}
