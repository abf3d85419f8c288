@NullMarked
package io.gatehouse.db.locks;

import org.jspecify.annotations.NullMarked;
