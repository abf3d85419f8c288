/** Sessions: tokens, rows in PostgreSQL, their fast copies in Redis, cookie and bearer transport. */
@NullMarked
package io.gatehouse.session;

import org.jspecify.annotations.NullMarked;
