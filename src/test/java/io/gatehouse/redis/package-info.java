@NullMarked
package io.gatehouse.redis;

import org.jspecify.annotations.NullMarked;
