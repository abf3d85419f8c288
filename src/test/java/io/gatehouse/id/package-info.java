@NullMarked
package io.gatehouse.id;

import org.jspecify.annotations.NullMarked;
