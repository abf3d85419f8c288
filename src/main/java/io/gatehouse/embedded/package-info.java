/**
 * Real PostgreSQL and Redis as child daemons of a data folder, for a start without any installed store.
 *
 * <p>The daemons belong to the folder and not to a process: they survive a killed service, the next one takes them
 * over, and the last one that leaves stops them. {@link io.gatehouse.embedded.EmbeddedStores} is the door;
 * {@link io.gatehouse.embedded.FolderLock} keeps two services out of one folder.
 */
@NullMarked
package io.gatehouse.embedded;

import org.jspecify.annotations.NullMarked;
