@NullMarked
package io.gatehouse.db;

import org.jspecify.annotations.NullMarked;
