@NullMarked
package io.gatehouse.outgoing;

import org.jspecify.annotations.NullMarked;
