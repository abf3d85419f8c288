/**
 * What waiting changesets would lock, read and rewrite: they are run on an embedded copy of the target's schema, and
 * what PostgreSQL did there is put beside the target's sizes.
 */
@NullMarked
package io.gatehouse.db.locks;

import org.jspecify.annotations.NullMarked;
