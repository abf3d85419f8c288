/** Checks of {@code db/} and of the schema that it makes. Each finding names a place, what is wrong and the mend. */
@NullMarked
package io.gatehouse.db.lint;

import org.jspecify.annotations.NullMarked;
