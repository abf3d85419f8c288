/** The one connection pool, transactions, and the schema's changelogs. Knows no feature. */
@NullMarked
package io.gatehouse.db;

import org.jspecify.annotations.NullMarked;
