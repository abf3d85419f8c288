@NullMarked
package io.gatehouse.log;

import org.jspecify.annotations.NullMarked;
